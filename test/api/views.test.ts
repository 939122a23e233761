import { expect, test } from 'vitest';
import { toTrackItem } from '../../api/views.ts';
import { dayStart, fix } from '../stores/observations.ts';

const shown = (one: ReturnType<typeof fix>, mark: 'good' | 'jump' = 'good') =>
  toTrackItem(one, mark, 'Asia/Shanghai', 'wgs84');

test('a fix of the track shows the alarms of its terminal by their bits', () => {
  expect(shown(fix('v1', dayStart, 1)).alarms).toEqual([]);
  expect(shown(fix('v1', dayStart, 1, { alarms: 0xc000_0003 })).alarms).toEqual([0, 1, 30, 31]);
});

test('a fix of the track shows what the vehicle says it has driven', () => {
  expect(shown(fix('v1', dayStart, 1)).odometerKm).toBeNull();
  expect(shown(fix('v1', dayStart, 1, { odometerKm: 1000.1 })).odometerKm).toBe(1000.1);
});

test('a clock that is more than a year behind is told before anything else', () => {
  const day = 86_400_000;
  const late = (days: number) => fix('v1', dayStart - days * day, 1, { receivedAt: dayStart });
  expect(shown(late(366)).quality).toBe('good');
  expect(shown(late(366), 'jump').quality).toBe('jump');
  expect(shown(late(366.01), 'jump').quality).toBe('clock');
});
