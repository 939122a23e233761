import type { Judged } from '../model/alert.ts';
import type { Context } from '../model/context.ts';
import { messageOf } from '../model/errors.ts';
import type { Accepted } from '../model/observation.ts';
import { dayMs, minuteMs } from '../model/time.ts';
import type { Directory } from '../registry/registry.ts';
import type { ToldTrip } from '../trips/trips.ts';
import { countOn, isCourse } from './course.ts';
import { type GroundOf, isMotion, moveOn, tripUnderWay } from './motion.ts';
import type { Arrival } from './order.ts';
import { merge } from './order.ts';
import { isOutdoor, noteOutdoor } from './outdoor.ts';
import type { RuleSubject, Step, Surroundings } from './rule.ts';
import {
  institutionOf,
  type Recent,
  type Slot,
  type Snapshot,
  type SubjectState,
  take,
  toKept,
  toRecent,
  toSlot,
  toSnapshot,
} from './subject.ts';
import type { RulesTables } from './tables.ts';

/** What all judging needs. */
export interface Bench {
  readonly directory: Directory;
  readonly around: Around;
  readonly tables: RulesTables;
  readonly lateDays: number;
  /** Where the places lie. */
  readonly groundOf: GroundOf;
  /** To be told when a rule threw. */
  readonly failed: Failed;
}

/** What rules may ask; one for all events, each of which puts its groundwork in: copying it for every event is felt. */
interface Around extends Omit<Surroundings, 'hours' | 'motion'> {
  hours: Surroundings['hours'];
  motion: Surroundings['motion'];
}

type Failed = (slot: Slot, subject: string, error: unknown) => void;

/** A rule that throws is our mistake: it misses this event, is counted, and is logged once for each subject. */
export function createFailed({ log, count }: Context): Failed {
  const told = new Set<string>();
  return ({ active }, subject, error) => {
    const { kind } = active.kind;
    count('rule_failures', { kind });
    const name = `${kind} ${subject}`;
    if (!told.has(name)) log('error', 'a rule failed', { kind, subject, error: messageOf(error) });
    told.add(name);
  };
}

/** Lets one rule see one event. Runs for every rule and event there is: what it allocates is felt. */
function stepSlot(
  slot: Slot,
  event: Accepted,
  device: RuleSubject,
  around: Surroundings,
  failed: Failed,
  found: Judged[],
): void {
  const { kind, params } = slot.active;
  let step: Step<unknown>;
  try {
    step = kind.step(slot.state, event, device, params, around);
  } catch (error) {
    failed(slot, event.device, error);
    return;
  }
  slot.state = step.state;
  if (step.findings.length > 0) found.push(...take(slot, step.findings, institutionOf(device)));
}

/** Lets rules that go by time of receipt see what came, as it came. */
export function judgeReceipt({ subject, events }: Arrival, bench: Bench): readonly Judged[] {
  const found: Judged[] = [];
  if (subject.byReceipt.length === 0) return found;
  const { directory, around, failed } = bench;
  for (const event of events) {
    const device = directory.device(subject.id, event.at);
    if (device)
      for (const slot of subject.byReceipt) stepSlot(slot, event, device, around, failed, found);
  }
  return found;
}

/**
 * Lets the other rules see events that are not late; first of all the groundwork: a vehicle's motion, a meter's hours.
 * @param told takes what its motion shows of trips
 */
export function judgeInOrder(
  { subject, judged }: Pick<Arrival, 'subject' | 'judged'>,
  bench: Bench,
  told: ToldTrip[],
): readonly Judged[] {
  const found: Judged[] = [];
  for (const event of judged) {
    snapshotBefore(subject, event.at, bench);
    noteRecent(subject, event.at);
    const device = bench.directory.device(subject.id, event.at);
    if (device) judgeEvent(subject.inTime, event, device, bench, found, told);
    subject.newestAt = Math.max(subject.newestAt ?? event.at, event.at);
  }
  return found;
}

function judgeEvent(
  slots: readonly Slot[],
  event: Accepted,
  device: RuleSubject,
  bench: Bench,
  found: Judged[],
  told: ToldTrip[],
): void {
  const { around } = bench;
  for (const slot of slots) {
    if (!isGroundwork(slot)) {
      stepSlot(slot, event, device, around, bench.failed, found);
      continue;
    }
    try {
      doGroundwork(slot, event, device, bench, told);
    } catch (error) {
      bench.failed(slot, event.device, error);
    }
  }
  around.hours = undefined;
  around.motion = undefined;
}

/** Worked out once, before the rules, for all of them. */
const isGroundwork = (slot: Slot): boolean => isMotion(slot) || isCourse(slot) || isOutdoor(slot);

function doGroundwork(
  slot: Slot,
  event: Accepted,
  device: RuleSubject,
  { around, groundOf }: Bench,
  told: ToldTrip[],
): void {
  if (isOutdoor(slot)) noteOutdoor(slot, event, device);
  else if (isCourse(slot)) around.hours = countOn(slot, event, device);
  else around.motion = moveOn(slot, event, device, groundOf, told);
}

/** Keeps the states as they are before the first event of a day. */
function snapshotBefore(subject: SubjectState, at: number, { tables, lateDays }: Bench): void {
  const before = Math.floor(at / dayMs) * dayMs;
  if (subject.snapshotAt !== null && before <= subject.snapshotAt) return;
  tables.keepSnapshot(subject.id, { before, slots: toKept(subject.inTime) });
  tables.prune(subject.id, before, at - lateDays * dayMs);
  subject.snapshotAt = before;
}

/** Recent states lie at least this far apart. */
const recentMs = minuteMs;
/**
 * Of states older than that only one is kept for each doubling of their age, from an hour on for each two, and none beyond the last. Those of
 * different hours share little: of ten thousand meters each takes 60 MB.
 */
const recentDoublings = 9;
const hourDoublings = 6;

function ageStepOf(ageMs: number): number {
  const doublings = Math.floor(Math.log2(ageMs / recentMs));
  return doublings < hourDoublings ? doublings : doublings - (doublings % 2);
}

/** Remembers the states before an event, densely for the last minutes and ever more thinly for the hours before. */
function noteRecent(subject: SubjectState, at: number): void {
  const last = subject.recent.at(-1)?.before ?? subject.newestAt;
  if (last === null || at - last < recentMs) return;
  subject.recent = [...thinned(subject.recent, at), toRecent(subject, at)];
}

function thinned(recent: readonly Recent[], at: number): readonly Recent[] {
  const stepOf = ({ before }: Recent) => ageStepOf(at - before);
  return recent.filter((each, index, all) => {
    const older = all[index - 1];
    const isFirst = !older || stepOf(older) !== stepOf(each);
    return isFirst && stepOf(each) <= recentDoublings;
  });
}

/** The newest states known without an event at or after `at`. */
export function snapshotFor(
  { id, recent }: SubjectState,
  at: number,
  tables: RulesTables,
): Snapshot | undefined {
  const found = recent.findLast(({ before }) => before <= at);
  return found ? toSnapshot(found) : tables.snapshotBefore(id, at);
}

/** A stretch that is to be judged again. */
export interface Replay {
  readonly arrival: Arrival;
  readonly lateFrom: number;
  readonly snapshot: Snapshot | undefined;
  readonly stored: readonly Accepted[];
}

export interface Rejudged {
  readonly rule: string;
  /** Everything found from here on is in `judged`. */
  readonly from: number;
  readonly judged: readonly Judged[];
}

/** Goes back to the snapshot and judges everything since, with what has come late in its place. */
export function judgeAgain(replay: Replay, bench: Bench, told: ToldTrip[]): readonly Rejudged[] {
  const { arrival, lateFrom, snapshot } = replay;
  const { subject } = arrival;
  const slots = subject.inTime;
  for (const slot of slots) {
    const { state, episode } = toSlot(slot.active, snapshot?.slots[slot.active.kind.kind]);
    slot.state = state;
    slot.episode = episode;
  }
  const start = snapshot?.before ?? Number.MIN_SAFE_INTEGER;
  const day = Math.floor(start / dayMs) * dayMs;
  bench.tables.dropSnapshotsAfter(subject.id, day);
  subject.snapshotAt = snapshot ? day : null;
  subject.recent = subject.recent.filter(({ before }) => before < start);
  if (snapshot) subject.recent = [...subject.recent, toRecent(subject, start)];
  const events = merge(replay.stored, arrival.judged);
  const split = events.findIndex(({ at }) => at >= lateFrom);
  judgeInOrder({ subject, judged: events.slice(0, split) }, bench, told);
  const open = new Map(slots.map(({ active, episode }) => [active.rule.id, episode]));
  const found = judgeInOrder({ subject, judged: events.slice(split) }, bench, told);
  const motion = slots.find(isMotion);
  const trip = motion ? tripUnderWay(motion, subject.id) : null;
  if (trip && subject.newestAt !== null) told.push({ trip, decidedAt: subject.newestAt });
  const rules = slots.filter((slot) => !isGroundwork(slot));
  return rules.map(({ active: { rule } }) => {
    const episode = open.get(rule.id);
    const judged = found.filter((finding) => finding.rule.id === rule.id);
    return episode
      ? {
          rule: rule.id,
          from: episode.openedAt,
          judged: [{ ...episode, change: 'open' }, ...judged],
        }
      : { rule: rule.id, from: lateFrom, judged };
  });
}

/** Lets rules that must notice silence look at the clock. @returns whether anything changed */
export function judgeSilence(
  subject: SubjectState,
  device: RuleSubject,
  now: number,
  { around, failed }: Bench,
): { readonly changed: boolean; readonly judged: readonly Judged[] } {
  const judged: Judged[] = [];
  let changed = false;
  for (const slot of subject.slots) {
    const { kind, params } = slot.active;
    let step: Step<unknown> | undefined;
    try {
      step = kind.tick?.(slot.state, now, device, params, around);
    } catch (error) {
      failed(slot, subject.id, error);
    }
    if (!step || (step.state === slot.state && step.findings.length === 0)) continue;
    changed = true;
    slot.state = step.state;
    judged.push(...take(slot, step.findings, institutionOf(device)));
  }
  return { changed, judged };
}
