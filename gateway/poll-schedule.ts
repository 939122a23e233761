/** When which meter of a bus is asked. Pure; instants are ms of any clock that does not jump unless said otherwise. */

export interface Turn {
  /** When it may be asked. */
  readonly dueMs: number;
  /** Polls in a row without an answer. */
  readonly failures: number;
  /** Whether it has ever answered. */
  readonly known: boolean;
}

/** A number of 32 bits that spreads ids evenly: FNV-1a. */
function hashOf(id: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < id.length; i++) {
    hash = Math.imul(hash ^ id.charCodeAt(i), 0x01000193);
  }
  return hash >>> 0;
}

/**
 * How long until the meter's next turn: turns lie an interval apart on the wall clock, each meter's at its own phase, so that
 * the meters of an interval are spread over it and keep their place after a restart.
 * @param nowMs wall clock, Unix ms
 * @returns more than 0, at most the interval
 */
export function nextDelayMs(nowMs: number, intervalMs: number, id: string): number {
  const phaseMs = hashOf(id) % intervalMs;
  const sinceMs = (((nowMs - phaseMs) % intervalMs) + intervalMs) % intervalMs;
  return intervalMs - sinceMs;
}

/** A new meter is not kept waiting for its turn: it is asked within `withinMs`, spread. */
export function firstDelayMs(
  nowMs: number,
  intervalMs: number,
  id: string,
  withinMs: number,
): number {
  return Math.min(nextDelayMs(nowMs, intervalMs, id), hashOf(id) % Math.max(1, withinMs));
}

/** Doubles with every failure from the interval on, up to `maxMs`; never less than the interval. */
export function backoffMs(failures: number, intervalMs: number, maxMs: number): number {
  return Math.max(intervalMs, Math.min(maxMs, intervalMs * 2 ** Math.min(failures - 1, 20)));
}

/** How long those that may cost a timeout stand back behind those that answer; not for ever, or a full bus would never find them alive again. */
const unknownStandsBackMs = 5_000;
const failingStandsBackMs = 60_000;

function rank({ dueMs, failures, known }: Turn): number {
  if (failures > 0) return dueMs + failingStandsBackMs;
  return known ? dueMs : dueMs + unknownStandsBackMs;
}

/** Of those that are due, the one to ask next; undefined when none is. */
export function pickNext<T extends Turn>(turns: Iterable<T>, nowMs: number): T | undefined {
  let best: T | undefined;
  for (const turn of turns) {
    if (turn.dueMs <= nowMs && (!best || rank(turn) < rank(best))) best = turn;
  }
  return best;
}

/** When the first of them is due; Infinity when there is none. */
export function earliestMs(turns: Iterable<Turn>): number {
  let earliest = Number.POSITIVE_INFINITY;
  for (const { dueMs } of turns) earliest = Math.min(earliest, dueMs);
  return earliest;
}
