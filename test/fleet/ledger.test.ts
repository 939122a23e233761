import { expect, test } from 'vitest';
import type { Gauges } from '../../fleet/gauges.ts';
import { type LedgerFacts, monthOfVehicle } from '../../fleet/ledger.ts';
import { sumsOf } from '../../fleet/ledger-sums.ts';
import type { KeptExpense } from '../../model/expense.ts';
import { hourMs, minuteMs } from '../../model/time.ts';
import type { KeptTrip } from '../../model/trip.ts';
import { figureNames } from '../../model/vehicle-ledger.ts';

/** 2 to 8 November 2026 in Shanghai, Monday to Sunday. */
const at = (day: number, hour: number, minute = 0) => Date.UTC(2026, 10, day, hour - 8, minute);
const period = { from: at(2, 0), to: at(9, 0) };

interface Drive {
  readonly day: number;
  readonly hour: number;
  readonly hours: number;
  readonly km: number;
  readonly idlingS?: number | null;
}

const trip = ({ day, hour, hours, km, idlingS = 360 }: Drive): KeptTrip => {
  const startedAt = at(day, hour);
  const endedAt = startedAt + hours * hourMs;
  const here = { lat: 36.45, lon: 115.98, places: [] };
  return {
    id: `tr-${startedAt}`,
    vehicle: 'v1',
    institution: 'hq',
    firstStartedAt: startedAt,
    startedAt,
    endedAt,
    endedBy: 'ignition-off',
    start: { at: startedAt, ...here },
    now: { at: endedAt, ...here },
    distanceKm: km,
    gapKm: 0,
    odometerKm: null,
    unseenKm: 0,
    movingS: hours * 3600 - (idlingS ?? 0),
    idlingS,
    maxSpeedKmh: 80,
    stops: [],
    stopCount: 0,
    visited: [],
    way: [],
    revision: 1,
    revisedAt: endedAt,
  };
};

const drives: readonly Drive[] = [
  { day: 2, hour: 8, hours: 2, km: 98 },
  { day: 4, hour: 17, hours: 2, km: 99 },
  { day: 7, hour: 10, hours: 1, km: 49, idlingS: 0 },
];

/**
 * A fix every five minutes from the day before. Each drive takes 8 litres per 100 km of the odometer, which runs 1 % ahead of the track; on the 5th at
 * 09:00 40 litres are filled in.
 */
function gaugesOf(some: readonly Drive[] = drives): Gauges[] {
  const gauges: Gauges[] = [];
  for (let when = at(1, 22); when < period.to; when += 5 * minuteMs) {
    const km = some.reduce((sum, { day, hour, hours, km: all }) => {
      const share = (when - at(day, hour)) / (hours * hourMs);
      return sum + all * 1.01 * Math.min(1, Math.max(0, share));
    }, 0);
    const filled = when >= at(5, 9) ? 40 : 0;
    gauges.push({ at: when, odometerKm: 1000 + km, fuelL: 30 + filled - km * 0.08, socPct: null });
  }
  return gauges;
}

const expense = (over: Partial<KeptExpense>): KeptExpense => ({
  id: `ex-${over.at}-${over.kind}`,
  vehicle: 'v1',
  at: at(5, 9),
  dayOnly: false,
  kind: 'fuel',
  yuan: 320,
  litres: 40,
  kwh: null,
  station: '东昌路站',
  product: '95#汽油',
  card: '****4321',
  ...over,
});
const paid = [
  expense({}),
  expense({ kind: 'toll', litres: null, yuan: 35.5, at: at(4, 18) }),
  expense({ kind: 'maintenance', litres: null, yuan: 600, at: at(6, 0), dayOnly: true }),
];

const facts = (over: Partial<LedgerFacts> = {}): LedgerFacts => ({
  vehicle: { fuel: 'gasoline', tankL: 70 },
  period,
  trips: drives.map(trip),
  gauges: gaugesOf(),
  expenses: paid,
  working: {
    zone: 'Asia/Shanghai',
    officeHours: { from: '08:00', to: '18:00' },
    isWorkday: (date) => date < '2026-11-07',
  },
  stations: [],
  fixesOf: () => [],
  ...over,
});

/**
 * By hand: 98 + 99 + 49 = 246 km by track, × 1.01 = 248.46 by odometer; × 0.08 = 19.88 L used. 5 h of trips less 720 s of idling are 4.8 h of driving.
 * 320 + 35.5 + 600 = 955.50 yuan over 248.5 km are 3.845 a kilometre, 40 L over 248.5 km 16.10 per 100. Office hours: 8 to 10 on Monday and 17 to 18
 * on Wednesday of 50.
 */
test('a week checked by hand', () => {
  const { figures, findings, refuellings, expenses } = monthOfVehicle(facts());
  expect(figures).toEqual({
    trips: 3,
    trackKm: 246,
    odometerKm: 248.5,
    km: 248.5,
    drivingHours: 4.8,
    idlingHours: 0.2,
    fuelUsedL: 19.9,
    refuelledL: 40,
    litresPer100Km: 8.01,
    socUsedPct: 'no-battery',
    socChargedPct: 'no-battery',
    cardLitres: 40,
    cardLitresPer100Km: 16.1,
    chargedKwh: 'no-entries',
    fuelYuan: 320,
    chargingYuan: 'no-entries',
    maintenanceYuan: 600,
    insuranceYuan: 'no-entries',
    tollYuan: 35.5,
    otherYuan: 'no-entries',
    totalYuan: 955.5,
    yuanPerKm: 3.845,
    daysUsed: 3,
    workdays: 5,
    workdaysUsed: 2,
    workdayShare: 40,
    officeHours: 50,
    officeHoursUsed: 3,
    officeHourShare: 6,
  });
  expect(findings).toEqual([]);
  expect(refuellings).toEqual([{ from: at(5, 8, 55), to: at(5, 9), litres: 40 }]);
  expect(expenses.map(({ kind, check }) => [kind, check?.findings])).toEqual([
    ['fuel', []],
    ['toll', undefined],
    ['maintenance', undefined],
  ]);
});

const said = (over: Partial<LedgerFacts>) => monthOfVehicle(facts(over)).figures;

test('what is not known is not 0', () => {
  const unheard = said({ trips: [], gauges: [], expenses: [] });
  const numbers = figureNames.filter((name) => typeof unheard[name] === 'number');
  expect(numbers).toEqual(['workdays', 'officeHours']);
  expect(unheard).toMatchObject({
    trips: 'not-heard',
    km: 'not-heard',
    fuelUsedL: 'not-heard',
    totalYuan: 'no-entries',
    litresPer100Km: 'not-heard',
    officeHourShare: 'not-heard',
  });
});

test('a vehicle that was heard and stood is known to have gone nowhere', () => {
  expect(said({ trips: [], gauges: gaugesOf([]), expenses: [] })).toMatchObject({
    trips: 0,
    trackKm: 0,
    odometerKm: 0,
    drivingHours: 0,
    fuelUsedL: 0,
    litresPer100Km: 'too-little',
    daysUsed: 0,
  });
});

test('a terminal that says little leaves little known', () => {
  const bare = gaugesOf().map(({ at: when }) => ({
    at: when,
    odometerKm: null,
    fuelL: null,
    socPct: null,
  }));
  const silent = [...drives.slice(1), { day: 3, hour: 9, hours: 1, km: 20, idlingS: null }];
  expect(said({ gauges: bare, trips: silent.map(trip) })).toMatchObject({
    odometerKm: 'no-odometer',
    trackKm: 168,
    km: 168,
    idlingHours: 'no-ignition',
    fuelUsedL: 'no-fuel-level',
    litresPer100Km: 'no-fuel-level',
  });
  const halfBlind = gaugesOf().map((each) =>
    each.at < at(4, 0) ? { ...each, fuelL: null } : each,
  );
  expect(said({ gauges: halfBlind })).toMatchObject({ fuelUsedL: 'fuel-level-gaps' });
  const uncounted = (isCounted: (when: number) => boolean) =>
    said({
      gauges: gaugesOf().map((each) => (isCounted(each.at) ? each : { ...each, odometerKm: null })),
    });
  const missing = { odometerKm: 'odometer-gaps', km: 246 };
  expect(uncounted((when) => when > at(4, 0))).toMatchObject(missing);
  expect(uncounted((when) => when < at(6, 0))).toMatchObject(missing);
  expect(uncounted((when) => when < at(3, 0) || when > at(6, 0)).odometerKm).toBe(248.5);
  expect(said({ working: { ...facts().working, isWorkday: () => undefined } })).toMatchObject({
    workdays: 'no-calendar',
    workdayShare: 'no-calendar',
    daysUsed: 3,
  });
});

test('an electric vehicle uses charge', () => {
  const gauges = gaugesOf().map(({ at: when, fuelL }) => ({
    at: when,
    odometerKm: null,
    fuelL: null,
    socPct: fuelL,
  }));
  const charging = expense({ kind: 'charging', litres: null, kwh: 31.5, yuan: 40 });
  const electric = { vehicle: { fuel: 'electric' as const }, gauges };
  expect(said({ ...electric, expenses: [charging] })).toMatchObject({
    fuelUsedL: 'no-tank',
    socUsedPct: 19.9,
    socChargedPct: 40,
    chargedKwh: 31.5,
    chargingYuan: 40,
    cardLitres: 'no-entries',
  });
  expect(said({ ...electric, expenses: [{ ...charging, kwh: null }] })).toMatchObject({
    chargedKwh: 'not-told',
  });
});

test('cards that paid for more than was used and held, and for a vehicle that stood', () => {
  const four = [2, 3, 4, 5].map((day) => expense({ at: at(day, 12) }));
  expect(monthOfVehicle(facts({ expenses: four })).findings).toEqual(['beyond-use']);
  const stood = facts({ trips: [], gauges: gaugesOf([]) });
  expect(monthOfVehicle(stood).findings).toEqual(['without-mileage']);
});

test('two months side by side are as much as both together', () => {
  const gauges = gaugesOf();
  const middle = at(5, 0);
  const over = (from: number, to: number) =>
    said({ period: { from, to }, gauges: gauges.filter((each) => each.at < to), trips: [] });
  const [first, second] = [over(period.from, middle), over(middle, period.to)];
  expect(Number(first.odometerKm) + Number(second.odometerKm)).toBeCloseTo(248.5, 5);
  expect(Number(first.fuelUsedL) + Number(second.fuelUsedL)).toBeCloseTo(19.9, 5);
});

test('sums are over what is known, and a mean of ratios is that of the sums', () => {
  const one = said({});
  const two = said({ trips: [trip({ day: 3, hour: 8, hours: 4, km: 300 })], expenses: [] });
  const three = said({ trips: [], gauges: [], expenses: [] });
  const sums = sumsOf([one, two, three]);
  expect(sums.trips).toEqual({ sum: 4, average: 2, known: 2 });
  expect(sums.trackKm).toEqual({ sum: 546, average: 273, known: 2 });
  expect(sums.fuelYuan).toEqual({ sum: 320, average: 320, known: 1 });
  expect(sums.chargedKwh).toEqual({ sum: null, average: null, known: 0 });
  expect(sums.yuanPerKm).toEqual({ sum: null, average: 3.845, known: 1 });
  expect(sums.litresPer100Km).toEqual({ sum: null, average: 8.01, known: 2 });
  expect(sumsOf([]).trips).toEqual({ sum: null, average: null, known: 0 });
});
