import type { Text } from '../../model/alert.ts';

/** What a year will come to, by what of it is known. */

/** A month of the year; null where it is not known, be it past or to come. */
export interface MonthAmount {
  readonly days: number;
  readonly value: number | null;
}

export interface Forecast {
  readonly value: number;
  readonly lower: number;
  readonly upper: number;
  /** How often the year lies between them. */
  readonly confidencePct: number;
  readonly method: Text;
}

const confidencePct = 90;
/** Heat in summer says nothing of the winter. */
const leastShare = 0.02;
/** Of the normal distribution, for both sides together. */
const z90 = 1.645;

/** How months are spread over a year, and how far that can be trusted. */
interface Shape {
  /** They add up to 1. */
  readonly shares: readonly number[];
  /** How far a month strays from its share, before any is seen, and what so many seen months are worth. */
  readonly strayBefore: number;
  readonly worthMonths: number;
  /** How far the rest of a year strays as a whole, as by its weather. */
  readonly restStray: number;
  readonly method: Text;
}

const total = (values: readonly number[]): number => values.reduce((sum, each) => sum + each, 0);

/** Of a year that is known in full; undefined for any other. */
function sharesOf(months: readonly MonthAmount[]): readonly number[] | undefined {
  const values = months.flatMap(({ value }) => value ?? []);
  const sum = total(values);
  return values.length === 12 && sum > 0 ? values.map((value) => value / sum) : undefined;
}

function shapeOf(year: readonly MonthAmount[], past: readonly (readonly MonthAmount[])[]): Shape {
  const known = past.map(sharesOf).filter((shares) => shares !== undefined);
  if (known.length > 0) {
    const count = known.length;
    return {
      shares: year.map((_, n) => total(known.map((shares) => shares[n] ?? 0)) / count),
      strayBefore: 0.08,
      worthMonths: 3,
      restStray: 0.05 / Math.sqrt(count),
      method: {
        zh: `按本单位以往 ${count} 个完整年度的各月占比推算全年；区间由已知各月偏离占比的程度得出，置信度 ${confidencePct}%。`,
        en: `The year by how ${count} earlier full ${count === 1 ? 'year' : 'years'} of the institution spread over the months; the interval, held ${confidencePct} % of the time, by how far the known months stray from that.`,
      },
    };
  }
  const days = total(year.map((month) => month.days));
  return {
    shares: year.map((month) => month.days / days),
    strayBefore: 0.3,
    worthMonths: 4,
    restStray: 0.2,
    method: {
      zh: `尚无完整的以往年度，按天数推算全年；季节未知，区间因此较宽，置信度 ${confidencePct}%。`,
      en: `No earlier year is known in full: the year by days. Its seasons are not known, so the interval, held ${confidencePct} % of the time, is wide.`,
    },
  };
}

/** What is left of the year, with one standard deviation. */
function restOf(
  year: readonly MonthAmount[],
  shape: Shape,
): { rest: number; deviation: number } | null {
  const months = year.map(({ value }, n) => ({ value, share: shape.shares[n] ?? 0 }));
  const seen = months.filter((month) => month.value !== null);
  const left = months.filter((month) => month.value === null);
  const seenShare = total(seen.map(({ share }) => share));
  const leftShare = total(left.map(({ share }) => share));
  if (seenShare < leastShare) return null;
  const level = total(seen.map(({ value }) => value ?? 0)) / seenShare;
  const strays = seen.map(({ value, share }) =>
    share > 0 && level > 0 ? (value ?? 0) / (level * share) - 1 : 0,
  );
  const squares = total(strays.map((stray) => stray ** 2));
  const { strayBefore, worthMonths, restStray } = shape;
  const variance =
    (worthMonths * strayBefore ** 2 + squares) / (worthMonths + Math.max(0, seen.length - 1));
  const squaredShares = (of: typeof seen) => total(of.map(({ share }) => share ** 2));
  const ofLevel = variance * squaredShares(seen) * (leftShare / seenShare) ** 2;
  const ofMonths = variance * squaredShares(left);
  const ofRest = (leftShare * restStray) ** 2;
  return { rest: level * leftShare, deviation: level * Math.sqrt(ofLevel + ofMonths + ofRest) };
}

/**
 * @param year its twelve months
 * @param past earlier years, twelve months each; only those that are known in full count
 * @returns null where too little of the year is known
 */
export function forecastYear(
  year: readonly MonthAmount[],
  past: readonly (readonly MonthAmount[])[],
): Forecast | null {
  const actual = total(year.flatMap(({ value }) => value ?? []));
  const known = year.filter(({ value }) => value !== null).length;
  if (known === 0) return null;
  if (known === year.length) {
    const method = {
      zh: '全年各月均已知，为实际值。',
      en: 'Every month is known: the year itself.',
    };
    return { value: actual, lower: actual, upper: actual, confidencePct: 100, method };
  }
  const shape = shapeOf(year, past);
  const left = restOf(year, shape);
  if (!left) return null;
  const { rest, deviation } = left;
  const value = actual + rest;
  return {
    value,
    lower: Math.max(actual, value - z90 * deviation),
    upper: value + z90 * deviation,
    confidencePct,
    method: shape.method,
  };
}
