import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { expect, test } from 'vitest';
import { quiet } from '../../model/context.ts';
import { openDuckDbStore } from '../../stores/duckdb.ts';
import { storeContract } from '../contracts/store.ts';

storeContract('duckdb', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'guanjia-duckdb-'));
  return {
    keeps: true,
    open: () => openDuckDbStore(join(folder, 'telemetry.duckdb'), {}, quiet),
    remove: () => rm(folder, { recursive: true, force: true }),
  };
});

test('a file of a later format is refused and left as it is', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'guanjia-duckdb-'));
  const file = join(folder, 'telemetry.duckdb');
  await (await openDuckDbStore(file, {}, quiet)).close();
  const instance = await DuckDBInstance.create(file);
  const connection = await instance.connect();
  await connection.run('UPDATE format SET version = 99');
  connection.closeSync();
  instance.closeSync();
  for (let n = 0; n < 2; n++)
    await expect(openDuckDbStore(file, {}, quiet)).rejects.toMatchObject({
      code: 'DATA_DIR_UNUSABLE',
      message: expect.stringContaining('got a file of format 99, want 1'),
    });
  await rm(folder, { recursive: true, force: true });
});

test('what is no telemetry file is refused', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'guanjia-duckdb-'));
  const file = join(folder, 'telemetry.duckdb');
  await writeFile(file, 'not a database '.repeat(1_000));
  await expect(openDuckDbStore(file, {}, quiet)).rejects.toMatchObject({
    code: 'DATA_DIR_UNUSABLE',
  });
  await rm(folder, { recursive: true, force: true });
});
