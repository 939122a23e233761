import { isAppError } from '../../model/errors.ts';
import type { Fix } from '../../model/observation.ts';
import type { TerminalAddress } from '../../model/terminal-address.ts';
import { encodeFrame, type Header } from '../../protocols/jt808/frame.ts';
import { jt808 } from '../../protocols/jt808/index.ts';
import type { Location } from '../../protocols/jt808/location.ts';
import { locationReport } from '../../protocols/jt808/messages/t-0200-location.ts';
import { aboutVehicle } from './about.ts';

/** A terminal for tests and what is made of what it says. */

export const receivedAt = Date.parse('2026-11-22T08:00:00Z');
export const phone = '013800138000';
export const phone2019 = '00000000013800138000';

export const noBytes = new Uint8Array(0);
export const here: Location = {
  alarms: 0,
  status: 0b11,
  lat: 36.456789,
  lon: 115.985432,
  altitudeM: 35,
  speedKmh: 45.3,
  headingDeg: 270,
  time: '261122155930',
  items: [],
  rest: noBytes,
};
export const at = Date.parse('2026-11-22T15:59:30+08:00');

export const send = (id: number, body: Uint8Array, over: Partial<Header> = {}): Uint8Array =>
  encodeFrame({ id, phone, serial: 7, encryption: 0, ...over }, body);

export const decode = (bytes: Uint8Array, address: Partial<TerminalAddress> = {}, tankL = 60) =>
  jt808.decode(bytes, aboutVehicle({ jt808: { phone, ...address }, tankL }), receivedAt);

export function said(over: Partial<Location>, address: Partial<TerminalAddress> = {}) {
  const body = locationReport.encode({ ...here, ...over }, 2013);
  const { observations, refused } = decode(send(0x0200, body), address);
  return { fix: observations[0] as Fix | undefined, refused };
}

export const codeOf = (work: () => unknown): string | undefined => {
  try {
    work();
    return undefined;
  } catch (error) {
    return isAppError(error) ? error.code : 'no AppError';
  }
};
