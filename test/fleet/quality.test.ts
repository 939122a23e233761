import { expect, test } from 'vitest';
import { endsOf, offsetFrom } from '../../fleet/corridor.ts';
import { type FixVerdict, impliedKmh, openGate, passGate } from '../../fleet/quality.ts';
import type { Fix } from '../../model/observation.ts';

const limits = { minSatellites: 4, maxSpeedKmh: 200 };
const fix = (second: number, lat: number, more: Partial<Fix> = {}): Fix => ({
  type: 'fix',
  device: 'v1',
  at: second * 1000,
  timeSource: 'device',
  lat,
  lon: 116,
  fixed: true,
  ...more,
});

function verdicts(fixes: readonly Fix[]): FixVerdict[] {
  let state = openGate;
  return fixes.map((each) => {
    const passed = passGate(state, each, limits);
    state = passed.state;
    return passed.verdict;
  });
}

test('speed between fixes; two of the same second may scatter', () => {
  expect(
    impliedKmh({ at: 0, lat: 36, lon: 116 }, { at: 36_000, lat: 36.00899, lon: 116 }),
  ).toBeCloseTo(100, 0);
  expect(impliedKmh({ at: 0, lat: 36, lon: 116 }, { at: 0, lat: 36.0001, lon: 116 })).toBeCloseTo(
    40,
    0,
  );
});

test('without a position, or with few satellites, a fix is worth nothing; without a number of satellites it is believed', () => {
  expect(
    verdicts([
      fix(0, 36, { fixed: false }),
      fix(1, 36, { satellites: 3 }),
      fix(2, 36, { satellites: 4 }),
      fix(3, 36),
      fix(4, 0, { lon: 0 }),
    ]),
  ).toEqual(['not-fixed', 'few-satellites', 'good', 'good', 'not-fixed']);
});

test('a jump is dropped and the way back is not', () => {
  expect(verdicts([fix(0, 36), fix(10, 36.1), fix(20, 36.001)])).toEqual(['good', 'jump', 'good']);
});

test('the third fix that agrees with the jump is believed, scattered ones never are', () => {
  expect(verdicts([fix(0, 36), fix(10, 36.2), fix(20, 36.2), fix(30, 36.2)])).toEqual([
    'good',
    'jump',
    'jump',
    'good',
  ]);
  expect(
    verdicts([fix(0, 36), fix(10, 36.2), fix(20, 36.4), fix(30, 36.6), fix(40, 36.8)]),
  ).toEqual(['good', 'jump', 'jump', 'jump', 'jump']);
});

test('after an outage the vehicle may be far away', () => {
  expect(verdicts([fix(0, 36), fix(3600, 37)])).toEqual(['good', 'good']);
});

const line = [
  [116, 36],
  [116, 37],
] as const;

test('of several strands the one decides that is left the least', () => {
  const wide = {
    line: [
      [116.1, 36],
      [116.1, 37],
    ] as const,
    halfWidthM: 9000,
  };
  const corridor = { strands: [{ line, halfWidthM: 100 }, wide], free: [] };
  expect(offsetFrom(corridor, { lat: 36.5, lon: 116.002 })).toMatchObject({
    halfWidthM: 9000,
    inside: true,
  });
  expect(offsetFrom(corridor, { lat: 36.5, lon: 115.99 })).toMatchObject({
    halfWidthM: 100,
    inside: false,
  });
});

test('the edge itself is inside; circles at both ends are free', () => {
  const corridor = { strands: [{ line, halfWidthM: 100 }], free: endsOf(line, 500) };
  expect(offsetFrom(corridor, { lat: 35.996, lon: 116 }).inside).toBe(true);
  expect(offsetFrom(corridor, { lat: 35.995, lon: 116 }).inside).toBe(false);
  expect(endsOf(line, 0)).toEqual([]);
});
