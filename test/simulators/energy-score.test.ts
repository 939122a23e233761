import { expect, test } from 'vitest';
import { dayMs, hourMs } from '../../model/time.ts';
import type { YearLabel } from '../../simulators/energy-year/labels.ts';
import { createEnergyYear } from '../../simulators/energy-year/year.ts';
import { besideSpecialDays } from '../bench/energy.ts';
import { runYear } from '../bench/energy-run.ts';
import { delayOf, scoreYear } from '../bench/energy-score.ts';
import { precisionOf, recallOf } from '../bench/score.ts';
import type { Noted } from '../rules/world.ts';

const kind = 'energy.night-load';
const start = Date.parse('2026-03-02T00:00+08:00');

const label = (
  subject: string,
  fromDay: number,
  days: number,
  more: Partial<YearLabel> = {},
): YearLabel => ({
  kind,
  subject,
  from: start + fromDay * dayMs,
  to: start + (fromDay + days) * dayMs,
  what: 'night',
  amount: 1,
  must: true,
  ...more,
});

const alert = (subject: string, day: number, flagged: readonly number[] = []): Noted =>
  ({
    rule: kind,
    subject,
    openedAt: start + day * dayMs,
    clearedAt: null,
    withdrawn: false,
    last: {
      kind,
      evidence: {
        from: start + day * dayMs,
        to: start + day * dayMs,
        flagged: flagged.map((each) => start + each * dayMs),
      },
    },
  }) as unknown as Noted;

const only = (alerts: readonly Noted[], labels: readonly YearLabel[]) => {
  const score = scoreYear(alerts, labels, [kind]);
  return { ...score, own: score.kinds[0] };
};

test('one that begins within an episode is right, one elsewhere is wrong, one never told is missed', () => {
  const labels = [label('a', 0, 5), label('b', 0, 5)];
  const { own, wrong, missed } = only([alert('a', 2), alert('a', 20), alert('c', 1)], labels);
  expect(own).toMatchObject({ episodes: 2, found: 1, alerts: 3, false: 2, open: 0 });
  expect(wrong.map(({ subject, openedAt }) => [subject, (openedAt - start) / dayMs])).toEqual([
    ['a', 20],
    ['c', 1],
  ]);
  expect(missed.map(({ subject }) => subject)).toEqual(['b']);
  expect(own && recallOf(own)).toBe(0.5);
  expect(own && precisionOf(own)).toBeCloseTo(1 / 3);
  expect(own && delayOf(own, 0.5)).toBe(48);
});

test('what is doubtful counts neither way, and certain ones come first', () => {
  const doubtful = label('a', 0, 5, { must: false, why: 'small' });
  expect(only([alert('a', 2)], [doubtful]).own).toMatchObject({ episodes: 0, false: 0, open: 1 });
  expect(only([alert('a', 2)], [doubtful, label('a', 1, 3)]).own).toMatchObject({
    found: 1,
    false: 0,
    open: 0,
  });
});

test('an alert that stands already finds an episode by the hours it flags, and is no less wrong for having begun before', () => {
  const labels = [label('a', 10, 5)];
  const silent = only([alert('a', 2)], labels);
  expect(silent.own).toMatchObject({ found: 0, false: 1 });
  const telling = only([alert('a', 2, [2, 11])], labels);
  expect(telling.own).toMatchObject({ found: 1, false: 1 });
  expect(telling.own && delayOf(telling.own, 0.9)).toBe((dayMs + hourMs) / hourMs);
});

test('of a group one is enough', () => {
  const labels = [label('a', 0, 5, { or: ['b'] })];
  expect(only([alert('b', 1)], labels).own).toMatchObject({ found: 1, false: 0 });
});

test('an office from December to March through registry and engine: what its gauges and circuits show is found, and the calendar misleads nobody', async () => {
  const kinds = [
    'energy.after-hours',
    'energy.peak-demand',
    'energy.voltage',
    'energy.phase-imbalance',
  ];
  const year = createEnergyYear({ seed: 2, institutions: 1, to: 121 });
  const run = await runYear(year, (name) => kinds.includes(name));
  const score = scoreYear(run.alerts, run.labels, kinds);
  const episodes = score.kinds.reduce((sum, each) => sum + each.episodes, 0);
  expect(run.failures).toBe(0);
  expect(episodes).toBeGreaterThan(4);
  expect(score.missed.length).toBeLessThanOrEqual(1);
  expect(score.wrong.length).toBeLessThanOrEqual(1);
  expect(besideSpecialDays(score.wrong, year)).toEqual([]);
}, 120_000);
