import { statutoryDays } from '../model/statutory-days.ts';
import { dayMs } from '../model/time.ts';
import { wander } from './noise.ts';

/** How much is used at which hour of which day, as a share of the yearly mean. */

/** One number an hour, from 0:00 on. */
type Day = readonly number[];

interface Shape {
  readonly work: Day;
  readonly rest: Day;
  /** What the time of the year does. */
  readonly season: 'none' | 'light' | 'air-conditioning' | 'heating';
  /** How uneven it is from hour to hour and within the hour, as a share. */
  readonly unrest: number;
}

const hours = (text: string): Day => text.split(' ').map(Number);

const shapes = {
  office: {
    work: hours(
      '.32 .31 .30 .30 .30 .32 .42 .80 1.5 1.85 1.95 1.9 1.45 1.5 1.85 1.9 1.85 1.55 .95 .70 .58 .48 .40 .35',
    ),
    rest: hours(
      '.31 .30 .30 .29 .29 .30 .32 .38 .46 .50 .52 .52 .48 .48 .50 .52 .50 .46 .42 .40 .38 .36 .34 .32',
    ),
    season: 'light',
    unrest: 0.05,
  },
  'air-conditioning': {
    work: hours(
      '.28 .27 .27 .27 .28 .32 .36 .40 .44 2.3 2.5 2.5 2.3 2.35 2.55 2.6 2.5 .44 .42 .40 .38 .36 .33 .30',
    ),
    rest: hours(
      '.27 .26 .26 .26 .26 .28 .32 .40 .48 .52 .54 .55 .54 .54 .54 .54 .52 .48 .42 .38 .35 .32 .30 .28',
    ),
    season: 'air-conditioning',
    unrest: 0.06,
  },
  lifts: {
    work: hours(
      '.30 .28 .28 .28 .28 .34 .60 1.4 2.1 1.9 1.8 1.9 1.9 1.7 1.7 1.7 1.8 2.0 1.2 .75 .55 .45 .38 .32',
    ),
    rest: hours(
      '.28 .28 .28 .28 .28 .30 .34 .42 .50 .54 .54 .54 .52 .50 .50 .50 .50 .50 .46 .42 .38 .34 .30 .28',
    ),
    season: 'none',
    unrest: 0.06,
  },
  'server-room': {
    work: hours(
      '.95 .95 .94 .94 .94 .94 .95 .97 1.0 1.03 1.05 1.06 1.05 1.06 1.07 1.07 1.06 1.04 1.02 1.0 .98 .97 .96 .95',
    ),
    rest: hours(
      '.94 .94 .93 .93 .93 .93 .94 .95 .96 .97 .97 .98 .98 .98 .98 .98 .97 .97 .96 .96 .95 .95 .94 .94',
    ),
    season: 'none',
    unrest: 0.02,
  },
  canteen: {
    work: hours(
      '.25 .25 .25 .28 .55 1.4 2.2 1.7 1.0 1.5 2.7 3.0 1.9 .80 .70 1.1 2.0 2.1 1.1 .50 .35 .30 .27 .25',
    ),
    rest: hours(
      '.24 .24 .24 .26 .32 .50 .75 .70 .48 .55 .85 .95 .70 .42 .38 .45 .65 .70 .48 .34 .30 .28 .25 .24',
    ),
    season: 'none',
    unrest: 0.07,
  },
  school: {
    work: hours(
      '.28 .27 .27 .27 .28 .50 1.1 1.6 1.8 1.85 1.85 1.8 1.4 1.3 1.75 1.8 1.7 1.4 1.3 1.5 1.5 1.1 .55 .35',
    ),
    rest: hours(
      '.27 .26 .26 .26 .26 .28 .34 .42 .46 .48 .48 .48 .48 .46 .46 .46 .46 .46 .46 .44 .40 .36 .32 .28',
    ),
    season: 'light',
    unrest: 0.05,
  },
  hospital: {
    work: hours(
      '.70 .68 .66 .66 .68 .74 .88 1.1 1.35 1.45 1.45 1.35 1.2 1.2 1.35 1.35 1.25 1.15 1.05 .98 .92 .86 .80 .74',
    ),
    rest: hours(
      '.68 .66 .65 .65 .66 .70 .80 .92 1.05 1.1 1.1 1.05 .98 .98 1.02 1.02 1.0 .97 .93 .90 .86 .82 .76 .70',
    ),
    season: 'light',
    unrest: 0.04,
  },
  library: {
    work: hours(
      '.28 .28 .28 .28 .28 .28 .34 .70 1.6 1.8 1.85 1.85 1.7 1.75 1.85 1.85 1.8 1.6 1.4 1.3 1.1 .55 .35 .30',
    ),
    rest: hours(
      '.28 .28 .28 .28 .28 .28 .34 .70 1.7 1.95 2.0 2.0 1.85 1.9 2.0 2.0 1.9 1.65 1.4 1.3 1.1 .55 .35 .30',
    ),
    season: 'light',
    unrest: 0.05,
  },
  standby: {
    work: hours(
      '.90 .90 .90 .90 .92 .98 1.05 1.1 1.1 1.1 1.08 1.08 1.06 1.06 1.06 1.06 1.06 1.08 1.08 1.05 1.0 .96 .92 .90',
    ),
    rest: hours(
      '.90 .90 .90 .90 .90 .94 .98 1.0 1.02 1.02 1.02 1.02 1.0 1.0 1.0 1.0 1.0 1.0 1.0 .98 .96 .94 .92 .90',
    ),
    season: 'none',
    unrest: 0.04,
  },
  heating: {
    work: hours(
      '.85 .85 .86 .88 .95 1.1 1.2 1.2 1.15 1.1 1.05 1.0 .96 .94 .94 .96 1.0 1.04 1.05 1.02 .98 .94 .90 .87',
    ),
    rest: hours(
      '.84 .84 .85 .86 .90 .96 1.0 1.02 1.02 1.0 .98 .95 .92 .90 .90 .92 .95 .98 .99 .97 .94 .91 .88 .85',
    ),
    season: 'heating',
    unrest: 0.04,
  },
} as const satisfies Record<string, Shape>;

export type ShapeName = keyof typeof shapes;

export type DayKind = 'work' | 'rest';

/** Asia/Shanghai is 8 hours ahead of UTC, without summer time since 1991. */
export const zoneMs = 8 * 3_600_000;

/** Days since 1970-01-01 in Asia/Shanghai. */
export const dayOf = (at: number): number => Math.floor((at + zoneMs) / dayMs);
export const startOfDay = (day: number): number => day * dayMs - zoneMs;

const kinds = new Map<number, DayKind>();

const statutoryDates = (column: 1 | 2): ReadonlySet<string> =>
  new Set(
    Object.entries(statutoryDays).flatMap(([year, holidays]) =>
      holidays.flatMap((holiday) => holiday[column].split(' ').map((day) => `${year}-${day}`)),
    ),
  );
const holidayDates = statutoryDates(1);
const workedDates = statutoryDates(2);

/** Working days are those of the statutory calendar, holidays and transfers included; of unpublished years, Monday to Friday. */
export function dayKindOf(day: number): DayKind {
  const known = kinds.get(day);
  if (known) return known;
  const midnight = new Date(day * dayMs);
  const date = midnight.toISOString().slice(0, 10);
  const isRest = holidayDates.has(date) || [0, 6].includes(midnight.getUTCDay());
  const kind = isRest && !workedDates.has(date) ? 'rest' : 'work';
  kinds.set(day, kind);
  return kind;
}

const yearDays = 365.25;
/** 1 on that day of the year, -1 half a year from it. */
const yearly = (day: number, peak: number): number =>
  Math.cos((2 * Math.PI * (day - peak)) / yearDays);

/** Mean temperature of a day outdoors, °C: Liaocheng's year and a weather of its own. */
export const outdoorC = (day: number, seed: number): number =>
  13.5 - 14.5 * yearly(day, 18) + 2 * wander(seed, day / 4);

const seasons = {
  none: () => 1,
  light: (day) => 1 + 0.08 * yearly(day, 0),
  'air-conditioning': (day) => 0.85 + 0.3 * Math.cos((4 * Math.PI * (day - 20)) / yearDays),
  // With the hot water that is needed all year, so that nothing begins or ends from one day to the next.
  heating: (day, seed) => 0.8 + 0.45 * yearly(day, 18) + 0.05 * wander(seed, day / 4),
} as const satisfies Record<Shape['season'], (day: number, seed: number) => number>;

/** Of the mean: what is used per hour in an hour of a day, before its noise. */
export function shareOf(name: ShapeName, day: number, hour: number, seed: number): number {
  const shape: Shape = shapes[name];
  const kind = dayKindOf(day);
  return (shape[kind][hour] ?? 1) * seasons[shape.season](day, seed);
}

export const unrestOf = (name: ShapeName): number => shapes[name].unrest;
