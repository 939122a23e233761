import { expect, test } from 'vitest';
import { eventsOf, fixBefore, momentAt, speedPath } from '../../console/lib/replay.ts';
import type { TrackFix } from '../../console/lib/track.ts';
import { minuteMs } from '../../model/time.ts';
import { alertView } from './alert-view.ts';

const fix = (minute: number, north: number, speedKmh: number | null = 40): TrackFix => ({
  at: minute * minuteMs,
  position: [116, 36 + north],
  speedKmh,
  isGood: true,
});

const day = [
  fix(0, 0),
  fix(1, 0.01, 60),
  fix(2, 0.02, 0),
  fix(5, 0.02, 1),
  fix(8, 0.02, 0),
  fix(9, 0.03),
  fix(30, 0.5, 50),
  fix(31, 0.51),
];

test('between two fixes it is on the straight line, and heads along it', () => {
  const moment = momentAt(day, 0.5 * minuteMs);
  expect(moment?.position[1]).toBeCloseTo(36.005, 9);
  expect(moment).toMatchObject({ speedKmh: 40, headingDeg: 0, isGap: false });
  expect(momentAt([fix(0, 0), { ...fix(1, 0), position: [116.1, 36] }], 0)?.headingDeg).toBeCloseTo(
    90,
  );
});

test('before the first and after the last it stands there; without fixes there is nothing', () => {
  expect(momentAt(day, -minuteMs)?.position).toEqual([116, 36]);
  expect(momentAt(day, 32 * minuteMs)?.position).toEqual([116, 36.51]);
  expect(momentAt([], 0)).toBeUndefined();
  expect(fixBefore(day, -1)).toBe(-1);
  expect(fixBefore(day, 5 * minuteMs)).toBe(3);
});

test('it never drives across a silence', () => {
  expect(momentAt(day, 20 * minuteMs)).toMatchObject({
    position: [116, 36.03],
    speedKmh: null,
    isGap: true,
  });
  expect(momentAt(day, 9 * minuteMs)?.isGap).toBe(false);
});

test('what happened: a stop, the silence, the fastest, and alerts of that day alone', () => {
  const at = (minute: number) => new Date(minute * minuteMs).toISOString();
  const alerts = [
    alertView({ id: 'in', openedAt: at(7) }),
    alertView({ id: 'out', openedAt: at(99) }),
  ];
  expect(eventsOf(day, alerts)).toMatchObject([
    { kind: 'fastest', at: minuteMs, speedKmh: 60 },
    { kind: 'stop', at: 2 * minuteMs, lastedMs: 7 * minuteMs },
    { kind: 'alert', alert: { id: 'in' } },
    { kind: 'gap', at: 9 * minuteMs, lastedMs: 21 * minuteMs },
  ]);
  expect(eventsOf([], alerts)).toEqual([]);
});

test('a stop ends where the silence begins, for nobody saw more of it', () => {
  const stood = [fix(0, 0, 0), fix(4, 0, 0), fix(7, 0, 0), fix(60, 0, 0), fix(61, 0, 30)];
  expect(eventsOf(stood, []).map(({ kind, at }) => [kind, at / minuteMs])).toEqual([
    ['stop', 0],
    ['gap', 7],
    ['fastest', 61],
  ]);
});

test('the path of the speeds breaks at the silence and stays within its box', () => {
  const path = speedPath(day, 310, 40);
  expect(path.match(/M/g)).toHaveLength(2);
  const heights = [...path.matchAll(/ (\d+\.\d)/g)].map(([, y]) => Number(y));
  expect(Math.min(...heights)).toBe(1);
  expect(Math.max(...heights)).toBe(39);
  expect(speedPath([fix(0, 0)], 300, 40)).toBe('');
});
