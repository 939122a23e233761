import { AppError } from '../../model/errors.ts';
import type { About, Decoded, Protocol, Refused } from '../protocol.ts';
import { belongs, datedAt, type Epoch, noEpoch, withSaid } from './epoch.ts';
import { join, type Memory, nothingHeard } from './joining.ts';
import { type Said, understand } from './said.ts';
import { findSentences, readSentence } from './sentence.ts';

/** NMEA 0183 of GNSS receivers: what is said of one instant is one fix. Positions are WGS-84, of which CGCS2000 differs by centimetres. */
export const nmea: Protocol = { name: 'nmea', decode };

const text = new TextDecoder('latin1');

function decode(bytes: Uint8Array, about: About, receivedAt: number, memory?: object): Decoded {
  if (about.type !== 'vehicle')
    throw new AppError('DECODE_MALFORMED', `got NMEA 0183 of a ${about.type}, want a vehicle`);
  const before = (memory as Memory | undefined) ?? nothingHeard;
  const message = before.rest + text.decode(bytes);
  // Of a stream, the end of a line may come by itself.
  if (!message.includes('$') && (memory === undefined || message.trim() !== ''))
    throw new AppError('DECODE_MALFORMED', 'got no sentence that begins with $');
  const { said, refused, rest } = read(message, memory !== undefined);
  const near = firstDated(said, receivedAt);
  const joined = join(before, said, about.vehicle.id, receivedAt, near);
  return { observations: joined.fixes, refused, memory: { ...joined.memory, rest } };
}

interface Read {
  readonly said: readonly Said[];
  readonly refused: readonly Refused[];
  readonly rest: string;
}

/** @param isStream whether another message came before it */
function read(message: string, isStream: boolean): Read {
  const found = findSentences(message);
  // A stream of sentences may be cut off at the end of a message; a first one that is nothing else is broken.
  const goesOn = isStream || found.sentences.length > 0;
  const ended = goesOn || found.rest === '' ? [] : [readSentence(found.rest.slice(1))];
  const sentences = [...found.sentences, ...ended];
  const said: Said[] = [];
  const refused: Refused[] = [];
  sentences.forEach((sentence, part) => {
    const known = typeof sentence === 'string' ? sentence : understand(sentence);
    if (typeof known === 'string') refused.push({ part, reason: 'malformed', detail: known });
    else if (known) said.push(known);
  });
  return { said, refused, rest: goesOn ? found.rest : '' };
}

/** The first instant of the message of which the date is said too, Unix ms. */
function firstDated(all: readonly Said[], receivedAt: number): number | undefined {
  let epoch: Epoch = noEpoch;
  for (const said of all) {
    epoch = withSaid(belongs(epoch, said) ? epoch : noEpoch, said);
    const at = datedAt(epoch, receivedAt);
    if (at !== undefined) return at;
  }
  return undefined;
}
