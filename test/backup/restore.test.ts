import {
  createWriteStream,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { finishPlacing } from '../../backup/place.ts';
import { type RestoreOptions, restoreBackup } from '../../backup/restore.ts';
import type { Sources } from '../../backup/take.ts';
import { openJournal } from '../../journal/file-journal.ts';
import { createHead, headOf } from '../../journal/head.ts';
import { openReader } from '../../journal/reader.ts';
import { quiet } from '../../model/context.ts';
import {
  filesOf,
  journalled,
  makeData,
  makeFolder,
  noon,
  removeFolder,
  take,
  wordIn,
} from './kit.ts';

let folder: string;
let sources: Sources;
let file: string;
let target: string;
beforeEach(async () => {
  folder = makeFolder();
  sources = await makeData(folder);
  file = join(folder, 'backup');
  target = join(folder, 'target');
  mkdirSync(target);
});
afterEach(() => removeFolder(folder));

const backUp = async (): Promise<void> =>
  pipeline(Readable.from([await take(sources)]), createWriteStream(file));
const restore = (options: Partial<RestoreOptions> = {}) =>
  restoreBackup(file, target, { replace: false, now: () => noon, ...options });
const journalOf = (dir: string) =>
  readdirSync(join(dir, 'journal'))
    .filter((name) => name.endsWith('.seg'))
    .sort();

/** What a service that opened the directory would read: the numbers in its journal. */
async function numbersIn(dir: string): Promise<number[]> {
  const head = createHead();
  const options = { maxBytes: 1 << 20, keepDays: 7, segmentBytes: 4096, head };
  const journal = await openJournal(join(dir, 'journal'), options, quiet);
  const reader = openReader(join(dir, 'journal'), headOf(head), quiet);
  const numbers: number[] = [];
  for (let after = 0; ; ) {
    const { entries, upTo } = await reader.read(after, { entries: 1_000, bytes: 1 << 20 });
    if (upTo === after) break;
    for (const { bytes } of entries)
      numbers.push(
        (JSON.parse(Buffer.from(bytes).toString()) as { values: { energy_import_kwh: number } })
          .values.energy_import_kwh,
      );
    after = upTo;
  }
  await reader.close();
  await journal.close();
  return numbers;
}

const upTo = (n: number) => Array.from({ length: n }, (_, index) => index + 1);

test('everything that was backed up is there, for its owner alone', async () => {
  await backUp();
  const { manifest, aside } = await restore();
  expect(aside).toBeUndefined();
  expect(wordIn(join(target, 'registry.db'))).toBe('of registry');
  expect(wordIn(join(target, 'findings.db'))).toBe('of findings');
  for (const name of ['telemetry.duckdb', 'server.key'])
    expect(readFileSync(join(target, name)).equals(readFileSync(join(folder, 'data', name)))).toBe(
      true,
    );
  expect(await numbersIn(target)).toEqual(upTo(100));
  expect(manifest.positions.store).toBe(60);
  for (const name of Object.keys(filesOf(target)).filter((path) => path !== 'journal/retention'))
    expect(statSync(join(target, name)).mode & 0o777, name).toBe(0o600);
  expect(readdirSync(target).filter((name) => name.startsWith('restore-'))).toEqual([]);
});

test('data that are there stay unless they may be replaced, and are then moved aside', async () => {
  await backUp();
  writeFileSync(join(target, 'registry.db'), 'mine');
  writeFileSync(join(target, 'lock.db'), '');
  await expect(restore()).rejects.toMatchObject({ code: 'DATA_DIR_UNUSABLE' });
  expect(filesOf(target)).toEqual({ 'registry.db': 'mine', 'lock.db': '' });
  const { aside } = await restore({ replace: true });
  expect(aside).toBe(join(target, 'replaced-20261123T040000Z'));
  expect(filesOf(aside ?? '')).toEqual({ 'registry.db': 'mine' });
  expect(wordIn(join(target, 'registry.db'))).toBe('of registry');
  await restore({ replace: true, now: () => noon + 1_000 });
  expect(filesOf(aside ?? '')).toEqual({ 'registry.db': 'mine' });
});

test('a damaged archive changes nothing, wherever the damage is', { timeout: 60_000 }, async () => {
  await backUp();
  const whole = readFileSync(file);
  writeFileSync(join(target, 'registry.db'), 'mine');
  for (let part = 1; part < 40; part++) {
    const at = Math.floor((whole.length * part) / 40);
    const bytes = part % 2 ? whole.subarray(0, at) : Buffer.from(whole);
    if (part % 2 === 0) bytes[at] = (bytes[at] ?? 0) ^ 0x40;
    writeFileSync(file, bytes);
    await expect(restore({ replace: true }), `at ${at}`).rejects.toMatchObject({
      code: 'BACKUP_INVALID',
    });
    expect(filesOf(target)).toEqual({ 'registry.db': 'mine' });
    expect(readdirSync(target)).toEqual(['registry.db']);
  }
});

describe('cut short while files change places', () => {
  /** A restore that stopped with its new files in a folder of this stage. */
  function stoppedAt(stage: string): void {
    const staged = join(target, `restore-1.${stage}`);
    mkdirSync(join(staged, 'journal'), { recursive: true });
    writeFileSync(join(staged, 'registry.db'), 'new');
    writeFileSync(join(staged, 'journal', '1.seg'), 'new');
  }

  test('before the new files are whole, the old ones stay', async () => {
    writeFileSync(join(target, 'registry.db'), 'old');
    stoppedAt('partial');
    finishPlacing(target);
    expect(filesOf(target)['registry.db']).toBe('old');
    await backUp();
    await restore({ replace: true });
    expect(readdirSync(target)).not.toContain('restore-1.partial');
  });

  test('once they are, whoever opens the directory finds the new ones', () => {
    writeFileSync(join(target, 'registry.db'), 'old');
    mkdirSync(join(target, 'replaced-1'));
    writeFileSync(join(target, 'replaced-1', 'server.key'), 'old');
    stoppedAt('ready');
    finishPlacing(target);
    expect(filesOf(target)).toEqual({
      'registry.db': 'new',
      'journal/1.seg': 'new',
      'replaced-1/registry.db': 'old',
      'replaced-1/server.key': 'old',
    });
  });

  test('with some of them in place already, the rest follows', () => {
    stoppedAt('placing');
    writeFileSync(join(target, 'server.key'), 'new');
    finishPlacing(target);
    finishPlacing(target);
    expect(filesOf(target)).toEqual({
      'registry.db': 'new',
      'journal/1.seg': 'new',
      'server.key': 'new',
    });
  });
});

describe('with a newer journal', () => {
  const newer = () => join(folder, 'data');

  test('what came after the backup is there as well', async () => {
    await backUp();
    await journalled(newer(), 101, 150);
    const { newerSegments } = await restore({ journal: join(newer(), 'journal') });
    expect(newerSegments).toBeGreaterThan(1);
    expect(await numbersIn(target)).toEqual(upTo(150));
  });

  test('of which the oldest segments have gone', async () => {
    await backUp();
    const before = journalOf(newer());
    await journalled(newer(), 101, 150);
    for (const name of before.slice(0, -1)) rmSync(join(newer(), 'journal', name));
    await restore({ journal: join(newer(), 'journal') });
    expect(await numbersIn(target)).toEqual(upTo(150));
  });

  test('the data directory it is in can be the one that is replaced', async () => {
    await backUp();
    await journalled(newer(), 101, 150);
    const options = { replace: true, now: () => noon, journal: join(newer(), 'journal') };
    await restoreBackup(file, newer(), options);
    expect(await numbersIn(newer())).toEqual(upTo(150));
  });

  test('a gap between the two is refused, and nothing changes', async () => {
    await backUp();
    const before = journalOf(newer());
    await journalled(newer(), 101, 150);
    for (const name of before) rmSync(join(newer(), 'journal', name));
    await expect(restore({ journal: join(newer(), 'journal') })).rejects.toMatchObject({
      code: 'INPUT_INVALID',
      message: expect.stringContaining(`${before.at(-1)} is missing`),
    });
    expect(readdirSync(target)).toEqual([]);
  });

  test('a journal of another service is refused', async () => {
    await backUp();
    const other = join(folder, 'other');
    mkdirSync(other);
    await journalled(other, 1, 150);
    await expect(restore({ journal: join(other, 'journal') })).rejects.toMatchObject({
      code: 'INPUT_INVALID',
      message: expect.stringContaining('is another one'),
    });
    expect(readdirSync(target)).toEqual([]);
  });

  test('behind a backup without a journal it must begin no later than the store needs', async () => {
    for (const name of journalOf(newer())) rmSync(join(newer(), 'journal', name));
    await backUp();
    await journalled(newer(), 1, 150);
    const journal = join(newer(), 'journal');
    const firstOf = (name = '') => Number(name.slice(0, -'.seg'.length));
    const names = journalOf(newer()).filter((name) => firstOf(name) <= 61);
    for (const name of names.slice(0, -1)) rmSync(join(journal, name));
    await restore({ journal });
    expect((await numbersIn(target)).slice(-90)).toEqual(upTo(150).slice(-90));
    rmSync(join(journal, names.at(-1) ?? ''));
    await expect(restore({ journal, replace: true })).rejects.toMatchObject({
      code: 'INPUT_INVALID',
      message: expect.stringContaining('it begins at'),
    });
  });

  test('a folder without segments is refused', async () => {
    await backUp();
    await expect(restore({ journal: target })).rejects.toMatchObject({ code: 'INPUT_INVALID' });
  });
});
