import type { Context } from '../model/context.ts';
import { messageOf } from '../model/errors.ts';
import type { Accepted } from '../model/observation.ts';
import { dayMs, hourMs, minuteMs, startOfDay } from '../model/time.ts';
import type { Store } from '../stores/store.ts';
import type { AmendmentReason, Revisions } from './ingest.ts';
import { dateOfDay, dayAround, type LocalDay } from './local-day.ts';
import type { RevisionFile } from './revision-file.ts';
import { compare, type ToldHour } from './told-day.ts';

export interface RevisionParts {
  readonly file: RevisionFile;
  readonly store: Pick<Store, 'position' | 'accepted' | 'newest'>;
  /** Every hour of the stretch; none of a device that counts nothing. */
  derive(meter: string, from: number, to: number): Promise<readonly ToldHour[]>;
  /** The stretch as far as what was used in it, or beside it, may look different by a reading in it. */
  reach(
    meter: string,
    from: number,
    to: number,
  ): Promise<{ readonly from: number; readonly to: number }>;
  zoneOf(meter: string): string;
  /** A day of the meter is over and told. */
  dayOver?(meter: string): Promise<unknown>;
}

export interface OpenRevisions extends Omit<Revisions, 'months' | 'days' | 'kept'> {
  /** Between what is told and what is amended of any meter, with everything that came late of this one taken in. */
  settled<T>(meter: string, work: () => Promise<T>): Promise<T>;
  /** Whether everything that came late of the meter is taken in. */
  isSettled(meter: string): boolean;
  /** From here on what comes of the meter before an instant is late, though nothing was told of it. */
  heed(meter: string, until: number): void;
  /** What was stored; cheap. */
  tell(observations: readonly Accepted[]): void;
  stop(): Promise<void>;
}

/** Younger hours may still get what was delayed on its way, and are not told for good. */
const settledMs = 10 * minuteMs;
/** Readings that come late come in crowds. */
const restMs = 5_000;
/** How often days that are over are looked for. */
const sealEveryMs = 10 * minuteMs;
/** Days that were over while nobody looked are told when somebody asks. */
const sealDays = 2;
/** Sealing thousands of meters leaves time for what has just come. */
const pauseMs = 20;
/** … and at least so many times what one meter took. */
const restShare = 4;
const entriesAtOnce = 5_000;
const daysAtOnce = 31;

interface Touched {
  readonly from: number;
  readonly to: number;
  readonly reason: AmendmentReason;
}

interface Desk extends RevisionParts {
  readonly now: () => number;
  /** Of each meter, the end of the last hour that was told. */
  readonly told: Map<string, number>;
  /** Where something came late that is not taken in yet. */
  readonly touched: Map<string, Touched>;
  /** Of each meter, the day before which all is told. */
  readonly sealed: Map<string, number>;
  /** Journal position of the newest that was stored. */
  seen: number;
  isStopped: boolean;
  /** One after another: two that look at one day at once would both amend it. */
  inTurn<T>(work: () => Promise<T>): Promise<T>;
  idle(): Promise<unknown>;
}

/** Keeps what was told of each meter's days, and amends it when late data says otherwise. */
export async function startRevisions(
  parts: RevisionParts,
  { now, log }: Pick<Context, 'now' | 'log'>,
): Promise<OpenRevisions> {
  const desk = createDesk(parts, now);
  await catchUp(desk);
  const failed = (error: unknown) =>
    log('warn', 'what was told of consumption could not be amended', { error: messageOf(error) });
  const stops = [every(restMs, () => amendAll(desk), failed)];
  stops.push(every(sealEveryMs, () => seal(desk), failed));
  return {
    tell: (observations) => tell(desk, observations),
    recorded: (meter, from, to) => touch(desk, meter, from, to, 'record-changed'),
    of: (meter, from, to) =>
      desk.inTurn(async () => {
        await amend(desk, meter);
        await tellDays(desk, meter, from, to);
        return parts.file.amendments(meter, from, to);
      }),
    settled: (meter, work) =>
      desk.inTurn(async () => {
        await amend(desk, meter);
        return work();
      }),
    isSettled: (meter) => !desk.touched.has(meter),
    heed(meter, until) {
      if (until <= (desk.told.get(meter) ?? 0)) return;
      parts.file.heed(meter, until);
      desk.told.set(meter, until);
    },
    async stop() {
      desk.isStopped = true;
      for (const stop of stops) stop();
      await desk.idle();
    },
  };
}

function createDesk(parts: RevisionParts, now: () => number): Desk {
  let last: Promise<unknown> = Promise.resolve();
  return {
    ...parts,
    now,
    told: new Map(parts.file.told()),
    touched: new Map(),
    sealed: new Map(),
    seen: 0,
    isStopped: false,
    inTurn(work) {
      const next = last.then(work);
      last = next.catch(() => {});
      return next;
    },
    idle: () => last,
  };
}

/** Again and again, never twice at once. @returns what stops it */
function every(ms: number, work: () => Promise<void>, failed: (error: unknown) => void) {
  let isBusy = false;
  const timer = setInterval(() => {
    if (isBusy) return;
    isBusy = true;
    work()
      .catch(failed)
      .finally(() => {
        isBusy = false;
      });
  }, ms);
  return () => clearInterval(timer);
}

/** What was stored before a stop, and may not have been taken in. */
async function catchUp(desk: Desk): Promise<void> {
  const { file, store } = desk;
  const head = await store.position();
  const place = file.position() ?? head;
  // A kill before anything came is no reason to pass over what comes after it.
  if (place === head) file.move(head);
  if (desk.told.size > 0)
    for (let after = place; after < head; after += entriesAtOnce)
      tell(desk, await store.accepted(after, Math.min(head, after + entriesAtOnce)));
  desk.seen = head;
}

function tell(desk: Desk, observations: readonly Accepted[]): void {
  for (const { type, device, at, seq } of observations) {
    desk.seen = Math.max(desk.seen, seq);
    if (type === 'sample' && at < (desk.told.get(device) ?? 0))
      touch(desk, device, at, at, 'late-data');
  }
}

function touch(
  { touched }: Desk,
  meter: string,
  from: number,
  to: number,
  reason: AmendmentReason,
): void {
  const before = touched.get(meter);
  touched.set(meter, {
    from: Math.min(from, before?.from ?? from),
    to: Math.max(to, before?.to ?? to),
    reason: before?.reason ?? reason,
  });
}

async function amendAll(desk: Desk): Promise<void> {
  const { file, touched, seen } = desk;
  for (const meter of [...touched.keys()]) {
    if (desk.isStopped) return;
    await desk.inTurn(() => amend(desk, meter));
  }
  if (touched.size === 0 && seen !== file.position()) file.move(seen);
}

async function amend(desk: Desk, meter: string): Promise<void> {
  const { touched, file } = desk;
  const late = touched.get(meter);
  if (!late) return;
  const zone = desk.zoneOf(meter);
  const { from, to } = await desk.reach(meter, late.from, late.to);
  file.dropWholes(meter, from, to);
  const days = file
    .days(meter, dayAround(from, zone).day, dayAround(to, zone).day)
    .map((day) => dayAround(startOfDay(dateOfDay(day), zone), zone));
  await deriveDays(desk, meter, days, late.reason);
  if (touched.get(meter) === late) touched.delete(meter);
}

/** @param days ascending */
async function deriveDays(
  desk: Desk,
  meter: string,
  days: readonly LocalDay[],
  reason: AmendmentReason,
): Promise<void> {
  for (const run of runsOf(days)) {
    const to = Math.min(run.at(-1)?.to ?? 0, desk.now());
    const hours = await desk.derive(meter, run[0]?.from ?? to, to);
    for (const day of run) {
      const own = hours.filter(({ from }) => from >= day.from && from < day.to);
      keep(desk, meter, day, own, reason);
    }
  }
}

/** Days that follow each other, up to a month of them. */
function runsOf(days: readonly LocalDay[]): readonly LocalDay[][] {
  const runs: LocalDay[][] = [];
  for (const day of days) {
    const run = runs.at(-1);
    if (run && run.length < daysAtOnce && run.at(-1)?.to === day.from) run.push(day);
    else runs.push([day]);
  }
  return runs;
}

function keep(
  { file, told, now }: Desk,
  meter: string,
  day: LocalDay,
  hours: readonly ToldHour[],
  reason: AmendmentReason,
): void {
  const old = file.day(meter, day.day);
  const settled = hours.filter(({ to }) => to <= now() - settledMs);
  const { day: said, changed, until, isNew } = compare(day, old, settled);
  if (!isNew) return;
  const amended =
    old && changed.length > 0
      ? { revisedAt: now(), reason, hours: changed, before: old.said }
      : undefined;
  file.say(meter, day, said, until, amended);
  told.set(meter, Math.max(until, told.get(meter) ?? 0));
}

/** Days of a stretch that were not told as a whole yet. */
async function tellDays(desk: Desk, meter: string, from: number, to: number): Promise<void> {
  const { file, now } = desk;
  const zone = desk.zoneOf(meter);
  const end = Math.min(to, now());
  const due: LocalDay[] = [];
  for (let day = dayAround(from, zone); day.from < end; day = dayAround(day.to, zone)) {
    const hours = Math.floor((Math.min(day.to, now() - settledMs) - day.from) / hourMs);
    const told = file.day(meter, day.day)?.hours.subarray(0, Math.max(0, hours));
    if (!told?.every((mark) => mark !== 0)) due.push(day);
  }
  await deriveDays(desk, meter, due, 'late-data');
}

/** Days that are over are told as they are. */
async function seal(desk: Desk): Promise<void> {
  const { sealed, now } = desk;
  for (const meter of (await desk.store.newest()).keys()) {
    const today = dayAround(now(), desk.zoneOf(meter));
    if (sealed.get(meter) === today.day || now() - today.from < hourMs) continue;
    if (desk.isStopped) return;
    const begun = now();
    await desk.inTurn(() => tellDays(desk, meter, today.from - sealDays * dayMs, today.from));
    await desk.dayOver?.(meter);
    sealed.set(meter, today.day);
    const tookMs = now() - begun;
    await new Promise((resolve) => setTimeout(resolve, Math.max(pauseMs, restShare * tookMs)));
  }
}
