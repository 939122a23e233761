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
  if (!Array.isArray(message)) return decoded(toPart(message, about, receivedAt));
  if (message.length > maxParts) {
    throw new AppError('DECODE_MALFORMED', `got ${message.length} parts, want at most ${maxParts}`);
  }
  const observations: Observation[] = [];
  const refused: Refused[] = [];
  for (let part = 0; part < message.length; part++) {
    const { observation, faults } = toPart(message[part], about, receivedAt);
    if (observation) observations.push(observation);
    if (faults) refused.push({ part, ...faults });
  }
  return { observations, refused };
}

const nothingRefused: readonly Refused[] = [];

/** What a message of one part came to. */
const decoded = ({ observation, faults }: Part): Decoded => ({
  observations: observation ? [observation] : [],
  refused: faults ? [{ part: 0, ...faults }] : nothingRefused,
});

function toPart(content: unknown, about: About, receivedAt: number): Part {
  if (!isFields(content)) return malformed(`got ${show(content)}, want an object`);
  switch (about.type) {
    case 'meter':
      return toSample(content, about.meter, receivedAt);
    case 'vehicle':
      return toFix(content, about.vehicle, receivedAt);
    case 'gateway':
      return malformed(`got readings of gateway ${about.gateway.id}, want those of a device`);
  }
}
