import { expect, test } from 'vitest';
import { createCalendar } from '../../model/calendar.ts';
import type { CalendarDay } from '../../model/entities.ts';
import { mustImport, testRegistry } from './city.ts';

const days = (...amendments: CalendarDay[]) =>
  createCalendar(new Map(amendments.map((day) => [day.date, day])));

/** State Council notice of 2025-11-04 on the holidays of 2026: seven holidays, six transferred workdays. */
test('2026 is as its notice says', () => {
  const day = days();
  const kinds = Array.from(
    { length: 365 },
    (_, i) => day(new Date(Date.UTC(2026, 0, 1 + i)).toISOString().slice(0, 10))?.kind,
  );
  const count = (kind: string) => kinds.filter((each) => each === kind).length;
  expect([count('statutory-holiday'), count('transfer-workday')]).toEqual([33, 6]);
  expect(kinds).not.toContain(undefined);
  expect(day('2026-10-01')).toEqual({
    date: '2026-10-01',
    kind: 'statutory-holiday',
    name: '国庆节',
  });
  expect(day('2026-02-14')).toEqual({
    date: '2026-02-14',
    kind: 'transfer-workday',
    name: '春节调休',
  });
  expect(day('2026-11-21')).toMatchObject({ kind: 'weekend' });
  expect(day('2026-11-23')).toMatchObject({ kind: 'workday' });
});

test('nothing is said of a year whose notice is not there, nor of what is no day', () => {
  const day = days();
  for (const date of [
    '2027-01-01',
    '2027-06-12',
    '2028-02-01',
    '2003-05-01',
    '2026-02-30',
    '2026-13-01',
    '',
    'today',
  ]) {
    expect(day(date)).toBeUndefined();
  }
});

test('a year becomes known once both ends of its notice are entered', () => {
  const newYear = { date: '2027-01-01', kind: 'statutory-holiday', name: '元旦' } as const;
  expect(days(newYear)('2027-01-01')).toEqual(newYear);
  expect(days(newYear)('2027-01-04')).toBeUndefined();
  const day = days(newYear, { date: '2027-10-01', kind: 'statutory-holiday' });
  expect(day('2027-01-04')).toMatchObject({ kind: 'workday' });
  expect(day('2027-01-09')).toMatchObject({ kind: 'weekend' });
});

test('the inventory has the last word', async () => {
  const { registry } = testRegistry();
  await mustImport(
    registry,
    `calendar:
  - { date: "2026-10-01", kind: workday }
  - { date: "2027-02-06", kind: statutory-holiday, name: 春节 }`,
  );
  const directory = registry.directory();
  expect(directory.day('2026-10-01')).toMatchObject({ kind: 'workday' });
  expect(directory.day('2027-02-06')).toMatchObject({ name: '春节' });
  expect(directory.day('2027-02-05')).toBeUndefined();
});
