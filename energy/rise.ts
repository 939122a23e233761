import { type Baseline, leastHoursOfDay, valuesOf } from './baseline.ts';
import { type DayModel, modelOf } from './day-model.ts';
import { decodeAmount, encodeAmount } from './letters.ts';
import { medianOf } from './robust.ts';

/*
 * Use that is above what it was for days on end, though no hour need stand out: a new level, told by the newest days against the weeks before, or one that
 * grows slowly, told by more days against weeks that ended earlier. Each day is compared with what a day of its kind comes to at its temperature.
 */

const kinds = ['work', 'rest', 'closure'] as const;
export type DayKind = (typeof kinds)[number];

/** A day as it was, in the calendar of the institution. */
export interface PastDay {
  readonly day: number;
  readonly kind: DayKind;
  /** Consumption of an hour, mean of the day. */
  readonly mean: number;
  readonly outdoorC: number | undefined;
}

export type RisePattern = 'shift' | 'creep';

export interface Rise {
  readonly pattern: RisePattern;
  /** First of the days that are above. */
  readonly fromDay: number;
  /** They are compared with days before this one. */
  readonly beforeDay: number;
  /** Share by which the newest of them are above. */
  readonly rise: number;
  /** Standard error of that. */
  readonly error: number;
  /** Share by which the lowest of the newest three is above. */
  readonly lowest: number;
  /** In the unit of the counter: beyond what was expected, of all days since `fromDay`. */
  readonly wasted: number;
  readonly used: number;
  readonly days: number;
  readonly referenceDays: number;
}

interface Window {
  /** Newest days that are compared, and so many of them at least. */
  readonly days: number;
  readonly least: number;
  /** Days between them and the reference: those in which it grew. */
  readonly gap: number;
  /** Over weeks the season changes as much: only days with a temperature tell the two apart. */
  readonly byWeather: boolean;
}

export const windows: Readonly<Record<RisePattern, Window>> = {
  shift: { days: 3, least: 3, gap: 0, byWeather: false },
  creep: { days: 10, least: 6, gap: 14, byWeather: true },
};
export const referenceDays = 52;
/** So many standard errors above is no chance. */
export const riseErrors = 3;
const least = { ofKind: 5, together: 10 };
/** Those that must not be over already. */
const lastDays = 3;
const keptDays = windows.creep.days + windows.creep.gap + referenceDays;
/** Neighbouring days are alike for reasons of their own: they count for fewer. */
const alike = 1.5;
const letters = 4;
/** A day of which nothing is known. */
const noDay = '0000';
const noTemperature = 399;

/** Plain JSON. */
export interface PastDays {
  /** The newest; null before there is one. */
  readonly newest: number | null;
  /** Four letters a day, without holes, the newest last. */
  readonly text: string;
}

export const noDays: PastDays = { newest: null, text: '' };

/** With one more day, in order of time. */
export function addDay({ newest, text }: PastDays, added: PastDay): PastDays {
  const { day, kind, mean, outdoorC } = added;
  if (newest !== null && day <= newest) return { newest, text };
  const holes = newest === null ? 0 : Math.min(keptDays, day - newest - 1);
  const celsius =
    outdoorC === undefined
      ? noTemperature
      : Math.round(4 * Math.min(49, Math.max(-49, outdoorC))) + 200;
  const code = celsius * kinds.length + kinds.indexOf(kind);
  const own = `${encodeAmount(mean)}${code.toString(36).padStart(2, '0')}`;
  return { newest: day, text: (text + noDay.repeat(holes) + own).slice(-letters * keptDays) };
}

function readDays({ newest, text }: PastDays): readonly PastDay[] {
  const count = text.length / letters;
  return Array.from({ length: count }, (_, place) => {
    const own = text.slice(place * letters, (place + 1) * letters);
    const code = Number.parseInt(own.slice(2), 36);
    const celsius = Math.floor(code / kinds.length);
    return {
      day: (newest ?? 0) - count + 1 + place,
      mean: decodeAmount(own, 0),
      kind: kinds[code % kinds.length] ?? 'work',
      outdoorC: celsius === noTemperature ? undefined : (celsius - 200) / 4,
    };
  }).flatMap(({ mean, ...day }) => (mean === undefined ? [] : [{ ...day, mean }]));
}

interface Compared {
  readonly mean: number;
  readonly expected: number;
  readonly error: number;
  readonly scatter: number;
}

/**
 * How far the newest days are above those before; undefined where too little compares.
 * @param today is not over and does not count
 * @param going a rise that was told: its days are compared with what was before it
 */
export function riseOf(
  days: PastDays,
  today: number,
  pattern: RisePattern,
  going?: Pick<Rise, 'fromDay' | 'beforeDay'>,
): Rise | undefined {
  const window = windows[pattern];
  const newestFrom = today - window.days;
  const { fromDay, beforeDay } = going ?? {
    fromDay: newestFrom,
    beforeDay: newestFrom - window.gap,
  };
  const all = readDays(days).filter(({ outdoorC }) => !window.byWeather || outdoorC !== undefined);
  const reference = all.filter(({ day }) => day < beforeDay && day >= beforeDay - referenceDays);
  if (reference.length < least.together) return undefined;
  const compare = comparer(reference);
  const compared = all
    .filter(({ day }) => day >= fromDay && day < today)
    .flatMap((each) => compare(each) ?? []);
  const newest = compared.slice(-window.days);
  if (newest.length < window.least) return undefined;
  const used = sumOf(compared.map(({ mean }) => mean));
  const expected = sumOf(compared.map((each) => each.expected));
  const shares = newest.map((each) => each.mean / each.expected - 1);
  const scatter = medianOf(newest.map((each) => each.scatter));
  return {
    pattern,
    fromDay,
    beforeDay,
    rise: medianOf(shares),
    lowest: Math.min(...shares.slice(-lastDays)),
    error: Math.hypot(
      medianOf(newest.map((each) => each.error)),
      scatter * Math.sqrt(alike / newest.length),
    ),
    wasted: 24 * (used - expected),
    used: 24 * used,
    days: compared.length,
    referenceDays: reference.length,
  };
}

const sumOf = (values: readonly number[]): number => values.reduce((sum, each) => sum + each, 0);

function comparer(reference: readonly PastDay[]): (day: PastDay) => Compared | undefined {
  const models = new Map<DayKind, DayModel | undefined>();
  return ({ kind, mean, outdoorC }) => {
    const own = reference.filter((each) => each.kind === kind);
    if (own.length < least.ofKind) return undefined;
    if (!models.has(kind)) models.set(kind, modelOf(own));
    const model = models.get(kind);
    if (!model) return undefined;
    const { mean: expected, error } = model.predict(outdoorC);
    return { mean, expected, error, scatter: model.scatter };
  };
}

/** Only days from that one on: what was before is no measure any more. */
export const daysFrom = ({ newest, text }: PastDays, fromDay: number): PastDays => {
  const count = Math.max(0, (newest ?? fromDay - 1) - fromDay + 1);
  return { newest, text: count === 0 ? '' : text.slice(-letters * count) };
};

/** The newest day as it was; undefined where too little of it is known. */
export function newestDayOf({ days }: Baseline): Pick<PastDay, 'day' | 'mean'> | undefined {
  const newest = days.at(-1);
  if (!newest) return undefined;
  const known = valuesOf(newest.hours, 0);
  if (known.length < leastHoursOfDay) return undefined;
  return { day: newest.day, mean: sumOf(known) / known.length };
}
