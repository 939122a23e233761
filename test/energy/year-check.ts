import { consumptionIn } from '../../energy/consumption/consumption.ts';
import type { Facts } from '../../energy/consumption/course.ts';
import type { Interval } from '../../energy/consumption/interval.ts';
import { type Period, periodAt } from '../../energy/consumption/periods.ts';
import { limitsOf, stepOf } from '../../energy/counter.ts';
import { dayMs } from '../../model/time.ts';
import { type MeterYear, zone } from './meter-year.ts';

/** Holds what is derived from a generated year against what was truly used. */

export interface Checked {
  /** Each says where what is told is not true. */
  readonly problems: readonly string[];
  /** Months that are the truth to the step of the counter. */
  readonly exactMonths: number;
  /** Months of which the counter does not tell all, and that say so. */
  readonly flaggedMonths: number;
  readonly measuredHours: number;
}

export const factsOf = (year: MeterYear): Facts => ({
  limits: limitsOf(year.meter),
  swaps: year.swaps,
  ratioChanges: year.ratioChanges,
});

const dust = 0.001;

export function monthsIn(from: number, to: number): readonly Period[] {
  const months: Period[] = [];
  for (let at = from; at < to; ) {
    const month = periodAt('month', at, zone);
    if (month.to > to) break;
    months.push(month);
    at = month.to;
  }
  return months;
}

/** What a year is checked with. */
interface Bench {
  readonly year: MeterYear;
  readonly step: number;
  readonly problems: string[];
}

const truthOf = ({ year }: Bench, told: Interval) =>
  year.usedUpTo(told.to) - year.usedUpTo(told.from);

/** What no reading shows: a counter of coarse steps that ran back within one, and up again. */
const unseenIn = ({ year }: Bench, told: Interval): number =>
  year.labels
    .filter(({ from, to }) => from < told.to && to > told.from)
    .reduce((sum, { unseen = 0 }) => sum + unseen, 0);

function wrong(bench: Bench, what: string, told: Interval): void {
  const at = new Date(told.from).toISOString();
  bench.problems.push(
    `${bench.year.meter.id} ${at} ${what}: ${JSON.stringify(told)}, truly ${truthOf(bench, told)}`,
  );
}

function checkBounds(bench: Bench, told: Interval): void {
  const truth = truthOf(bench, told);
  if (told.value !== null && told.value < 0) wrong(bench, 'negative', told);
  if (told.lower > truth + dust) wrong(bench, 'lower bound', told);
  if (told.upper !== null && told.upper < truth - unseenIn(bench, told) - dust)
    wrong(bench, 'upper bound', told);
}

function checkMonth(bench: Bench, month: Interval): 'exact' | 'flagged' | 'estimated' {
  checkBounds(bench, month);
  const faults = bench.year.labels.filter(({ from, to }) => from < month.to && to > month.from);
  if (faults.some(({ isUntold }) => isUntold)) {
    if (!['replaced', 'reset', 'missing'].includes(month.quality))
      wrong(bench, 'not flagged', month);
    return 'flagged';
  }
  if (month.value === null) wrong(bench, 'not known', month);
  // What is estimated across the end of a month is not exact, and its bounds say so.
  const isCut = faults.some(({ from, to }) => from < month.from || to > month.to);
  if (isCut || faults.some(({ fault }) => fault === 'ratio')) return 'estimated';
  const swaps = faults.filter(({ fault }) => fault === 'swap-recorded').length;
  const allowed = 2 * bench.step * (1 + swaps) + unseenIn(bench, month) + dust;
  if (Math.abs((month.value ?? 0) - truthOf(bench, month)) > allowed)
    wrong(bench, 'not exact', month);
  return 'exact';
}

function checkHour(bench: Bench, hour: Interval): void {
  checkBounds(bench, hour);
  if (hour.quality !== 'measured') return;
  const allowed = 2 * bench.step + unseenIn(bench, hour) + dust;
  if (Math.abs((hour.value ?? -1) - truthOf(bench, hour)) > allowed)
    wrong(bench, 'silently wrong', hour);
}

/** @param readings in any order */
export function checkYear(
  year: MeterYear,
  from: number,
  to: number,
  readings = year.readings,
): Checked {
  const facts = factsOf(year);
  const highest = readings.reduce((most, { value }) => Math.max(most, value), 0);
  const ratio = year.ratioChanges.length > 0 ? 1.5 : 1;
  const bench: Bench = { year, step: ratio * stepOf(highest, facts.limits), problems: [] };
  for (const { fault, unseen = 0, from: at } of year.labels)
    if (unseen > 2 * bench.step)
      bench.problems.push(`${year.meter.id} ${fault} at ${at} must be seen`);
  const months = consumptionIn(readings, 'month', monthsIn(from, to - dayMs), facts);
  const verdicts = months.map((month) => checkMonth(bench, month));
  const hours = consumptionIn(readings, 'hour', [{ from, to: to - dayMs }], facts);
  for (const hour of hours) checkHour(bench, hour);
  return {
    problems: bench.problems,
    exactMonths: verdicts.filter((verdict) => verdict === 'exact').length,
    flaggedMonths: verdicts.filter((verdict) => verdict === 'flagged').length,
    measuredHours: hours.filter(({ quality }) => quality === 'measured').length,
  };
}
