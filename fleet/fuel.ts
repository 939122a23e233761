import { hourMs, minuteMs } from '../model/time.ts';

/** What a tank gauge says while a vehicle stands, against what it said when it came to stand. Litres; plain JSON. */
export interface Tank {
  /** Since when it stands; null while it moves. Unix ms UTC. */
  readonly restSince: number | null;
  /** First levels of the rest; while it moves, none. */
  readonly base: readonly number[];
  /** Newest levels. */
  readonly recent: readonly number[];
  /** Standing with the ignition on. */
  readonly idleMs: number;
  readonly lastAt: number;
  /** Since then it may have been driven unseen for so long. */
  readonly unseenMs: number;
}

export interface Gauge {
  readonly at: number;
  readonly levelL: number;
  readonly restSince: number | null;
  readonly acc: boolean | undefined;
}

/** What sloshes on arrival has come to rest after so many. */
const baseLevels = 3;
const baseMs = 10 * minuteMs;
/** What a gauge said so long before is not what it came with; and after such a silence it may have been filled up. */
const nearMs = 5 * minuteMs;
const silentMs = 2 * minuteMs;
/** A fix without a position stands for so long, and more than so much unseen is a way. */
const unseenStepMs = 10_000;
const unseenMostMs = 5 * minuteMs;
const recentLevels = 3;
/** Idling is not counted across a longer silence. */
const longestStepMs = 10 * minuteMs;
/** An engine that idles burns up to so much. */
const idleLitresPerHour = 3;

export function median(values: readonly number[]): number | undefined {
  const sorted = values.toSorted((a, b) => a - b);
  const { length } = sorted;
  const [low, high] = [sorted[Math.floor((length - 1) / 2)], sorted[Math.floor(length / 2)]];
  return low === undefined || high === undefined ? undefined : (low + high) / 2;
}

const drive = (before: Tank | null, { at, levelL }: Gauge): Tank => {
  const driven = before?.restSince === null ? before.recent : [];
  const recent = [...driven, levelL].slice(-recentLevels);
  return { restSince: null, base: [], recent, idleMs: 0, lastAt: at, unseenMs: 0 };
};

/** Of a gauge that was not heard right after it had stopped, what it said last stands for its arrival. */
function arrive(before: Tank | null, restSince: number, { at, levelL }: Gauge): Tank {
  const isMissed = at - restSince > baseMs || (before !== null && at - before.lastAt > silentMs);
  const isNear = before !== null && restSince - before.lastAt <= nearMs;
  const known = isMissed && isNear ? median(before.recent) : undefined;
  const [base, recent] = known === undefined ? [[levelL], []] : [[known], [levelL]];
  return { restSince, base, recent, idleMs: 0, lastAt: at, unseenMs: 0 };
}

/** It may be under way though nobody sees it. @returns null after so long of it that what is known says nothing any more */
export function missTank(before: Tank | null): Tank | null {
  if (before === null || before.unseenMs > unseenMostMs) return null;
  return { ...before, unseenMs: before.unseenMs + unseenStepMs };
}

/** One more level, in order of `at`. */
export function followTank(before: Tank | null, gauge: Gauge): Tank {
  const { at, levelL, restSince, acc } = gauge;
  if (restSince === null) return drive(before, gauge);
  if (before === null || before.restSince === null) return arrive(before, restSince, gauge);
  // Driven unheard: what it said where it stood before is no measure.
  if (restSince > before.lastAt) return arrive(null, restSince, gauge);
  const step = at - before.lastAt;
  const idleMs = before.idleMs + (acc === true && step <= longestStepMs ? step : 0);
  const isBase =
    before.recent.length === 0 && before.base.length < baseLevels && at - restSince <= baseMs;
  return {
    restSince: before.restSince,
    base: isBase ? [...before.base, levelL] : before.base,
    recent: isBase ? [] : [...before.recent, levelL].slice(-recentLevels),
    idleMs,
    lastAt: at,
    unseenMs: 0,
  };
}

/**
 * How much more there is in the tank than when it came to stand, litres; what an idling engine may have burnt is not taken for missing.
 * Undefined while it moves, and until three levels after those of the arrival are known.
 */
export function changeL({ restSince, base, recent, idleMs }: Tank): number | undefined {
  const [was, is] = [median(base), median(recent)];
  if (restSince === null || was === undefined || is === undefined) return undefined;
  if (recent.length < recentLevels) return undefined;
  const change = is - was;
  const burnt = (idleMs / hourMs) * idleLitresPerHour;
  return change >= 0 ? change : Math.min(0, change + burnt);
}
