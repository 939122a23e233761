import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Metric } from '../../model/metrics.ts';
import type { Accepted } from '../../model/observation.ts';
import { createLatest } from '../../stores/latest.ts';
import { dayStart, sample } from './observations.ts';

const names: readonly Metric[] = ['power_kw', 'voltage_a_v', 'flow_m3h', 'heat_gj'];

/** Samples of one device at few instants, as they come from meters that split, resend and fill in. */
const samples = fc
  .array(
    fc.record({
      at: fc.integer({ min: 0, max: 9 }),
      said: fc.subarray([...names], { minLength: 1 }),
    }),
    { maxLength: 30 },
  )
  .map((all) =>
    all.map(({ at, said }, index) =>
      sample('m1', dayStart + at, index + 1, Object.fromEntries(said.map((name) => [name, index]))),
    ),
  );

/** The definition, word for word. */
function expected(all: readonly Accepted[]) {
  const newest = new Map<string, { at: number; value: number }>();
  for (const one of all)
    if (one.type === 'sample')
      for (const [name, value] of Object.entries(one.values))
        if (one.at > (newest.get(name)?.at ?? 0)) newest.set(name, { at: one.at, value });
  return newest;
}

const taken = (all: Iterable<Accepted>) => {
  const latest = createLatest();
  for (const one of all) latest.take(one);
  return latest;
};

test('the newest value of each metric stays, of two of one instant the first', () => {
  fc.assert(
    fc.property(samples, (all) => {
      const readings = taken(all).readings(['m1']);
      expect(new Map(readings.map(({ metric, at, value }) => [metric, { at, value }]))).toEqual(
        expected(all),
      );
    }),
  );
});

test('what it gives to be saved, taken anew, says the same, and is no more than there are metrics', () => {
  fc.assert(
    fc.property(samples, (all) => {
      const latest = taken(all);
      const saved = [...latest.observations()];
      expect(saved.length).toBeLessThanOrEqual(names.length);
      expect(taken(saved).readings()).toEqual(expect.arrayContaining(latest.readings()));
      expect(taken(saved).newest()).toEqual(latest.newest());
    }),
  );
});
