import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type By, periodsOf } from '../../energy/consumption/periods.ts';
import { consumptionOf } from '../../metering/consumption.ts';
import { openRollups, type Rollups } from '../../metering/rollups.ts';
import type { Replacement } from '../../model/entities.ts';
import type { Accepted } from '../../model/observation.ts';
import { dayMs, hourMs, minuteMs } from '../../model/time.ts';
import type { Directory } from '../../registry/registry.ts';
import { createMemoryStore } from '../../stores/memory.ts';
import type { Range, RollupPoint } from '../../stores/store.ts';
import { meterDevice, positionInMemory } from '../stores/directory.ts';

const zone = 'Asia/Shanghai';
/** Midnight in Shanghai. */
const start = Date.parse('2026-11-21T00:00:00+08:00');

/** A store of one meter, and what of it was handed on; everything survives a restart but the rollups. */
async function createWorld() {
  const store = createMemoryStore();
  const place = positionInMemory();
  const points = new Map<string, RollupPoint>();
  const trouble = { left: 0 };
  let writes = 0;
  let seq = 0;
  const records: Replacement[] = [];
  let directory = {} as Directory;
  const change = () => {
    const replacements = [...records];
    directory = {
      device: (id: string) => (id === 'm1' ? meterDevice(id) : undefined),
      changesOf: () => [],
      replacementsOf: () => replacements,
      all: (kind: string) => (kind === 'replacements' ? replacements : []),
    } as unknown as Directory;
  };
  change();
  const write = async (made: readonly RollupPoint[]) => {
    if (trouble.left-- > 0) throw new Error('away');
    writes += made.length;
    for (const point of made) points.set(`${point.by} ${point.from}`, point);
  };
  const open = () =>
    openRollups({ directory: () => directory, store, place, write }, new AbortController().signal, {
      now: () => start,
    });
  let rollups = await open();
  const read = (range: Range) => store.readings('m1', 'energy_import_kwh', range);
  return {
    points,
    place,
    trouble,
    writes: () => writes,
    rollups: (): Rollups => rollups,
    async restart() {
      rollups = await open();
    },
    record(one: Pick<Replacement, 'at' | 'finalReading' | 'firstReading'>) {
      records.push({
        meter: 'm1',
        confirmedAt: start,
        confirmedBy: 'root',
        reason: 'worn out',
        ...one,
      });
      change();
    },
    /** Into the store; told of it unless the rollups were killed before. */
    async keep(
      readings: readonly (readonly [minute: number, value: number])[],
      isTold = true,
      metric = 'energy_import_kwh',
    ) {
      const after = seq;
      const observations = readings.map(
        ([minute, value]): Accepted => ({
          type: 'sample',
          device: 'm1',
          at: start + minute * minuteMs,
          timeSource: 'device',
          values: { [metric]: value },
          seq: ++seq,
          receivedAt: start,
        }),
      );
      await store.write({ after, upTo: seq, observations });
      if (isTold) rollups.tell(observations);
    },
    /** What is said when everything is there, of what is over. */
    async truth(from: number, to: number): Promise<readonly RollupPoint[]> {
      const first = (await read({ from: 0, to: 1e15, limit: 1 }))[0]?.at ?? to;
      const all = await read({ from: 0, to: 1e15, limit: 1e6 });
      const last = all.at(-1)?.at ?? 0;
      const device = meterDevice('m1');
      if (device.type !== 'meter') throw new Error('m1 is a meter');
      const said: RollupPoint[] = [];
      for (const by of ['quarter', 'hour', 'day'] as const satisfies readonly By[]) {
        const periods = periodsOf(by, { from, to, limit: 10_000 }, zone);
        const range = { from, to: periods.at(-1)?.to ?? to, limit: 10_000 };
        const facts = { swaps: records };
        const { items } = await consumptionOf(by, range, device.meter, zone, read, facts);
        for (const { from: at, to: end, value, quality } of items)
          if (end > first && end <= last) said.push({ meter: 'm1', by, from: at, value, quality });
      }
      return said;
    },
  };
}

type World = Awaited<ReturnType<typeof createWorld>>;

const steady = (from: number, to: number, stepMinutes = 15): [number, number][] =>
  Array.from({ length: (to - from) / stepMinutes + 1 }, (_, n) => {
    const minute = from + n * stepMinutes;
    return [minute, 1000 + minute / 15];
  });

const at = (world: World, by: RollupPoint['by'], minute: number) => {
  const point = world.points.get(`${by} ${start + minute * minuteMs}`);
  return point && [point.value, point.quality];
};

const expectTruth = async ({ points, truth }: World, to = start + 3 * dayMs) => {
  const said = await truth(start - dayMs, to);
  expect(said.length).toBeGreaterThan(0);
  expect(Object.fromEntries(points)).toEqual(
    Object.fromEntries(said.map((point) => [`${point.by} ${point.from}`, point])),
  );
};

test('an interval is handed on when it is over, and not before', async () => {
  const world = await createWorld();
  await world.keep(steady(0, 14, 1));
  await world.rollups().pass();
  expect(world.points.size).toBe(0);
  await world.keep(steady(15, 60, 1));
  await world.rollups().pass();
  expect([...world.points.keys()]).toEqual([
    ...[0, 15, 30, 45].map((minute) => `quarter ${start + minute * minuteMs}`),
    `hour ${start}`,
  ]);
  expect(at(world, 'quarter', 15)).toEqual([1, 'measured']);
  expect(at(world, 'hour', 0)).toEqual([4, 'measured']);
  await world.keep(steady(75, 24 * 60));
  await world.rollups().pass();
  expect(at(world, 'day', 0)).toEqual([96, 'measured']);
  await expectTruth(world);
});

test('what was not counted is not handed on, and a gap is when the meter is back', async () => {
  const world = await createWorld();
  await world.keep(steady(0, 60));
  await world.rollups().pass();
  const before = world.writes();
  await world.keep([[75, 12]], true, 'power_kw');
  await world.rollups().pass();
  expect(world.writes()).toBe(before);
  await world.keep(steady(180, 240));
  await world.rollups().pass();
  expect(at(world, 'quarter', 90)).toEqual([1, 'estimated']);
  await expectTruth(world);
});

test('late data takes the place of what was said', async () => {
  const world = await createWorld();
  await world.keep(steady(0, 600).filter(([minute]) => minute <= 60 || minute > 240));
  await world.rollups().pass();
  expect(at(world, 'hour', 120)).toEqual([4, 'estimated']);
  await world.keep([
    [120, 1004],
    [135, 1008],
    [150, 1010],
    [165, 1011],
    [180, 1012],
  ]);
  await world.rollups().pass();
  expect(at(world, 'quarter', 120)).toEqual([4, 'measured']);
  expect(at(world, 'hour', 120)).toEqual([8, 'measured']);
  await expectTruth(world);
});

test('a reading that proves wrong takes back what was said of it', async () => {
  const world = await createWorld();
  await world.keep([...steady(0, 60), [75, 3], [90, 4]]);
  await world.rollups().pass();
  expect(at(world, 'quarter', 60)?.[1]).not.toBe('measured');
  await world.keep(steady(105, 180));
  await world.rollups().pass();
  expect(at(world, 'quarter', 75)).toEqual([1, 'estimated']);
  await expectTruth(world);
});

test('a replacement that is recorded changes what was said, also where that was before a start', async () => {
  const world = await createWorld();
  const readings = steady(0, 600).map(
    ([minute, value]) => [minute, value - (minute > 300 ? 900 : 0)] as const,
  );
  await world.keep(readings);
  await world.rollups().pass();
  expect(at(world, 'quarter', 300)?.[0]).not.toBe(1);
  world.record({ at: start + 307 * minuteMs, finalReading: 1020.5, firstReading: 120.5 });
  await world.rollups().pass();
  expect(at(world, 'quarter', 300)).toEqual([1, 'replaced']);
  await expectTruth(world);
  world.points.clear();
  await world.restart();
  await world.rollups().pass();
  expect(at(world, 'quarter', 300)).toEqual([1, 'replaced']);
});

test('what cannot be handed on is handed on later, and a kill meanwhile loses none', async () => {
  const world = await createWorld();
  await world.keep(steady(0, 60));
  await world.rollups().pass();
  const place = world.place.load();
  expect(place).toBe(5);
  world.trouble.left = 1;
  await world.keep(steady(75, 150));
  await expect(world.rollups().pass()).rejects.toThrow('away');
  expect(world.place.load()).toBe(place);
  await world.restart();
  await world.keep(steady(165, 300), false);
  await world.restart();
  await world.rollups().pass();
  expect(world.place.load()).toBe(21);
  await expectTruth(world);
  const before = world.writes();
  await world.rollups().pass();
  expect(world.writes()).toBe(before);
});

test('the first readings after a start may be late ones', async () => {
  const world = await createWorld();
  await world.keep([[180, 1012]]);
  await world.rollups().pass();
  await world.restart();
  for (const minute of [0, 135]) {
    await world.keep([[minute, 1000 + minute / 15]]);
    await world.rollups().pass();
    expect(at(world, 'quarter', 150)?.[1]).toBe('estimated');
    await expectTruth(world);
  }
});

test('in any order, with kills and outages between, it ends with what the readings say', async () => {
  const step = fc.record({
    readings: fc.array(fc.nat(40), { maxLength: 6 }),
    after: fc.constantFrom('pass', 'fail', 'kill', 'go on'),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 12 }), async (steps) => {
      const world = await createWorld();
      const known = new Set<number>();
      for (const { readings, after } of steps) {
        const fresh = [...new Set(readings)].filter((n) => !known.has(n));
        for (const n of fresh) known.add(n);
        // Hours apart, so that there are gaps over quarters, hours and days.
        await world.keep(fresh.map((n) => [n * 47, 1000 + n * 3]));
        if (after === 'kill') await world.restart();
        world.trouble.left = after === 'fail' ? 1 : 0;
        if (after === 'pass' || after === 'fail')
          await world
            .rollups()
            .pass()
            .catch(() => {});
      }
      world.trouble.left = 0;
      await world.rollups().pass();
      const said = await world.truth(start - dayMs, start + 3 * dayMs);
      expect(Object.fromEntries(world.points)).toEqual(
        Object.fromEntries(said.map((point) => [`${point.by} ${point.from}`, point])),
      );
    }),
    { numRuns: 25 },
  );
}, 60_000);

test('a flood of readings within a quarter of an hour costs nothing', async () => {
  const world = await createWorld();
  await world.keep(steady(0, 15));
  await world.rollups().pass();
  const before = world.writes();
  await world.keep(Array.from({ length: 800 }, (_, n) => [15 + (n + 1) / 60, 1001 + n / 900]));
  await world.rollups().pass();
  expect(world.writes()).toBe(before);
  expect(world.place.load()).toBe(802);
});

test('a stretch of weeks goes in parts', async () => {
  const world = await createWorld();
  await world.keep(steady(0, 20 * 24 * 60, 60));
  await world.rollups().pass();
  await expectTruth(world, start + 20 * dayMs + hourMs);
});
