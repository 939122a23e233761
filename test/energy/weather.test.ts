import { expect, test } from 'vitest';
import { doubtOf, factorOf, responseOf } from '../../energy/weather.ts';

/** Uses a tenth more for each degree above 22. */
const days = [24, 25, 26, 27, 28, 29, 30, 23, 22, 21].map((outdoorC) => ({
  rest: false,
  mean: 100 * (1 + 0.1 * Math.max(0, outdoorC - 22)),
  outdoorC,
}));

test('what goes with heat is seen, what has nothing to do with cold is not', () => {
  const response = responseOf(days);
  expect(response?.perHotDegree).toBeGreaterThan(0.03);
  expect(response?.perColdDegree).toBe(0);
  expect(responseOf(days.slice(0, 5))).toBeUndefined();
  expect(factorOf(response ?? null, 24, 30)).toBeGreaterThan(1.2);
  expect(factorOf(response ?? null, 24, undefined)).toBe(1);
});

test('hotter or colder than anything known makes what is expected less sure, step by step', () => {
  const known = [20, 24, 25];
  expect(doubtOf(known, 25)).toBe(1);
  expect(doubtOf(known, 26)).toBe(1.5);
  expect(doubtOf(known, 27)).toBe(2);
  expect(doubtOf(known, 40)).toBe(3);
  expect(doubtOf([16, 12, 10], 8)).toBe(2);
});

test('the first warm day after mild ones is less sure, though its night is cool', () => {
  expect(doubtOf([16, 17, 18], 21)).toBe(2);
});

test('mild days are all alike, and of too few known days nothing is said', () => {
  expect(doubtOf([16, 17, 18], 19)).toBe(1);
  expect(doubtOf([24, 25], 35)).toBe(1);
  expect(doubtOf([24, 25, 26], undefined)).toBe(1);
});
