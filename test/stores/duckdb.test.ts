import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { expect, test, vi } from 'vitest';
import { quiet } from '../../model/context.ts';
import { openDuckDbStore } from '../../stores/duckdb.ts';
import { storeContract } from '../contracts/store.ts';
import { batchOf, dayStart, fix, numbered, sample, sortedBySeq } from './observations.ts';

storeContract('duckdb', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'guanjia-duckdb-'));
  return {
    keeps: true,
    open: () => openDuckDbStore(join(folder, 'telemetry.duckdb'), {}, quiet),
    remove: () => rm(folder, { recursive: true, force: true }),
  };
});

async function change(file: string, sql: string): Promise<void> {
  const instance = await DuckDBInstance.create(file);
  const connection = await instance.connect();
  await connection.run(sql);
  connection.closeSync();
  instance.closeSync();
}

const readingColumns = `device INTEGER NOT NULL, metric UTINYINT NOT NULL, at_ms BIGINT NOT NULL, value DOUBLE NOT NULL,
  seq BIGINT NOT NULL, delay_ms BIGINT NOT NULL, flags UTINYINT NOT NULL`;
const fixColumns = `device INTEGER NOT NULL, at_ms BIGINT NOT NULL, lat DOUBLE NOT NULL, lon DOUBLE NOT NULL,
  fixed BOOLEAN NOT NULL, speed_kmh DOUBLE, heading_deg DOUBLE, acc BOOLEAN, satellites DOUBLE,
  odometer_km DOUBLE, fuel_l DOUBLE, soc_pct DOUBLE,
  seq BIGINT NOT NULL, delay_ms BIGINT NOT NULL, flags UTINYINT NOT NULL`;

test('a file of the first format, a row a value, is brought up to date', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'guanjia-duckdb-'));
  const file = join(folder, 'telemetry.duckdb');
  await change(
    file,
    `CREATE TABLE format (version INTEGER NOT NULL); INSERT INTO format VALUES (1);
     CREATE TABLE device (id INTEGER NOT NULL, name VARCHAR NOT NULL); INSERT INTO device VALUES (0, 'm1'), (1, 'v1');
     CREATE TABLE position (sink VARCHAR NOT NULL, seq BIGINT NOT NULL); INSERT INTO position VALUES ('store', 4), ('latest', 2);
     CREATE TABLE reading (${readingColumns}); CREATE TABLE reading_sorted (${readingColumns}); CREATE TABLE latest_reading (${readingColumns});
     CREATE TABLE fix (${fixColumns}); CREATE TABLE fix_sorted (${fixColumns}); CREATE TABLE latest_fix (${fixColumns});
     CREATE VIEW readings AS FROM reading UNION ALL FROM reading_sorted; CREATE VIEW fixes AS FROM fix UNION ALL FROM fix_sorted;
     INSERT INTO reading_sorted VALUES (0, 1, ${dayStart}, 15234.5, 1, 250, 0), (0, 10, ${dayStart}, 12.1, 1, 250, 0), (0, 41, ${dayStart}, 3, 1, 250, 0);
     INSERT INTO reading VALUES (0, 10, ${dayStart + 86_400_000}, -1, 3, 250, 1), (0, 20, ${dayStart + 86_400_000}, 230, 4, 250, 0);
     INSERT INTO latest_reading VALUES (0, 1, ${dayStart}, 15234.5, 2, 0, 0), (0, 10, ${dayStart}, 12.1, 2, 0, 0), (0, 41, ${dayStart}, 3, 2, 0, 0);
     INSERT INTO fix VALUES (1, ${dayStart}, 36.45, 115.98, true, 42, NULL, false, NULL, NULL, NULL, NULL, 2, 400, 0);
     INSERT INTO latest_fix SELECT * FROM fix;`,
  );
  const day = dayStart + 86_400_000;
  const all = [
    sample('m1', dayStart, 1, { energy_import_kwh: 15234.5, power_kw: 12.1, flow_m3h: 3 }),
    fix('v1', dayStart, 2, { speedKmh: 42, acc: false }),
    sample('m1', day, 3, { power_kw: -1 }, { timeSource: 'receipt' }),
    sample('m1', day, 4, { voltage_a_v: 230 }),
  ];
  for (const position of [4, 5]) {
    const store = await openDuckDbStore(file, {}, quiet);
    expect(await store.position()).toBe(position);
    expect(await store.accepted(0, 4)).toEqual(all);
    const latest = await store.latestReadings(['m1']);
    expect(Object.fromEntries(latest.map(({ metric, value }) => [metric, value]))).toEqual({
      energy_import_kwh: 15234.5,
      power_kw: -1,
      flow_m3h: 3,
      voltage_a_v: 230,
    });
    expect(await store.latestFixes()).toEqual([all[1]]);
    await store.write(batchOf(4, [fix('v1', dayStart - 1, 5)]));
    await store.close();
  }
  await rm(folder, { recursive: true, force: true });
});

test('a file of the second format, whose fixes say nothing of alarms, is brought up to date', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'guanjia-duckdb-'));
  const file = join(folder, 'telemetry.duckdb');
  const before = [
    fix('v1', dayStart, 1, { speedKmh: 42, acc: true }),
    fix('v1', dayStart + 86_400_000, 2, { timeSource: 'receipt' }),
  ];
  const first = await openDuckDbStore(file, {}, quiet);
  await first.write(batchOf(0, before));
  await first.tidy(dayStart + 2.6 * 86_400_000);
  await first.close();
  const added = ['altitude_m', 'alarms', 'status', 'overspeed_place', 'crossed_place'];
  const drops = ['', '_sorted', '_latest'].flatMap((part) =>
    added.map((name) => `ALTER TABLE fix${part} DROP COLUMN ${name};`),
  );
  await change(file, `DROP VIEW fix_all; ${drops.join('')} UPDATE format SET version = 2;`);
  const after = fix('v1', dayStart + 2 * 86_400_000, 3, { alarms: 5, status: 3, resent: true });
  for (const all of [before, [...before, after]]) {
    const store = await openDuckDbStore(file, {}, quiet);
    expect(await store.accepted(0, 3)).toEqual(all);
    expect(await store.latestFixes()).toEqual(all.slice(-1));
    await store.write(batchOf(2, [after]));
    await store.close();
  }
  await rm(folder, { recursive: true, force: true });
});

test('a metric that the catalogue did not have when the file was made gets its column', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'guanjia-duckdb-'));
  const file = join(folder, 'telemetry.duckdb');
  const before = [sample('m1', dayStart, 1, { power_kw: 1, voltage_a_v: 230 })];
  const first = await openDuckDbStore(file, {}, quiet);
  await first.write(batchOf(0, before));
  await first.close();
  await change(
    file,
    ['', '_sorted', '_latest']
      .map((part) => `ALTER TABLE electric${part} DROP COLUMN energy_import_kwh;`)
      .join(''),
  );
  const store = await openDuckDbStore(file, {}, quiet);
  const after = sample('m1', dayStart + 1, 2, { energy_import_kwh: 7, power_kw: 2 });
  await store.write(batchOf(1, [after]));
  await store.tidy(dayStart + 100 * 86_400_000);
  expect(await store.accepted(0, 2)).toEqual([...before, after]);
  await store.close();
  await rm(folder, { recursive: true, force: true });
});

test('a table that there was not when the file was made is there, and a sample of several tables is one', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'guanjia-duckdb-'));
  const file = join(folder, 'telemetry.duckdb');
  const before = [sample('m1', dayStart, 1, { power_kw: 1 })];
  const first = await openDuckDbStore(file, {}, quiet);
  await first.write(batchOf(0, before));
  await first.close();
  const parts = ['', '_sorted', '_latest'].map((part) => `DROP TABLE register${part};`);
  await change(file, `DROP VIEW register_all; ${parts.join('')}`);
  const store = await openDuckDbStore(file, {}, quiet);
  const values = { power_kw: 2, energy_import_t1_kwh: 7, valve_closed: 0, volume_m3: 3 };
  const after = sample('m1', dayStart + 1, 2, values);
  await store.write(batchOf(1, [after]));
  await store.tidy(dayStart + 100 * 86_400_000);
  expect(await store.accepted(0, 2)).toEqual([...before, after]);
  await store.close();
  await rm(folder, { recursive: true, force: true });
});

test('a file of a later format is refused and left as it is', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'guanjia-duckdb-'));
  const file = join(folder, 'telemetry.duckdb');
  await (await openDuckDbStore(file, {}, quiet)).close();
  await change(file, 'UPDATE format SET version = 99');
  for (let n = 0; n < 2; n++)
    await expect(openDuckDbStore(file, {}, quiet)).rejects.toMatchObject({
      code: 'DATA_DIR_UNUSABLE',
      message: expect.stringContaining('got a file of format 99, want at most 3'),
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

test('a write that fails at any statement keeps nothing, neither rows nor position', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'guanjia-duckdb-'));
  const store = await openDuckDbStore(join(folder, 'telemetry.duckdb'), {}, quiet);
  const run = DuckDBConnection.prototype.run;
  const all = Array.from({ length: 20 }, (_, index) => numbered(index + 1));
  await store.write(batchOf(0, all.slice(0, 10)));
  let failed = true;
  let statement = 0;
  for (; failed; statement++) {
    let left = statement;
    const planted = vi.spyOn(DuckDBConnection.prototype, 'run').mockImplementation(function (
      this: DuckDBConnection,
      ...args
    ) {
      return left-- === 0 ? Promise.reject(new Error('planted')) : run.apply(this, args);
    });
    failed = await store.write(batchOf(10, all.slice(10))).then(
      () => false,
      () => true,
    );
    planted.mockRestore();
    const position = failed ? 10 : 20;
    expect(await store.position()).toBe(position);
    expect(sortedBySeq(await store.accepted(0, 100))).toEqual(all.slice(0, position));
  }
  expect(statement).toBeGreaterThan(2);
  await store.close();
  await rm(folder, { recursive: true, force: true });
});
