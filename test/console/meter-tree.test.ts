import { expect, test } from 'vitest';
import { instantIn, linesOf, stretchOf, topsOf } from '../../console/lib/meter-tree.ts';
import { isoInZone } from '../../model/time.ts';

const use = { value: 1, quality: 'measured', lower: 1, upper: 1, coverage: 1 } as const;
const item = (meter: string, depth: number, children: number) => ({
  meter,
  name: meter,
  parent: null,
  depth,
  virtual: false,
  ...use,
  children,
  difference: children > 0 ? { ...use, negative: false } : null,
});

test('what is not metered stands behind all that is below its meter', () => {
  const items = [item('top', 0, 2), item('a', 1, 1), item('a1', 2, 0), item('b', 1, 0)];
  expect(linesOf(items).map(({ type, item: { meter } }) => `${type} ${meter}`)).toEqual([
    'meter top',
    'meter a',
    'meter a1',
    'difference a',
    'meter b',
    'difference top',
  ]);
});

test('stretches are whole days of the zone', () => {
  const zone = 'Asia/Shanghai';
  const now = Date.parse('2026-03-01T01:30:00+08:00');
  const said = (range: Parameters<typeof stretchOf>[0]) => {
    const { from, to } = stretchOf(range, now, zone);
    return `${isoInZone(from, zone).slice(0, 16)} ${isoInZone(to, zone).slice(0, 16)}`;
  };
  expect(said('yesterday')).toBe('2026-02-28T00:00 2026-03-01T00:00');
  expect(said('week')).toBe('2026-02-22T00:00 2026-03-01T00:00');
  expect(said('month')).toBe('2026-03-01T00:00 2026-03-01T01:30');
  expect(said('lastMonth')).toBe('2026-02-01T00:00 2026-03-01T00:00');
});

test('meters with others below them, the topmost first', () => {
  const meter = (id: string, parent?: string, medium = 'electricity') => ({
    id,
    name: id,
    medium,
    ...(parent === undefined ? {} : { parent }),
  });
  const meters = [
    meter('sub', 'top'),
    meter('leaf', 'sub'),
    meter('top'),
    meter('lone'),
    meter('tap', 'lone', 'water'),
  ];
  expect(topsOf(meters).map(({ id }) => id)).toEqual(['top', 'sub']);
});

test('what a clock of the zone shows', () => {
  expect(instantIn('2026-11-22T08:05', 'Asia/Shanghai')).toBe(Date.parse('2026-11-22T00:05:00Z'));
  expect(instantIn('2026-07-01T08:05:09', 'Europe/Berlin')).toBe(
    Date.parse('2026-07-01T06:05:09Z'),
  );
  expect(instantIn('', 'Asia/Shanghai')).toBeUndefined();
});
