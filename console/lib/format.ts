import { isMetric, type Metric, metrics, type Unit } from '../../model/metrics.ts';
import { dayMs, hourMs, isoInZone, localTime, minuteMs, secondMs } from '../../model/time.ts';
import type { Texts } from '../texts/zh.ts';

export type Locale = 'zh' | 'en';

const languageTag = { zh: 'zh-CN', en: 'en-GB' } as const;
export const tagOf = (locale: Locale): string => languageTag[locale];

/** Decimals worth showing of a value in a unit. */
const decimals: Readonly<Record<Unit, number>> = {
  kWh: 1,
  kvarh: 1,
  kW: 1,
  kvar: 1,
  kVA: 1,
  V: 1,
  A: 2,
  Hz: 2,
  '1': 3,
  'm³': 2,
  'm³/h': 2,
  GJ: 2,
  '°C': 1,
  '%': 0,
  'km/h': 0,
  km: 1,
  L: 1,
};

const formats = new Map<string, Intl.NumberFormat>();

/** A number with thousands separators; `—` where there is none. */
export function formatNumber(value: number | null | undefined, locale: Locale, digits = 1): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return '—';
  const key = `${locale}:${digits}`;
  const format =
    formats.get(key) ?? new Intl.NumberFormat(tagOf(locale), { maximumFractionDigits: digits });
  formats.set(key, format);
  return format.format(value);
}

export const unitLabel = (unit: Unit): string => (unit === '1' ? '' : unit);

/** A value with the unit of its metric: `12.1 kW`. */
export function formatMetric(
  value: number | null | undefined,
  metric: Metric,
  locale: Locale,
): string {
  const { unit } = metrics[metric];
  const label = unitLabel(unit);
  const text = formatNumber(value, locale, decimals[unit]);
  return label === '' || text === '—' ? text : `${text} ${label}`;
}

export const metricName = (metric: string, locale: Locale): string =>
  isMetric(metric) ? metrics[metric][locale] : metric;

const pad = (n: number) => String(n).padStart(2, '0');

/** `11-22 08:05`, with the year where it is not this one. Times are those of the zone. */
export function formatTime(at: number, zone: string, now: number): string {
  const there = localTime(at, zone);
  const sameYear = there.date.slice(0, 4) === localTime(now, zone).date.slice(0, 4);
  return `${sameYear ? there.date.slice(5) : there.date} ${pad(there.hour)}:${pad(there.minute)}`;
}

/** `2026-11-22 08:05:09` in the zone. */
export const formatExact = (at: number, zone: string): string =>
  isoInZone(at, zone).slice(0, 19).replace('T', ' ');

/** `3 min ago`, in the words of the language. */
export function formatAgo(at: number, now: number, texts: Texts): string {
  const age = now - at;
  if (age < -minuteMs) return texts.time.ahead;
  if (age < 5 * secondMs) return texts.time.now;
  if (age < minuteMs) return texts.time.secondsAgo(Math.floor(age / secondMs));
  if (age < hourMs) return texts.time.minutesAgo(Math.floor(age / minuteMs));
  if (age < 2 * dayMs) return texts.time.hoursAgo(Math.floor(age / hourMs));
  return texts.time.daysAgo(Math.floor(age / dayMs));
}

export function formatDuration(ms: number, texts: Texts, locale: Locale): string {
  if (ms < minuteMs) return texts.time.seconds(formatNumber(ms / secondMs, locale, 0));
  if (ms < 90 * minuteMs) return texts.time.minutes(formatNumber(ms / minuteMs, locale, 0));
  if (ms < 2 * dayMs) return texts.time.hours(formatNumber(ms / hourMs, locale, 1));
  return texts.time.days(formatNumber(ms / dayMs, locale, 1));
}

/** Degrees clockwise from north → one of eight points. */
export const compassPoint = (degrees: number, texts: Texts): string =>
  texts.map.compass[Math.round((((degrees % 360) + 360) % 360) / 45) % 8] ?? '';

/** An instant of an answer (ISO 8601 or Unix ms) → Unix ms; undefined for anything else. */
export function instantOf(value: unknown): number | undefined {
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  if (typeof value !== 'string' || !/^\d{4}-\d{2}-\d{2}T/.test(value)) return undefined;
  const at = Date.parse(value);
  return Number.isNaN(at) ? undefined : at;
}
