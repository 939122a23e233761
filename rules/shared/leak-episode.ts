import type { Burst } from '../../energy/burst.ts';
import type { Hour } from '../../energy/hourly.ts';
import type { Leak } from '../../energy/leak.ts';
import { type FlowMemory, runsSince, usualFlow } from '../../energy/water-flow.ts';
import { dayMs, hourMs } from '../../model/time.ts';
import type { MeterSubject, Surroundings } from '../rule.ts';
import { yuanOf } from './money.ts';

/** What is kept of water being lost. Plain JSON. */
export interface Episode {
  /** Flow that does not rest; null of a burst alone. */
  readonly leak: Leak | null;
  /** Going on now, with the hours since that were none. */
  readonly burst: (Burst & { readonly calm: number }) | null;
  /** Start of the first hour that it must have run in. */
  readonly since: number;
  /** Hours held to be wrong, from when it was decided. */
  readonly flaggedFrom: number;
  readonly flaggedTo: number;
  readonly lostM3: number;
  /** Null where there is no price. */
  readonly yuan: number | null;
  readonly amendAt: number;
  /** It has lasted so long that it is taken for the new normal. */
  readonly adapted: boolean;
}

/** What stays the same during one step. */
export interface LeakBench {
  readonly subject: MeterSubject;
  readonly around: Surroundings;
  /** `at` of the reading. */
  readonly at: number;
}

export const costOf = (at: number, amount: number, { around, subject }: LeakBench): number | null =>
  yuanOf(around, subject, [{ at, amount }]);

export const added = (a: number | null, b: number | null): number | null =>
  a === null || b === null ? null : a + b;

const floorHour = (at: number): number => Math.floor(at / hourMs) * hourMs;

/** Hours are held to be wrong from the one that was over or running when it was decided: all that comes with one reading is decided by it. */
const decidedIn = ({ at }: LeakBench): number => floorHour(at - 1);

/**
 * Water that does not rest: since when, and how much that is by now.
 * @param start of the hour that showed it
 */
export function beginLeak(leak: Leak, flow: FlowMemory, start: number, bench: LeakBench): Episode {
  const excess = leak.least - leak.usual;
  const end = start + hourMs;
  const since =
    leak.pattern === 'nights' || leak.block > 1
      ? end - leak.overHours * hourMs
      : runsSince(flow, leak.usual + excess / 2);
  const lostM3 = (excess * (end - since)) / hourMs;
  return {
    leak,
    burst: null,
    since,
    flaggedFrom: decidedIn(bench),
    flaggedTo: end,
    lostM3,
    yuan: costOf(since, lostM3, bench),
    amendAt: start + dayMs,
    adapted: false,
  };
}

/** @param since start of its first hour */
export function beginBurst(
  burst: Burst,
  { flow, episode }: { readonly flow: FlowMemory; readonly episode: Episode | null },
  since: number,
  bench: LeakBench,
): Episode {
  const lostM3 = Math.max(0, burst.flow - meanOf(flow));
  const decided = decidedIn(bench);
  return {
    leak: episode?.leak ?? null,
    burst: { ...burst, calm: 0 },
    since: episode?.since ?? since,
    flaggedFrom: episode?.flaggedFrom ?? decided,
    flaggedTo: decided + hourMs,
    lostM3: (episode?.lostM3 ?? 0) + lostM3,
    yuan: added(episode ? episode.yuan : 0, costOf(since, lostM3, bench)),
    amendAt: decided + dayMs,
    adapted: false,
  };
}

function meanOf(flow: FlowMemory): number {
  const { used, hours } = usualFlow(flow);
  return hours === 0 ? 0 : used / hours;
}

/** What one more hour has lost, m³. */
export function lostIn(
  { value }: Hour,
  { leak, burst }: Pick<Episode, 'leak' | 'burst'>,
  flow: FlowMemory,
): number {
  if (burst) return Math.max(0, (value ?? 0) - meanOf(flow));
  const excess = leak ? leak.least - leak.usual : 0;
  return Math.min(value ?? excess, excess);
}
