import { expect, test } from 'vitest';
import {
  accept,
  type Baseline,
  expectedOf,
  learn,
  newBaseline,
  restart,
  toLocalHour,
} from '../../energy/baseline.ts';
import { clearFlag, confirm, flag } from '../../energy/marks.ts';
import { dayMs, hourMs } from '../../model/time.ts';

const zone = 'Asia/Shanghai';
/** Monday, 0:00 in Shanghai. */
const monday = Date.UTC(2026, 9, 4, 16);
const isWeekend = (_date: string, weekday: number) => weekday >= 6;
const office = (day: number, hour: number): number =>
  day % 7 < 5 && hour >= 8 && hour < 18 ? 20 : 4;

function learnt(
  days: number,
  use = office,
  isRest = isWeekend,
  from: Baseline = newBaseline,
  first = 0,
): Baseline {
  let baseline = from;
  for (let hour = first * 24; hour < (first + days) * 24; hour += 1)
    baseline = learn(
      baseline,
      toLocalHour(monday + hour * hourMs, zone, isRest),
      use(Math.floor(hour / 24), hour % 24),
    );
  return baseline;
}

const at = (day: number, hour: number, isRest = isWeekend) =>
  toLocalHour(monday + day * dayMs + hour * hourMs, zone, isRest);
const value = (baseline: Baseline, day: number, hour: number, isRest = isWeekend) =>
  expectedOf(baseline, at(day, hour, isRest))?.value;

test('nothing is expected before two weeks, then the same hour of like days', () => {
  expect(value(learnt(13), 13, 10)).toBeUndefined();
  const baseline = learnt(14);
  expect(value(baseline, 14, 10)).toBeCloseTo(20, 0);
  expect(value(baseline, 14, 3)).toBeCloseTo(4, 1);
  expect(value(baseline, 19, 10)).toBeCloseTo(4, 1);
});

test('a holiday in the week is a rest day, a Saturday that is worked is a working day', () => {
  const baseline = learnt(28);
  expect(value(baseline, 28, 10, () => true)).toBeCloseTo(4, 1);
  expect(value(baseline, 33, 10, () => false)).toBeCloseTo(20, 0);
});

test('a wild day moves it little; flagged hours not at all for three days, while their episode lasts, or where a person confirmed them', () => {
  const wild = (day: number, hour: number) => office(day, hour) * (day >= 21 && day < 28 ? 10 : 1);
  const over = (change: typeof flag) => {
    let baseline = learnt(28, wild);
    for (let day = 21; day < 28; day += 1)
      for (let hour = 0; hour < 24; hour += 1) baseline = change(baseline, at(day, hour));
    return baseline;
  };
  const of = (baseline: Baseline, options = {}) =>
    expectedOf(baseline, at(30, 10), { episodeDay: 21, ...options })?.value;
  expect(of(over(flag))).toBeCloseTo(20, 0);
  expect(expectedOf(over(flag), at(25, 10), {})?.value).toBeCloseTo(20, 0);
  const later = learnt(8, wild, isWeekend, over(flag), 28);
  expect(expectedOf(later, at(36, 10))?.value).toBeCloseTo(20, 0);
  const confirmed = learnt(8, (day, hour) => office(day, hour) * 10, isWeekend, over(confirm), 28);
  expect(expectedOf(learnt(1, wild, isWeekend, over(confirm), 28), at(29, 10))?.value).toBeCloseTo(
    20,
    0,
  );
  expect(expectedOf(confirmed, at(31, 10))?.days).toBeLessThan(10);
  expect(
    value(
      learnt(28, (day, hour) => office(day, hour) * (day === 24 ? 10 : 1)),
      28,
      10,
    ),
  ).toBeCloseTo(20, 0);
});

test('what a person took for a false alarm is learned again; a lasting change that was explained at once', () => {
  const tripled = learnt(32, (day, hour) => office(day, hour) * (day >= 28 ? 3 : 1));
  let flagged = tripled;
  for (let day = 28; day < 32; day += 1)
    for (let hour = 0; hour < 24; hour += 1) flagged = flag(flagged, at(day, hour));
  expect(value(flagged, 32, 10)).toBeCloseTo(20, 0);
  expect(value(accept(flagged, at(28, 0).day), 32, 10)).toBeCloseTo(60, -1);
  expect(value(accept(flagged, at(28, 0).day), 33, 10)).toBeCloseTo(4, 0);
  expect(clearFlag(flag(tripled, at(31, 10)), at(31, 10)).days.at(-1)?.flagged ?? 0).toBe(0);
});

test('weekends are not measured by holidays, holidays by all days of rest', () => {
  let baseline = newBaseline;
  const isHoliday = (day: number) => day >= 21 && day < 29;
  for (let hour = 0; hour < 30 * 24; hour += 1) {
    const day = Math.floor(hour / 24);
    const local = toLocalHour(
      monday + hour * hourMs,
      zone,
      (date, weekday) => isHoliday(day) || isWeekend(date, weekday),
    );
    const use = isHoliday(day) ? 1 : office(day, hour % 24);
    baseline = learn(baseline, { ...local, holiday: isHoliday(day) }, use);
  }
  const rest = { ...at(33, 10), rest: true };
  expect(expectedOf(baseline, rest)?.value).toBeCloseTo(4, 0);
  expect(expectedOf(baseline, { ...rest, holiday: true })?.value).toBeCloseTo(1, 0);
});

test('where the temperature outdoors is known, what like days used is brought to it', () => {
  const celsius = (day: number) => (day < 28 ? 5 + (day % 10) : -5);
  const use = (day: number, hour: number) => office(day, hour) * (1 + 0.04 * (15 - celsius(day)));
  let baseline = newBaseline;
  const local = (day: number, hour: number) => ({ ...at(day, hour), outdoorC: celsius(day) });
  for (let hour = 0; hour < 28 * 24; hour += 1) {
    const day = Math.floor(hour / 24);
    baseline = learn(baseline, local(day, hour % 24), use(day, hour % 24));
  }
  const cold = expectedOf(baseline, local(28, 10))?.value ?? 0;
  expect(Math.abs(cold / use(28, 10) - 1)).toBeLessThan(0.15);
  expect(Math.abs((value(baseline, 28, 10) ?? 0) / use(28, 10) - 1)).toBeGreaterThan(0.15);
});

test('a lasting change is taken up: by itself within weeks, at once when it is told', () => {
  const changed = (day: number, hour: number) => office(day, hour) * (day >= 28 ? 3 : 1);
  expect(value(learnt(42, changed), 42, 10)).toBeCloseTo(60, -1);
  const told = restart(learnt(42, changed), toLocalHour(monday + 28 * dayMs, zone, isWeekend).day);
  expect(value(told, 42, 10)).toBeCloseTo(60, -1);
});

test('gaps are not learned, and too few hours expect nothing', () => {
  let baseline = newBaseline;
  for (const day of [0, 7, 14]) baseline = learn(baseline, at(day, 10), 20);
  expect(expectedOf(baseline, at(21, 10))).toBeUndefined();
});

test('an hour that is mostly idle is given what is used in it now and then', () => {
  const baseline = learnt(28, (day, hour) =>
    hour >= 8 && hour < 18 ? 1 : day % 3 === 0 && hour === 2 ? 0.8 : 0,
  );
  const night = expectedOf(baseline, at(28, 2));
  expect(night?.value).toBe(0);
  expect(0.8 / (night?.spread ?? 0)).toBeLessThan(2);
});

test('stays small, whatever it has seen', () => {
  const baseline = learnt(120, (day, hour) => 1e6 * Math.abs(Math.sin(day * 7 + hour)));
  expect(JSON.stringify(baseline).length).toBeLessThan(4096);
});

test('amounts are kept to a third of a percent', () => {
  for (const amount of [0.002, 0.5, 3.14, 999, 1e6]) {
    const baseline = learnt(28, () => amount);
    expect(Math.abs((value(baseline, 28, 10) ?? 0) / amount - 1)).toBeLessThan(0.003);
  }
  expect(
    value(
      learnt(28, () => 0),
      28,
      10,
    ),
  ).toBe(0);
});
