import type { Fix } from '../../model/observation.ts';
import { hourMs } from '../../model/time.ts';
import { belongs, type Epoch, hasPosition, noEpoch, toFix, withSaid } from './epoch.ts';
import type { Kind, Said } from './said.ts';

/**
 * What is remembered of a device, so that sentences of one instant that came in several messages make one fix. A device that sends whole
 * instants is told of at the end of each message. Of one that does not, an instant waits until all is there that was there of the one before, or the
 * next begins. An instant is told once: before it is known that a device splits them, what comes behind its first part is left out.
 */
export interface Memory {
  readonly epoch: Epoch;
  readonly told: boolean;
  /** Messages that said something of the epoch. */
  readonly pieces: number;
  /** Our clock at the first of them, Unix ms UTC. */
  readonly receivedAt: number;
  /** What the epoch before was made of. */
  readonly usual: readonly Kind[];
  /** For so many epochs more it counts as a device that splits them. */
  readonly splits: number;
  /** A sentence that was cut off by the end of the message. */
  readonly rest: string;
}

export const nothingHeard: Memory = {
  epoch: noEpoch,
  told: false,
  pieces: 0,
  receivedAt: 0,
  usual: [],
  splits: 0,
  rest: '',
};

/** The time of day alone tells one epoch from another: the same a day later is another. */
const forgetMs = 12 * hourMs;
const splitsRemembered = 20;

const kindsOf = ({ said }: Epoch): readonly Kind[] => Object.keys(said) as Kind[];

interface Joined {
  readonly fixes: readonly Fix[];
  readonly memory: Memory;
}

/**
 * Joins what a message says to what is remembered.
 *
 * @param near an instant that is dated in the message
 */
export function join(
  before: Memory,
  all: readonly Said[],
  device: string,
  receivedAt: number,
  near: number | undefined,
): Joined {
  const fixes: Fix[] = [];
  let isNew = true;
  let memory = before;
  const tell = () => {
    if (memory.told || !hasPosition(memory.epoch)) return;
    fixes.push(toFix(memory.epoch, device, memory.receivedAt, near));
    memory = { ...memory, told: true };
  };
  const close = () => {
    tell();
    const { epoch, pieces, splits, usual, rest } = memory;
    const closed = hasPosition(epoch)
      ? { usual: kindsOf(epoch), splits: pieces > 1 ? splitsRemembered : Math.max(0, splits - 1) }
      : { usual, splits };
    memory = { ...nothingHeard, ...closed, rest };
  };
  if (before.epoch.time === null || receivedAt - before.receivedAt > forgetMs) close();
  for (const said of all) {
    if (!belongs(memory.epoch, said)) close();
    const addsKind = memory.epoch.said[said.kind] === undefined;
    const isPiece = addsKind && (isNew || memory.pieces === 0);
    if (isPiece) isNew = false;
    memory = {
      ...memory,
      epoch: withSaid(memory.epoch, said),
      pieces: memory.pieces + (isPiece ? 1 : 0),
      receivedAt: memory.pieces === 0 ? receivedAt : memory.receivedAt,
    };
  }
  if (!isAwaited(memory)) tell();
  return { fixes, memory };
}

/** Whether more of the epoch is likely to come in the next message. */
function isAwaited({ epoch, splits, usual }: Memory): boolean {
  if (splits === 0 || epoch.time === null) return false;
  return usual.some((kind) => epoch.said[kind] === undefined);
}
