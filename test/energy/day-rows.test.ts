import fc from 'fast-check';
import { expect, test } from 'vitest';
import { joinRows, rowsOf, withRow } from '../../energy/day-rows.ts';
import { decodeAmounts, decodeWhole, encodeAmounts, encodeWhole } from '../../energy/letters.ts';
import { noNights, usualOf, withNight } from '../../energy/night-base.ts';

test('days stay ascending, and the newest are kept', () => {
  const days = [20_567, 20_560, 20_570, 20_561];
  const rows = days.reduce((all, day) => withRow(all, { day, text: `${day}`.slice(-2) }, 3), '');
  expect(rowsOf(rows, 2)).toEqual([
    { day: 20_561, text: '61' },
    { day: 20_567, text: '67' },
    { day: 20_570, text: '70' },
  ]);
  expect(joinRows(rowsOf(rows, 2))).toBe(rows);
});

test('whole numbers come back as they were, amounts within a third of a percent', () => {
  fc.assert(
    fc.property(fc.nat(64 ** 3 - 1), (value) => decodeWhole(encodeWhole(value, 3)) === value),
  );
  const amount = fc.option(fc.double({ min: 0.001, max: 5e6, noNaN: true }), { nil: undefined });
  fc.assert(
    fc.property(fc.array(amount), (values) => {
      const back = decodeAmounts(encodeAmounts(values));
      expect(back).toHaveLength(values.length);
      for (const [place, value] of values.entries())
        if (value === undefined) expect(back[place]).toBeUndefined();
        else expect(Math.abs((back[place] ?? 0) / value - 1)).toBeLessThan(0.003);
    }),
  );
});

test('nights keep what they came to and how warm it was', () => {
  const nights = [0, 1, 2, 3, 4, 5, 6].reduce(
    (all, day) => withNight(all, { day: 20_500 + day, kw: 8 + day / 10, outdoorC: -40 }, 'work'),
    noNights,
  );
  const season = { from: 0, heating: true, vacations: false };
  expect(usualOf(nights, 'work', { ...season, outdoorC: -20 })?.kw).toBeCloseTo(8.3, 1);
  expect(usualOf(nights, 'work', { ...season, outdoorC: null })?.nights).toBe(7);
  // None of them was as hot as this one.
  expect(usualOf(nights, 'work', { ...season, outdoorC: 30 })).toBeUndefined();
});
