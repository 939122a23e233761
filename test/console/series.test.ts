import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type ChartFrame, hoursOption, readingOption } from '../../console/lib/chart-options.ts';
import {
  lastHours,
  type Point,
  statsOf,
  toChartTime,
  usualStepMs,
  withGaps,
} from '../../console/lib/series.ts';

const start = Date.parse('2026-11-22T00:00:00+08:00');
const minute = 60_000;
const every = (minutes: readonly number[]): Point[] => minutes.map((n) => [start + n * minute, n]);

const colors = {
  text: '#000',
  faint: '#111',
  line: '#222',
  surface: '#333',
  accent: '#0a0',
  expected: '#00a',
  info: '#00f',
  warning: '#fa0',
  critical: '#f00',
};
const frame: ChartFrame = { zone: 'Asia/Shanghai', locale: 'zh', colors, unit: 'kWh' };

test('a gap is a gap: nothing is drawn where nothing was heard', () => {
  const points = withGaps(every([0, 1, 2, 3, 10, 11]), 60);
  expect(points.map(([, value]) => value)).toEqual([0, 1, 2, 3, null, 10, 11]);
});

test('one missed reading is no gap', () => {
  expect(withGaps(every([0, 1, 3, 4]), 60)).toHaveLength(4);
});

test('a meter that is slower than it should be is not all gaps', () => {
  const hourly = every([0, 60, 120, 180]);
  expect(withGaps(hourly, 60)).toEqual(hourly);
});

test('where a meter was read more slowly before, that pace counts', () => {
  const mixed = every([0, 15, 30, 45, 60, 75, 90, 91, 92, 93, 94, 95, 96, 97, 98, 99]);
  expect(withGaps(mixed, 60)).toEqual(mixed);
  const broken = every([0, 15, 30, 45, 120, 135, 150, 165, 166, 167, 168, 169, 170, 180, 181, 182]);
  const gaps = withGaps(broken, 60).flatMap(([at, value]) => (value === null ? [at] : []));
  expect(gaps).toEqual([start + 60 * minute, start + 171 * minute]);
});

test('gaps never change, move or drop a value', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 10_000_000 }), { maxLength: 50 }), (steps) => {
      let at = start;
      const points = steps.map((step): Point => {
        at += step;
        return [at, step];
      });
      const drawn = withGaps(points, 60);
      expect(drawn.filter(([, value]) => value !== null)).toEqual(points);
      for (let i = 1; i < drawn.length; i++)
        expect(drawn[i]?.[0]).toBeGreaterThan(drawn[i - 1]?.[0] ?? 0);
    }),
  );
});

test('no points have no step and no statistics', () => {
  expect(usualStepMs([])).toBeUndefined();
  expect(statsOf([])).toBeUndefined();
  expect(statsOf([[start, null]])).toBeUndefined();
});

test('statistics leave gaps out', () => {
  expect(
    statsOf([
      [1, 4],
      [2, null],
      [3, 8],
    ]),
  ).toEqual({ min: 4, max: 8, mean: 6, latest: 8 });
});

test('charts show the clock of the institution', () => {
  expect(new Date(toChartTime(start, 'Asia/Shanghai')).toISOString()).toBe(
    '2026-11-22T00:00:00.000Z',
  );
});

test('a range ends at a whole minute', () => {
  expect(lastHours(1, start + 1)).toEqual({
    from: start + minute - 60 * minute,
    to: start + minute,
  });
});

test('the line of readings breaks at nulls and has its alerts shaded behind', () => {
  const option = readingOption(
    withGaps(every([0, 1, 30, 31])),
    '有功功率',
    [{ from: start, to: start + minute, severity: 'critical', label: '告警' }],
    frame,
  );
  const [line] = option.series as {
    data: [number, number | null][];
    connectNulls: boolean;
    markArea: { data: { itemStyle?: { color: string } }[][] };
  }[];
  expect(line?.connectNulls).toBe(false);
  expect(line?.data.filter(([, value]) => value === null)).toHaveLength(1);
  expect(line?.markArea.data[0]?.[0]?.itemStyle?.color).toBe('#f00');
});

test('wrong hours are red, estimated ones pale, missing ones not drawn', () => {
  const hour = 3_600_000;
  const hours = [
    { at: start, value: 18, quality: 'measured', low: 10, high: 25, expected: 17 },
    { at: start + hour, value: 60, quality: 'measured', low: 10, high: 25, expected: 17 },
    { at: start + 2 * hour, value: 20, quality: 'estimated' },
    { at: start + 3 * hour, value: null, quality: 'missing' },
  ];
  const option = hoursOption(
    hours,
    new Set([start + hour]),
    { observed: 'o', expected: 'e', band: 'b' },
    frame,
  );
  const series = option.series as { type: string; name: string; data: unknown[] }[];
  const bars = series.find(({ type }) => type === 'bar')?.data as {
    value: [number, number | null];
    itemStyle: { color: string; opacity: number };
  }[];
  expect(bars.map(({ itemStyle }) => itemStyle.color)).toEqual(['#0a0', '#f00', '#0a0', '#0a0']);
  expect(bars[2]?.itemStyle.opacity).toBeLessThan(bars[0]?.itemStyle.opacity ?? 0);
  expect(bars[3]?.value[1]).toBeNull();
  const band = series.find(({ name }) => name === 'b')?.data as [number, number | null][];
  expect(band.map(([, height]) => height)).toEqual([15, 15, null, null]);
});
