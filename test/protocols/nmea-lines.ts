import type { Fix } from '../../model/observation.ts';
import { nmea } from '../../protocols/nmea/index.ts';
import type { Decoded } from '../../protocols/protocol.ts';
import { aboutVehicle } from './about.ts';

/** Sentences for tests, closed by a checksum that is computed here and not by the codec. */

export function sentence(body: string): string {
  const sum = Buffer.from(body).reduce((before, byte) => before ^ byte, 0);
  return `$${body}*${sum.toString(16).padStart(2, '0').toUpperCase()}`;
}

export const lines = (...bodies: readonly string[]): string =>
  bodies.map((body) => `${sentence(body)}\r\n`).join('');

export const received = Date.UTC(2026, 10, 22, 8, 0, 30);

export const decodeText = (text: string, receivedAt: number = received, memory?: object): Decoded =>
  nmea.decode(Buffer.from(text, 'latin1'), aboutVehicle(), receivedAt, memory);

/** The fixes of one message. */
export const fixesOf = (text: string, receivedAt?: number): readonly Fix[] =>
  decodeText(text, receivedAt).observations as Fix[];

/** The fixes of messages a second apart. */
export function fixesOfAll(texts: readonly string[], receivedAt: number = received): Fix[] {
  let memory: object | undefined;
  return texts.flatMap((text, index) => {
    const decoded = decodeText(text, receivedAt + index * 1000, memory);
    memory = decoded.memory;
    return decoded.observations as Fix[];
  });
}

/* A car in Liaocheng at 22 knots to the east. */

export const rmc = (time: string, more = 'A,3627.00000,N,11558.80000,E,22.000,090.0,221126,,,A') =>
  `GNRMC,${time},${more}`;
export const gga = (time: string, satellites = '11') =>
  `GNGGA,${time},3627.00000,N,11558.80000,E,1,${satellites},0.9,32.5,M,-6.1,M,,`;
export const whole = (time: string) =>
  lines(
    rmc(time),
    'GNVTG,090.0,T,,M,22.000,N,40.744,K,A',
    gga(time),
    'GNGSA,A,3,01,02,03,04,,,,,,,,,1.5,0.9,1.2,4',
  );
export const at = (hour: number, minute: number, second: number): number =>
  Date.UTC(2026, 10, 22, hour, minute, second);
