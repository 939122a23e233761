import type { Meter } from '../../model/entities.ts';
import type { Cjt188Address } from '../../model/line-address.ts';
import { cjt188 } from '../../protocols/cjt188/index.ts';
import { aboutMeter } from './about.ts';
import { toBytes } from './second-dlt645.ts';

/** Meters on a line, for tests. */

export const address = '00112233445566';
export const receivedAt = Date.parse('2026-11-22T08:00:00Z');
export const line: Cjt188Address = { host: '10.0.0.9', port: 4001, address };
export const water: Partial<Meter> = { medium: 'water', cjt188: line };
export const heat: Partial<Meter> = { medium: 'heat', cjt188: line };

/** 2026-11-21 22:15:30, low byte first. */
export const clock = '30 15 22 21 11 26 20';

/** What a water meter says behind identifier and number: 1,234.56 m³ now, 1,200 m³ on the settlement day. */
export const total = `56341200 2c 00001200 2c ${clock} 0000`;

/** A poll of a meter that brought these frames. */
export const decode = (frames: readonly string[], over: Partial<Meter> = water) =>
  cjt188.decode(cjt188.encode(frames.map(toBytes)), aboutMeter(over), receivedAt);
