import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { minuteMs } from '../../model/time.ts';
import {
  followGauge,
  type GaugeLimits,
  type GaugeSeen,
  type GaugeSpell,
  isRight,
} from '../../rules/shared/gauge-spell.ts';

const limits: GaugeLimits = {
  enterMs: 30 * minuteMs,
  enterReadings: 2,
  leaveMs: 20 * minuteMs,
  maxGapMs: 15 * minuteMs,
  forgetMs: 120 * minuteMs,
};

type Said = 'so' | 'not' | 'nothing';
function seenOf(said: Said, worse = 0.1): GaugeSeen<string> | undefined {
  if (said === 'so')
    return { so: true, value: worse, worse, level: worse > 0.5 ? 1 : 0, detail: `${worse}` };
  return said === 'not' ? isRight : undefined;
}

interface Reading {
  readonly said: Said;
  readonly minutes: number;
  readonly worse: number;
}

function run(readings: readonly Reading[]) {
  let spell: GaugeSpell<string> | null = null;
  let at = 0;
  const told: (readonly [change: string, at: number, spell: GaugeSpell<string>])[] = [];
  for (const { said, minutes, worse } of readings) {
    at += minutes * minuteMs;
    const step: ReturnType<typeof followGauge<string>> = followGauge(
      spell,
      at,
      seenOf(said, worse),
      limits,
    );
    spell = step.spell;
    for (const [change, stretch] of step.told) told.push([change, at, stretch]);
  }
  return { told, spell };
}

const times = (count: number, said: Said, minutes = 5, worse = 0.1): Reading[] =>
  Array.from({ length: count }, () => ({ said, minutes, worse }));
const changes = (readings: readonly Reading[]) =>
  run(readings).told.map(([change, at]) => [change, at / minuteMs]);

describe('a stretch of readings', () => {
  test('is told once it is held, and over once it is right for long', () => {
    const readings = [...times(10, 'so'), ...times(6, 'not')];
    expect(changes(readings)).toEqual([
      ['open', 35],
      ['end', 75],
    ]);
  });

  test('one reading that is right does not begin it anew, two do', () => {
    const broken = (calm: number) => [
      ...times(4, 'so'),
      ...times(calm, 'not'),
      ...times(4, 'so'),
      ...times(2, 'so'),
    ];
    expect(changes(broken(1))).toEqual([['open', 45]]);
    expect(changes(broken(2))).toEqual([]);
  });

  test('it is told again when it has lasted twice as long, is much worse, or graver', () => {
    expect(changes(times(30, 'so')).map(([change]) => change)).toEqual(['open', 'amend', 'amend']);
    const worse = [...times(8, 'so'), ...times(3, 'so', 5, 0.2)];
    expect(changes(worse)).toEqual([
      ['open', 35],
      ['amend', 45],
    ]);
    const graver = run([...times(8, 'so', 5, 0.5), ...times(2, 'so', 5, 0.6)]);
    expect(graver.told.map(([change, , { level }]) => [change, level])).toEqual([
      ['open', 0],
      ['amend', 1],
    ]);
    expect(graver.spell?.detail).toBe('0.6');
  });

  test('what says nothing counts for neither side, until it is forgotten', () => {
    const nights = [
      ...times(8, 'so'),
      ...times(20, 'nothing'),
      ...times(3, 'not'),
      ...times(2, 'so'),
    ];
    expect(changes(nights)).toEqual([['open', 35]]);
    expect(changes([...times(8, 'so'), ...times(30, 'nothing')]).at(-1)).toEqual(['end', 165]);
  });

  test('a long one stays small', () => {
    const { spell } = run(times(5000, 'so', 1));
    expect(spell?.track.length).toBeLessThanOrEqual(12);
    expect(JSON.stringify(spell).length).toBeLessThan(800);
  });

  test('whatever comes: open, amended, ended, in this order, never open without being held', () => {
    const reading = fc.record({
      said: fc.constantFrom<Said>('so', 'so', 'so', 'not', 'nothing'),
      minutes: fc.oneof(
        { weight: 9, arbitrary: fc.integer({ min: 1, max: 14 }) },
        { weight: 1, arbitrary: fc.integer({ min: 15, max: 300 }) },
      ),
      worse: fc.double({ min: 0.01, max: 1, noNaN: true }),
    });
    fc.assert(
      fc.property(fc.array(reading, { maxLength: 300 }), (readings) => {
        const { told, spell } = run(readings);
        let isOpen = false;
        for (const [change, at, stretch] of told) {
          expect(change === 'open').toBe(!isOpen);
          isOpen = change !== 'end';
          expect(stretch.heldMs).toBeGreaterThanOrEqual(limits.enterMs);
          expect(stretch.heldMs).toBeLessThanOrEqual(stretch.lastAt - stretch.since);
          expect(stretch.lastAt).toBeLessThanOrEqual(at);
        }
        expect(isOpen).toBe(spell?.isOpen === true);
      }),
    );
  });
});
