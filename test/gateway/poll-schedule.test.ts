import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  backoffMs,
  firstDelayMs,
  nextDelayMs,
  pickNext,
  type Turn,
} from '../../gateway/poll-schedule.ts';

const turn = (over: Partial<Turn> = {}): Turn => ({ dueMs: 0, failures: 0, known: true, ...over });

test('turns lie an interval apart, always at the same phase of the wall clock', () => {
  const now = 1_795_228_800_000;
  const first = now + nextDelayMs(now, 60_000, 'm1');
  expect(nextDelayMs(first, 60_000, 'm1')).toBe(60_000);
  expect(nextDelayMs(first + 1, 60_000, 'm1')).toBe(59_999);
  expect(nextDelayMs(first - 1, 60_000, 'm1')).toBe(1);
  expect((first + 86_400_000 - (now + nextDelayMs(now, 60_000, 'm1'))) % 60_000).toBe(0);
});

test('a delay is more than nothing and at most an interval', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: -1e12, max: 4e12 }),
      fc.integer({ min: 1_000, max: 1e8 }),
      fc.string(),
      (now, interval, id) => {
        const delay = nextDelayMs(now, interval, id);
        expect(delay).toBeGreaterThan(0);
        expect(delay).toBeLessThanOrEqual(interval);
        expect(firstDelayMs(now, interval, id, 5_000)).toBeLessThanOrEqual(5_000);
      },
    ),
  );
});

test('600 meters are spread over their interval: no second has more than four times its share', () => {
  const seconds = new Array<number>(60).fill(0);
  for (let i = 0; i < 600; i++) {
    const second = Math.floor(nextDelayMs(0, 60_000, `meter-${i}`) / 1_000) % 60;
    seconds[second] = (seconds[second] ?? 0) + 1;
  }
  expect(Math.max(...seconds)).toBeLessThan(40);
});

test('probes of a silent slave grow rarer, up to a limit, and are never more frequent than its interval', () => {
  const waits = Array.from({ length: 8 }, (_, i) => backoffMs(i + 1, 15_000, 300_000) / 1_000);
  expect(waits).toEqual([15, 30, 60, 120, 240, 300, 300, 300]);
  expect(backoffMs(1, 900_000, 300_000)).toBe(900_000);
  expect(backoffMs(10_000, 15_000, 300_000)).toBe(300_000);
});

test('nobody is asked before the time', () => {
  expect(pickNext([turn({ dueMs: 11 })], 10)).toBeUndefined();
});

test('a meter that answers goes before one that is silent or unknown, though it came later', () => {
  const alive = turn({ dueMs: 900 });
  const unknown = turn({ dueMs: 0, known: false });
  const silent = turn({ dueMs: 0, failures: 3 });
  expect(pickNext([silent, unknown, alive], 1_000)).toBe(alive);
  expect(pickNext([silent, unknown], 1_000)).toBe(unknown);
});

test('on a bus with more to do than time, a silent slave is still asked in the end', () => {
  const silent = turn({ dueMs: 0, failures: 3 });
  expect(pickNext([turn({ dueMs: 70_000 }), silent], 70_000)).toBe(silent);
});
