import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  fromUnix,
  isoInZone,
  localTime,
  parseInstant,
  shiftDay,
  spanOfDay,
  startOfDay,
  zoneOffsetMs,
} from '../../model/time.ts';

describe('parseInstant', () => {
  const at = Date.UTC(2026, 10, 22, 0, 30, 15);
  test.each([
    ['2026-11-22T08:30:15+08:00', at],
    ['2026-11-22T08:30:15+0800', at],
    ['2026-11-22T00:30:15Z', at],
    ['2026-11-22 00:30:15Z', at],
    ['2026-11-22T00:30:15.123456Z', at + 123],
    ['2026-11-22T00:30Z', at - 15_000],
  ])('%s', (text, expected) => expect(parseInstant(text)).toBe(expected));

  test.each([
    '2026-11-22T08:30:15',
    '2026-02-30T00:00:00Z',
    '2026-13-01T00:00:00Z',
    '2026-11-22',
    'now',
    '',
    '2026-11-22T25:00:00Z',
  ])('refuses %j', (text) => expect(parseInstant(text)).toBeUndefined());

  test('reads back what isoInZone writes, to the ms', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: Date.UTC(2100, 0, 1) }),
        fc.constantFrom(
          'Asia/Shanghai',
          'UTC',
          'Asia/Urumqi',
          'Europe/Berlin',
          'America/New_York',
          'Asia/Kathmandu',
        ),
        (instant, zone) => parseInstant(isoInZone(instant, zone)) === instant,
      ),
    );
  });
});

test('Unix seconds and ms are told apart by size', () => {
  expect(fromUnix(1_795_300_000)).toBe(1_795_300_000_000);
  expect(fromUnix(1_795_300_000_123)).toBe(1_795_300_000_123);
});

describe('days of a zone', () => {
  test('a day in Shanghai begins at 16:00 UTC of the day before', () => {
    expect(startOfDay('2026-11-22', 'Asia/Shanghai')).toBe(Date.UTC(2026, 10, 21, 16));
  });
  test('days with a change of the clock begin at their own midnight', () => {
    expect(startOfDay('2026-03-29', 'Europe/Berlin')).toBe(Date.UTC(2026, 2, 28, 23));
    expect(startOfDay('2026-03-30', 'Europe/Berlin')).toBe(Date.UTC(2026, 2, 29, 22));
  });
  test.each([
    ['2026-11-22', 'Asia/Shanghai', 24],
    ['2026-12-31', 'Asia/Shanghai', 24],
    ['2026-03-29', 'Europe/Berlin', 23],
    ['2026-10-25', 'Europe/Berlin', 25],
    ['2026-04-05', 'Australia/Lord_Howe', 24.5],
  ])('the day %s in %s has %d hours and ends where the next one begins', (date, zone, hours) => {
    const { from, to } = spanOfDay(date, zone);
    expect((to - from) / 3_600_000).toBe(hours);
    expect(from).toBe(startOfDay(date, zone));
    expect(localTime(to - 1, zone).date).toBe(date);
    expect(spanOfDay(shiftDay(date, 1), zone).from).toBe(to);
  });
  test('the short cut for Shanghai agrees with the time-zone database', () => {
    for (let year = 1992; year < 2030; year++) {
      const at = Date.UTC(year, 6, 1);
      const { hour } = localTime(at, 'Asia/Shanghai');
      expect(hour).toBe(
        Number(
          new Intl.DateTimeFormat('en', {
            timeZone: 'Asia/Shanghai',
            hour: '2-digit',
            hourCycle: 'h23',
          }).format(at),
        ),
      );
    }
    expect(zoneOffsetMs(Date.UTC(1990, 6, 1), 'Asia/Shanghai')).toBe(9 * 3_600_000);
  });
  test('weekdays count from Monday', () => {
    expect(localTime(Date.UTC(2026, 10, 22, 4), 'Asia/Shanghai')).toEqual({
      date: '2026-11-22',
      hour: 12,
      minute: 0,
      weekday: 7,
    });
  });
});
