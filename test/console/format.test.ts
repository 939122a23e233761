import { expect, test } from 'vitest';
import {
  compassPoint,
  formatAgo,
  formatDuration,
  formatExact,
  formatMetric,
  formatNumber,
  formatTime,
  instantOf,
} from '../../console/lib/format.ts';
import { en } from '../../console/texts/en.ts';
import { zh } from '../../console/texts/zh.ts';

const noon = Date.parse('2026-11-22T12:00:00+08:00');

test('a number without a value is a dash, never 0', () => {
  for (const nothing of [null, undefined, Number.NaN, Number.POSITIVE_INFINITY])
    expect(formatNumber(nothing, 'zh')).toBe('—');
  expect(formatMetric(null, 'power_kw', 'en')).toBe('—');
  expect(formatMetric(0, 'power_kw', 'en')).toBe('0 kW');
});

test('a value has the unit of its metric and the decimals of its unit', () => {
  expect(formatMetric(15234.56, 'energy_import_kwh', 'zh')).toBe('15,234.6 kWh');
  expect(formatMetric(0.9876, 'power_factor', 'en')).toBe('0.988');
  expect(formatMetric(41.6, 'speed_kmh', 'en')).toBe('42 km/h');
});

test('times are those of the institution, whatever the zone of the browser', () => {
  expect(formatTime(noon, 'Asia/Shanghai', noon)).toBe('11-22 12:00');
  expect(formatTime(noon, 'Europe/Berlin', noon)).toBe('11-22 05:00');
  expect(formatExact(noon, 'Asia/Urumqi')).toBe('2026-11-22 10:00:00');
});

test('another year is told', () => {
  expect(formatTime(Date.parse('2025-12-31T23:59:00+08:00'), 'Asia/Shanghai', noon)).toBe(
    '2025-12-31 23:59',
  );
});

test('an age grows from seconds to days', () => {
  expect(formatAgo(noon - 1_000, noon, zh)).toBe('刚刚');
  expect(formatAgo(noon - 59_000, noon, en)).toBe('59 s ago');
  expect(formatAgo(noon - 60_000, noon, en)).toBe('1 min ago');
  expect(formatAgo(noon - 47 * 3_600_000, noon, en)).toBe('47 h ago');
  expect(formatAgo(noon - 48 * 3_600_000, noon, zh)).toBe('2 天前');
});

test('a device clock that runs ahead does not make a negative age', () => {
  expect(formatAgo(noon + 30_000, noon, en)).toBe('just now');
  expect(formatAgo(noon + 600_000, noon, en)).toBe('soon');
});

test('durations use the unit one would say', () => {
  expect(formatDuration(45_000, en, 'en')).toBe('45 s');
  expect(formatDuration(80 * 60_000, en, 'en')).toBe('80 min');
  expect(formatDuration(5.25 * 3_600_000, zh, 'zh')).toBe('5.3 小时');
  expect(formatDuration(3 * 86_400_000, en, 'en')).toBe('3 d');
});

test('headings are told by eight points, over north', () => {
  expect(compassPoint(359, zh)).toBe('北');
  expect(compassPoint(-90, en)).toBe('W');
  expect(compassPoint(225, en)).toBe('SW');
});

test('instants of answers are read, anything else is not', () => {
  expect(instantOf('2026-11-22T12:00:00+08:00')).toBe(noon);
  expect(instantOf(noon)).toBe(noon);
  for (const other of ['12', 'soon', '2026-99-99T00:00:00Z', null, {}])
    expect(instantOf(other)).toBeUndefined();
});
