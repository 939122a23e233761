import { appendFileSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { PipelineView } from '../../api/contract.ts';
import { connectDevice } from './device.ts';
import { folderOfSuite } from './folders.ts';
import { cityOf } from './guanjia.ts';
import { guanjiaOfSuite } from './guanjia-of-suite.ts';
import { bindFolder, canMountDisk, mountDisk, resizeDisk, unmount } from './small-disk.ts';

/** The disk of the stores is full, the journal has its own: acknowledgements go on, and everything is stored when there is room again. */

const able = canMountDisk();
if (!able) console.log('SKIPPED 1: no file system of limited size can be mounted here');

const start = Date.UTC(2026, 10, 1);
const readingsPerMessage = 300;

const folder = folderOfSuite();
const data = join(folder, 'data');
beforeAll(() => {
  const journal = join(folder, 'journal');
  mkdirSync(data);
  mkdirSync(journal);
  mountDisk(data, '16m');
  mkdirSync(join(data, 'journal'));
  bindFolder(journal, join(data, 'journal'));
});
afterAll(() => {
  unmount(join(data, 'journal'));
  unmount(data);
});
const guanjia = guanjiaOfSuite({ inventory: cityOf({ meters: 1 }) }, folder);

const pipeline = () => guanjia.get<PipelineView>('/api/v1/pipeline');
const storeOf = ({ sinks }: PipelineView) => sinks.find(({ name }) => name === 'store');

/** Publishes messages `first…last`, each with many readings, every one acknowledged. */
async function publish(first: number, last: number): Promise<void> {
  const client = await connectDevice(guanjia, 'm0');
  for (let n = first; n <= last; n++) {
    const readings = Array.from({ length: readingsPerMessage }, (_, each) => {
      const index = n * readingsPerMessage + each;
      return {
        at: start + index * 1000,
        values: { power_kw: index, energy_import_kwh: index / 7 },
      };
    });
    await client.publishAsync('v1/meters/m0/readings', JSON.stringify(readings), { qos: 1 });
  }
  await client.endAsync();
}

async function stored(messages: number): Promise<readonly number[]> {
  const values: number[] = [];
  const end = start + messages * readingsPerMessage * 1000;
  for (let from = start; from < end; from += 10_000_000) {
    const query = `metric=power_kw&from=${from}&to=${Math.min(from + 10_000_000, end)}&limit=10000`;
    const { items } = await guanjia.get<{ items: { value: number }[] }>(
      `/api/v1/meters/m0/readings?${query}`,
    );
    values.push(...items.map(({ value }) => value));
  }
  return values;
}

/** Takes what room is left: what the store gives back when it tidies up would let it go on for a moment. */
function fillDisk(): void {
  const block = Buffer.alloc(4096);
  try {
    for (;;) appendFileSync(join(data, 'ballast'), block);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
  }
}

/** Whether the store is in trouble, and two seconds later still. */
async function isStuck(): Promise<boolean> {
  for (let n = 0; n < 10; n++, await wait(200)) {
    if (storeOf(await pipeline())?.trouble === null) return false;
    fillDisk();
  }
  return true;
}

const residentMb = (): number => {
  const status = readFileSync(`/proc/${guanjia.child.pid}/status`, 'utf8');
  return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1]) / 1024;
};

describe.skipIf(!able)('the disk of the stores is full', () => {
  let sent = 0;

  test('the store stops and says so; acknowledgements go on; memory does not grow', {
    timeout: 120_000,
  }, async () => {
    for (; !(await isStuck()) && sent < 4_000; sent += 50) await publish(sent, sent + 49);
    const stuck = await pipeline();
    expect(storeOf(stuck)?.position).toBeLessThan(stuck.journal.head);
    expect(storeOf(stuck)?.trouble).toMatch(/no space left|disk is full/i);
    const before = residentMb();
    await publish(sent, sent + 299);
    sent += 300;
    expect((await pipeline()).journal.head).toBeGreaterThanOrEqual(stuck.journal.head + 300);
    expect(storeOf(await pipeline())?.trouble).toBeTruthy();
    expect(residentMb() - before).toBeLessThan(100);
    const ready = await guanjia.fetch('/readyz');
    expect(ready.status).toBe(503);
  });

  test('when there is room again it goes on by itself, and everything is there once', {
    timeout: 120_000,
  }, async () => {
    expect(resizeDisk(data, '512m')).toBe(true);
    await guanjia.settled();
    const values = await stored(sent);
    expect(values.length).toBe(sent * readingsPerMessage);
    expect(values.every((value, index) => value === index)).toBe(true);
    expect((await pipeline()).sinks.map(({ trouble }) => trouble)).toEqual([null, null]);
    expect((await guanjia.get<{ items: unknown[] }>('/api/v1/quarantine')).items).toEqual([]);
    expect(guanjia.output()).toContain('telemetry file opened again');
    expect(guanjia.output()).toContain('sink recovered');
  });

  test('a kill and a start on the disk that was full change nothing', {
    timeout: 120_000,
  }, async () => {
    await guanjia.kill();
    await guanjia.start();
    await guanjia.settled();
    expect((await stored(sent)).length).toBe(sent * readingsPerMessage);
  });
});
