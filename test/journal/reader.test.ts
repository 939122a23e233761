import { Worker } from 'node:worker_threads';
import { expect, test } from 'vitest';
import { createHead, headOf, publishHead } from '../../journal/head.ts';
import { envelope, openOn, readerOf, textOf } from './helpers.ts';
import { memoryDisk } from './memory-disk.ts';

const many = { entries: 1000, bytes: 1 << 20 };

test('a reader follows the writer over segments and never sees what is not durable', async () => {
  const disk = memoryDisk();
  const journal = await openOn(disk, { segmentBytes: 400 });
  const reader = readerOf(disk, journal);
  const seen: string[] = [];
  let after = 0;
  for (let round = 0; round < 40; round++) {
    const texts = Array.from({ length: (round % 5) + 1 }, (_, n) => `${round}-${n}`);
    const appended = Promise.all(texts.map((text) => journal.append(envelope(text))));
    const early = await reader.read(after, many);
    expect(early.upTo).toBeLessThanOrEqual(journal.status().head);
    seen.push(...early.entries.map(textOf));
    await appended;
    const run = await reader.read(early.upTo, many);
    expect(run.upTo).toBe(journal.status().head);
    seen.push(...run.entries.map(textOf));
    after = run.upTo;
  }
  expect(seen).toHaveLength(journal.status().head);
  expect(await reader.read(after, many)).toEqual({ entries: [], upTo: after });
});

test('limits of entries and bytes are kept, and any place can be read from', async () => {
  const disk = memoryDisk();
  const journal = await openOn(disk, { segmentBytes: 500 });
  for (let n = 1; n <= 50; n++) await journal.append(envelope(`message ${n}`));
  const reader = readerOf(disk, journal);
  expect((await reader.read(0, { entries: 3, bytes: 1e6 })).entries).toHaveLength(3);
  expect((await reader.read(3, { entries: 100, bytes: 1 })).upTo).toBe(4);
  for (const after of [40, 7, 0, 49, 20]) {
    const { entries } = await reader.read(after, { entries: 2, bytes: 1e6 });
    expect(entries[0]?.seq).toBe(after + 1);
  }
});

test('a reader outlives the deletion of segments it has read and of those it is in', async () => {
  const disk = memoryDisk();
  const journal = await openOn(disk, { maxBytes: 1200, segmentBytes: 200 });
  const reader = readerOf(disk, journal);
  const seen: number[] = [];
  let after = 0;
  for (let n = 1; n <= 60; n++) {
    await journal.append(envelope(`message ${n}`));
    if (n % 4 === 0) {
      const run = await reader.read(after, { entries: 4, bytes: 1e6 });
      seen.push(...run.entries.map(({ seq }) => seq));
      after = run.upTo;
      journal.passed(after);
    }
  }
  expect(seen).toEqual(Array.from({ length: 60 }, (_, n) => n + 1));
  expect(journal.status().tail).toBeGreaterThan(1);
});

test('records larger than a chunk are read whole', async () => {
  const disk = memoryDisk();
  const journal = await openOn(disk, { maxBytes: 1 << 26 });
  const sizes = [10, 65_536, 200_000, 1, 900_000, 70_000];
  for (const size of sizes)
    await journal.append(envelope('', { bytes: Buffer.alloc(size, size % 251) }));
  const { entries } = await readerOf(disk, journal).read(0, { entries: 10, bytes: 1 << 24 });
  expect(entries.map(({ bytes }) => bytes.length)).toEqual(sizes);
  for (const { bytes } of entries)
    expect(bytes.every((byte) => byte === bytes.length % 251)).toBe(true);
});

test('waiting ends when the head moves beyond, or at the time limit', async () => {
  const buffer = createHead();
  const head = headOf(buffer);
  let woken = false;
  const waiting = head.beyond(5, 60_000).then(() => {
    woken = true;
  });
  publishHead(buffer, 5);
  await head.beyond(5, 1);
  expect(woken).toBe(false);
  publishHead(buffer, 6);
  await waiting;
  expect(head.seq()).toBe(6);
  await head.beyond(5, 60_000);
});

test('the head of another thread is seen, and wakes who waits', async () => {
  const buffer = createHead();
  const source = `
    import { workerData } from 'node:worker_threads';
    const { publishHead } = await import(workerData.module);
    publishHead(workerData.buffer, 9);
  `;
  const module = new URL('../../journal/head.ts', import.meta.url).href;
  const worker = new Worker(new URL(`data:text/javascript,${encodeURIComponent(source)}`), {
    workerData: { buffer, module },
  });
  await headOf(buffer).beyond(8, 30_000);
  expect(headOf(buffer).seq()).toBe(9);
  await worker.terminate();
});
