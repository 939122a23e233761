import { setImmediate } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { createMeterSeries } from '../../metering/meter-use.ts';
import { dayMs, hourMs, minuteMs } from '../../model/time.ts';
import type { Device, Directory } from '../../registry/registry.ts';
import type { Store } from '../../stores/store.ts';
import { meterDevice } from '../stores/directory.ts';

/** A year of meters that speak often is more than there is memory for: how much of it is held at once. */

const zone = 'Asia/Shanghai';
const start = Date.UTC(2026, 0, 1) - 8 * hourMs;
const everyMs = 10 * minuteMs;
const parts = ['m1', 'm2', 'm3'];

const virtual = (): Device => {
  const device = meterDevice('m0');
  if (device.type !== 'meter') throw new Error('no meter');
  const shares = parts.map((meter) => ({ meter, factor: 1 }));
  return { ...device, meter: { ...device.meter, virtual: { parts: shares } } };
};

const devices = new Map(
  [virtual(), ...parts.map((id) => meterDevice(id))].map((d) => [idOf(d), d]),
);
function idOf(device: Device): string {
  return device.type === 'meter' ? device.meter.id : device.vehicle.id;
}

const directory = {
  device: (id: string) => devices.get(id),
  replacementsOf: () => [],
  changesOf: () => [],
} as unknown as Directory;

/** 6 kWh an hour. @returns what was read of whom, in order */
function counting(until: number) {
  const asked: { meter: string; from: number; to: number }[] = [];
  const readings: Store['readings'] = async (meter, _, { from, to, limit }) => {
    asked.push({ meter, from, to });
    await setImmediate();
    const all: { at: number; value: number; timeSource: 'device' }[] = [];
    const first = Math.max(start, Math.ceil(from / everyMs) * everyMs);
    for (let at = first; at < Math.min(to, until) && all.length < limit; at += everyMs)
      all.push({ at, value: (at - start) / everyMs, timeSource: 'device' });
    return all;
  };
  return { asked, readings };
}

test('a year of a virtual meter by the hour is read part after part, two months at once at most', async () => {
  const to = start + 365 * dayMs;
  const { asked, readings } = counting(to + dayMs);
  const seriesOf = createMeterSeries({ directory, readings });
  const meter = devices.get('m0');
  if (meter?.type !== 'meter') throw new Error('no meter');
  const series = await seriesOf('hour', { from: start, to }, meter.meter, zone);
  expect(series).toHaveLength(365 * 24);
  expect(new Set(series.map(({ use }) => use.value))).toEqual(new Set([18]));
  const order = asked.map(({ meter: id }) => id).filter((id, n, all) => id !== all[n - 1]);
  expect(order).toEqual(parts);
  const dense = asked.filter(({ from: a, to: b }) => b - a < 300 * dayMs);
  expect(Math.max(...dense.map(({ from: a, to: b }) => b - a))).toBeLessThanOrEqual(65 * dayMs);
  const after = asked.filter(({ from: a, to: b }) => b - a >= 300 * dayMs);
  expect(after.every(({ from: a }) => a >= to || a < start)).toBe(true);
});
