import { describe, expect, test } from 'vitest';
import { checkFuel, type FuelFacts } from '../../fleet/fuel-checks.ts';
import { courseOf } from '../../fleet/gauges.ts';
import type { Place } from '../../model/entities.ts';
import type { Expense } from '../../model/expense.ts';
import { hourMs, minuteMs } from '../../model/time.ts';
import { aFix, at as place, start, type Way } from './tracks.ts';

const station = place([2000, 0]);
const dongchang: Place = {
  id: 's1',
  institution: 'hq',
  name: '东昌路站',
  kind: 'fuel',
  circle: { center: [station.lon, station.lat], radiusM: 60 },
};
/** An hour into the track. */
const paidAt = start + hourMs;

const entry = (over: Partial<Expense> = {}): Expense => ({
  vehicle: 'v1',
  at: paidAt,
  dayOnly: false,
  kind: 'fuel',
  yuan: 320,
  litres: 40,
  kwh: null,
  station: '中石化 东昌路站',
  product: '95#汽油',
  card: '****4321',
  ...over,
});

/** A fix a minute over two hours, each where `way` has it. */
const track = (way: (minute: number) => Way, everyMinutes = 1) =>
  Array.from({ length: 120 / everyMinutes }, (_, n) => n * everyMinutes).map((minute) =>
    aFix(minute * 60, way(minute), { satellites: 11 }),
  );
const stands = (eastM: number) => track(() => [eastM, 0]);

/** A tank that holds 60 and was filled from one level to another about the time of payment. */
function facts(over: Partial<FuelFacts> & { readonly filled?: readonly [number, number] } = {}) {
  const { filled: [before, after] = [15, 55], ...rest } = over;
  const levels = Array.from({ length: 24 }, (_, n) => ({
    at: start + n * 5 * minuteMs,
    level: n < 12 ? before : after,
  }));
  return {
    vehicle: { fuel: 'gasoline' as const, tankL: 60 },
    levels,
    rises: courseOf(levels, 6)?.rises ?? [],
    leastL: 6,
    stations: [dongchang],
    fixesOf: () => stands(2000),
    all: [entry()],
    ...rest,
  };
}

test('what was paid is in the tank, of a vehicle that stood at the station', () => {
  expect(checkFuel(entry(), facts())).toEqual({
    findings: [],
    unchecked: { tank: null, place: null, level: null },
    distanceKm: expect.closeTo(0, 5),
    roseL: 40,
  });
});

describe('the tank', () => {
  const findings = (litres: number, over: Parameters<typeof facts>[0] = {}) => {
    const one = entry({ litres });
    return checkFuel(one, facts({ all: [one], ...over })).findings;
  };
  test('takes no more than it holds', () => {
    expect(findings(62, { filled: [1, 60] })).toEqual([]);
    expect(findings(70, { filled: [1, 60] })).toContain('beyond-tank');
  });
  test('takes no more than it had room for', () => {
    expect(findings(40, { filled: [45, 60] })).toEqual(['beyond-room', 'level-differs']);
  });
  test('does rise', () => {
    expect(findings(40, { filled: [15, 15] })).toEqual(['level-unmoved']);
    expect(findings(40, { filled: [15, 35] })).toEqual(['level-differs']);
    expect(findings(40, { filled: [15, 48] })).toEqual([]);
  });
  test('is filled by two entries together', () => {
    const two = [entry({ litres: 20 }), entry({ litres: 20, at: paidAt + minuteMs })];
    expect(two.map((one) => checkFuel(one, facts({ all: two })).findings)).toEqual([[], []]);
    const three = [...two, entry({ litres: 30, at: paidAt + 2 * minuteMs })];
    expect(checkFuel(three[0] ?? entry(), facts({ all: three })).findings).toEqual([
      'level-differs',
    ]);
  });
  test('of unknown size, without levels, or hardly filled: not compared', () => {
    const unchecked = (one: Expense, over: Parameters<typeof facts>[0]) =>
      checkFuel(one, facts({ all: [one], ...over })).unchecked;
    expect(unchecked(entry(), { vehicle: { fuel: 'gasoline' } })).toMatchObject({
      tank: 'no-tank-size',
    });
    expect(unchecked(entry(), { levels: [], rises: [] })).toMatchObject({ level: 'no-level' });
    expect(unchecked(entry({ litres: 5 }), { filled: [15, 15] })).toMatchObject({
      level: 'too-little-to-see',
    });
    expect(unchecked(entry({ dayOnly: true }), {})).toEqual({
      tank: null,
      place: 'no-time',
      level: 'no-time',
    });
  });
});

describe('the station', () => {
  const check = (fixesOf: FuelFacts['fixesOf'], one = entry()) =>
    checkFuel(one, facts({ fixesOf, all: [one] }));

  test('is where the vehicle stood, or it was elsewhere', () => {
    const away = check(() => stands(-7000));
    expect(away.findings).toEqual(['elsewhere']);
    expect(away.distanceKm).toBeCloseTo(9, 1);
  });
  test('may have been come by while nothing was heard', () => {
    const seldom = check(() => track(() => [-7000, 0], 30));
    expect(seldom).toMatchObject({ findings: [], unchecked: { place: 'too-few-positions' } });
  });
  test('is not come by under way', () => {
    const driving = check(() => track((minute) => [minute * 900, 0]));
    expect(driving.findings).toEqual(['under-way']);
  });
  test('leaves room for clocks that differ', () => {
    const soon = check(() => track((minute) => [minute < 68 ? -7000 + minute * 132 : 2000, 0]));
    expect(soon).toMatchObject({ findings: [], unchecked: { place: null } });
  });
  test('unknown, unnamed, or of a vehicle that was not heard: not compared', () => {
    const unchecked = (fixesOf: FuelFacts['fixesOf'], one?: Expense) =>
      check(fixesOf, one).unchecked.place;
    expect(unchecked(() => [])).toBe('no-positions');
    expect(unchecked(() => stands(2000).slice(0, 40))).toBe('no-positions');
    expect(unchecked(() => stands(2000), entry({ station: null }))).toBe('no-station');
    expect(unchecked(() => stands(2000), entry({ station: '中石油' }))).toBe(
      'station-not-registered',
    );
  });
});

test.each([
  ['0#柴油', 'gasoline', true],
  ['95号汽油', 'diesel', true],
  ['92#', 'diesel', true],
  ['车用乙醇汽油(E10) 92', 'gasoline', false],
  ['汽油', 'hybrid', false],
  ['非油品', 'gasoline', false],
  ['95#汽油', 'electric', true],
] as const)('%s for %s', (product, fuel, isWrong) => {
  const { findings } = checkFuel(entry({ product }), facts({ vehicle: { fuel, tankL: 60 } }));
  expect(findings.includes('wrong-fuel')).toBe(isWrong);
});
