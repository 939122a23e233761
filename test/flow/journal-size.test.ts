import { expect, test } from 'vitest';
import { openJournal } from '../../journal/file-journal.ts';
import { type FileSystem, realFileSystem } from '../../journal/file-system.ts';
import { headOf } from '../../journal/head.ts';
import { openReader } from '../../journal/reader.ts';
import { quiet } from '../../model/context.ts';
import { dayMs } from '../../model/time.ts';
import { envelope } from '../journal/helpers.ts';
import { folderOfTest } from './folders.ts';

/** A journal as it becomes in years: many files, and much in them. */

/** The disk of this machine, and what is asked of it. */
function countingDisk(): { readonly disk: FileSystem; readonly asked: Record<string, number> } {
  const asked: Record<string, number> = { opens: 0, lists: 0, readBytes: 0 };
  const more = (name: string, by = 1) => {
    asked[name] = (asked[name] ?? 0) + by;
  };
  const disk: FileSystem = {
    ...realFileSystem,
    async open(path, access) {
      more('opens');
      const file = await realFileSystem.open(path, access);
      const read: typeof file.read = async (target, at) => {
        const got = await file.read(target, at);
        more('readBytes', got);
        return got;
      };
      return { ...file, read };
    },
    names(dir) {
      more('lists');
      return realFileSystem.names(dir);
    },
    list(dir) {
      more('lists');
      return realFileSystem.list(dir);
    },
  };
  return { disk, asked };
}

const cpuS = (): number => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
};

async function make(messages: number, perBatch: number, segmentBytes: number) {
  const dir = folderOfTest();
  const options = { maxBytes: 1 << 30, keepDays: 7, segmentBytes };
  const journal = await openJournal(dir, options, quiet);
  const bytes = Buffer.alloc(200, 'x');
  for (let done = 0; done < messages; done += perBatch)
    await Promise.all(
      Array.from({ length: perBatch }, () => journal.append(envelope('', { bytes }))),
    );
  const { segments } = journal.status();
  await journal.close();
  return { dir, options, segments };
}

test('three thousand segments: opened by looking at one, read through once, retired in one go', async () => {
  const { dir, options, segments } = await make(30_000, 10, 2_000);
  expect(segments).toBeGreaterThanOrEqual(3_000);
  const { disk, asked } = countingDisk();
  const began = cpuS();
  let elapsedMs = 0;
  const journal = await openJournal(dir, { ...options, elapsedMs: () => elapsedMs }, quiet, disk);
  expect(journal.status().head).toBe(30_000);
  expect(asked['opens']).toBeLessThan(5);
  const opened = cpuS();
  const reader = openReader(dir, headOf(journal.head), quiet, disk);
  let read = 0;
  for (let after = 0; after < 30_000; ) {
    const run = await reader.read(after, { entries: 5_000, bytes: 1 << 22 });
    read += run.entries.length;
    after = run.upTo;
  }
  expect(read).toBe(30_000);
  expect(asked['lists']).toBeLessThan(10);
  const through = cpuS();
  // Following the head, the folder is not looked at again for every message.
  const before = asked['lists'] ?? 0;
  for (let n = 1; n <= 40; n++) {
    await journal.append(envelope('more'));
    await reader.read(29_999 + n, { entries: 10, bytes: 1 << 20 });
  }
  expect((asked['lists'] ?? 0) - before).toBeLessThan(20);
  journal.passed(30_000);
  elapsedMs = 8 * dayMs;
  journal.passed(30_000);
  await journal.close();
  expect(
    (await realFileSystem.names(dir)).filter((name) => name.endsWith('.seg')).length,
  ).toBeLessThan(10);
  await reader.close();
  console.log(
    `${segments} segments: opened in ${(opened - began).toFixed(2)} CPU s, read in ${(through - opened).toFixed(2)}`,
  );
}, 120_000);

test('a million messages behind: opened by reading the last segment only', async () => {
  const { dir, options } = await make(1_000_000, 20_000, 64 << 20);
  const { disk, asked } = countingDisk();
  const [began, cpu] = [performance.now(), cpuS()];
  const journal = await openJournal(dir, options, quiet, disk);
  const tookMs = performance.now() - began;
  expect(journal.status().head).toBe(1_000_000);
  expect(asked['readBytes']).toBeLessThan(80 << 20);
  console.log(
    `a million messages: opened in ${Math.round(tookMs)} ms, ${(cpuS() - cpu).toFixed(2)} CPU s`,
  );
  await journal.close();
}, 120_000);
