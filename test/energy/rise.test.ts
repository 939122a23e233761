import { expect, test } from 'vitest';
import { addDay, daysFrom, noDays, type PastDays, riseOf } from '../../energy/rise.ts';

/** Colder day by day in waves, heated by 3 % a degree below 12 °C; weekends use a third. */
function days(grow: (day: number) => number, count = 77, known = true): PastDays {
  let all = noDays;
  for (let day = 20_000; day < 20_000 + count; day += 1) {
    const outdoorC = 8 + 6 * Math.sin(day / 5);
    const rest = day % 7 >= 5;
    const mean = (rest ? 10 : 30) * (1 + 0.03 * Math.max(0, 12 - outdoorC)) * grow(day - 20_000);
    const kind = rest ? 'rest' : 'work';
    all = addDay(all, { day, kind, mean, outdoorC: known ? outdoorC : undefined });
  }
  return all;
}
const today = 20_077;

test.each(['shift', 'creep'] as const)(
  'weather alone is no %s, and neither are days that are too few',
  (pattern) => {
    const still = riseOf(
      days(() => 1),
      today,
      pattern,
    );
    expect(Math.abs(still?.rise ?? 1)).toBeLessThan(0.04);
    expect(still?.error).toBeLessThan(0.06);
    expect(
      riseOf(
        days(() => 1, 9),
        20_009,
        pattern,
      ),
    ).toBeUndefined();
  },
);

test('growth of a percent a day over five weeks is seen, with what it came to', () => {
  const creep = riseOf(
    days((day) => 1 + 0.01 * Math.max(0, day - 42)),
    today,
    'creep',
  );
  expect(creep?.rise).toBeGreaterThan(0.2);
  expect(creep?.rise).toBeLessThan(0.4);
  expect(creep?.rise).toBeGreaterThan(3 * (creep?.error ?? 1));
  expect((creep?.wasted ?? 0) / ((creep?.used ?? 1) - (creep?.wasted ?? 0))).toBeCloseTo(0.3, 1);
  expect(creep?.days).toBe(10);
});

test('a third more for three days is seen at once, and stays seen against the days before it', () => {
  const all = days((day) => (day >= 70 ? 1.33 : 1));
  const shift = riseOf(all, 20_073, 'shift');
  expect(shift).toMatchObject({ fromDay: 20_070, beforeDay: 20_070, days: 3 });
  expect(shift?.rise).toBeCloseTo(0.33, 1);
  const later = riseOf(all, today, 'shift', shift);
  expect(later).toMatchObject({ fromDay: 20_070, days: 7 });
  expect(later?.rise).toBeCloseTo(0.33, 1);
});

test('a weekend that is used like working days is over when it is', () => {
  const all = days((day) => ([69, 70].includes(day) ? 3 : 1), 72);
  expect(riseOf(all, 20_072, 'shift')?.lowest).toBeLessThan(0.1);
});

test('colder than any day that is known leaves it unsure', () => {
  let all = noDays;
  for (let day = 20_000; day < 20_033; day += 1) {
    const outdoorC = day < 20_030 ? 15 + (day % 3) : 0;
    all = addDay(all, { day, kind: 'work', mean: 30, outdoorC });
  }
  expect(riseOf(all, 20_030, 'shift')?.error).toBeLessThan(0.06);
  expect(riseOf(all, 20_033, 'shift')?.error).toBeGreaterThan(0.3);
});

test('without temperatures the season is part of how far days lie apart', () => {
  const all = days(() => 1, 77, false);
  const blind = riseOf(all, today, 'shift');
  expect(blind?.error).toBeGreaterThan(
    riseOf(
      days(() => 1),
      today,
      'shift',
    )?.error ?? 1,
  );
});

test('without temperatures slow growth is not told from the season', () => {
  const all = days((day) => 1 + 0.01 * Math.max(0, day - 42), 77, false);
  expect(riseOf(all, today, 'creep')).toBeUndefined();
});

test('holes are kept, days that come twice are not, and the text stays small', () => {
  const one = { kind: 'work', mean: 5, outdoorC: 1.25 } as const;
  const all = addDay(addDay(noDays, { ...one, day: 20_000 }), { ...one, day: 20_003 });
  expect(addDay(all, { ...one, day: 20_003 })).toEqual(all);
  expect(all.text).toHaveLength(16);
  expect(daysFrom(all, 20_001).text).toHaveLength(12);
  expect(daysFrom(all, 20_004).text).toBe('');
  expect(days(() => 1, 200).text.length).toBeLessThanOrEqual(76 * 4);
});
