import { dayMs } from '../../model/time.ts';

/** Why a field cannot be what it should; caught where the sentence is read. */
export class FieldFault extends Error {}

const fault = (what: string, got: string, want: string): FieldFault =>
  new FieldFault(`got ${what} ${JSON.stringify(got.slice(0, 40))}, want ${want}`);

/** Exact: the international nautical mile is 1,852 m. */
export const kmhPerKnot = 1.852;

/** @returns undefined where the field is empty */
export function toNumber(got: string | undefined, what: string): number | undefined {
  if (got === undefined || got === '') return undefined;
  if (!/^[+-]?\d{1,9}(?:\.\d{0,12})?$/.test(got)) throw fault(what, got, 'a number');
  return Number(got);
}

export function toCount(got: string | undefined, what: string): number | undefined {
  if (got === undefined || got === '') return undefined;
  if (!/^\d{1,4}$/.test(got)) throw fault(what, got, 'a whole number');
  return Number(got);
}

/** One character of those allowed. */
export function toLetter(got: string | undefined, what: string, allowed: string): string {
  if (got === undefined || got.length !== 1 || !allowed.includes(got))
    throw fault(what, got ?? '', `one of ${[...allowed].join(' ')}`);
  return got;
}

/** `hhmmss.sss` → ms since midnight UTC; a second of 60 is a leap second. null: the receiver has no time yet. */
export function toTime(got: string | undefined): number | null {
  if (got === undefined || got === '') return null;
  const [, hour, minute, second, fraction = ''] =
    /^(\d{2})(\d{2})(\d{2})(?:\.(\d{0,9}))?$/.exec(got) ?? [];
  if (!(Number(hour) < 24 && Number(minute) < 60 && Number(second) <= 60))
    throw fault('time', got, 'hhmmss.sss');
  const seconds = (Number(hour) * 60 + Number(minute)) * 60 + Number(second);
  return seconds * 1000 + Number(fraction.slice(0, 3).padEnd(3, '0'));
}

/** Two digits of a year: GPS began in 1980. */
const fullYear = (year: number): number => (year < 80 ? 2000 + year : 1900 + year);

/** `ddmmyy` → midnight UTC, Unix ms; undefined where the field is empty. */
export function toDate(got: string | undefined): number | undefined {
  if (got === undefined || got === '') return undefined;
  const [, day, month, year] = /^(\d{2})(\d{2})(\d{2})$/.exec(got) ?? [];
  if (year === undefined) throw fault('date', got, 'ddmmyy');
  return toDay(Number(day), Number(month), fullYear(Number(year)), got);
}

export function toDay(day: number, month: number, year: number, got: string): number {
  const midnight = Date.UTC(year, month - 1, day);
  const is = new Date(midnight);
  if (!(month >= 1 && is.getUTCDate() === day && is.getUTCMonth() === month - 1))
    throw fault('date', got, 'a day of the calendar');
  return midnight;
}

interface Axis {
  readonly name: string;
  readonly form: string;
  readonly pattern: RegExp;
  /** The positive one first. */
  readonly sides: string;
  readonly most: number;
}

const latitude: Axis = {
  name: 'latitude',
  form: 'ddmm.mmm',
  pattern: /^(\d{2})(\d{2}(?:\.\d*)?)$/,
  sides: 'NS',
  most: 90,
};

const longitude: Axis = {
  name: 'longitude',
  form: 'dddmm.mmm',
  pattern: /^(\d{3})(\d{2}(?:\.\d*)?)$/,
  sides: 'EW',
  most: 180,
};

/** Degrees and minutes and their hemisphere → degrees, south and west negative; undefined where both are empty. */
function toDegrees(got: string, side: string, axis: Axis): number | undefined {
  if (got === '' && side === '') return undefined;
  const [, whole, minutes] = axis.pattern.exec(got) ?? [];
  const degrees = Number(whole) + Number(minutes) / 60;
  if (!(Number(minutes) < 60 && degrees <= axis.most)) throw fault(axis.name, got, axis.form);
  const hemisphere = toLetter(side, `hemisphere of ${axis.name}`, axis.sides);
  return hemisphere === axis.sides[0] ? degrees : -degrees;
}

export interface Place {
  readonly lat: number;
  readonly lon: number;
}

/** Four fields from `first` on; undefined where the receiver gives no position. */
export function toPlace(fields: readonly string[], first: number): Place | undefined {
  const [north = '', northSide = '', east = '', eastSide = ''] = fields.slice(first, first + 4);
  const lat = toDegrees(north, northSide, latitude);
  const lon = toDegrees(east, eastSide, longitude);
  if (lat === undefined && lon === undefined) return undefined;
  if (lat === undefined || lon === undefined) throw fault('position', '', 'latitude and longitude');
  return { lat, lon };
}

/** Degrees 0 to 360 → below 360. */
export function toHeading(got: string | undefined): number | undefined {
  const degrees = toNumber(got, 'course');
  if (degrees === undefined) return undefined;
  if (!(degrees >= 0 && degrees <= 360)) throw fault('course', got ?? '', '0 to 360 degrees');
  return degrees % 360;
}

/**
 * The instant of a time of day that lies within the 24 h that end at `before`.
 *
 * @param timeMs since midnight UTC
 */
export const lastBefore = (timeMs: number, before: number): number =>
  before - ((((before - timeMs) % dayMs) + dayMs) % dayMs);
