import { expect, test } from 'vitest';
import { createReadAhead } from '../../metering/read-ahead.ts';
import { dayMs, hourMs, minuteMs } from '../../model/time.ts';
import { createMemoryStore } from '../../stores/memory.ts';
import { batchOf, dayStart, sample } from '../stores/observations.ts';

const metric = 'energy_import_kwh';

/** Meters that say something every quarter of an hour, and how often the store was asked. */
async function createWorld(meters: number) {
  const store = createMemoryStore();
  const order = Array.from({ length: meters }, (_, n) => ({ meter: `m${n}`, metric }) as const);
  const observations = Array.from({ length: 96 }, (_, quarter) =>
    order.map(({ meter }, n) =>
      sample(meter, dayStart + quarter * 15 * minuteMs, quarter * meters + n + 1, {
        energy_import_kwh: quarter + n / 1000,
      }),
    ),
  ).flat();
  await store.write(batchOf(0, observations));
  const asked = { one: 0, many: 0 };
  const counting: Pick<typeof store, 'readings' | 'readingsOfMany'> = {
    readings: (...args) => {
      asked.one++;
      return store.readings(...args);
    },
    readingsOfMany: (...args) => {
      asked.many++;
      return store.readingsOfMany(...args);
    },
  };
  return { store, order, asked, counting };
}

test('about the same of many meters is read with few questions, and each is told what it said', async () => {
  const { store, order, asked, counting } = await createWorld(60);
  const readOf = createReadAhead(counting, order);
  for (const [n, counter] of order.entries()) {
    const near = { from: dayStart + hourMs + n, to: dayStart + 5 * hourMs + n, limit: 7 };
    const before = { ...near, from: near.from - hourMs / 2, limit: 1_000 };
    for (const range of [near, before])
      expect(await readOf(counter)(range)).toEqual(
        await store.readings(counter.meter, metric, range),
      );
  }
  expect(asked.many).toBeLessThan(10);
  expect(asked.one).toBe(0);
});

test('where each wants something else, each is told that', async () => {
  const { store, order, asked, counting } = await createWorld(20);
  const readOf = createReadAhead(counting, order);
  for (const [n, counter] of order.entries()) {
    const from = dayStart + (n % 2 === 0 ? 0 : 20) * hourMs;
    const range = { from, to: from + hourMs, limit: 1_000 };
    expect(await readOf(counter)(range)).toEqual(
      await store.readings(counter.meter, metric, range),
    );
  }
  expect(asked.one + asked.many).toBeLessThanOrEqual(order.length);
});

test('a long stretch, and what is too much together, is asked of one alone', async () => {
  const { store, order, asked, counting } = await createWorld(4);
  const full = createReadAhead({ ...counting, readingsOfMany: async () => undefined }, order);
  const day = { from: dayStart, to: dayStart + dayMs, limit: 1_000 };
  for (const counter of order)
    expect(await full(counter)(day)).toEqual(await store.readings(counter.meter, metric, day));
  const readOf = createReadAhead(counting, order);
  for (const counter of order) await readOf(counter)({ ...day, to: day.to + 30 * dayMs });
  expect(asked).toEqual({ one: 8, many: 0 });
});
