import { expect, test } from 'vitest';
import { z } from 'zod';
import type { Meter } from '../../model/entities.ts';
import type { Tariff } from '../../model/tariff.ts';
import { hourMs, minuteMs } from '../../model/time.ts';
import { createAreas } from '../../rules/areas.ts';
import { createPrices } from '../../rules/prices.ts';
import type { MeterHours, RuleKind } from '../../rules/rule.ts';
import { yuanOf } from '../../rules/shared/money.ts';
import { aDirectory, aMeter, aSample, aWorld, institution } from './world.ts';

/** Midnight in Shanghai. */
const midnight = Date.UTC(2026, 9, 4, 16);

/** Notes what it is handed. */
function noting(into: (MeterHours | undefined)[]): RuleKind<unknown, null> {
  const text = { zh: '记录', en: 'Noting' };
  return {
    kind: 'energy.noting',
    version: 1,
    title: text,
    description: text,
    severity: 'info',
    params: z.strictObject({}),
    appliesTo: () => true,
    initial: () => null,
    step(state, _event, _subject, _params, { hours }) {
      into.push(hours);
      return { state, findings: [] };
    },
  };
}

const counted = (notes: readonly (MeterHours | undefined)[]) =>
  notes.map((each) => each?.closed.map(({ start, value }) => [(start - midnight) / hourMs, value]));

const quarter = (n: number, counter: number) =>
  aSample('m1', midnight + n * 15 * minuteMs, counter);

test('all kinds are handed the hours that a reading closes, and the one that runs', async () => {
  const notes: (MeterHours | undefined)[] = [];
  const it = aWorld({ meters: [aMeter('m1')] }, [noting(notes)]);
  await it.give([0, 1, 2, 3, 4, 5].map((n) => quarter(n, 100 + 2 * n)));
  expect(counted(notes)).toEqual([[], [], [], [], [[0, 8]], []]);
  expect(notes.at(-1)?.running).toMatchObject({ start: midnight + hourMs, value: 2 });
});

test('after a restart they go on, and what comes late stands where it belongs', async () => {
  const notes: (MeterHours | undefined)[] = [];
  const it = aWorld({ meters: [aMeter('m1')] }, [noting(notes)]);
  await it.give([0, 1].map((n) => quarter(n, 100 + 2 * n)));
  it.keep();
  it.restart();
  await it.give([3, 4].map((n) => quarter(n, 100 + 2 * n)));
  expect(counted(notes).at(-1)).toEqual([[0, 8]]);
  notes.length = 0;
  await it.give([quarter(2, 105)]);
  // Fetched back from where nothing later is known, and judged again in order.
  expect(counted(notes).at(-1)).toEqual([[0, 8]]);
  expect(notes.map((each) => each?.running.value)).toContain(5);
});

test('a meter that counts nothing has none', async () => {
  const notes: (MeterHours | undefined)[] = [];
  const it = aWorld({ meters: [aMeter('m1', { medium: 'environment' })] }, [noting(notes)]);
  await it.give([quarter(0, 100)]);
  expect(notes).toEqual([undefined]);
});

const tariff: Tariff = {
  id: 't1',
  institution: 'hq',
  validFrom: '2026-01-01',
  validTo: '2026-10-06',
  source: '试算',
  prices: { flat: 0.6, valley: 0.3 },
  seasons: [
    {
      months: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12],
      periods: [
        { from: '00:00', to: '07:30', band: 'valley' },
        { from: '07:30', to: '24:00', band: 'flat' },
      ],
    },
  ],
};

test('a price is that of the tariff in force, of an hour in two bands the mean, of the nearest institution above', () => {
  const unit = { ...institution, id: 'unit', parent: 'hq' };
  const price = createPrices(aDirectory({ institutions: [institution, unit], tariffs: [tariff] }));
  const at = (hour: number) => price(unit, 'electricity', midnight + hour * hourMs);
  expect(at(3)).toBe(0.3);
  expect(at(7)).toBeCloseTo(0.45, 9);
  expect(at(8.5)).toBe(0.6);
  expect(at(24)).toBeUndefined();
  const meter = { type: 'meter' as const, meter: aMeter('m1'), institution: unit };
  const amounts = [3, 8].map((hour) => ({ at: midnight + hour * hourMs, amount: 10 }));
  expect(yuanOf({ price }, meter, amounts)).toBeCloseTo(9, 9);
  expect(
    yuanOf({ price }, meter, [...amounts, { at: midnight + 30 * hourMs, amount: 1 }]),
  ).toBeNull();
});

test('a meter stands for the area of its building where it alone counts all of it', () => {
  const building = { id: 'b1', institution: 'hq', name: '1号楼', floorAreaM2: 9000 };
  const [top, below] = [aMeter('m1'), aMeter('m2', { parent: 'm1' })];
  const areaOf = (meters: readonly Meter[], of: Meter) =>
    createAreas(aDirectory({ meters, buildings: [building] }))(of);
  expect(areaOf([top, below, aMeter('w1', { medium: 'water' })], top)).toBe(9000);
  expect(areaOf([top, below], below)).toBeUndefined();
  expect(areaOf([top, aMeter('m3')], top)).toBeUndefined();
  expect(areaOf([aMeter('m4', { building: 'b2' })], aMeter('m4'))).toBeUndefined();
});
