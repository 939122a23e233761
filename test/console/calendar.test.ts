import { describe, expect, test } from 'vitest';
import { calendarOf, shiftMonth, weeksOf } from '../../console/lib/calendar.ts';
import { createCalendar } from '../../model/calendar.ts';
import type { CalendarDay } from '../../model/entities.ts';
import { shiftDay } from '../../model/time.ts';

const amended = (...days: readonly CalendarDay[]) => new Map(days.map((day) => [day.date, day]));

describe('what the page shows is what the rules judge by', () => {
  const amendments = {
    'nothing amended': amended(),
    'a day amended': amended(
      { date: '2026-10-10', kind: 'workday', name: '校庆' },
      { date: '2026-03-02', kind: 'statutory-holiday' },
    ),
    'a year by hand': amended(
      { date: '2027-01-01', kind: 'statutory-holiday', name: '元旦' },
      { date: '2027-10-01', kind: 'statutory-holiday', name: '国庆节' },
      { date: '2027-10-10', kind: 'transfer-workday' },
    ),
    'half a year by hand': amended({ date: '2027-01-01', kind: 'statutory-holiday' }),
  };
  test.each(Object.entries(amendments))('%s, every day from 2003 to 2028', (_, known) => {
    const judged = createCalendar(known);
    for (let date = '2003-01-01'; date < '2029-01-01'; date = shiftDay(date, 1)) {
      const shown = calendarOf(date.slice(0, 4), known).day(date);
      const truth = judged(date);
      expect(`${date} ${shown.kind}`).toBe(`${date} ${truth?.kind}`);
      if (shown.source === 'amended' || shown.source === 'notice')
        expect(shown.name).toBe(truth?.name);
    }
  });
});

test('a year without its notice is not guessed', () => {
  const none = calendarOf('2027', amended());
  expect(none.isPublished).toBe(false);
  expect(none.day('2027-03-06')).toEqual({
    date: '2027-03-06',
    kind: undefined,
    name: undefined,
    source: 'none',
  });
  expect(calendarOf('2026', amended()).isPublished).toBe(true);
});

test('weeks begin on Monday and hold every day of the month once', () => {
  expect(weeksOf('2026-11')[0]).toEqual([...Array(6).fill(undefined), '2026-11-01']);
  for (const month of ['2026-02', '2024-02', '2026-11', '2027-01', '2026-12']) {
    const weeks = weeksOf(month);
    const dates = weeks.flat().filter((date) => date !== undefined);
    expect(dates).toEqual([...dates].sort());
    expect(new Set(dates).size).toBe(dates.length);
    expect(dates[0]).toBe(`${month}-01`);
    expect(shiftDay(dates.at(-1) ?? '', 1)).toBe(`${shiftMonth(month, 1)}-01`);
    expect(weeks.every((days) => days.length === 7)).toBe(true);
  }
});
