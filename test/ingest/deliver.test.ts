import { setImmediate as turn } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { type Delivery, startDelivery } from '../../ingest/deliver.ts';
import { type Context, quiet } from '../../model/context.ts';
import { AppError } from '../../model/errors.ts';
import type { Quarantined } from '../../model/observation.ts';
import { createMemoryStore } from '../../stores/memory.ts';
import type { Sink } from '../../stores/store.ts';
import { createJournal, createSink, ledger, pipeline } from './deliver-kit.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(async () => {
  await stop();
  vi.useRealTimers();
});

let delivery: Delivery | undefined;
async function stop(): Promise<void> {
  const stopped = delivery?.stop();
  await vi.advanceTimersByTimeAsync(60_000);
  await stopped;
  delivery = undefined;
}

async function start(
  followers: readonly Sink[],
  journal = createJournal(),
  line = pipeline,
  context: Context = quiet,
) {
  const store = createMemoryStore();
  const quarantined: Quarantined[] = [];
  const passed: number[] = [];
  delivery = await startDelivery(
    {
      head: journal.head,
      reader: journal.reader,
      pipeline: line,
      store,
      followers,
      quarantine: {
        add: (items) => quarantined.push(...items),
      },
      onStored: () => {},
      ledger,
      onPassed: (seq) => passed.push(seq),
    },
    context,
  );
  return { journal, store, quarantined, passed, delivery };
}

const upTo = (last: number) => Array.from({ length: last }, (_, index) => index + 1);
const settle = (ms = 5_000) => vi.advanceTimersByTimeAsync(ms);

test('what was let in with a flaw is counted by its door', async () => {
  const flaws = new Map([['jt808', 2]]);
  const flawed: typeof pipeline = {
    ...pipeline,
    pass: async (entries, known) => ({ ...(await pipeline.pass(entries, known)), flaws }),
  };
  const counts: unknown[] = [];
  const context: Context = { ...quiet, count: (...one) => counts.push(one) };
  const { journal } = await start([], createJournal(), flawed, context);
  journal.grow(1);
  await settle();
  expect(counts).toContainEqual(['flawed', { door: 'jt808' }, 2]);
});

test('every sink gets everything once, in order, and says so', async () => {
  const rules = createSink('rules');
  const { journal, passed, delivery } = await start([rules.sink]);
  journal.grow(250);
  await settle();
  journal.grow(251);
  await settle();
  expect(rules.got).toEqual(upTo(251));
  expect(delivery.status().map(({ name, position, lagS }) => [name, position, lagS])).toEqual([
    ['store', 251, 0],
    ['rules', 251, 0],
  ]);
  expect(passed.at(-1)).toBe(251);
});

test('what is stored and judged is let go of while nothing more comes', async () => {
  const seen = { read: [] as WeakRef<object>[], judged: [] as WeakRef<object>[] };
  const journal = createJournal();
  const reader: typeof journal.reader = {
    ...journal.reader,
    async read(after, limit) {
      const run = await journal.reader.read(after, limit);
      seen.read.push(new WeakRef(run.entries));
      return run;
    },
  };
  const rules = createSink('rules', async (batch) => {
    seen.judged.push(new WeakRef(batch));
    return [];
  });
  await start([rules.sink], { ...journal, reader });
  journal.grow(250);
  await settle();
  await turn();
  setFlagsFromString('--expose-gc');
  runInNewContext('gc')();
  expect(rules.got).toEqual(upTo(250));
  expect(seen.read.length).toBeGreaterThan(1);
  expect(seen.read.filter((one) => one.deref())).toEqual([]);
  expect(seen.judged.filter((one) => one.deref())).toEqual([]);
});

test('a sink that is down holds up no other, is named with its trouble, and catches up', async () => {
  let down = true;
  const influx = createSink('influx', async () => {
    if (down) throw new AppError('STORE_UNAVAILABLE', 'connection refused', { retryable: true });
    return [];
  });
  const rules = createSink('rules');
  const { journal, passed, delivery } = await start([rules.sink, influx.sink]);
  for (let head = 100; head <= 60_000; head += 5_000) {
    journal.grow(head);
    await settle(1_000);
  }
  await settle(20_000);
  const reached = delivery.status().find(({ name }) => name === 'store')?.position ?? 0;
  expect(rules.got.length).toBe(reached);
  expect(delivery.status().find(({ name }) => name === 'influx')).toMatchObject({
    position: 0,
    trouble: 'connection refused',
  });
  // The store has what it misses: the journal does not grow for it.
  expect(passed.at(-1)).toBe(reached);

  down = false;
  await settle(60_000);
  expect(influx.got).toEqual(upTo(reached));
  expect(delivery.status().find(({ name }) => name === 'influx')).toMatchObject({
    position: reached,
    trouble: null,
  });
});

test('what the rules have not passed stays in the journal', async () => {
  const rules = createSink('rules', async () => {
    throw new AppError('STORE_UNAVAILABLE', 'disk full', { retryable: true });
  });
  const { journal, passed } = await start([rules.sink, createSink('influx').sink]);
  journal.grow(500);
  await settle(5_000);
  expect(Math.max(...passed)).toBe(0);
});

test('a position that was kept is where a sink goes on after a restart', async () => {
  const rules = createSink('rules');
  const journal = createJournal();
  const first = await start([rules.sink], journal);
  journal.grow(40);
  await settle();
  await stop();
  journal.grow(90);
  const store = first.store;
  delivery = await startDelivery(
    {
      head: journal.head,
      reader: journal.reader,
      pipeline,
      store,
      followers: [rules.sink],
      quarantine: { add() {} },
      ledger,
      onStored() {},
      onPassed() {},
    },
    quiet,
  );
  await settle();
  expect(rules.got).toEqual(upTo(90));
});

test('damaged records are passed over, at the end too', async () => {
  const rules = createSink('rules');
  const { journal, delivery } = await start([rules.sink], createJournal(new Set([3, 9, 10])));
  journal.grow(10);
  await settle();
  expect(rules.got).toEqual([1, 2, 4, 5, 6, 7, 8]);
  expect(delivery.status().map(({ position }) => position)).toEqual([10, 10]);
});

test('a point a store refuses for good goes to quarantine with its words and bytes', async () => {
  const influx = createSink('influx', async () => [{ seq: 7, detail: 'field type conflict' }]);
  const { journal, quarantined } = await start([influx.sink]);
  journal.grow(10);
  await settle();
  expect(quarantined).toMatchObject([
    { seq: 7, reason: 'refused-by-store', detail: 'field type conflict', bytes: Uint8Array.of(7) },
  ]);
});

test('a store that cannot answer, a journal that cannot be read and a quarantine that is full are waited for', async () => {
  const rules = createSink('rules');
  const journal = createJournal();
  let broken = 3;
  const fail = () => {
    if (broken-- > 0) throw new AppError('STORE_UNAVAILABLE', 'disk full', { retryable: true });
  };
  const store = createMemoryStore();
  delivery = await startDelivery(
    {
      head: journal.head,
      reader: {
        ...journal.reader,
        read: async (after, limit) => {
          fail();
          return journal.reader.read(after, limit);
        },
      },
      pipeline: {
        async pass(entries, known) {
          await known([{ device: 'm1', at: 1 }]);
          return pipeline.pass(entries, known);
        },
        remember() {},
      },
      store: {
        ...store,
        known: async (asked) => {
          fail();
          return store.known(asked);
        },
      },
      followers: [rules.sink],
      quarantine: { add: fail },
      ledger,
      onStored() {},
      onPassed() {},
    },
    quiet,
  );
  for (let head = 10; head <= 50; head += 10) {
    broken = 3;
    journal.grow(head);
    await settle(10_000);
  }
  expect(rules.got).toEqual(upTo(50));
});

test('stops at once, whatever the moment', async () => {
  for (let ms = 0; ms < 400; ms += 7) {
    const { journal, delivery: running } = await start([createSink('rules').sink]);
    journal.grow(10);
    await vi.advanceTimersByTimeAsync(ms);
    let stopped = false;
    const done = running.stop().then(() => {
      stopped = true;
    });
    await vi.advanceTimersByTimeAsync(1_500);
    expect(stopped, `${ms} ms after the start`).toBe(true);
    await done;
    delivery = undefined;
  }
});
