import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type CounterLimits, limitsOf } from '../../energy/counter.ts';
import {
  type CounterBreak,
  fromObserved,
  type Identity,
  newWatch,
  toObserved,
  type WatchStep,
  watchCounter,
} from '../../energy/replacement.ts';
import { hourMs, minuteMs } from '../../model/time.ts';
import { aMeter } from '../rules/world.ts';

const rated = limitsOf(aMeter('m', { ratedKw: 100, everyS: 900 }));
const blind = limitsOf(aMeter('m', { everyS: 900 }));
const identity: Identity = { ratio: 1 };
const quarter = 15 * minuteMs;

/** Values a quarter of an hour apart. */
function watch(
  values: readonly number[],
  limits: CounterLimits = rated,
  identities: (n: number) => Identity = () => identity,
) {
  let state = newWatch;
  const found: CounterBreak[] = [];
  const steps: WatchStep[] = [];
  values.forEach((value, n) => {
    const step = watchCounter(state, { at: n * quarter, value }, identities(n), limits);
    state = step.state;
    steps.push(step);
    if (step.found) found.push(step.found);
  });
  return { found, steps, undone: steps.filter(({ undone }) => undone).length };
}

describe('a counter that does not go on', () => {
  test('a fall is found once further readings go on from it', () => {
    const { found, steps } = watch([5000, 5010, 1234, 1240, 1250, 1260]);
    expect(found).toEqual([
      {
        cause: 'fall',
        before: { at: quarter, value: 5010 },
        after: { at: 2 * quarter, value: 1234 },
      },
    ]);
    expect(steps.findIndex((step) => step.found)).toBe(4);
  });

  test('a counter that begins anew near zero is a reset or a new meter', () => {
    expect(watch([5000, 5010, 0.3, 5, 9]).found[0]?.cause).toBe('from-zero');
  });

  test('a rise beyond what the circuit can carry is a jump', () => {
    expect(watch([5000, 5010, 90_000, 90_010, 90_020]).found[0]?.cause).toBe('jump');
  });

  test('a wrap is none', () => {
    const limits = limitsOf(aMeter('m', { ratedKw: 100, digits: 6 }));
    expect(watch([999_980, 999_995, 5, 15, 25, 35], limits).found).toEqual([]);
  });

  test.each([
    ['one wrong value', [5000, 5010, 3, 5020, 5030, 5040]],
    ['two wrong values', [5000, 5010, 3, 4, 5030, 5040, 5050]],
    ['a wrong value upwards', [5000, 5010, 900_000, 5020, 5030, 5040]],
    ['wrong values that differ', [5000, 5010, 3, 900_000, 5030, 5040]],
  ])('%s is none', (_, values) => {
    expect(watch(values).found).toEqual([]);
  });

  test('one that was believed and then goes on as before is taken back', () => {
    const { found, undone } = watch([5000, 5010, 3, 4, 5, 5060, 5070]);
    expect([found.length, undone]).toEqual([1, 1]);
  });

  test('with few readings an hour is enough', () => {
    let state = newWatch;
    const values = [5000, 5010, 1234, 1240];
    const found = values.flatMap((value, n) => {
      const step = watchCounter(state, { at: n * 24 * hourMs, value }, identity, rated);
      state = step.state;
      return step.found ?? [];
    });
    expect(found).toHaveLength(1);
  });

  test('another ratio is told at once, with both', () => {
    const { found } = watch([5000, 5010, 10_060, 10_100], blind, (n) => ({
      ratio: n < 2 ? 40 : 80,
    }));
    expect(found).toEqual([
      {
        cause: 'ratio',
        ratioBefore: 40,
        ratioAfter: 80,
        before: { at: quarter, value: 5010 },
        after: { at: 2 * quarter, value: 10_060 },
      },
    ]);
  });

  test('another meter number is told, but not one that was only now entered', () => {
    const other = (n: number) => ({ ratio: 1, address: n < 2 ? '1' : '2' });
    expect(watch([5000, 5010, 5020], blind, other).found[0]?.cause).toBe('address');
    const entered = (n: number) => ({ ratio: 1, ...(n < 2 ? {} : { address: '2' }) });
    expect(watch([5000, 5010, 5020], blind, entered).found).toEqual([]);
  });

  test('a counter that only rises never breaks, however it is cut and restored', () => {
    const steps = fc.array(fc.double({ min: 0, max: 20, noNaN: true }), { maxLength: 60 });
    fc.assert(
      fc.property(steps, (rises) => {
        let value = 1000;
        let state = newWatch;
        rises.forEach((rise, n) => {
          value += rise;
          const step = watchCounter(state, { at: n * quarter, value }, identity, rated);
          expect(step.found).toBeUndefined();
          state = JSON.parse(JSON.stringify(step.state));
        });
      }),
    );
  });
});

test('evidence keeps all of it', () => {
  const found: CounterBreak = {
    cause: 'ratio',
    ratioBefore: 1,
    ratioAfter: 2,
    before: { at: 1, value: 2 },
    after: { at: 3, value: 4 },
  };
  expect(fromObserved(toObserved(found))).toEqual(found);
  expect(fromObserved({ ...toObserved(found), cause: 'magic' })).toBeUndefined();
  expect(fromObserved({ cause: 'fall' })).toBeUndefined();
});
