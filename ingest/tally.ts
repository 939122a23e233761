import type { Entry } from '../model/envelope.ts';
import type { Accepted } from '../model/observation.ts';
import { missingBefore } from '../model/serials.ts';
import { dayMs, minuteMs } from '../model/time.ts';
import { type Counts, createCounts, place, reasonPlace } from './ledger-counts.ts';
import type { LocalDay } from './local-day.ts';
import type { Passage } from './passage.ts';
import { type Newest, restBefore } from './rest.ts';

/** An observation this much older than its receipt came late: a back-fill, a resend after an outage. */
export const lateMs = 10 * minuteMs;

/** Before this no device had a clock. */
const firstAtMs = 2 * dayMs;

/** A device of the ledger, and what of it is not in the table yet. */
export interface Told {
  /** Number in the ledger, from 1. */
  readonly n: number;
  readonly id: string;
  /** The earliest it is known of: first receipt, or first observation where that is older. Unix ms UTC. */
  firstAt: number;
  /** Number of its last message; undefined where it numbers none. */
  serial: number | undefined;
  /** Of a vehicle. */
  newest: Newest | undefined;
  readonly days: ToldDay[];
}

export interface ToldDay extends LocalDay {
  readonly of: Told;
  /** What the batch at hand adds. */
  readonly added: Counts;
  /** What was added since the table was last written. */
  readonly pending: Counts;
  /** Whether the batch at hand touched it. */
  touched: boolean;
}

/** The devices of the ledger in memory. */
export interface Tally {
  readonly devices: ReadonlyMap<string, Told>;
  /** @param after entries up to this position are counted already */
  count(entries: readonly Entry[], passage: Passage, after: number): Touched;
}

/** What a batch changed. */
export interface Touched {
  readonly days: ToldDay[];
  /** New, or known of earlier than before. */
  readonly devices: Set<Told>;
  readonly serials: Set<Told>;
  /** With another newest fix. */
  readonly moved: Set<Told>;
}

const stored = 1;
const duplicate = 2;
const setAside = 4;

/** @param localDay day of the device's institution; asked once for a device and day */
export function createTally(
  known: readonly Omit<Told, 'days'>[],
  localDay: (device: string, at: number) => LocalDay,
): Tally {
  const devices = new Map<string, Told>(known.map((one) => [one.id, { ...one, days: [] }]));
  let marks = new Uint8Array(0);

  const deviceOf = (id: string, firstAt: number): Told => {
    const found = devices.get(id);
    if (found) return found;
    const n = devices.size + 1;
    const made: Told = { n, id, firstAt, serial: undefined, newest: undefined, days: [] };
    devices.set(id, made);
    return made;
  };
  const dayOf = (of: Told, at: number): ToldDay => {
    for (let index = of.days.length - 1; index >= 0; index--) {
      const day = of.days[index];
      if (day && at >= day.from && at < day.to) return day;
    }
    const day = localDay(of.id, at);
    const made = { ...day, of, added: createCounts(), pending: createCounts(), touched: false };
    of.days.push(made);
    return made;
  };

  return {
    devices,
    count(entries, passage, after) {
      const first = entries[0]?.seq ?? 0;
      const span = entries.length === 0 ? 0 : (entries.at(-1)?.seq ?? first) - first + 1;
      if (marks.length < span) marks = new Uint8Array(span);
      else marks.fill(0, 0, span);
      const touched: Touched = {
        days: [],
        devices: new Set(),
        serials: new Set(),
        moved: new Set(),
      };
      const run: Run = { first, days: new Array(span), marks, touched, deviceOf, dayOf };
      countEntries(run, entries, after);
      countAccepted(run, passage);
      for (const { seq } of passage.duplicates)
        add(marked(run, seq, duplicate)?.added, place.duplicate);
      for (const { seq, reason } of passage.quarantined)
        add(marked(run, seq, setAside)?.added, reasonPlace[reason]);
      for (let index = 0; index < span; index++)
        addMessage(run.days[index]?.added, marks[index] ?? 0);
      countSerials(run, passage.serials);
      return touched;
    },
  };
}

/** A batch while it is being counted. */
interface Run {
  /** Position of the first entry; `days` and `marks` begin there. */
  readonly first: number;
  /** The day each entry counts for; none where it is counted already or damaged. */
  readonly days: (ToldDay | undefined)[];
  /** What came of each entry. */
  readonly marks: Uint8Array;
  readonly touched: Touched;
  deviceOf(id: string, firstAt: number): Told;
  dayOf(device: Told, at: number): ToldDay;
}

function countEntries(run: Run, entries: readonly Entry[], after: number): void {
  for (const { seq, device: id, receivedAt, requeued } of entries) {
    if (seq <= after) continue;
    const told = run.deviceOf(id, receivedAt);
    knownSince(run, told, receivedAt);
    const day = run.dayOf(told, receivedAt);
    run.days[seq - run.first] = day;
    touch(run, day);
    add(day.added, place.journalled);
    if (requeued) add(day.added, place.requeued);
  }
}

function countAccepted(run: Run, { accepted, continued }: Passage): void {
  for (const one of accepted) {
    const { seq, device, at, receivedAt } = one;
    const sent = marked(run, seq, stored);
    if (!sent) continue;
    const day = sent.of.id === device ? sent : receivedOn(run, device, receivedAt);
    add(day.added, place.stored);
    if (receivedAt - at > lateMs) add(day.added, place.late);
    if (!continued.has(one)) countInstant(run, day, one);
  }
}

/** @param day on which it was received */
function countInstant(run: Run, day: ToldDay, one: Accepted): void {
  const { at } = one;
  if (at < firstAtMs) return;
  if (at < day.of.firstAt) knownSince(run, day.of, at);
  const own = at >= day.from && at < day.to ? day : run.dayOf(day.of, at);
  touch(run, own);
  add(own.added, place.observed);
  if (one.type === 'fix') countRest(run, own, at, one.acc === false);
}

/** @param own day of the fix */
function countRest(run: Run, own: ToldDay, at: number, isOff: boolean): void {
  const told = own.of;
  const since = restBefore(told.newest, at);
  if (since !== undefined) {
    if (isOff) add(own.added, place.observedAtRest);
    for (let from = since; from < at; ) {
      const day = run.dayOf(told, from);
      touch(run, day);
      const to = Math.min(at, day.to);
      add(day.added, place.restedMs, to - from);
      from = to;
    }
  }
  if (told.newest && at <= told.newest.at) return;
  told.newest = { at, isOff };
  run.touched.moved.add(told);
}

/** The day of a device whose readings came through another: messages are its sender's, readings its own. */
function receivedOn(run: Run, id: string, receivedAt: number): ToldDay {
  const told = run.deviceOf(id, receivedAt);
  knownSince(run, told, receivedAt);
  const day = run.dayOf(told, receivedAt);
  touch(run, day);
  return day;
}

/** A new device is known since its first message, which is no earlier than what it was made with. */
function knownSince({ touched }: Run, told: Told, at: number): void {
  if (at > told.firstAt) return;
  told.firstAt = at;
  touched.devices.add(told);
}

function touch({ touched }: Run, day: ToldDay): void {
  if (day.touched) return;
  day.touched = true;
  touched.days.push(day);
}

function marked({ first, days, marks }: Run, seq: number, what: number): ToldDay | undefined {
  const index = seq - first;
  marks[index] = (marks[index] ?? 0) | what;
  return days[index];
}

function add(counts: Counts | undefined, index: number, by = 1): void {
  if (counts) counts[index] = (counts[index] ?? 0) + by;
}

/** A message that brought anything new counts as stored, one with anything wrong and nothing new as quarantined. */
function addMessage(counts: Counts | undefined, marks: number): void {
  if (marks & stored) add(counts, place.messagesStored);
  else if (marks & setAside) add(counts, place.messagesQuarantined);
  else if (marks & duplicate) add(counts, place.messagesDuplicate);
}

function countSerials({ first, days, touched }: Run, serials: Passage['serials']): void {
  for (const { seq, serial } of serials) {
    const day = days[seq - first];
    if (!day) continue;
    const missing = missingBefore(day.of.serial, serial.number, serial.of);
    if (missing === undefined) continue;
    day.of.serial = serial.number;
    touched.serials.add(day.of);
    if (missing === 0) continue;
    add(day.added, place.serialGaps);
    add(day.added, place.serialMissing, missing);
  }
}
