import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openJournal } from '../../journal/file-journal.ts';
import { headOf } from '../../journal/head.ts';
import { openReader } from '../../journal/reader.ts';
import type { Entry } from '../../model/envelope.ts';
import { counting, envelope, textOf } from '../journal/helpers.ts';
import { folderOfTest } from './folders.ts';
import { mountDisk, resizeDisk, unmount } from './small-disk.ts';

const writer = join(import.meta.dirname, 'programs', 'journal-writer.ts');

/** Starts a writer, lets it acknowledge `count` messages, and kills it. @returns the numbers that were acknowledged */
async function writeAndKill(dir: string, from: number, count: number): Promise<number[]> {
  const child = spawn(process.execPath, [writer, dir, String(from)]);
  let out = '';
  child.stdout.on('data', (bytes) => {
    out += bytes;
    if (out.split('\n').length > count) child.kill('SIGKILL');
  });
  let faults = '';
  child.stderr.on('data', (bytes) => {
    faults += bytes;
  });
  await new Promise((resolve) => child.on('close', resolve));
  expect(faults).toBe('');
  return out.split('\n').slice(0, -1).map(Number);
}

async function readAll(dir: string, head: SharedArrayBuffer): Promise<Entry[]> {
  const reader = openReader(dir, headOf(head), counting());
  const all: Entry[] = [];
  for (let after = 0; ; ) {
    const { entries, upTo } = await reader.read(after, { entries: 500, bytes: 1 << 20 });
    if (upTo === after) break;
    all.push(...entries);
    after = upTo;
  }
  await reader.close();
  return all;
}

test('a process killed at any moment loses nothing it has acknowledged', async () => {
  const dir = folderOfTest();
  const acknowledged: number[] = [];
  for (let round = 0; round < 6; round++) {
    acknowledged.push(...(await writeAndKill(dir, round * 1e6 + 1, 30 + round * 157)));
  }
  const context = counting();
  const options = { maxBytes: 1 << 30, keepDays: 7, segmentBytes: 20_000 };
  const journal = await openJournal(dir, options, context);
  const entries = await readAll(dir, journal.head);
  expect(entries.map(({ seq }) => seq)).toEqual(entries.map((_, index) => index + 1));
  const texts = entries.map(textOf);
  expect(new Set(texts).size).toBe(texts.length);
  const there = new Set(texts);
  expect(acknowledged.filter((n) => !there.has(`message ${n}`))).toEqual([]);
  expect(acknowledged.length).toBeGreaterThan(6 * 30);
  expect(context.total('journal_corrupt')).toBe(0);
  await journal.close();
});

test('a disk that is really full stops acknowledgements and loses nothing', async (context) => {
  const dir = folderOfTest();
  if (!mountDisk(dir, '256k')) {
    console.log('SKIPPED 1: a small disk cannot be mounted here (needs root)');
    return context.skip();
  }
  try {
    const journal = await openJournal(dir, { maxBytes: 1 << 30, keepDays: 7 }, counting());
    const bytes = Buffer.alloc(3000, 'x');
    let acknowledged = 0;
    const failed = await (async () => {
      for (;;) {
        try {
          await journal.append(envelope('', { bytes }));
          acknowledged++;
        } catch (error) {
          return error;
        }
      }
    })();
    expect(failed).toMatchObject({ code: 'JOURNAL_UNAVAILABLE', retryable: true });
    expect(journal.status().state).toBe('failing');
    expect(resizeDisk(dir, '1m')).toBe(true);
    await journal.append(envelope('more room'));
    expect(journal.status()).toMatchObject({ state: 'ok', head: acknowledged + 1 });
    const entries = await readAll(dir, journal.head);
    expect(entries).toHaveLength(acknowledged + 1);
    await journal.close();
  } finally {
    unmount(dir);
  }
});
