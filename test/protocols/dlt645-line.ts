import type { Meter } from '../../model/entities.ts';
import { dlt645 } from '../../protocols/dlt645/index.ts';
import { aboutMeter } from './about.ts';
import { toBytes } from './second-dlt645.ts';

/** A meter on a line, for tests. */

export const address = '202107072529';
export const receivedAt = Date.parse('2026-11-22T08:00:00Z');
export const line = { host: '10.0.0.9', port: 4001, address };

/** A poll of that meter that brought these frames. */
export function decode(frames: readonly string[], over: Partial<Meter> = {}) {
  const poll = dlt645.encode(frames.map(toBytes));
  return dlt645.decode(poll, aboutMeter({ dlt645: line, ...over }), receivedAt);
}
