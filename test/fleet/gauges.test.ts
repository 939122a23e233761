import { expect, test } from 'vitest';
import { courseOf, type Gauges, type Level, odometerKmOf } from '../../fleet/gauges.ts';
import { datesOf, utilisationOf, type Working } from '../../fleet/utilisation.ts';
import { hourMs, minuteMs } from '../../model/time.ts';
import { numbers } from '../energy/random.ts';

const start = Date.UTC(2026, 10, 1, 16);

const odometer = (...km: readonly (number | null)[]): Gauges[] =>
  km.map((odometerKm, n) => ({
    at: start + n * 5 * minuteMs,
    odometerKm,
    fuelL: null,
    socPct: null,
  }));

test('the odometer counts what it says, over gaps and not over leaps', () => {
  expect(odometerKmOf(odometer(100, 103, null, 110))).toBe(10);
  expect(odometerKmOf(odometer(100, 103, 5, 9))).toBe(7);
  expect(odometerKmOf(odometer(100, 90_000, 90_004))).toBe(4);
  expect(odometerKmOf(odometer(100, 100))).toBe(0);
  expect(odometerKmOf(odometer(100))).toBeNull();
  expect(odometerKmOf(odometer(null, null))).toBeNull();
});

/** Ten minutes apart. */
const tank = (...levels: readonly number[]): Level[] =>
  levels.map((level, n) => ({ at: start + n * 10 * minuteMs, level }));
const steady = (level: number, times = 6): number[] => Array.from({ length: times }, () => level);

test('what went and what came, by the turning points', () => {
  const levels = tank(...steady(50), 45, 40, 35, ...steady(30), ...steady(58), 52, ...steady(48));
  const course = courseOf(levels, 5);
  expect(course).toMatchObject({ used: 30, given: 28 });
  expect(course?.rises).toEqual([{ from: levels[14]?.at, to: levels[15]?.at, low: 30, high: 58 }]);
});

test('slopping by 2 L is no use: a month of it adds up to no more than at its ends', () => {
  const random = numbers(5);
  for (let each = 0; each < 20; each++) random();
  const levels = Array.from({ length: 8000 }, (_, n) => ({
    at: start + n * 5 * minuteMs,
    level: 55 - n / 400 + 4 * (random() - 0.5) + (n % 97 === 0 ? -30 : 0),
  }));
  const course = courseOf(levels, 6);
  expect(course?.rises).toEqual([]);
  expect(course?.used).toBeGreaterThan(16);
  expect(course?.used).toBeLessThan(24);
});

test('of a level or none nothing is said', () => {
  expect(courseOf([], 5)).toBeUndefined();
  expect(courseOf(tank(40), 5)).toBeUndefined();
  expect(courseOf(tank(20, 20, 20, 50, 50, 50), 5)).toMatchObject({ used: 0, given: 30 });
});

const working: Working = {
  zone: 'Asia/Shanghai',
  officeHours: { from: '08:00', to: '18:00' },
  isWorkday: (date) => date !== '2026-11-07' && date !== '2026-11-08',
};
const at = (day: number, hour: number) => Date.UTC(2026, 10, day, hour - 8);

test('days and office hours, clipped to the month', () => {
  const period = { from: at(2, 0), to: at(9, 0) };
  const trips = [
    { from: at(1, 23), to: at(2, 9) },
    { from: at(3, 17), to: at(3, 20) },
    { from: at(5, 23), to: at(6, 1) },
    { from: at(7, 10), to: at(7, 12) },
  ];
  expect(utilisationOf(period, trips, working)).toEqual({
    daysUsed: 5,
    workdays: 5,
    workdaysUsed: 4,
    officeHours: 50,
    officeHoursUsed: 2,
  });
  const half = { from: at(2, 0), to: at(2, 13) };
  expect(utilisationOf(half, trips, working)).toMatchObject({ workdays: 1, officeHours: 5 });
});

test('where the calendar does not know a day, its share is not known', () => {
  const unknown = { ...working, isWorkday: () => undefined };
  const trips = [{ from: at(2, 8), to: at(2, 9) }];
  expect(utilisationOf({ from: at(2, 0), to: at(3, 0) }, trips, unknown)).toEqual({
    daysUsed: 1,
    workdays: null,
    workdaysUsed: null,
    officeHours: null,
    officeHoursUsed: null,
  });
});

test('days of a span', () => {
  expect(datesOf({ from: at(2, 0), to: at(3, 0) }, working.zone)).toEqual(['2026-11-02']);
  expect(datesOf({ from: at(2, 23), to: at(2, 23) + 2 * hourMs }, working.zone)).toEqual([
    '2026-11-02',
    '2026-11-03',
  ]);
  expect(datesOf({ from: at(2, 0), to: at(2, 0) }, working.zone)).toEqual([]);
});
