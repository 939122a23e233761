import fc from 'fast-check';
import { expect, test } from 'vitest';
import { pricesOf } from '../../energy/tariff.ts';
import { overlaps, type Tariff, tariffFaults } from '../../model/tariff.ts';
import { dayMs, hourMs, startOfDay } from '../../model/time.ts';
import { next, periods, tariff, zone } from './tariffs.ts';

const faults = (change: Partial<Tariff>) =>
  [...tariffFaults({ ...tariff, ...change })].map(
    ({ path, message }) => `${path.join('.')}: ${message}`,
  );

test('times of day are those of the zone', () => {
  const [piece] = pricesOf([tariff], Date.UTC(2026, 10, 23, 0), Date.UTC(2026, 10, 23, 1), zone);
  expect(piece?.band).toBe('peak');
  const [there] = pricesOf([tariff], Date.UTC(2026, 10, 23, 0), Date.UTC(2026, 10, 23, 1), 'UTC');
  expect(there?.band).toBe('valley');
});

test.each<[string, Partial<Tariff>, string]>([
  [
    'a minute in no period',
    { seasons: tariff.seasons.map((season) => ({ ...season, periods: season.periods.slice(1) })) },
    'seasons.0.periods: 00:00 lies in no period',
  ],
  [
    'a minute in two',
    {
      seasons: [
        {
          months: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12],
          periods: [...periods, { from: '11:59', to: '12:00', band: 'flat' }],
        },
      ],
    },
    'seasons.0.periods: 11:59 lies in 2 periods',
  ],
  [
    'a month in no season',
    { seasons: tariff.seasons.slice(0, 1) },
    'seasons: month 1 lies in no season',
  ],
  [
    'a month in two',
    { seasons: [...tariff.seasons, { months: [5], periods }] },
    'seasons: month 5 lies in 2 seasons',
  ],
  [
    'a band without a price',
    { prices: { peak: 1, flat: 1, sharp: 1 } },
    'seasons.0.periods.0.band: valley has no price',
  ],
  [
    'a period of no time',
    {
      seasons: [
        {
          months: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12],
          periods: [{ from: '00:00', to: '00:00', band: 'flat' }],
        },
      ],
    },
    'seasons.0.periods.0: 00:00 to 00:00 is no time',
  ],
  [
    'an end before its beginning',
    { validTo: '2026-01-01' },
    'validTo: got 2026-01-01, want a day after 2026-01-01',
  ],
])('%s is told', (_, change, fault) => {
  expect([...tariffFaults(tariff), ...tariffFaults(next)]).toEqual([]);
  expect(faults(change)).toContain(fault);
});

test('two that share a day overlap; one that follows does not', () => {
  expect(overlaps(tariff, next)).toBe(false);
  expect(overlaps(next, tariff)).toBe(false);
  expect(overlaps(next, { validFrom: '2030-01-01' })).toBe(true);
  expect(overlaps(tariff, { validFrom: '2026-12-31', validTo: '2027-01-01' })).toBe(true);
});

const anyDay = fc.integer({ min: 0, max: 364 });

test('every day of the zone is covered once: bands are as long as the tariff says', () => {
  fc.assert(
    fc.property(anyDay, (n) => {
      const from = startOfDay('2026-01-01', zone) + n * dayMs;
      const pieces = pricesOf([tariff], from, from + dayMs, zone);
      expect(pieces[0]?.from).toBe(from);
      expect(pieces.at(-1)?.to).toBe(from + dayMs);
      for (const [i, piece] of pieces.entries()) expect(piece.from).toBe(pieces[i - 1]?.to ?? from);
      const valley = pieces.filter(({ band }) => band === 'valley');
      expect(valley.reduce((sum, piece) => sum + piece.to - piece.from, 0)).toBe(8 * hourMs);
    }),
  );
});

test('where clocks change, the hour that is left out or comes twice is in its band', () => {
  const valleyHours = (day: string) => {
    const berlin = 'Europe/Berlin';
    const from = startOfDay(day, berlin);
    const to = startOfDay(new Date(Date.parse(day) + dayMs).toISOString().slice(0, 10), berlin);
    const pieces = pricesOf([tariff], from, to, berlin).filter(({ band }) => band === 'valley');
    return pieces.reduce((sum, piece) => sum + piece.to - piece.from, 0) / hourMs;
  };
  expect(['2026-03-28', '2026-03-29', '2026-10-25'].map(valleyHours)).toEqual([8, 7, 9]);
});
