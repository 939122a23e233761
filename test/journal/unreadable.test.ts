import { expect, test } from 'vitest';
import { counting, readerOf } from './helpers.ts';
import { systemError } from './memory-disk.ts';
import { fiftyIn } from './places.ts';

test('what a disk cannot read is asked for again, and in the end counted and passed over', async () => {
  const { disk, journal, places } = await fiftyIn(1 << 20, 400);
  const bad = places[24];
  if (!bad) throw new Error('there are 50');
  const isBad = (at: number, bytes: number) => at < bad.at + 8 && at + bytes > bad.at;
  const block = { from: bad.at - (bad.at % 4096), to: bad.at - (bad.at % 4096) + 4096 };
  let well = false;
  disk.fault = (operation, path, bytes, at) => {
    if (operation === 'read' && path === bad.path && !well && isBad(at, bytes))
      throw systemError('EIO');
  };
  const context = counting();
  const reader = readerOf(disk, journal, context);
  await expect(reader.read(0, { entries: 50, bytes: 1 << 20 })).rejects.toMatchObject({
    code: 'EIO',
  });
  well = true;
  expect((await reader.read(0, { entries: 50, bytes: 1 << 20 })).entries).toHaveLength(50);
  well = false;
  const other = readerOf(disk, journal, context);
  let refused = 0;
  const seen: number[] = [];
  for (let after = 0; after < 50 && refused < 50; ) {
    try {
      const run = await other.read(after, { entries: 50, bytes: 1 << 20 });
      seen.push(...run.entries.map(({ seq }) => seq));
      after = run.upTo;
    } catch {
      refused++;
    }
  }
  expect(refused).toBeGreaterThan(3);
  const readable = places.filter(({ at, bytes }) => at + bytes <= block.from || at >= block.to);
  expect(seen).toEqual(readable.map(({ seq }) => seq));
  expect(other.damage().positions).toBe(50 - readable.length);
});

test('a disk that is away altogether is waited for: nothing is passed over', async () => {
  const { disk, journal } = await fiftyIn(1 << 20);
  const reader = readerOf(disk, journal);
  disk.fault = (operation) => {
    if (operation === 'read') throw systemError('EIO');
  };
  for (let attempt = 0; attempt < 25; attempt++)
    await expect(reader.read(0, { entries: 50, bytes: 1 << 20 })).rejects.toThrow('EIO');
  disk.fault = () => {};
  expect((await reader.read(0, { entries: 50, bytes: 1 << 20 })).entries).toHaveLength(50);
  expect(reader.damage()).toEqual({ positions: 0, bytes: 0 });
});
