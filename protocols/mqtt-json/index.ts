import { AppError } from '../../model/errors.ts';
import type { Observation } from '../../model/observation.ts';
import type { About, Decoded, Protocol, Refused } from '../protocol.ts';
import { isFields, parseJson } from './json.ts';
import { toSample } from './meter.ts';
import { show } from './number.ts';
import { malformed, type Part } from './part.ts';
import { toFix } from './vehicle.ts';

/** Far more than 64 KiB can say, far less than would hold up the line. */
const maxParts = 10_000;

/** Readings and positions as JSON: one object, or an array of objects whose parts stand or fall alone. */
export const mqttJson: Protocol = { name: 'mqtt-json', decode };

function decode(bytes: Uint8Array, about: About, receivedAt: number): Decoded {
  const message = parseJson(bytes);
  if (typeof message !== 'object' || message === null) {
    throw new AppError('DECODE_MALFORMED', `got ${show(message)}, want an object or an array`);
  }
  const parts: readonly unknown[] = Array.isArray(message) ? message : [message];
  if (parts.length > maxParts) {
    throw new AppError('DECODE_MALFORMED', `got ${parts.length} parts, want at most ${maxParts}`);
  }
  const observations: Observation[] = [];
  const refused: Refused[] = [];
  for (let part = 0; part < parts.length; part++) {
    const { observation, faults } = toPart(parts[part], about, receivedAt);
    if (observation) observations.push(observation);
    if (faults) refused.push({ part, ...faults });
  }
  return { observations, refused };
}

function toPart(content: unknown, about: About, receivedAt: number): Part {
  if (!isFields(content)) return malformed(`got ${show(content)}, want an object`);
  return about.type === 'meter'
    ? toSample(content, about.meter, receivedAt)
    : toFix(content, about.vehicle, receivedAt);
}
