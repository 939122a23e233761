import { expect, test } from 'vitest';
import type { Baseline } from '../../energy/baseline.ts';
import { packBaseline, packHour, unpackBaseline, unpackHour } from '../../energy/packed.ts';

const hours = '0a'.repeat(24);

test('what is packed comes back as it was', () => {
  const baseline: Baseline = {
    days: [
      { day: 20_000, hours },
      { day: 20_001, hours, rest: true, flagged: 0xff_ff_ff, outdoorC: -12.3 },
      { day: 20_002, hours, rest: true, holiday: true, flagged: 3, confirmed: 1, outdoorC: 0 },
      { day: 20_003, hours, confirmed: 1 << 23 },
    ],
    since: 19_990,
    level: 3.5,
    peak: 9,
    response: { perColdDegree: 0.01, perHotDegree: 0 },
  };
  expect(unpackBaseline(packBaseline(baseline))).toEqual(baseline);
  expect(packBaseline(baseline).days.length).toBeLessThan(4 * 70);
  const empty = { ...baseline, days: [] };
  expect(unpackBaseline(packBaseline(empty))).toEqual(empty);
});

test.each([
  [true, false],
  [false, true],
  [true, true],
])('an hour, steady %s, flagged %s', (isSteady, flagged) => {
  const hour = {
    start: 1_790_000_000_000,
    value: null,
    quality: 'missing' as const,
    expected: 2.5,
    spread: 0.5,
    isSteady,
    flagged,
  };
  expect(unpackHour(packHour(hour))).toEqual(hour);
});
