import { type Period, periodAt } from '../energy/consumption/periods.ts';
import type { Context } from '../model/context.ts';
import type { Replacement } from '../model/entities.ts';
import { messageOf } from '../model/errors.ts';
import { counterOf } from '../model/metrics.ts';
import type { Accepted } from '../model/observation.ts';
import { dayMs } from '../model/time.ts';
import type { Device, Directory } from '../registry/registry.ts';
import type { RollupPoint, Store } from '../stores/store.ts';
import { type Read, reachOf, shortlyBefore } from './consumption.ts';
import { counterFacts } from './counter-facts.ts';
import { type Counter, createReadAhead } from './read-ahead.ts';
import { gridsOf, rollupPoints } from './rollup-points.ts';
import { createTouches, type Touch, type Touches } from './rollup-touches.ts';
import { beginning, followSettings } from './settings-changes.ts';

/** Consumption of every quarter of an hour, hour and day, handed on when it is over and again when it looks otherwise. */

export interface RollupParts {
  readonly directory: () => Directory;
  readonly store: Pick<Store, 'position' | 'accepted' | 'newest' | 'readings' | 'readingsOfMany'>;
  /** Journal position up to which all was handed on. */
  readonly place: { load(): number; save(seq: number): void };
  /** Must bear the same again. What it throws is tried again. */
  readonly write: (points: readonly RollupPoint[]) => Promise<void>;
}

export interface Rollups {
  /** What was stored; cheap. */
  tell(observations: readonly Accepted[]): void;
  /** Hands on what has changed; for one at a time. @throws what `write` does; what was not handed on then stays to be done */
  pass(): Promise<void>;
}

const tickMs = 5_000;
const entriesAtOnce = 5_000;
/** Between two places that are kept, so that a stop while everything is handed on anew does not begin at the beginning. */
const entriesAPass = 500_000;
/** What is kept in memory until it is handed on. */
const pointsAtOnce = 5_000;
const weekMs = 7 * dayMs;
/** What was recorded so shortly before the start may not have been handed on. */
const recentMs = 30 * dayMs;

interface Desk extends RollupParts {
  readonly touches: Touches;
  /** What was stored before the start and is still to be looked at: `after < seq <= upTo`. */
  readonly past: { after: number; readonly upTo: number };
  /** When each meter had spoken last at the start. */
  readonly before: ReadonlyMap<string, number>;
  /** The newest that was told of. */
  seen: number;
  readonly recorded: () => readonly Replacement[];
  readonly settled: () => readonly Touch[];
  readonly signal: AbortSignal;
}

export async function openRollups(
  parts: RollupParts,
  signal: AbortSignal,
  { now }: Pick<Context, 'now'>,
): Promise<Rollups> {
  const upTo = await parts.store.position();
  const desk: Desk = {
    ...parts,
    touches: createTouches(),
    past: { after: parts.place.load(), upTo },
    before: new Map(await parts.store.newest()),
    seen: upTo,
    recorded: followReplacements(parts.directory, now() - recentMs),
    settled: followSettings(parts.directory, now() - recentMs),
    signal,
  };
  return {
    tell(observations) {
      for (const observation of observations) {
        desk.touches.note(observation);
        desk.seen = Math.max(desk.seen, observation.seq);
      }
    },
    pass: () => pass(desk),
  };
}

/** Hands on every few seconds. @returns what is to be told of what is stored, and what stops it */
export async function startRollups(
  parts: RollupParts,
  context: Context,
): Promise<Pick<Rollups, 'tell'> & { stop(): Promise<void> }> {
  const stopping = new AbortController();
  const rollups = await openRollups(parts, stopping.signal, context);
  let working: Promise<void> | undefined;
  let trouble = '';
  const work = async () => {
    try {
      await rollups.pass();
      trouble = '';
    } catch (error) {
      const now = messageOf(error);
      if (now !== trouble)
        context.log('warn', 'consumption could not be handed on', { error: now });
      trouble = now;
    }
    working = undefined;
  };
  const timer = setInterval(() => {
    working ??= work();
  }, tickMs);
  return {
    tell: rollups.tell,
    async stop() {
      stopping.abort();
      clearInterval(timer);
      await working;
    },
  };
}

async function pass(desk: Desk): Promise<void> {
  const { touches, past, place } = desk;
  await readPast(desk);
  for (const { meter, at } of desk.recorded())
    touches.add({ meter, from: at, to: at, kind: 'late' });
  for (const touch of desk.settled()) touches.add(touch);
  const upTo = past.after < past.upTo ? past.after : desk.seen;
  const directory = desk.directory();
  const due = new Set(touches.take().flatMap((touch) => countedOf(touch, directory) ?? []));
  try {
    await handOn(desk, due);
    if (due.size === 0 && upTo > place.load()) place.save(upTo);
  } finally {
    for (const { touch } of due) touches.add(touch);
  }
}

async function readPast({ past, store, touches, signal }: Desk): Promise<void> {
  const end = Math.min(past.upTo, past.after + entriesAPass);
  while (past.after < end && !signal.aborted) {
    const upTo = Math.min(end, past.after + entriesAtOnce);
    for (const observation of await store.accepted(past.after, upTo)) touches.note(observation);
    past.after = upTo;
  }
}

type MeterDevice = Extract<Device, { type: 'meter' }>;

/** A touch of a meter that counts. */
interface Counted extends Counter {
  readonly touch: Touch;
  readonly device: MeterDevice;
}

function countedOf(touch: Touch, directory: Directory): Counted | undefined {
  const device = directory.device(touch.meter);
  const metric = device?.type === 'meter' ? counterOf[device.meter.medium] : null;
  if (device?.type !== 'meter' || metric === null) return undefined;
  return { touch, device, meter: touch.meter, metric };
}

/** Those of which about the same is asked stand together. */
const inOrder = (a: Counted, b: Counted): number =>
  Number(a.touch.kind > b.touch.kind) - Number(a.touch.kind < b.touch.kind) ||
  Number(a.metric > b.metric) - Number(a.metric < b.metric) ||
  a.touch.from - b.touch.from;

/** Takes away from what is due what was handed on, and leaves the rest where it is told to stop. */
async function handOn(desk: Desk, due: Set<Counted>): Promise<void> {
  const directory = desk.directory();
  const newest = await desk.store.newest();
  const order = [...due].sort(inOrder);
  const readOf = createReadAhead(desk.store, order);
  let points: RollupPoint[] = [];
  let done: Counted[] = [];
  const flush = async () => {
    if (points.length > 0) await desk.write(points);
    for (const one of done) due.delete(one);
    points = [];
    done = [];
  };
  for (const one of order) {
    const { touch, device } = one;
    const read = readOf(one);
    const stretch = await stretchOf(desk, touch, device, read);
    for (const week of weeksOf(stretch)) {
      if (desk.signal.aborted) return;
      const grids = gridsOf(week, device.institution.timeZone, newest.get(touch.meter) ?? 0);
      const facts = counterFacts(directory, touch.meter);
      const made = await rollupPoints(device.meter, grids, read, facts);
      points.push(...made);
      const doubtful = made.find(({ quality }) => quality === 'reset' || quality === 'replaced');
      if (doubtful) desk.touches.doubt(touch.meter, doubtful.from);
      if (points.length >= pointsAtOnce) await flush();
    }
    done.push(one);
  }
  await flush();
}

/** Both ends belong to the stretch. */
const weeksOf = ({ from, to }: Period): readonly Period[] =>
  Array.from({ length: Math.ceil((to + 1 - from) / weekMs) }, (_, n) => ({
    from: from + n * weekMs,
    to: Math.min(from + (n + 1) * weekMs, to + 1),
  }));

/** Both ends belong to it. */
async function stretchOf(
  { before }: Desk,
  { meter: id, kind, from, to }: Touch,
  { meter, institution }: MeterDevice,
  read: Read,
): Promise<Period> {
  const zone = institution.timeZone;
  if (kind === 'late' || (await hasLater(read, to, before.get(id) ?? 0))) {
    const first = from === beginning ? (await read({ from, to, limit: 1 }))[0]?.at : from;
    return reachOf(read, { from: first ?? to, to }, meter);
  }
  const begin = kind === 'first' ? ((await shortlyBefore(read, from)) ?? from) : from;
  const day = periodAt('day', begin, zone);
  // A day that is over is told as a whole with the one before: only now is it certain that none of its readings was a moment’s error.
  return { from: to >= day.to ? periodAt('day', day.from - 1, zone).from : begin, to };
}

/** What was told of before a start is not known any more: what seems to go on may come late. */
const hasLater = async (read: Read, at: number, newestBefore: number): Promise<boolean> =>
  at < newestBefore && (await read({ from: at + 1, to: newestBefore + 1, limit: 1 })).length > 0;

/** @returns what gives the replacements that were recorded, or taken back, since it was last asked or since an instant before that */
function followReplacements(
  directory: () => Directory,
  since: number,
): () => readonly Replacement[] {
  const all = () =>
    new Map(
      directory()
        .all('replacements')
        .map((one) => [JSON.stringify(one), one]),
    );
  let of: Directory | undefined;
  let known = new Map([...all()].filter(([, { confirmedAt }]) => confirmedAt < since));
  return () => {
    if (directory() === of) return [];
    of = directory();
    const before = known;
    known = all();
    const changed = [...known, ...before].filter(([key]) => known.has(key) !== before.has(key));
    return changed.map(([, one]) => one);
  };
}
