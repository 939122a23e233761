import { expect, test } from 'vitest';
import { openRollups } from '../../metering/rollups.ts';
import type { Meter } from '../../model/entities.ts';
import type { Accepted } from '../../model/observation.ts';
import { dayMs, minuteMs } from '../../model/time.ts';
import type { Directory } from '../../registry/registry.ts';
import { createMemoryStore } from '../../stores/memory.ts';
import type { RollupPoint } from '../../stores/store.ts';
import { meterDevice, positionInMemory } from '../stores/directory.ts';

/** What is recorded of a meter changes after its consumption was handed on. */

/** Midnight in Shanghai. */
const start = Date.parse('2026-11-21T00:00:00+08:00');

/** Readings every quarter of an hour, and what is recorded of the meter from which instant on. */
async function createWorld(values: readonly number[], first: Partial<Meter>) {
  const [store, place] = [createMemoryStore(), positionInMemory()];
  const points = new Map<string, RollupPoint>();
  const rows: { from: number; meter: Meter }[] = [];
  let directory = {} as Directory;
  let writes = 0;
  const record = (from: number, about: Partial<Meter>) => {
    const device = meterDevice('m1');
    if (device.type !== 'meter') throw new Error('m1 is a meter');
    rows.push({ from, meter: { ...device.meter, ...about } });
    const known = [...rows];
    const meterAt = (at: number) => (known.findLast((row) => row.from <= at) ?? known[0])?.meter;
    directory = {
      device: (_: string, at = Number.MAX_SAFE_INTEGER) => ({ ...device, meter: meterAt(at) }),
      changesOf: () => known.map((row) => row.from),
      replacementsOf: () => [],
      all: (kind: string) => (kind === 'meters' ? [meterAt(Number.MAX_SAFE_INTEGER)] : []),
    } as unknown as Directory;
  };
  record(start - dayMs, first);
  const observations = values.map(
    (value, n): Accepted => ({
      type: 'sample',
      device: 'm1',
      at: start + n * 15 * minuteMs,
      timeSource: 'device',
      values: { energy_import_kwh: value },
      seq: n + 1,
      receivedAt: start,
    }),
  );
  await store.write({ after: 0, upTo: observations.length, observations });
  const write = async (made: readonly RollupPoint[]) => {
    writes += made.length;
    for (const point of made) points.set(`${point.by} ${point.from}`, point);
  };
  const open = (now: number) =>
    openRollups({ directory: () => directory, store, place, write }, new AbortController().signal, {
      now: () => now,
    });
  let rollups = await open(start + dayMs);
  return {
    record,
    writes: () => writes,
    points,
    pass: () => rollups.pass(),
    async restart(now: number) {
      points.clear();
      rollups = await open(now);
    },
    quarter: (n: number) => {
      const point = points.get(`quarter ${start + n * 15 * minuteMs}`);
      return point && [point.value, point.quality];
    },
  };
}

const count = (n: number, first: number, step: number) =>
  Array.from({ length: n }, (_, index) => first + index * step);

test('the digits of a counter, recorded after it wrapped, make its past known', async () => {
  const values = count(97, 99_960, 1).map((value) => value % 1e5);
  const world = await createWorld(values, { decimals: 2 });
  await world.pass();
  expect(world.quarter(39)?.[1]).not.toBe('measured');
  world.record(start + 20 * dayMs, { decimals: 2, digits: 5 });
  await world.pass();
  expect(world.quarter(39)).toEqual([1, 'measured']);
  // Recorded shortly before a start, it may not have been handed on.
  await world.restart(start + 30 * dayMs);
  await world.pass();
  expect(world.quarter(39)).toEqual([1, 'measured']);
  await world.restart(start + 90 * dayMs);
  await world.pass();
  expect(world.points.size).toBe(0);
});

test('a change of what no counter goes by has nothing handed on anew', async () => {
  const world = await createWorld(count(97, 1000, 1), { decimals: 2 });
  await world.pass();
  const before = world.writes();
  world.record(start + 2 * dayMs, { decimals: 2, name: '二号表' });
  await world.pass();
  expect(world.writes()).toBe(before);
});

test('the transformers’ ratio, recorded after the readings behind it, changes what was told around the change alone', async () => {
  const values = count(97, 5000, 1).map((value, n) => value * (n <= 40 ? 40 : 60));
  const world = await createWorld(values, { decimals: 2, ctRatio: 40 });
  await world.pass();
  expect(world.quarter(40)).not.toEqual([50, 'estimated']);
  const before = world.writes();
  world.record(start + (40 * 15 + 7.5) * minuteMs, { decimals: 2, ctRatio: 60 });
  await world.pass();
  expect(world.quarter(40)).toEqual([50, 'estimated']);
  expect(world.quarter(39)).toEqual([40, 'measured']);
  expect(world.quarter(41)).toEqual([60, 'measured']);
  expect(world.writes()).toBeGreaterThan(before);
});

test('a counter that wrapped behind one ratio has wrapped when it has another', async () => {
  const values = count(97, 40e6 - 40 * 40 + 17, 40).map((value) => value % 40e6);
  const about = { decimals: 2, digits: 6 };
  const world = await createWorld(values, { ...about, ctRatio: 40 });
  world.record(start + 60 * dayMs, { ...about, ctRatio: 60 });
  await world.pass();
  expect(world.quarter(39)).toEqual([40, 'measured']);
});
