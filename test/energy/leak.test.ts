import { describe, expect, test } from 'vitest';
import { areNightsOver, type Leak, leastOfNight, nightLeak } from '../../energy/leak.ts';
import {
  type FlowMemory,
  keptHours,
  learnFlow,
  learnNight,
  newFlowMemory,
} from '../../energy/water-flow.ts';

const limits = {
  leastLitresPerHour: 1,
  leastSharePct: 0.5,
  nightDeviations: 4,
  burstFactor: 1.5,
  burstLitresPerHour: 50,
};

/** After two days in which it never rested, so that the nights alone decide. */
const awake: FlowMemory = {
  ...newFlowMemory,
  hours: Array(keptHours).fill(0.1),
  marks: 'm'.repeat(keptHours),
};

/** Least flows of nights, L/h, of a register with a step in litres. */
const memoryOf = (step: number, ...nights: readonly number[]): FlowMemory =>
  nights.reduce<FlowMemory>(
    (memory, litres, day) => learnNight(memory, { day, least: litres / 1000, leaking: false }),
    { ...awake, step: step / 1000 },
  );

const usual = (litres: number): readonly number[] => Array(20).fill(litres);

describe('nights', () => {
  test('in some of which a tank was filled are no leak, nor is one of a hospital that used far more', () => {
    expect(nightLeak(memoryOf(100, ...usual(0), 0, 0, 112, 0, 0, 50, 0), limits)).toBeUndefined();
    expect(nightLeak(memoryOf(10, ...usual(2300), 2350, 4100, 2360), limits)).toBeUndefined();
  });

  test('that differ by a draw or two are chance, be those before ever so much alike', () => {
    expect(nightLeak(memoryOf(10, ...usual(2.5), 5, 5, 6.25), limits)).toBeUndefined();
    expect(nightLeak(memoryOf(1, ...usual(1.2), 3.6, 2.4, 4.8), limits)).toBeUndefined();
  });

  test('that have all risen are a leak, within a week even where its register misses one of them', () => {
    expect(nightLeak(memoryOf(10, ...usual(2.5), 7.5, 7.5, 6.25, 5), limits)).toMatchObject({
      pattern: 'nights',
      overHours: 96,
    });
    const week = [12.5, 12.5, 0, 12.5, 12.5, 12.5, 12.5];
    expect(nightLeak(memoryOf(100, ...usual(0), ...week), limits)?.overHours).toBe(168);
  });

  test('that are quiet for less than eight hours are looked at over five, for what two steps show', () => {
    /** Eight hours reach into the evening. */
    const evening = [160, 90, 130, 30, 25, 115, 140];
    const dormitory = (step: number, ...short: readonly number[]): FlowMemory =>
      short.reduce<FlowMemory>(
        (memory, litres, day) =>
          learnNight(memory, {
            day,
            least: ((evening[day % 7] ?? 0) + litres) / 1000,
            short: litres / 1000,
            leaking: false,
          }),
        { ...awake, step: step / 1000 },
      );
    const leak = nightLeak(dormitory(100, ...usual(0), 40, 40, 42), limits);
    expect(leak).toMatchObject({ pattern: 'nights', overHours: 72, block: 5 });
    expect(
      nightLeak(dormitory(100, ...usual(0), 20, 20, 20, 20, 20, 20, 20), limits),
    ).toBeUndefined();
    // Two steps of 10 L may be draws, three nights running by chance.
    expect(nightLeak(dormitory(10, ...usual(0), 4, 4, 4), limits)).toBeUndefined();
    expect(nightLeak(dormitory(10, ...usual(0), 4, 4, 4, 4), limits)?.overHours).toBe(96);
    expect(leastOfNight(dormitory(1), limits)).not.toHaveProperty('short');
    expect(leastOfNight(dormitory(10), limits)).toHaveProperty('short', 0.1);
    const repaired = dormitory(100, ...usual(0), 40, 40, 42, 0, 0).nights;
    expect(areNightsOver(repaired, leak as Leak)).toBe(true);
    expect(areNightsOver(repaired.slice(0, -1), leak as Leak)).toBe(false);
  });

  test('are as quiet in a vacation, in which less is used, as they are in term', () => {
    const hours = Array.from({ length: keptHours }, (_, n) => (n % 24 < 6 ? 0.001 : 0.05));
    const memory = { ...awake, hours, step: 0.01 };
    const [term, vacation] = [20, 0.2].map((m3) => learnFlow(memory, 1, {}, m3));
    expect(leastOfNight(term ?? awake, limits)).toEqual(leastOfNight(vacation ?? awake, limits));
  });
});
