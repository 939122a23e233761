import { expect, test } from 'vitest';
import type { ChartColors } from '../../console/lib/chart-options.ts';
import { type Consumed, consumptionOption, sumOf } from '../../console/lib/consumption.ts';

const item = (hour: number, more: Partial<Consumed>): Consumed => ({
  from: `2026-11-22T0${hour}:00:00+08:00`,
  to: `2026-11-22T0${hour + 1}:00:00+08:00`,
  value: 2,
  quality: 'measured',
  lower: 1.99,
  upper: 2.01,
  coverage: 1,
  notes: [],
  revision: 0,
  revisedAt: null,
  ...more,
});

const items = [
  item(0, {}),
  item(1, { quality: 'estimated' }),
  item(2, { value: null, knownValue: 1.5, quality: 'missing' }),
  item(3, { value: null, quality: 'missing' }),
];

const colors: ChartColors = {
  text: 'text',
  faint: 'faint',
  line: 'line',
  surface: 'surface',
  accent: 'accent',
  expected: 'expected',
  info: 'info',
  warning: 'warning',
  critical: 'critical',
};

test('what is not measured looks different, and what is missing is no bar of 0', () => {
  const option = consumptionOption(items, '用量', {
    zone: 'Asia/Shanghai',
    locale: 'zh',
    colors,
    unit: 'kWh',
  });
  const [series] = option.series as { data: { value: unknown[]; itemStyle: object }[] }[];
  expect(series?.data.map(({ value, itemStyle }) => [value[1], itemStyle])).toEqual([
    [2, { color: 'accent', opacity: 0.85 }],
    [2, { color: 'accent', opacity: 0.4 }],
    [1.5, { color: 'warning', opacity: 0.4 }],
    [null, { color: 'warning', opacity: 0.4 }],
  ]);
  // The middle of the hour, as the zone's clock shows it.
  expect(series?.data[0]?.value[0]).toBe(Date.UTC(2026, 10, 22, 0, 30));
});

test('a sum says whether it is everything', () => {
  expect(sumOf(items.slice(0, 2))).toEqual({ known: 4, isWhole: true });
  expect(sumOf(items)).toEqual({ known: 5.5, isWhole: false });
  expect(sumOf([])).toEqual({ known: null, isWhole: false });
});
