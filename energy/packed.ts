import type { SeenHour } from './anomaly.ts';
import type { Baseline, BaselineDay } from './baseline.ts';
import type { HourQuality } from './quality.ts';

/* What is kept of a meter's hours, as short as it goes: it is kept for every meter, on disk and in snapshots. */

/** A baseline with its days as text. Plain JSON. */
export interface PackedBaseline extends Omit<Baseline, 'days'> {
  /** Parted by blanks; see `packDay`. */
  readonly days: string;
}

const inLetters = (value: number): string => value.toString(36);
const fromLetters = (text: string | undefined): number => Number.parseInt(text || '0', 36);

/** Hours, then day, kind, tenths of a degree, hours held wrong, hours confirmed, parted by dots; what is not there at the end is left out. */
function packDay({ day, rest, holiday, hours, flagged, confirmed, outdoorC }: BaselineDay): string {
  const celsius = outdoorC === undefined ? '' : inLetters(Math.round(outdoorC * 10));
  const marks = [flagged, confirmed].map((each) => (each ? inLetters(each) : ''));
  const kind = (rest ? 1 : 0) + (holiday ? 2 : 0);
  return [hours, inLetters(day), inLetters(kind), celsius, ...marks].join('.').replace(/\.+$/, '');
}

function unpackDay(text: string): BaselineDay {
  const [hours = '', day, kind, celsius, flagged, confirmed] = text.split('.');
  const kinds = fromLetters(kind);
  return {
    day: fromLetters(day),
    ...(kinds & 1 ? { rest: true as const } : {}),
    ...(kinds & 2 ? { holiday: true as const } : {}),
    hours,
    ...(flagged ? { flagged: fromLetters(flagged) } : {}),
    ...(confirmed ? { confirmed: fromLetters(confirmed) } : {}),
    ...(celsius ? { outdoorC: fromLetters(celsius) / 10 } : {}),
  };
}

export const packBaseline = (baseline: Baseline): PackedBaseline => ({
  ...baseline,
  days: baseline.days.map(packDay).join(' '),
});

export const unpackBaseline = (packed: PackedBaseline): Baseline => ({
  ...packed,
  days: packed.days === '' ? [] : packed.days.split(' ').map(unpackDay),
});

/** Plain JSON: start, value, quality, expected, spread, whether it is steady (1) and flagged (2). */
export type PackedHour = readonly [
  start: number,
  value: number | null,
  quality: HourQuality,
  expected: number | null,
  spread: number | null,
  marks: number,
];

export const packHour = (hour: SeenHour): PackedHour => [
  hour.start,
  hour.value,
  hour.quality,
  hour.expected,
  hour.spread,
  (hour.isSteady ? 1 : 0) + (hour.flagged ? 2 : 0),
];

export const unpackHour = ([
  start,
  value,
  quality,
  expected,
  spread,
  marks,
]: PackedHour): SeenHour => ({
  start,
  value,
  quality,
  expected,
  spread,
  isSteady: (marks & 1) !== 0,
  flagged: (marks & 2) !== 0,
});
