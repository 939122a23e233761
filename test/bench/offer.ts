import type { LoadResult } from './load.ts';
import { applyLoad, cpuSecondsOf, watchRss } from './process.ts';
import { drained, type Stack, stackClients, sum } from './stacks.ts';

export interface Offer {
  /** Messages a second; absent: as fast as they are acknowledged. */
  readonly rate?: number;
  readonly messages?: number;
  readonly seconds: number;
  readonly clients?: number;
  /** Called when the load has begun; it goes on meanwhile. */
  readonly meanwhile?: () => Promise<void>;
}

export interface Offered {
  readonly load: LoadResult;
  readonly stored: number;
  /** Acknowledged and not stored, summed over the clients. */
  readonly lost: number;
  /** From the end of the load until nothing more was under way. */
  readonly lagS: number;
  /** Stored a second, from the begin of the load until nothing more was under way. */
  readonly storedRate: number;
  /** Of all processes of the stack, per 100,000 messages acknowledged; this and memory NaN where something went on meanwhile. */
  readonly cpuPer100k: number;
  readonly rssMb: number;
}

/** Each load has six hours of device time of its own, so that no message is like another. */
const deviceTimeOfALoadMs = 6 * 3_600_000;
let nextStart = Date.UTC(2026, 0, 1);

/** A load generator that has just begun is slow itself: for so long nothing counts for rates and times. */
const rampPacedS = 2;

const windowPaced = 64;
const windowFlatOut = 10;

/** Offers a stack so much for so long, and counts what it stored in the end: the same for all. */
export async function offer(stack: Stack, wanted: Offer): Promise<Offered> {
  const { rate, messages, seconds, clients = stackClients, meanwhile } = wanted;
  const startAt = nextStart;
  nextStart += deviceTimeOfALoadMs;
  await stack.stored(startAt);
  const before = cpuSecondsOf(stack.pids());
  // What a kill replaces cannot be measured as one.
  const rssMb = meanwhile ? () => Number.NaN : watchRss(stack.pids());
  const begin = performance.now();
  const loading = applyLoad({
    port: stack.port,
    clients,
    window: rate === undefined ? windowFlatOut : windowPaced,
    seconds,
    startAt,
    ...(rate !== undefined && { rate, rampS: rampPacedS }),
    ...(messages !== undefined && { messages }),
  });
  await meanwhile?.();
  const load = await loading;
  const lagS = await drained(stack, startAt, load.acknowledged);
  const tookS = (performance.now() - begin) / 1000;
  const cpuS = meanwhile ? Number.NaN : cpuSecondsOf(stack.pids()) - before;
  const mostMb = rssMb();
  const storedOf = await stack.stored(startAt);
  const lost = load.acknowledgedOf.reduce(
    (all, acknowledged, n) => all + Math.max(0, acknowledged - (storedOf.get(`m${n}`) ?? 0)),
    0,
  );
  return {
    load,
    stored: sum(storedOf),
    lost,
    lagS,
    storedRate: load.acknowledged / tookS,
    cpuPer100k: (cpuS / load.acknowledged) * 1e5,
    rssMb: mostMb,
  };
}

export const warmUp = (stack: Stack): Promise<Offered> => offer(stack, { rate: 2_000, seconds: 3 });

/** A client of a stack that stood still for longer than its keep-alive is cut off, and takes a while to be back. */
const wake = (stack: Stack): Promise<Offered> => offer(stack, { rate: 500, seconds: 1 });

const lagAllowedS = 2;
const offeredAtLeast = 0.97;
const step = 1.3;

const isSustained = (rate: number, { load, lost, lagS }: Offered): boolean =>
  lost === 0 &&
  load.acknowledged === load.sent &&
  load.rate >= rate * offeredAtLeast &&
  lagS <= lagAllowedS;

export interface Sustained extends Offered {
  readonly rate: number;
}

/** A search that stops after every trial, so that several can take turns. */
export type Search = AsyncGenerator<void, Sustained | undefined>;

/**
 * The highest rate that is stored without loss and without falling behind by more than two seconds: up by steps of 1.3 until
 * it fails twice (down, where the first does), then by halving twice between the last two.
 */
export async function* searchSustained(
  stack: Stack,
  from: number,
  seconds: number,
  tell: (line: string) => void,
): Search {
  const once = async (rate: number): Promise<Sustained | undefined> => {
    const offered = await offer(stack, { rate, seconds });
    const good = isSustained(rate, offered);
    tell(
      `${Math.round(rate)}/s for ${seconds} s: ${good ? 'kept up' : 'not kept up'}, acknowledged ${Math.round(offered.load.rate)}/s, lost ${offered.lost}, ${offered.lagS.toFixed(1)} s behind, ${offered.cpuPer100k.toFixed(2)} CPU s/100k`,
    );
    return good ? { ...offered, rate } : undefined;
  };
  // A neighbour of this machine may spoil one of them.
  async function* attempt(rate: number): Search {
    const first = await once(rate);
    yield;
    if (first) return first;
    const second = await once(rate);
    yield;
    return second;
  }
  let rate = from;
  let best = yield* attempt(rate);
  const up = best !== undefined;
  for (let tries = 0; tries < 8; tries++) {
    rate = up ? rate * step : rate / step;
    const next = yield* attempt(rate);
    if (next) best = next;
    if (up !== (next !== undefined)) break;
  }
  for (const part of [1 / 2, 1 / 4]) {
    const next = yield* attempt((best?.rate ?? rate / step) * step ** part);
    if (next) best = next;
  }
  return best;
}

/** What is not on trial stands still: what one stack still does for itself would cost another. */
function stand(stacks: readonly Stack[], signal: 'SIGSTOP' | 'SIGCONT'): void {
  for (const pid of stacks.flatMap((stack) => stack.pids())) process.kill(pid, signal);
}

/** One trial of each, again and again: a machine that is slower or faster for a while is so for all. */
export async function inTurns(
  searches: ReadonlyMap<Stack, Search>,
): Promise<readonly (Sustained | undefined)[]> {
  const found = new Map<Stack, Sustained | undefined>();
  const stacks = [...searches.keys()];
  stand(stacks, 'SIGSTOP');
  try {
    while (found.size < stacks.length)
      for (const [stack, search] of searches) {
        if (found.has(stack)) continue;
        stand([stack], 'SIGCONT');
        await wake(stack);
        const { done, value } = await search.next();
        stand([stack], 'SIGSTOP');
        if (done) found.set(stack, value);
      }
  } finally {
    stand(stacks, 'SIGCONT');
  }
  return stacks.map((stack) => found.get(stack));
}
