import type { LedgerDay, LedgerDevice } from '../ingest/ingest.ts';
import { dayMs, secondMs, spanOfDay } from '../model/time.ts';
import type { Device, Directory } from '../registry/registry.ts';
import type { LedgerDayView, LedgerLine, LedgerOverview } from './ledger-shape.ts';

/** What should have come, beside what came. */

export interface Stretch {
  /** Unix ms UTC, `from` inclusive, `to` exclusive. */
  readonly from: number;
  readonly to: number;
}

const intervalsMissed = 2;

/** Read at once: others ask the store as well. */
const observationsPerRead = 20_000;

/** How often a device was to send in a stretch; undefined where nobody knew. */
export interface Pace extends Stretch {
  readonly everyMs: number | undefined;
}

/** As the registry had it at the time: that a meter is read more often from today on makes no day before it incomplete. */
export const pacesOf = (
  directory: Pick<Directory, 'during'>,
  id: string,
  { from, to }: Stretch,
): readonly Pace[] =>
  directory
    .during(id, from, to)
    .map((span) => ({ from: span.from, to: span.to, everyMs: everyMsOf(span.value) }));

const known = ({ everyMs }: Pace): boolean => everyMs !== undefined;

const everyMsIn = (paces: readonly Pace[], { from, to }: Stretch): number =>
  Math.max(
    ...paces
      .filter((pace) => pace.from < to && pace.to > from)
      .map(({ everyMs }) => everyMs ?? Number.POSITIVE_INFINITY),
  );

/**
 * Stretches between two instants, or the ends, that are longer than two intervals, the longer ones where the interval changed.
 * A vehicle that stands with its ignition off leaves none.
 */
export async function gapsOf(
  { from, to }: Stretch,
  read: Read,
  paces: readonly Pace[],
): Promise<readonly Stretch[]> {
  const gaps: Stretch[] = [];
  const shortest = Math.min(...paces.map(({ everyMs }) => everyMs ?? Number.POSITIVE_INFINITY));
  const isGap = (between: Stretch) => {
    const tookMs = between.to - between.from;
    if (tookMs <= intervalsMissed * shortest) return false;
    return tookMs > intervalsMissed * everyMsIn(paces, between);
  };
  const before: { last?: Said } = {};
  const reach = async (next: Said) => {
    const { last } = before;
    const between = { from: last?.at ?? from, to: next.at };
    if (isGap(between)) {
      const isResting = last ? last.acc === false : await wasOff(from, read);
      if (!isResting) gaps.push(between);
    }
    before.last = next;
  };
  for (let next = from; next < to; ) {
    const said = await read({ from: next, to, limit: observationsPerRead });
    for (const one of said) await reach(one);
    if (said.length === 0) break;
    next = (said.at(-1)?.at ?? to) + 1;
  }
  await reach({ at: to });
  return gaps;
}

/** What a device said, ascending by `at`, the first `limit` of it. */
type Read = (range: Stretch & { readonly limit: number }) => Promise<readonly Said[]>;

interface Said {
  readonly at: number;
  /** Of a vehicle: ignition on. */
  readonly acc?: boolean;
}

/** Over the longest holiday. */
const lookBackDays = 10;

/** Whether the newest fix before said that the ignition was off. */
async function wasOff(at: number, read: Read): Promise<boolean> {
  for (let to = at; to > at - lookBackDays * dayMs; to -= dayMs) {
    let last: Said | undefined;
    for (let from = to - dayMs; ; from = last.at + 1) {
      const said: readonly Said[] = await read({ from, to, limit: observationsPerRead });
      last = said.at(-1) ?? last;
      if (said.length === 0 || !last) break;
    }
    if (last) return last.acc === false;
  }
  return false;
}

const everyMsOf = (device: Device): number | undefined => {
  const { everyS } = device.type === 'meter' ? device.meter : device.vehicle;
  return everyS === undefined ? undefined : everyS * secondMs;
};

/**
 * The part of a day that is gone, of a device that was there.
 * @param firstAt when it was first heard; null: never, so all of the day counts
 */
export function expectedSpan(
  date: string,
  zone: string,
  firstAt: number | null,
  now: number,
): Stretch {
  const day = spanOfDay(date, zone);
  const to = Math.max(day.from, Math.min(day.to, now));
  return { from: Math.min(Math.max(day.from, firstAt ?? day.from), to), to };
}

/**
 * What a vehicle said while it stood with its ignition off was due as it came, and nothing else then.
 * @param span the day's expected one
 * @param paces of the span
 */
export function withExpected(
  day: LedgerDay,
  span: Stretch,
  paces: readonly Pace[],
  device: Pick<LedgerDevice, 'restingSince'> | null,
): LedgerDayView {
  const restedS = day.restedS + stillRestingS(span, device);
  if (!paces.some(known)) return { ...day, restedS, expected: null, missing: null };
  const due = ({ from, to, everyMs }: Pace) => (everyMs === undefined ? 0 : (to - from) / everyMs);
  const spanMs = Math.max(1, span.to - span.from);
  const awakeMs = Math.max(0, spanMs - restedS * secondMs);
  const expected =
    Math.floor((paces.reduce((sum, pace) => sum + due(pace), 0) * awakeMs) / spanMs) +
    day.observedAtRest;
  return { ...day, restedS, expected, missing: Math.max(0, expected - day.observed) };
}

/** Up to now the newest fix holds. */
function stillRestingS(
  { from, to }: Stretch,
  device: Pick<LedgerDevice, 'restingSince'> | null,
): number {
  const since = device?.restingSince ?? to;
  return Math.floor(Math.max(0, to - Math.max(from, since)) / secondMs);
}

const emptyDay = (device: string, date: string): LedgerDay => ({
  device,
  date,
  journalled: 0,
  messages: { stored: 0, duplicate: 0, quarantined: 0, empty: 0 },
  requeued: 0,
  received: 0,
  stored: 0,
  duplicate: 0,
  late: 0,
  quarantined: {},
  observed: 0,
  restedS: 0,
  observedAtRest: 0,
  serialGaps: null,
});

export const deviceIdOf = (device: Device): string =>
  device.type === 'meter' ? device.meter.id : device.vehicle.id;

/** A device of the registry with its day, or with a day on which nothing came. */
export function toLine(
  device: Device,
  noted: (LedgerDay & LedgerDevice) | undefined,
  date: string,
  { directory, now }: { readonly directory: Pick<Directory, 'during'>; readonly now: number },
): LedgerLine {
  const id = deviceIdOf(device);
  const { firstAt, restingSince, ...day } = noted ?? {
    ...emptyDay(id, date),
    firstAt: null,
    restingSince: null,
  };
  const span = expectedSpan(date, device.institution.timeZone, firstAt, now);
  return {
    ...withExpected(day, span, pacesOf(directory, id, span), { restingSince }),
    type: device.type,
    name: device.type === 'meter' ? device.meter.name : device.vehicle.plate,
    institution: device.institution.id,
    heard: firstAt !== null,
  };
}

/** What came from a device the registry does not know. */
export function toStrangerLine({
  firstAt: _,
  restingSince: __,
  ...day
}: LedgerDay & LedgerDevice): LedgerLine {
  const none = { expected: null, missing: null, type: null, institution: null };
  return { ...day, ...none, name: day.device, heard: true };
}

export const setAsideOf = ({ quarantined }: Pick<LedgerDay, 'quarantined'>): number =>
  Object.values(quarantined).reduce((sum, by) => sum + (by ?? 0), 0);

const missingShare = ({ expected, missing }: LedgerLine): number =>
  expected ? (missing ?? 0) / expected : 0;

/** Largest share missing first, then most set aside, then by id. */
export const worstFirst = (a: LedgerLine, b: LedgerLine): number =>
  missingShare(b) - missingShare(a) ||
  setAsideOf(b) - setAsideOf(a) ||
  (a.device < b.device ? -1 : 1);

/** Whether anything is wrong; one interval may be on its way. */
export const isIncomplete = (line: LedgerLine): boolean =>
  (line.missing ?? 0) > 1 || setAsideOf(line) > 0 || (line.serialGaps?.missing ?? 0) > 0;

export function totalsOf(lines: readonly LedgerLine[]): LedgerOverview['totals'] {
  const sum = (of: (line: LedgerLine) => number) =>
    lines.reduce((total, line) => total + of(line), 0);
  return {
    devices: lines.length,
    complete: lines.filter((line) => !isIncomplete(line)).length,
    journalled: sum(({ journalled }) => journalled),
    received: sum(({ received }) => received),
    stored: sum(({ stored }) => stored),
    duplicate: sum(({ duplicate }) => duplicate),
    late: sum(({ late }) => late),
    quarantined: sum(setAsideOf),
    expected: sum(({ expected }) => expected ?? 0),
    missing: sum(({ missing }) => missing ?? 0),
  };
}
