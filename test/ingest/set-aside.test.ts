import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { setAside } from '../../ingest/set-aside.ts';
import { quiet } from '../../model/context.ts';
import type { Quarantined } from '../../model/observation.ts';
import { openDuckDbStore } from '../../stores/duckdb.ts';
import { createMemoryStore } from '../../stores/memory.ts';
import type { Store } from '../../stores/store.ts';
import { batchOf, dayStart, fix, sample } from '../stores/observations.ts';
import { createJournal, entryOf } from './deliver-kit.ts';

function createAside(damaged: readonly number[] = [], fails = 0, store = createMemoryStore()) {
  const journal = createJournal(new Set(damaged));
  journal.grow(1_000);
  const items: Quarantined[] = [];
  const calls = { read: 0, add: 0 };
  const parts = {
    read: (...asked: Parameters<typeof journal.reader.read>) => {
      calls.read++;
      return journal.reader.read(...asked);
    },
    quarantine: {
      add(more: readonly Quarantined[]) {
        if (calls.add++ < fails) throw new Error('disk full');
        items.push(...more);
      },
    },
    store,
  };
  return { parts, items, calls };
}

test('each refusal keeps its words and the bytes of its message, with few looks into the journal', async () => {
  const { parts, items, calls } = createAside();
  const refusals = [700, 5, 6].map((seq) => ({ seq, detail: `bad ${seq}` }));
  await setAside(parts)(refusals);
  expect(items).toEqual(
    [5, 6, 700].map((seq) => ({
      ...entryOf(seq),
      part: 100_000,
      reason: 'refused-by-store',
      detail: `bad ${seq}`,
    })),
  );
  expect(calls.read).toBe(2);
});

test('two refused points of one message are two items, and the same again are the same', async () => {
  const { parts, items } = createAside();
  const refusals = [
    { seq: 9, detail: 'first' },
    { seq: 9, detail: 'second' },
  ];
  for (let n = 0; n < 2; n++) await setAside(parts)(refusals);
  expect(items.map(({ part, detail }) => [part, detail])).toEqual([
    [100_000, 'first'],
    [100_001, 'second'],
    [100_000, 'first'],
    [100_001, 'second'],
  ]);
});

test('what is no longer in the journal is set aside all the same, without bytes', async () => {
  const store = createMemoryStore();
  const { parts, items } = createAside([3, 4], 0, store);
  const kept = [3, 4].map((seq) => sample(`m${seq}`, dayStart, seq, { power_kw: 1 }));
  await store.write(batchOf(2, kept));
  await setAside(parts)([3, 4, 5].map((seq) => ({ seq, detail: 'bad' })));
  const bytes = new Uint8Array();
  expect(items).toMatchObject([
    { seq: 3, device: 'm3', receivedAt: kept[0]?.receivedAt, detail: 'bad', bytes },
    { seq: 4, device: 'm4', detail: 'bad', bytes },
    entryOf(5),
  ]);
});

test('a quarantine that cannot be written is an error of the house, to be tried again', async () => {
  const { parts } = createAside([], 1);
  await expect(setAside(parts)([{ seq: 3, detail: 'bad' }])).rejects.toMatchObject({
    code: 'STORE_UNAVAILABLE',
    retryable: true,
  });
});

const stores: Readonly<Record<string, (folder: string) => Promise<Store>>> = {
  memory: async () => createMemoryStore(),
  duckdb: (folder) => openDuckDbStore(join(folder, 't.duckdb'), {}, quiet),
};

test.each(Object.entries(stores))(
  '%s: what it refuses is in quarantine before its position moves, or it comes again',
  async (_, open) => {
    const folder = mkdtempSync(join(tmpdir(), 'guanjia-aside-'));
    const store = await open(folder);
    const { parts, items } = createAside([], 1);
    const mixed = batchOf(0, [
      sample('m1', dayStart, 1, { power_kw: 1 }),
      fix('v1', dayStart, 2, { lat: 91 }),
    ]);
    const write = () => store.write(mixed, setAside(parts));
    await expect(write()).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
    expect(await store.position()).toBe(0);
    await write();
    expect(await store.position()).toBe(2);
    expect(items.map(({ seq, detail }) => [seq, detail])).toEqual([
      [2, 'got the position 91, 115.98, want degrees'],
    ]);
    expect((await store.accepted(0, 2)).map(({ seq }) => seq)).toEqual([1]);
    await store.close();
    rmSync(folder, { recursive: true });
  },
);
