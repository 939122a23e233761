import type { Accepted } from '../model/observation.ts';
import { dayMs } from '../model/time.ts';
import type { StoredFix } from '../stores/store.ts';
import type { SubjectState } from './subject.ts';

/**
 * The order in which rules see events: by device time. Fixes of one instant have an order of their own, so that it does not matter which came first;
 * samples of one instant never say two things of one metric.
 */
export function compareEvents(a: Accepted, b: Accepted): number {
  if (a.at !== b.at) return a.at - b.at;
  if (a.type === 'fix' && b.type === 'fix') return compareText(bodyOf(a), bodyOf(b));
  return a.seq - b.seq;
}

const compareText = (a: string, b: string): number => (a < b ? -1 : Number(a > b));

/** Without what the way it came has made of it: sent at once or late, it is the same. */
function bodyOf(fix: StoredFix): string {
  const {
    seq: _seq,
    receivedAt: _receivedAt,
    timeSource: _timeSource,
    resent: _resent,
    ...body
  } = fix;
  return JSON.stringify(Object.entries(body).sort(([a], [b]) => compareText(a, b)));
}

/** Events of one subject and one batch, and what has to be done about those that are late. */
export interface Arrival {
  readonly subject: SubjectState;
  /** As they came. */
  readonly events: readonly Accepted[];
  /** To be judged, in order of `compareEvents`. */
  readonly judged: readonly Accepted[];
  /** How many are too late to be judged. */
  readonly tooLate: number;
  /** Earliest `at` that lies before what is already judged; undefined where none does. */
  readonly lateFrom: number | undefined;
}

export function toArrival(
  subject: SubjectState,
  events: readonly Accepted[],
  lateDays: number,
): Arrival {
  const known = subject.newestAt ?? Number.NEGATIVE_INFINITY;
  let newest = known;
  let lateFrom: number | undefined;
  let isInOrder = true;
  const judged: Accepted[] = [];
  for (const event of events) {
    newest = Math.max(newest, event.at);
    if (event.at < newest - lateDays * dayMs) continue;
    const before = judged.at(-1);
    if (before && compareEvents(before, event) > 0) isInOrder = false;
    judged.push(event);
    const isLate = event.at < known || (event.at === known && event.type === 'fix');
    if (isLate) lateFrom = Math.min(lateFrom ?? event.at, event.at);
  }
  const tooLate = events.length - judged.length;
  if (!isInOrder) judged.sort(compareEvents);
  return { subject, events, judged, tooLate, lateFrom };
}

/** What is stored, and of the batch at hand what is not there yet, in order. */
export function merge(stored: readonly Accepted[], own: readonly Accepted[]): readonly Accepted[] {
  const known = new Set(stored.flatMap(identities));
  const missing = own.filter(
    (event) => !identities(event).every((identity) => known.has(identity)),
  );
  return [...stored, ...missing].sort(compareEvents);
}

/** Promise P2: (device, at, metric) for readings, (device, at, body) for fixes. */
const identities = (event: Accepted): readonly string[] =>
  event.type === 'fix'
    ? [`${event.at} ${event.seq} ${event.lat} ${event.lon}`]
    : Object.keys(event.values).map((metric) => `${event.at} ${metric}`);
