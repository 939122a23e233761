import { expect, test } from 'vitest';
import type { Track } from '../../api/contract.ts';
import { alarmsIn, driveOf, toFixes } from '../../console/lib/track.ts';

const item = (
  second: number,
  north: number,
  more: Partial<Track['items'][number]> = {},
): Track['items'][number] => ({
  at: new Date(second * 1_000).toISOString(),
  lat: 36 + north,
  lon: 116,
  speedKmh: 40,
  headingDeg: 0,
  odometerKm: null,
  quality: 'good',
  alarms: [],
  ...more,
});

test('a fix without position is not drawn', () => {
  const fixes = toFixes([item(0, 0), item(10, 9, { quality: 'invalid' })]);
  expect(fixes).toEqual([{ at: 0, position: [116, 36], speedKmh: 40, isGood: true }]);
});

test('a doubtful fix is drawn, and gives neither distance nor speed', () => {
  const fixes = toFixes([
    item(0, 0),
    item(10, 1, { quality: 'poor', speedKmh: 200 }),
    item(20, 0.01, { speedKmh: 60 }),
  ]);
  expect(fixes).toHaveLength(3);
  const drive = driveOf(fixes);
  expect(drive).toMatchObject({ fastestKmh: 60, firstAt: 0, lastAt: 20_000, doubtful: 1 });
  expect(drive?.km).toBeCloseTo(1.1132, 3);
});

test('no speed is told where no fix tells one, and a vehicle at rest has the speed 0', () => {
  expect(driveOf(toFixes([item(0, 0, { speedKmh: null })]))?.fastestKmh).toBeNull();
  expect(driveOf(toFixes([item(0, 0, { speedKmh: 0 })]))?.fastestKmh).toBe(0);
});

test('a day without a good fix comes to nothing', () => {
  expect(driveOf([])).toBeUndefined();
  expect(driveOf(toFixes([item(0, 0, { quality: 'poor' })]))).toBeUndefined();
});

test('alarms of the terminal are counted, of fixes without position too', () => {
  const items = [
    item(0, 0, { alarms: [1, 8] }),
    item(10, 0, { alarms: [8], quality: 'invalid' }),
    item(20, 0),
  ];
  expect(alarmsIn(items)).toEqual([
    [1, 1],
    [8, 2],
  ]);
});
