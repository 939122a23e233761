import type { Used } from '../../energy/cost.ts';
import type { Tariff } from '../../model/tariff.ts';
import { hourMs } from '../../model/time.ts';

/** Tariffs that tests price by. */

export const zone = 'Asia/Shanghai';
export const at = (text: string) => Date.parse(`${text}+08:00`);

/** 8 hours of each band a day; in December and January the evening is sharp. */
export const periods = [
  { from: '23:00', to: '07:00', band: 'valley' },
  { from: '07:00', to: '08:00', band: 'flat' },
  { from: '08:00', to: '12:00', band: 'peak' },
  { from: '12:00', to: '17:00', band: 'flat' },
  { from: '17:00', to: '21:00', band: 'peak' },
  { from: '21:00', to: '23:00', band: 'flat' },
] as const;
const winter = periods.map((period) =>
  period.from === '17:00' ? { ...period, band: 'sharp' as const } : period,
);
export const tariff: Tariff = {
  id: 't26',
  institution: 'lc-hq',
  validFrom: '2026-01-01',
  validTo: '2027-01-01',
  source: 'made up for this test',
  prices: { sharp: 1.2, peak: 1, flat: 0.6, valley: 0.3 },
  seasons: [
    { months: [2, 3, 4, 5, 6, 7, 8, 9, 10, 11], periods },
    { months: [1, 12], periods: winter, prices: { valley: 0.25 } },
  ],
};
const { validTo: _, ...openEnded } = tariff;
/** The years after: one price all day. */
export const next: Tariff = {
  ...openEnded,
  id: 't27',
  validFrom: '2027-01-01',
  prices: { flat: 0.5 },
  seasons: [
    {
      months: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12],
      periods: [{ from: '00:00', to: '24:00', band: 'flat' }],
    },
  ],
};

export const hours = (
  from: number,
  kwh: readonly (number | null)[],
  quality: Used['quality'] = 'measured',
) =>
  kwh.map(
    (value, n): Used => ({
      from: from + n * hourMs,
      to: from + (n + 1) * hourMs,
      kwh: value,
      quality: value === null ? 'missing' : quality,
    }),
  );
export const even = (from: number, count: number, kwh = 1) =>
  hours(
    from,
    Array.from({ length: count }, () => kwh),
  );
