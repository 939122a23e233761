import { expect, test } from 'vitest';
import { addDay, creepOf } from '../../energy/creep.ts';

/** Colder day by day in waves, heated by 3 % a degree; weekends use a third. */
function days(grow: (day: number) => number, count = 77): string {
  let text = '';
  for (let day = 20_000; day < 20_000 + count; day += 1) {
    const outdoorC = 8 + 6 * Math.sin(day / 5);
    const rest = day % 7 >= 5;
    const mean = (rest ? 10 : 30) * (1 + 0.03 * (15 - outdoorC)) * grow(day - 20_000);
    text = addDay(text, { day, rest, mean, outdoorC });
  }
  return text;
}
const today = 20_077;

test('weather alone is no creep, and neither are days that are too few', () => {
  expect(
    Math.abs(
      creepOf(
        days(() => 1),
        today,
      )?.rise ?? 1,
    ),
  ).toBeLessThan(0.05);
  expect(
    creepOf(
      days(() => 1, 30),
      20_030,
    ),
  ).toBeUndefined();
});

test('growth of a percent a day over five weeks is seen, with what it came to', () => {
  const creep = creepOf(
    days((day) => 1 + 0.01 * Math.max(0, day - 42)),
    today,
  );
  expect(creep?.rise).toBeGreaterThan(0.2);
  expect(creep?.rise).toBeLessThan(0.4);
  expect((creep?.wasted ?? 0) / ((creep?.used ?? 1) - (creep?.wasted ?? 0))).toBeCloseTo(0.28, 1);
  expect(creep?.days).toBeGreaterThanOrEqual(8);
});

test('the text stays small', () => {
  expect(days(() => 1, 200).length).toBeLessThanOrEqual(77 * 8);
});
