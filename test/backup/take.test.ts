import {
  appendFileSync,
  existsSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { Readable } from 'node:stream';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readArchive } from '../../backup/archive.ts';
import type { Sources } from '../../backup/take.ts';
import { journalled, makeData, makeFolder, partsOf, removeFolder, take, wordIn } from './kit.ts';

let folder: string;
let sources: Sources;
beforeEach(async () => {
  folder = makeFolder();
  sources = await makeData(folder);
});
afterEach(() => removeFolder(folder));

const segments = () =>
  readdirSync(sources.journal)
    .filter((name) => name.endsWith('.seg'))
    .sort();
const busy = (text: string) =>
  expect.objectContaining({ code: 'SERVICE_BUSY', message: expect.stringContaining(text) });

test('telemetry first, then the databases in their order, the key, and the journal last', async () => {
  const parts = await partsOf(await take(sources));
  const names = [...parts.keys()];
  expect(names.slice(0, 5)).toEqual([
    'telemetry.duckdb',
    'findings.db',
    'ledger.db',
    'registry.db',
    'server.key',
  ]);
  expect(names.slice(5).every((name) => name.startsWith('journal/'))).toBe(true);
  expect(parts.get('telemetry.duckdb')?.equals(readFileSync(sources.telemetry))).toBe(true);
  expect(existsSync(sources.staging)).toBe(false);
});

test('a database is copied as of its last transaction, with what is in its log', async () => {
  const writer = new DatabaseSync(sources.databases[1] ?? '');
  writer.exec("PRAGMA wal_autocheckpoint = 0; UPDATE word SET w = 'committed'");
  writer.exec("BEGIN; UPDATE word SET w = 'not committed'");
  const parts = await partsOf(await take(sources));
  const copy = join(folder, 'copy.db');
  writeFileSync(copy, parts.get('findings.db') ?? '');
  expect(wordIn(copy)).toBe('committed');
  writer.exec('ROLLBACK');
  writer.close();
});

test('of the journal goes what no sink needs no more and what is older than a resend', async () => {
  const long = Date.now() + 3_600_000;
  const parts = await partsOf(await take(sources, { now: () => long }));
  const packed = [...parts.keys()].filter((name) => name.startsWith('journal/'));
  const all = segments();
  expect(packed.length).toBeGreaterThan(1);
  expect(packed.length).toBeLessThan(all.length);
  const firsts = packed.map((name) => Number(name.slice('journal/'.length, -'.seg'.length)));
  expect(firsts[0]).toBeLessThanOrEqual(61);
  expect(firsts[1]).toBeGreaterThan(61);
  expect(packed.at(-1)).toBe(`journal/${all.at(-1)}`);
  const fresh = await partsOf(await take(sources));
  expect([...fresh.keys()].filter((name) => name.startsWith('journal/')).length).toBe(all.length);
});

test('what comes while it is made is in its journal, and segments deleted meanwhile are too', async () => {
  const before = segments();
  const archive = await take(sources, {
    async freeze() {
      await journalled(join(folder, 'data'), 101, 140);
      for (const name of before.slice(0, -1)) rmSync(join(sources.journal, name));
      return { store: 60, oldest: 60 };
    },
  });
  const parts = await partsOf(archive);
  const all = [...before, ...segments().filter((name) => !before.includes(name))];
  expect([...parts.keys()].filter((name) => name.startsWith('journal/'))).toEqual(
    all.map((name) => `journal/${name}`),
  );
  const text = Buffer.concat([...parts.values()]).toString('latin1');
  for (const n of [1, 61, 100, 101, 140]) expect(text).toContain(`"energy_import_kwh":${n}}`);
});

test('a journal that is deleted faster than it is copied makes no backup', async () => {
  const outrun = take(sources, {
    async freeze() {
      for (const name of segments()) rmSync(join(sources.journal, name));
      return { store: 60, oldest: 60 };
    },
  });
  await expect(outrun).rejects.toEqual(busy('journal'));
  await journalled(join(folder, 'data'), 1, 10);
  for (const name of segments().slice(0, 1)) rmSync(join(sources.journal, name));
  await journalled(join(folder, 'data'), 11, 90);
  rmSync(join(sources.journal, segments()[0] ?? ''));
  await expect(
    take(sources, { freeze: async () => ({ store: 0, oldest: 0 }) }),
  ).resolves.toBeDefined();
  await expect(take(sources, { freeze: async () => ({ store: 2, oldest: 2 }) })).rejects.toEqual(
    busy('journal'),
  );
});

test('a telemetry file that grows is copied as it stood; one that is rewritten makes no backup', async () => {
  const before = readFileSync(sources.telemetry);
  const grown = await take(sources, {
    ready: () => appendFileSync(sources.telemetry, 'later'),
  });
  expect((await partsOf(grown)).get('telemetry.duckdb')?.equals(before)).toBe(true);
  const rewritten = take(sources, {
    ready: () => {
      const bytes = readFileSync(sources.telemetry);
      bytes[4_100] = 0;
      writeFileSync(sources.telemetry, bytes);
    },
  });
  await expect(rewritten).rejects.toEqual(busy('telemetry.duckdb'));
});

test('a file that shrinks under way makes no backup', async () => {
  const shrunk = take(sources, { ready: () => writeFileSync(sources.telemetry, 'short') });
  await expect(shrunk).rejects.toEqual(busy('telemetry.duckdb'));
});

test('what fails leaves no copies behind, and what an earlier one left is no trouble', async () => {
  const failing = take(sources, {
    freeze: async () => {
      throw new Error('cannot stand still');
    },
  });
  await expect(failing).rejects.toThrow('cannot stand still');
  expect(existsSync(sources.staging)).toBe(false);
  await take(sources);
});

test('it tells how much there is and how far it is', async () => {
  let [total, done] = [0, 0];
  await take(sources, {
    ready: (bytes) => {
      total = bytes;
    },
    progress: (bytes) => {
      done += bytes;
    },
  });
  expect(total).toBeGreaterThan(50_000);
  expect(done).toBe(total);
});

test('the manifest has the positions', async () => {
  const archive = await take(sources, { freeze: async () => ({ store: 70, oldest: 60 }) });
  const manifest = await readArchive(Readable.from([archive]), async (_, chunks) => {
    await Readable.from(chunks).toArray();
  });
  expect(manifest.positions).toEqual({ store: 70, oldest: 60 });
});
