import { expect, test } from 'vitest';
import type { CalendarDay } from '../../model/entities.ts';
import { workingDay } from '../../model/working-days.ts';
import { institution } from '../rules/world.ts';

const published: readonly CalendarDay[] = [
  { date: '2026-10-01', kind: 'statutory-holiday' },
  { date: '2026-10-10', kind: 'transfer-workday' },
  { date: '2026-10-12', kind: 'workday' },
  { date: '2026-10-17', kind: 'weekend' },
];
const calendar = { day: (date: string) => published.find((each) => each.date === date) };
const school = { ...institution, closures: [{ from: '2026-10-12', to: '2026-10-13' }] };
const museum = { ...institution, openWeekdays: [2, 3, 4, 5, 6, 7] };

test.each([
  ['a workday', institution, '2026-10-12', 1, false, 'workday'],
  ['a weekend', institution, '2026-10-17', 6, true, 'weekend'],
  ['a holiday in the week', institution, '2026-10-01', 4, true, 'statutory-holiday'],
  ['a Saturday that is worked', institution, '2026-10-10', 6, false, 'transfer-workday'],
  ['a year without a calendar', institution, '2027-10-09', 6, true, 'weekday-only'],
  ['a vacation on a workday', school, '2026-10-12', 1, true, 'closure'],
  ['the day after it', school, '2026-10-13', 2, false, 'weekday-only'],
  ['a museum on a Sunday', museum, '2026-10-18', 7, false, 'open-weekday'],
  ['a museum on a holiday', museum, '2026-10-01', 4, false, 'open-weekday'],
  ['a museum on a Monday', museum, '2026-10-12', 1, true, 'closed-weekday'],
] as const)('%s', (_, where, date, weekday, rest, reason) => {
  expect(workingDay(calendar.day, where, date, weekday)).toEqual({ rest, reason });
});
