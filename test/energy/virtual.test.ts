import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { balanceOf, rowsOf, treeOf } from '../../energy/tree.ts';
import { combine, joined, nothingKnown, shareOf, type Use } from '../../energy/virtual.ts';

const measured = (value: number, off = 0): Use => ({
  value,
  quality: 'measured',
  lower: value - off,
  upper: value + off,
  coverage: 1,
});

const missing = (knownValue?: number): Use => ({
  ...nothingKnown,
  ...(knownValue === undefined ? {} : { knownValue }),
});

describe('parts together', () => {
  test('a sum is the sum, and its bounds too', () => {
    const use = combine([
      { use: measured(10, 0.1), factor: 1 },
      { use: measured(5, 0.2), factor: 1 },
    ]);
    expect(use.value).toBe(15);
    expect(use.lower).toBeCloseTo(14.7);
    expect(use.upper).toBeCloseTo(15.3);
    expect(use).toMatchObject({ quality: 'measured', coverage: 1 });
  });

  test('of what is taken away the bounds change sides', () => {
    const use = combine([
      { use: measured(10, 0.1), factor: 1 },
      { use: measured(4, 0.2), factor: -1 },
    ]);
    expect(use.value).toBe(6);
    expect(use.lower).toBeCloseTo(5.7);
    expect(use.upper).toBeCloseTo(6.3);
  });

  test('the worst quality and the least coverage stay', () => {
    const use = combine([
      { use: measured(1), factor: 1 },
      { use: { ...measured(1), quality: 'estimated', coverage: 0.25 }, factor: 1 },
      { use: { ...measured(1), quality: 'replaced', coverage: 0.5 }, factor: 1 },
    ]);
    expect(use).toMatchObject({ quality: 'replaced', coverage: 0.25, value: 3 });
  });

  test('one missing part makes a sum null, with what is known beside it', () => {
    const use = combine([
      { use: measured(3), factor: 2 },
      { use: missing(1), factor: 1 },
      { use: missing(), factor: 1 },
    ]);
    expect(use).toEqual({
      value: null,
      knownValue: 7,
      quality: 'missing',
      lower: null,
      upper: null,
      coverage: 0,
    });
  });

  test('of a difference with a missing part no known value is told: it could be anything', () => {
    const use = combine([
      { use: measured(3), factor: 1 },
      { use: missing(1), factor: -1 },
    ]);
    expect(use.value).toBeNull();
    expect(use).not.toHaveProperty('knownValue');
  });

  test('a share that is not known makes it missing', () => {
    const use = combine([
      { use: measured(3), factor: 1 },
      { use: measured(8), factor: null },
    ]);
    expect(use).toMatchObject({ value: null, knownValue: 3, quality: 'missing' });
  });

  test('nothing is made of no parts', () => {
    expect(combine([])).toEqual(nothingKnown);
  });

  test('sums are linear, and the value lies within the bounds', () => {
    const part = fc.record({
      value: fc.integer({ min: 0, max: 1e6 }),
      off: fc.integer({ min: 0, max: 100 }),
      factor: fc.integer({ min: -5, max: 5 }).filter((factor) => factor !== 0),
    });
    fc.assert(
      fc.property(fc.array(part, { minLength: 1, maxLength: 12 }), (parts) => {
        const use = combine(
          parts.map(({ value, off, factor }) => ({ use: measured(value, off), factor })),
        );
        const sum = parts.reduce((total, { value, factor }) => total + value * factor, 0);
        expect(use.value).toBe(sum);
        expect(use.lower).toBeLessThanOrEqual(sum);
        expect(use.upper).toBeGreaterThanOrEqual(sum);
      }),
    );
  });
});

test('stretches that follow each other share their coverage by their length', () => {
  const use = joined([
    { from: 0, to: 10, use: measured(1) },
    { from: 10, to: 40, use: { ...measured(2), coverage: 0 } },
  ]);
  expect(use).toMatchObject({ value: 3, coverage: 0.25 });
  expect(joined([]).value).toBeNull();
});

describe('shares', () => {
  const among = [
    { id: 'a', weight: 1 },
    { id: 'b', weight: 2 },
  ];
  test('own size over all sizes, each times its weight', () => {
    const sizes: Record<string, number> = { a: 100, b: 150 };
    expect(shareOf({ by: 'area', own: 'a', among }, (id) => sizes[id])).toBe(0.25);
    expect(shareOf({ by: 'area', own: 'b', among }, (id) => sizes[id])).toBe(0.75);
  });

  test('a size that is not known leaves all shares unknown', () => {
    const share = shareOf({ by: 'area', own: 'a', among }, (id) => (id === 'a' ? 1 : undefined));
    expect(share).toBeNull();
  });
});

describe('a meter against those below it', () => {
  test('the difference is told with its bounds', () => {
    const { difference, below, isNegative } = balanceOf(measured(100, 0.01), [
      measured(60, 0.01),
      measured(30, 0.01),
    ]);
    expect(difference).toMatchObject({ value: 10, quality: 'measured' });
    expect(difference.lower).toBeCloseTo(9.97);
    expect(difference.upper).toBeCloseTo(10.03);
    expect(below.value).toBe(90);
    expect(isNegative).toBe(false);
  });

  test('below zero within the resolution is no fault, beyond it is', () => {
    expect(balanceOf(measured(100, 0.01), [measured(100.015, 0.01)]).isNegative).toBe(false);
    expect(balanceOf(measured(100, 0.01), [measured(100.03, 0.01)]).isNegative).toBe(true);
  });

  test('nothing is said of what is not known', () => {
    const { difference, isNegative } = balanceOf(measured(1), [measured(50), missing(50)]);
    expect(difference.value).toBeNull();
    expect(isNegative).toBe(false);
  });
});

describe('the tree', () => {
  const meters = [
    { id: 'top' },
    { id: 'a', parent: 'top' },
    { id: 'a1', parent: 'a' },
    { id: 'b', parent: 'top' },
    { id: 'other' },
  ];
  test('goes down, each meter before those below it', () => {
    const rows = rowsOf(treeOf({ id: 'top' }, meters));
    expect(rows.map(({ node, depth }) => `${depth} ${node.meter.id}`)).toEqual([
      '0 top',
      '1 a',
      '2 a1',
      '1 b',
    ]);
  });

  test('a circle ends', () => {
    const circle = [
      { id: 'a', parent: 'b' },
      { id: 'b', parent: 'a' },
    ];
    expect(rowsOf(treeOf({ id: 'a', parent: 'b' }, circle))).toHaveLength(2);
  });
});
