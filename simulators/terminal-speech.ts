import { toClock } from '../protocols/jt808/clock.ts';
import { encodeMessage } from '../protocols/jt808/frame.ts';
import { toItem } from '../protocols/jt808/items.ts';
import type { Location } from '../protocols/jt808/location.ts';
import { register } from '../protocols/jt808/messages/t-0100-register.ts';
import { authenticate } from '../protocols/jt808/messages/t-0102-authenticate.ts';
import { locationReport } from '../protocols/jt808/messages/t-0200-location.ts';
import { locationBatch } from '../protocols/jt808/messages/t-0704-batch.ts';
import { status } from '../protocols/jt808/status.ts';
import type { SimulatedTerminal, TerminalReport } from './terminal.ts';
import { areaBit, blindingBits } from './terminal-faults.ts';

/** What a terminal says, as bytes. */

/** Message id and body. */
export interface Said {
  readonly id: number;
  readonly body: Uint8Array;
}

const usedSystems = { gps: 1 << 18, beidou: 1 << 19 } as const;
const movingBit = 1 << 22;
const altitudeM = 34;
const province = 37;
const city = 1500;
const blue = 1;
/** Of the only area that any of these terminals knows. */
const area = { kind: 3, id: 1001, direction: 1 } as const;
const nothing = new Uint8Array(0);

function statusOf({ position, alarms }: TerminalReport, edition: number): number {
  const isFixed = (alarms & blindingBits) === 0;
  return (
    (position.acc ? status.acc : 0) |
    (isFixed ? status.positioned | usedSystems.gps | usedSystems.beidou : 0) |
    (edition === 2019 && position.speed_kmh > 0 ? movingBit : 0)
  );
}

/** A location report with the items every one of these terminals sends. */
export function toLocation(report: TerminalReport, { edition }: SimulatedTerminal): Location {
  const { at, position, alarms } = report;
  const isFixed = (alarms & blindingBits) === 0;
  return {
    alarms,
    status: statusOf(report, edition),
    lat: position.lat,
    lon: position.lon,
    altitudeM,
    speedKmh: position.speed_kmh,
    headingDeg: position.heading_deg,
    time: toClock(at),
    items: [
      toItem('odometerKm', position.odometer_km),
      ...(position.fuel_l === undefined ? [] : [toItem('fuelL', position.fuel_l)]),
      ...(edition === 2019 ? [toItem('cabinTemperatureC', 22)] : []),
      ...(alarms & (1 << areaBit) ? [toItem('crossing', area)] : []),
      toItem('signalStrength', 27),
      toItem('satellites', isFixed ? position.satellites : 0),
    ],
    rest: nothing,
  };
}

export const toReport = (report: TerminalReport, terminal: SimulatedTerminal): Said => ({
  id: locationReport.id,
  body: locationReport.encode(toLocation(report, terminal), terminal.edition),
});

/** @param isLate kept while there was no link (type 1) */
export const toBatch = (
  reports: readonly TerminalReport[],
  isLate: boolean,
  terminal: SimulatedTerminal,
): Said => ({
  id: locationBatch.id,
  body: locationBatch.encode(
    {
      count: reports.length,
      kind: isLate ? 1 : 0,
      locations: reports.map((report) => toLocation(report, terminal)),
    },
    terminal.edition,
  ),
});

export function toRegistration(
  { edition, maker, model, id: terminalId }: SimulatedTerminal,
  plate: string,
): Said {
  const about = { province, city, maker, model, terminalId, plateColour: blue, plate };
  return { id: register.id, body: register.encode(about, edition) };
}

export const toAuthentication = (code: string, { edition, phone }: SimulatedTerminal): Said => ({
  id: authenticate.id,
  body: authenticate.encode({ code, imei: `86${phone}0`, software: 'guanjia-simulator' }, edition),
});

/** Its frames, of which each next one has the next serial. */
export const toFrames = (
  { id, body }: Said,
  serial: number,
  { phone, layout, maxBody }: SimulatedTerminal,
): readonly Uint8Array[] => {
  const is2019 = layout === 2019;
  const header = { id, phone: phone.padStart(is2019 ? 20 : 12, '0'), serial, encryption: 0 };
  return encodeMessage(is2019 ? { ...header, version: 1 } : header, body, maxBody);
};
