import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { quiet } from '../../model/context.ts';
import { dayMs } from '../../model/time.ts';
import { openDuckDbStore } from '../../stores/duckdb.ts';
import type { Store } from '../../stores/store.ts';
import { dayStart, numbered, sample, sortedBySeq } from '../stores/observations.ts';
import { findProgram } from './servers/program.ts';

const program = join(import.meta.dirname, 'programs/duckdb-writer.ts');
let folder = '';
let file = '';

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'guanjia-duckdb-'));
  file = join(folder, 'telemetry.duckdb');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const run = (count: number, after: number) =>
  Array.from({ length: count }, (_, i) => numbered(after + i + 1));

const expectExactly = async (store: Store, position: number) => {
  expect(await store.position()).toBe(position);
  const kept = sortedBySeq(await store.accepted(0, Number.MAX_SAFE_INTEGER));
  expect(kept).toHaveLength(position);
  expect(kept).toEqual(run(position, 0));
};

test('kill -9 of a writer, ten times: rows and position agree, nothing lost, nothing twice', async () => {
  let confirmed = 0;
  for (let round = 0; round < 10; round++) {
    const child = spawn(process.execPath, [program, file, '500'], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    child.stdout.on('data', (data: Buffer) => {
      confirmed = Math.max(confirmed, ...data.toString().split('\n').map(Number));
    });
    await once(child.stdout, 'data');
    await new Promise((resolve) => setTimeout(resolve, round * 37));
    child.kill('SIGKILL');
    await once(child, 'close');
    const store = await openDuckDbStore(file, {}, quiet);
    const position = await store.position();
    expect(position).toBeGreaterThanOrEqual(confirmed);
    await expectExactly(store, position);
    const newest = new Map<string, number>();
    for (const { device, at } of run(position, 0))
      newest.set(device, Math.max(at, newest.get(device) ?? 0));
    expect(await store.newest()).toEqual(newest);
    await store.close();
  }
  expect(confirmed).toBeGreaterThan(5_000);
});

test('a file held by another process is refused with a reason', async () => {
  const child = spawn(process.execPath, [program, file, '1'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(child.stdout, 'data');
  await expect(openDuckDbStore(file, {}, quiet)).rejects.toMatchObject({
    code: 'DATA_DIR_UNUSABLE',
    message: expect.stringMatching(/lock/i),
  });
  child.kill('SIGKILL');
  await once(child, 'close');
});

test('writing goes on while days are sorted', async () => {
  const store = await openDuckDbStore(file, {}, quiet);
  const counts: number[] = [];
  let tidying = true;
  const upkeep = (async () => {
    for (let n = 0; n < 6; n++) await store.tidy(dayStart + 100 * dayMs);
    tidying = false;
  })();
  let after = 0;
  while (tidying || after < 20_000) {
    await store.write({ after, upTo: after + 1_000, observations: run(1_000, after) });
    after += 1_000;
    counts.push((await store.accepted(0, after)).length);
  }
  await upkeep;
  expect(counts).toEqual(counts.map((_, i) => (i + 1) * 1_000));
  await expectExactly(store, after);
  await store.close();
});

test('a full disk keeps nothing of the batch, and the store works again when there is room', async () => {
  const disk = join(folder, 'disk');
  await mkdir(disk);
  const mounted = spawnSync(findProgram('mount') ?? '/bin/false', [
    '-t',
    'tmpfs',
    '-o',
    'size=12m',
    'guanjia-test',
    disk,
  ]);
  if (mounted.status !== 0) {
    console.log('SKIPPED 1: a small disk cannot be mounted here (needs root)');
    return;
  }
  try {
    const ballast = join(disk, 'ballast');
    await writeFile(ballast, Buffer.alloc(8 << 20));
    const store = await openDuckDbStore(join(disk, 'telemetry.duckdb'), {}, quiet);
    let after = 0;
    const batchSize = 5_000;
    const write = () =>
      store.write({ after, upTo: after + batchSize, observations: run(batchSize, after) });
    const failure = await (async () => {
      for (; after < 2_000_000; after += batchSize)
        try {
          await write();
        } catch (error) {
          return error;
        }
      return undefined;
    })();
    expect(failure).toMatchObject({ code: 'STORE_UNAVAILABLE', retryable: true });
    for (let n = 0; n < 3; n++)
      await expect(write()).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
    await rm(ballast);
    await write();
    after += batchSize;
    await expectExactly(store, after);
    await store.close();
    const again = await openDuckDbStore(join(disk, 'telemetry.duckdb'), {}, quiet);
    await expectExactly(again, after);
    await again.write({
      after,
      upTo: after + 1,
      observations: [sample('m1', dayStart, after + 1, { power_kw: 1 })],
    });
    await again.close();
  } finally {
    spawnSync(findProgram('umount') ?? '/bin/false', ['-l', disk]);
  }
});
