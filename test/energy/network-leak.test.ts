import { describe, expect, test } from 'vitest';
import {
  isRiseOver,
  lossesOf,
  type NetworkDay,
  type NetworkLimits,
  networkRise,
  usualOf,
} from '../../energy/network-leak.ts';
import { dayMs } from '../../model/time.ts';
import { centred, unit } from '../../simulators/noise.ts';

const limits: NetworkLimits = {
  leastM3PerDay: 0.05,
  leastSharePct: 0.5,
  deviations: 4,
  accuracyPct: 2,
};

const isRest = (n: number): boolean => n % 7 > 4;

/** 20 m³ of a working day, 4 of one of rest; 2 and 0.5 of these without a meter. */
function aDay(n: number, more: Partial<NetworkDay> = {}): NetworkDay {
  const rest = isRest(n);
  const unmetered = more.unmetered ?? (rest ? 0.5 : 2) + 0.2 * centred(5, n);
  const below = more.below ?? (rest ? 3.5 : 18);
  return {
    from: n * dayMs,
    to: (n + 1) * dayMs,
    use: rest ? 'rest' : 'work',
    below,
    own: below + unmetered,
    doubt: 0.02,
    ...more,
    unmetered,
  };
}

const days = (count: number, extra: (n: number) => number = () => 0): readonly NetworkDay[] =>
  Array.from({ length: count }, (_, n) => {
    const day = aDay(n);
    return aDay(n, { unmetered: day.unmetered + extra(n) });
  });

/** Number of the day by whose end it is found. */
function foundOn(all: readonly NetworkDay[]): number | undefined {
  for (let count = 1; count <= all.length; count += 1)
    if (networkRise(all.slice(0, count), limits)) return count - 1;
  return undefined;
}

describe('a rise of what is not metered', () => {
  test('one that a tank hides for a week shows in two, and the tank alone never does', () => {
    /** What flows into it on one day, up to 1 m³, it gives on the next. */
    const tank = (n: number) => unit(9, n) - unit(9, n - 1);
    const found = foundOn(days(80, (n) => tank(n) + (n >= 50 ? 0.6 : 0)));
    expect(found).toBeGreaterThan(56);
    expect(found).toBeLessThan(64);
    expect(foundOn(days(150, tank))).toBeUndefined();
  });

  test('a great one is found by its third day, a small one within a week, with its first day', () => {
    const great = days(40, (n) => (n >= 30 ? 2 : 0));
    expect(foundOn(great)).toBe(32);
    expect(networkRise(great.slice(0, 33), limits)).toMatchObject({ since: 30 * dayMs, days: 3 });
    const small = days(45, (n) => (n >= 30 ? 0.3 : 0));
    expect(foundOn(small)).toBeLessThanOrEqual(36);
  });

  test('none: days as ever, however much has no meter', () => {
    expect(foundOn(days(120))).toBeUndefined();
    const much = days(120).map((day) => ({ ...day, unmetered: day.unmetered + 50 }));
    expect(foundOn(much)).toBeUndefined();
  });

  test('none: every second day, as of a lawn that is watered', () => {
    expect(foundOn(days(60, (n) => (n >= 40 && n % 2 === 0 ? 3 : 0)))).toBeUndefined();
  });

  test('none: one day, or two', () => {
    expect(foundOn(days(60, (n) => (n === 40 || n === 41 ? 9 : 0)))).toBeUndefined();
  });

  test('none: as high as so many days running before', () => {
    const late = (n: number) => (n >= 50 && n < 53 ? 1 : 0);
    const before = (n: number) => (n >= 30 && n < 33 ? 1.4 : 0);
    expect(networkRise(days(53, late), limits)).toBeDefined();
    const both = days(53, (n) => before(n) + late(n));
    expect(networkRise(both, limits)).toBeUndefined();
  });

  test('none: steps of coarse registers, however little runs between them', () => {
    const stepM3 = 1;
    for (const daily of [0.05, 0.1, 0.3, 0.5, 0.7, 0.95]) {
      const shown = (n: number) => stepM3 * Math.floor((n * daily) / stepM3);
      const coarse = Array.from({ length: 200 }, (_, n) =>
        aDay(n, { unmetered: shown(n + 1) - shown(n), doubt: stepM3 }),
      );
      expect(foundOn(coarse)).toBeUndefined();
    }
  });

  test('none: within the class of the meters where more is used', () => {
    const busy = (more: number) =>
      days(60, (n) => (n >= 40 ? 0.04 * more * 0.9 : 0)).map((day, n) =>
        n >= 40 ? { ...day, below: day.below + more, own: day.own + more } : day,
      );
    expect(foundOn(busy(40))).toBeUndefined();
  });

  test('nothing is said before enough is known of days of the use', () => {
    expect(foundOn(days(16, (n) => (n >= 10 ? 9 : 0)))).toBeUndefined();
    const holiday = days(60, (n) => (n >= 40 ? 9 : 0)).map((day, n) =>
      n >= 40 ? { ...day, use: 'holiday' as const } : day,
    );
    expect(foundOn(holiday)).toBeUndefined();
  });

  test('a row that too many days are missing from says nothing', () => {
    const all = days(60, (n) => (n >= 40 ? 2 : 0)).filter(
      (_, n) => n < 40 || [40, 47, 54].includes(n),
    );
    expect(foundOn(all)).toBeUndefined();
  });
});

describe('its end and its loss', () => {
  const usual = usualOf(days(30));
  const rise = { usual, excess: 1 };
  const since = (extras: readonly number[]) =>
    extras.map((extra, i) => aDay(30 + i, { unmetered: (isRest(30 + i) ? 0.5 : 2) + extra }));

  test('over by two days running with less than half of it', () => {
    expect(isRiseOver(since([1, 0.2]), rise)).toBe(false);
    expect(isRiseOver(since([1, 0.2, 1, 0.3]), rise)).toBe(false);
    expect(isRiseOver(since([1, 0.2, 0.3]), rise)).toBe(true);
  });

  test('a day below what is usual gives nothing back', () => {
    const lost = lossesOf(since([1, -0.4]), rise).map(({ amount }) => amount);
    expect(lost[0]).toBeCloseTo(1, 0);
    expect(lost[1]).toBe(0);
  });
});
