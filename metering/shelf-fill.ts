import type { Period } from '../energy/consumption/periods.ts';
import { minuteMs, secondMs } from '../model/time.ts';
import type { KeptPieces, Pieces } from './kept-pieces.ts';

/** Works out months and days ahead of whoever asks for them: in the background, after a start and after data of the past came. */

export interface FillParts {
  /** What a page about the present year would need of a meter, as far as it is kept. */
  look(meter: string): Promise<Pick<KeptPieces, 'lacking' | 'stale'>>;
  /** Works them out and keeps them. */
  months(meter: string, months: readonly Period[]): Promise<unknown>;
  days(meter: string, days: readonly Period[]): Promise<unknown>;
  readonly now: () => number;
  readonly failed: (error: unknown) => void;
  /** For tests: how long it rests beside its work. */
  readonly pauseMs?: number;
}

export interface ShelfFill {
  /** Somebody waits for them. */
  want(meter: string, pieces: Pieces): void;
  /** A meter is to be looked at so much later, and not before what is said of it after this. */
  visit(meter: string, afterMs: number): void;
  stop(): Promise<void>;
}

type Piece = { readonly kind: 'months' | 'days'; readonly periods: readonly Period[] };

/** Data of the past comes in crowds: for so long nothing more must have come. */
export const quietMs = minuteMs;
/** Readings and questions come first: so many times what a piece took is rested, and little while somebody waits for it. */
const restShare = { waited: 0.5, ahead: 4 };
const pauseDefaultMs = 20;
/** While somebody asks of meter after meter, nothing comes between; what nobody waits for rests a little longer. */
const askingMs = { waited: 300, ahead: 2 * secondMs };
const daysAtOnce = 31;

/** Pieces of meters, each once, in the order in which they were put there. */
function createQueue() {
  const all = new Map<string, Record<Piece['kind'], Map<number, Period>>>();
  const isEmpty = (meter: string) => {
    const own = all.get(meter);
    return !own || own.months.size + own.days.size === 0;
  };
  return {
    add(meter: string, { months, days }: Pieces): void {
      const own = all.get(meter) ?? { months: new Map(), days: new Map() };
      for (const each of days) own.days.set(each.from, each);
      for (const each of months) own.months.set(each.from, each);
      if (own.months.size + own.days.size > 0) all.set(meter, own);
    },
    /** One month, or days up to a month of them. */
    take(): { readonly meter: string; readonly piece: Piece } | undefined {
      const [first] = all;
      if (!first) return undefined;
      const [meter, own] = first;
      const kind = own.days.size > 0 ? 'days' : 'months';
      const sorted = [...own[kind].values()].sort((a, b) => b.from - a.from);
      const periods = sorted.slice(0, kind === 'days' ? daysAtOnce : 1).reverse();
      for (const { from } of periods) own[kind].delete(from);
      if (isEmpty(meter)) all.delete(meter);
      return { meter, piece: { kind, periods } };
    },
    size: () => all.size,
  };
}

/** How long it may rest after a step: a share of what it took; undefined where there was nothing to do. */
type Rest = number | undefined;

/** Step by step, with rests. @returns what wakes it within a time, and what stops it */
function startSteps(step: () => Promise<Rest>, hasMore: () => boolean, pauseMs: number) {
  let timer: NodeJS.Timeout | undefined;
  let working: Promise<void> | undefined;
  let isStopped = false;
  const work = async () => {
    const begun = performance.now();
    const share = await step();
    const tookMs = performance.now() - begun;
    working = undefined;
    if (share !== undefined) plan(Math.max(pauseMs, share * tookMs));
    else if (hasMore()) plan(secondMs);
  };
  const plan = (ms: number) => {
    if (isStopped) return;
    timer = setTimeout(() => {
      timer = undefined;
      working = work();
    }, ms);
  };
  return {
    wake(ms: number) {
      if (working !== undefined) return;
      clearTimeout(timer);
      plan(ms);
    },
    async stop() {
      isStopped = true;
      clearTimeout(timer);
      await working;
    },
  };
}

export function startShelfFill(parts: FillParts): ShelfFill {
  const { now, failed, pauseMs = pauseDefaultMs } = parts;
  const waited = createQueue();
  const ahead = createQueue();
  /** By when each may be looked at. */
  const visits = new Map<string, number>();
  let askedAt = Number.NEGATIVE_INFINITY;

  const workOut = (meter: string, { kind, periods }: Piece) => parts[kind](meter, periods);
  function dueVisit(): string | undefined {
    for (const [meter, due] of visits) if (due <= now()) return meter;
    return undefined;
  }
  async function look(meter: string): Promise<void> {
    visits.delete(meter);
    const { lacking, stale } = await parts.look(meter);
    ahead.add(meter, lacking);
    ahead.add(meter, stale);
  }
  async function step(): Promise<Rest> {
    const sinceMs = performance.now() - askedAt;
    const first = sinceMs < askingMs.waited ? undefined : waited.take();
    if (first) await workOut(first.meter, first.piece);
    if (first) return restShare.waited;
    if (sinceMs < askingMs.ahead) return undefined;
    const next = ahead.take();
    const meter = next ? undefined : dueVisit();
    if (next) await workOut(next.meter, next.piece);
    else if (meter !== undefined) await look(meter);
    else return undefined;
    return restShare.ahead;
  }
  const patiently = () =>
    step().catch((error) => {
      failed(error);
      return restShare.ahead;
    });
  const hasMore = () => waited.size() + ahead.size() + visits.size > 0;
  const steps = startSteps(patiently, hasMore, pauseMs);
  return {
    want(meter, pieces) {
      askedAt = performance.now();
      waited.add(meter, pieces);
      if (waited.size() > 0) steps.wake(askingMs.waited);
    },
    visit(meter, afterMs) {
      const isFirst = !hasMore();
      visits.set(meter, now() + afterMs);
      if (isFirst) steps.wake(Math.min(secondMs, afterMs));
    },
    stop: steps.stop,
  };
}
