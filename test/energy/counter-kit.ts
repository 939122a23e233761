import { consumptionIn } from '../../energy/consumption/consumption.ts';
import type { Facts } from '../../energy/consumption/course.ts';
import type { Interval } from '../../energy/consumption/interval.ts';
import { type By, periodsOf } from '../../energy/consumption/periods.ts';
import { limitsOf } from '../../energy/counter.ts';
import type { Reading } from '../../energy/hourly.ts';
import type { Meter } from '../../model/entities.ts';
import { hourMs, minuteMs } from '../../model/time.ts';

/** One meter, its readings by the minute, and what is told of them. */

/** Midnight in Shanghai, the first of a month. */
export const start = Date.parse('2026-11-01T00:00:00+08:00');

export const meter: Meter = {
  id: 'm1',
  building: 'b1',
  medium: 'electricity',
  name: '总表',
  ratedKw: 400,
  everyS: 900,
  ctRatio: 1,
  ptRatio: 1,
  digits: 6,
  decimals: 2,
};
export const limits = limitsOf(meter);
const { ratedKw: _, ...rest } = meter;
/** The same meter where nothing is known of what it may count. */
export const unrated: Meter = rest;
export const blind: Facts = { limits: limitsOf(unrated) };

/** Readings whose minutes count from an instant. */
export function readingsFrom(zero: number) {
  const reading = (minute: number, value: number): Reading => ({
    at: zero + minute * minuteMs,
    value,
  });
  /** A reading every quarter of an hour, 1 kWh each. */
  const steady = (fromMinute: number, toMinute: number, first = 100): Reading[] =>
    Array.from({ length: (toMinute - fromMinute) / 15 + 1 }, (__, index) =>
      reading(fromMinute + 15 * index, first + index),
    );
  return { reading, steady };
}

export const { reading, steady } = readingsFrom(start);

/** What is told from `start` on. */
export const told = (
  readings: readonly Reading[],
  by: By,
  toMs: number,
  facts: Facts = { limits },
): readonly Interval[] =>
  consumptionIn(
    readings,
    by,
    periodsOf(by, { from: start, to: start + toMs, limit: 99_999 }, 'Asia/Shanghai'),
    facts,
  );

export const hours = (readings: readonly Reading[], count: number, facts?: Facts) =>
  told(readings, 'hour', count * hourMs, facts);

export const total = (list: readonly Interval[]) =>
  Math.round(list.reduce((sum, { value }) => sum + (value ?? Number.NaN), 0) * 1e6) / 1e6;
