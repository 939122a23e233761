import fc from 'fast-check';
import { expect, test } from 'vitest';
import { countBelieved, newBelieved } from '../../energy/believed.ts';
import { limitsOf } from '../../energy/counter.ts';
import { countReading, type Hour, newHourly, type Reading } from '../../energy/hourly.ts';
import { dayMs, minuteMs } from '../../model/time.ts';
import { aMeter } from '../rules/world.ts';

const limits = limitsOf(aMeter('m1', { everyS: 900 }));
const start = Date.UTC(2026, 0, 5);
const quarterMs = 15 * minuteMs;

/** A week and a day at 2 kWh a quarter of an hour or as many as are given, then what the story says at each reading. */
function tell(story: readonly number[], each = 2): readonly Reading[] {
  const usual = (8 * dayMs) / quarterMs;
  const values = [
    ...Array.from({ length: usual }, (_, n) => usualEnd + each * (n - usual)),
    ...story,
  ];
  return values.map((value, n) => ({ at: start + n * quarterMs, value }));
}
const usualEnd = 100 + (2 * 8 * dayMs) / quarterMs;

function hoursOf(readings: readonly Reading[]): readonly Hour[] {
  let state = newBelieved;
  return readings.flatMap((reading) => {
    const step = countBelieved(state, reading, limits);
    state = step.state;
    return step.closed;
  });
}
function plainHoursOf(readings: readonly Reading[]): readonly Hour[] {
  let state = newHourly;
  return readings.flatMap((reading) => {
    const step = countReading(state, reading, limits);
    state = step.state;
    return step.closed;
  });
}
const rising = (from: number, n: number) => Array.from({ length: n }, (_, i) => from + 2 * i);

test.each([6, 100, 5000])(
  'a wrong number %d over that the next reading takes back is in no hour',
  (over) => {
    const values = rising(usualEnd, 12);
    values[3] = usualEnd + 6 + over;
    const hours = hoursOf(tell(values));
    expect(Math.max(...hours.map(({ value }) => value ?? 0))).toBeCloseTo(8, 9);
    expect(hours.every(({ quality }) => quality === 'measured')).toBe(true);
    expect(plainHoursOf(tell(values)).some(({ quality }) => quality !== 'measured')).toBe(true);
  },
);

test('a use far beyond what is usual counts with the next reading that goes on from it', () => {
  const values = [...rising(usualEnd, 2), usualEnd + 500, ...rising(usualEnd + 502, 9)];
  expect(hoursOf(tell(values))).toEqual(plainHoursOf(tell(values)));
  const uptoIt = tell(values.slice(0, 3));
  let state = newBelieved;
  for (const reading of uptoIt) state = countBelieved(state, reading, limits).state;
  expect(state.held?.value).toBe(usualEnd + 500);
  expect(state.hourly.last?.value).toBe(usualEnd + 2);
});

test.each([
  [3600, 3, true],
  [86_400, 3, false],
  [86_400, 12, true],
])(
  'read every %d s, %d times as much as ever waits for the next reading: %s',
  (everyS, times, isHeld) => {
    const limitsHere = limitsOf(aMeter('m1', { everyS }));
    const uses = [...Array.from({ length: 240 }, () => 1), times];
    let value = 0;
    let state = newBelieved;
    for (const [n, use] of uses.entries()) {
      value += use;
      state = countBelieved(state, { at: start + n * everyS * 1000, value }, limitsHere).state;
    }
    expect(state.held !== null).toBe(isHeld);
  },
);

test('a wrong zero and the way back do not make a wrong number later believable', () => {
  const values = rising(usualEnd, 120);
  values[3] = 0;
  values[110] = usualEnd + 100_000;
  const hours = hoursOf(tell(values));
  expect(Math.max(...hours.map(({ value }) => value ?? 0))).toBeLessThan(20);
});

test('two wrong numbers one after the other, the second higher, are believed: no rule can tell', () => {
  const values = [usualEnd, usualEnd + 5000, usualEnd + 5001, ...rising(usualEnd + 6, 8)];
  expect(hoursOf(tell(values))).toEqual(plainHoursOf(tell(values)));
});

// One step lies before the first of them: 20 and it are not more than twice the usual 20.
test('where nothing is out of proportion it is the plain course', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 0, max: 20 }), { minLength: 1, maxLength: 60 }),
      (uses) => {
        let value = usualEnd;
        const values = uses.map((use) => {
          value += use;
          return value;
        });
        expect(hoursOf(tell(values, 20))).toEqual(plainHoursOf(tell(values, 20)));
      },
    ),
  );
});
