import fc from 'fast-check';
import { expect, test } from 'vitest';
import { loadFactorSets } from '../../energy/factor-set.ts';
import { createFactorBook } from '../../energy/factors.ts';
import { coalOfHeatingValue, toStandardM3 } from '../../energy/gas.ts';
import { convert, indicatorsOf, type MeterUse, type Method } from '../../energy/indicators.ts';
import { topMeters } from '../../energy/top-meters.ts';
import { dayMs } from '../../model/time.ts';

const book = createFactorBook(loadFactorSets());
const calorific: Method = { calibre: 'calorific', grid: 'national', water: 'excluded' };
const equivalent: Method = { ...calorific, calibre: 'equivalent' };
const size = { energyUsers: 420, floorAreaM2: 38_000 };

const use = (medium: MeterUse['medium'], value: number | null, over: Partial<MeterUse> = {}) => ({
  medium,
  date: '2026-10-01',
  lengthMs: 31 * dayMs,
  value,
  quality: 'measured' as const,
  coverage: 1,
  ...over,
});

const standard = { gas: { volumeCondition: 'standard' } } as const;
const month = [
  use('electricity', 100_000),
  use('gas', 1_000, standard),
  use('heat', 500),
  use('water', 2_000),
];

const figures = (uses: readonly MeterUse[], method = calorific) =>
  indicatorsOf(
    method.calibre,
    uses.map((each) => convert(each, method, book)),
    size,
  );

test('a month in the calorific calibre, as worked out by hand', () => {
  // 100,000 × 0.1229 + 1,000 × 1.33 + 500 × 34.12; 100,000 × 0.5306 + 1,000 × 2.184 + 500 × 110.
  const { parts, ...sums } = figures(month);
  expect(sums.calibre).toBe('calorific');
  expect(sums.energyKgce).toBeCloseTo(30_680, 6);
  expect(sums.co2Kg).toBeCloseTo(110_244, 6);
  expect(sums.perHeadKgce).toBeCloseTo(73.047619, 6);
  expect(sums.perM2Kgce).toBeCloseTo(0.8073684, 7);
  expect(sums.co2PerM2Kg).toBeCloseTo(2.9011579, 7);
  expect(sums.electricityPerM2Kwh).toBeCloseTo(2.6315789, 7);
  expect(sums.waterPerHeadM3).toBeCloseTo(4.7619048, 7);
  expect([sums.coverage, sums.quality]).toEqual([1, 'measured']);
  expect(parts.map(({ medium, energyKgce }) => [medium, energyKgce])).toEqual([
    ['electricity', expect.closeTo(12_290, 6)],
    ['gas', expect.closeTo(1_330, 6)],
    ['heat', expect.closeTo(17_060, 6)],
    ['water', null],
  ]);
});

test('the same month in the equivalent calibre', () => {
  // 100,000 × 0.31 + 1,000 × 1.2143 + 500 × 34.12.
  const { energyKgce, co2Kg } = figures(month, equivalent);
  expect(energyKgce).toBeCloseTo(49_274.3, 6);
  expect(co2Kg).toBeCloseTo(110_244, 6);
});

test('water is energy only where that is asked for', () => {
  const asked = figures(month, { ...calorific, water: 'working-fluid' });
  expect(asked.energyKgce).toBeCloseTo(30_680 + 2_000 * 0.2571, 6);
  expect(() => figures(month, { ...equivalent, water: 'working-fluid' })).toThrow(/fresh-water/);
});

test('a province’s factor of electricity changes its CO2 and nothing else', () => {
  const there = figures(month, { ...calorific, grid: 'provincial', division: '371500' });
  expect(there.co2Kg).toBeCloseTo(110_244 + 100_000 * (0.6191 - 0.5306), 6);
  expect(there.energyKgce).toBeCloseTo(30_680, 6);
});

test('without data there is null, not zero', () => {
  const nothing = { coverage: 0, quality: 'missing' } as const;
  for (const uses of [[], month.map((each) => ({ ...each, value: null, ...nothing }))]) {
    expect(figures(uses)).toMatchObject({
      energyKgce: null,
      co2Kg: null,
      perHeadKgce: null,
      perM2Kgce: null,
      electricityPerM2Kwh: null,
      waterPerHeadM3: null,
      coverage: 0,
      quality: 'missing',
    });
  }
});

test('nobody and nothing to divide by makes null', () => {
  const uses = month.map((each) => convert(each, calorific, book));
  for (const none of [{}, { energyUsers: 0, floorAreaM2: 0 }])
    expect(indicatorsOf('calorific', uses, none)).toMatchObject({
      energyKgce: expect.closeTo(30_680, 6),
      perHeadKgce: null,
      perM2Kgce: null,
      waterPerHeadM3: null,
    });
});

test('of a month with a hole the known part is told, with how much of the time it is', () => {
  const [electricity] = month;
  const holed = { value: null, knownValue: 600, coverage: 0.25, quality: 'missing' } as const;
  const sums = figures([
    ...(electricity ? [electricity] : []),
    use('heat', null),
    use('water', null, holed),
  ]);
  expect(sums.energyKgce).toBeCloseTo(12_290, 6);
  expect(sums.waterPerHeadM3).toBeCloseTo(600 / 420, 9);
  expect(sums.quality).toBe('missing');
  expect(sums.coverage).toBeCloseTo((1 + 1 + 0.25) / 3, 9);
});

test('each month has the factor of its year', () => {
  const uses = [
    use('electricity', 1_000, { date: '2022-12-01' }),
    use('electricity', 1_000, { date: '2023-01-01' }),
  ];
  const { co2Kg, parts } = figures(uses);
  expect(co2Kg).toBeCloseTo(536.6 + 530.6, 9);
  expect(parts[0]?.co2.map(({ set }) => set)).toEqual(['co2-grid-2022', 'co2-grid-2023']);
});

test('the two calibres are never added up', () => {
  const mixed = [
    convert(use('electricity', 1), calorific, book),
    convert(use('electricity', 1), equivalent, book),
  ];
  expect(() => indicatorsOf('calorific', mixed, size)).toThrow('another calibre');
  expect(() => indicatorsOf('equivalent', mixed, size)).toThrow('another calibre');
});

test('gas as it flows becomes gas as it is billed', () => {
  // 100 m³ × 103.325/101.325 × 293.15/283.15.
  const cold = {
    volumeCondition: 'working',
    temperatureC: 10,
    absolutePressureKpa: 103.325,
  } as const;
  expect(toStandardM3(100, cold)).toBeCloseTo(105.57525, 4);
  expect(toStandardM3(100, { volumeCondition: 'standard' })).toBe(100);
  expect(toStandardM3(100, { volumeCondition: 'working', temperatureC: 10 })).toBeUndefined();
  const { parts } = figures([use('gas', 100, { gas: cold })]);
  expect(parts[0]?.value).toBeCloseTo(105.57525, 4);
  expect(parts[0]?.energyKgce).toBeCloseTo(105.57525 * 1.33, 4);
  expect(parts[0]?.stateKnown).toBe(true);
});

test('gas of unknown state stands as it was metered, and says so', () => {
  const { parts } = figures([use('gas', 100)]);
  expect(parts[0]).toMatchObject({ value: 100, stateKnown: false });
});

test('the supplier’s heating value goes before the table’s', () => {
  // 35.588 MJ/m³ over 29.3076 MJ/kgce.
  expect(coalOfHeatingValue(35.588)).toBeCloseTo(1.21429, 5);
  const gas = { volumeCondition: 'standard', netHeatingValueMjPerM3: 35.588 } as const;
  const { parts } = figures([use('gas', 1_000, { gas })]);
  expect(parts[0]?.energyKgce).toBeCloseTo(1_214.29, 2);
  expect(parts[0]?.co2Kg).toBeCloseTo(2_184, 6);
  expect(parts[0]?.coal[0]?.source.en).toContain('supplier');
});

const amounts = fc.array(
  fc.record({
    medium: fc.constantFrom('electricity', 'gas', 'heat', 'water' as const),
    value: fc.double({ min: 0, max: 1e7, noNaN: true }),
    date: fc.constantFrom('2021-05-01', '2022-12-01', '2023-01-01', '2026-10-01'),
  }),
  { maxLength: 20 },
);

test('sums are linear: what is put together is the sum, twice as much is twice as much', () => {
  fc.assert(
    fc.property(amounts, amounts, fc.constantFrom(calorific, equivalent), (a, b, method) => {
      const of = (list: typeof a, factor = 1) => {
        const uses = list.map(({ medium, value, date }) => use(medium, value * factor, { date }));
        const { energyKgce, co2Kg } = figures(uses, method);
        return [energyKgce ?? 0, co2Kg ?? 0] as const;
      };
      const [one, other, both, twice] = [of(a), of(b), of([...a, ...b]), of(a, 2)];
      for (const n of [0, 1] as const) {
        expect(both[n]).toBeCloseTo(one[n] + other[n], 3);
        expect(twice[n]).toBeCloseTo(2 * one[n], 3);
      }
    }),
  );
});

test('in the calorific calibre there is never more coal of electricity than in the equivalent one', () => {
  fc.assert(
    fc.property(fc.double({ min: 0, max: 1e9, noNaN: true }), (kwh) => {
      const of = (method: Method) => figures([use('electricity', kwh)], method).energyKgce ?? 0;
      expect(of(calorific) * 0.31).toBeCloseTo(of(equivalent) * 0.1229, 3);
    }),
  );
});

test('only what is not counted above counts', () => {
  const meter = (id: string, medium: MeterUse['medium'] | 'environment', parent?: string) => ({
    id,
    medium,
    ...(parent === undefined ? {} : { parent }),
  });
  const tree = [
    meter('main', 'electricity'),
    meter('floor', 'electricity', 'main'),
    meter('room', 'electricity', 'floor'),
    meter('boiler', 'gas', 'main'),
    meter('through', 'electricity', 'boiler'),
    meter('guest', 'electricity', 'of-another'),
    meter('air', 'environment'),
    meter('a', 'water', 'b'),
    meter('b', 'heat', 'a'),
  ];
  expect(topMeters(tree).map(({ id }) => id)).toEqual(['main', 'boiler', 'guest', 'a', 'b']);
});
