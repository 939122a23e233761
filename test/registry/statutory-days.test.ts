import published from 'chinese-days/dist/chinese-days.json' with { type: 'json' };
import { expect, test } from 'vitest';
import { statutoryDays } from '../../model/statutory-days.ts';
import { toStatutoryTable } from '../../scripts/statutory-table.ts';

test('the days taken over are those of the package: `npx node scripts/statutory-days.ts` takes them over anew', () => {
  expect(statutoryDays).toEqual(toStatutoryTable(published));
});

test('what is no list of days is refused', () => {
  expect(() => toStatutoryTable({ holidays: { soon: 'x' }, workdays: {} })).toThrow(/soon/);
  expect(() => toStatutoryTable({ holidays: {} })).toThrow(/workdays/);
});
