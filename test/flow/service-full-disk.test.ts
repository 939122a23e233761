import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { connectOnce } from './device.ts';
import { folderOfSuite } from './folders.ts';
import { cityOf } from './guanjia.ts';
import { guanjiaOfSuite } from './guanjia-of-suite.ts';
import { until } from './mosquitto.ts';
import { canMountDisk, mountDisk, resizeDisk, unmount } from './small-disk.ts';

/** The journal's disk is full: nothing is acknowledged that is not kept, what is there is served, and it goes on when there is room. */

const start = Date.UTC(2026, 10, 1);
const paddingBytes = 60_000;

const able = canMountDisk();
if (!able) console.log('SKIPPED 1: no file system of limited size can be mounted here');

const folder = folderOfSuite();
const journal = join(folder, 'data', 'journal');
beforeAll(() => {
  mkdirSync(journal, { recursive: true });
  mountDisk(journal, '8m');
});
afterAll(() => unmount(journal));
const guanjia = guanjiaOfSuite({ inventory: cityOf({ meters: 1 }) }, folder);

/** On a full disk a message stays unacknowledged and its connection open. */
async function unanswered(): Promise<never> {
  await wait(3000, undefined, { ref: false });
  throw new Error('not acknowledged');
}

/** Publishes from `first` on until `most` are acknowledged or one is not. @returns the next number */
async function publish(first: number, most: number): Promise<number> {
  const client = await connectOnce(guanjia, 'm0');
  const gone = new Promise<never>((_, reject) =>
    client.on('close', () => reject(new Error('closed'))),
  );
  gone.catch(() => {});
  let n = first;
  try {
    for (; n < first + most; n++) {
      const body = JSON.stringify({ at: start + n * 1000, values: { power_kw: n } });
      const sent = client.publishAsync('v1/meters/m0/readings', body.padEnd(paddingBytes), {
        qos: 1,
      });
      await Promise.race([sent, gone, unanswered()]);
    }
  } catch {
    // Not acknowledged: the device keeps it.
  }
  client.end(true);
  return n;
}

async function stored(): Promise<readonly number[]> {
  const query = `metric=power_kw&from=${start}&to=${start + 10_000_000}&limit=10000`;
  const { items } = await guanjia.get<{ items: { value: number }[] }>(
    `/api/v1/meters/m0/readings?${query}`,
  );
  return items.map(({ value }) => value);
}

const upTo = (n: number) => Array.from({ length: n }, (_, each) => each);

describe.skipIf(!able)('a full disk', () => {
  let acknowledged = 0;

  test('acknowledgements stop; all that was acknowledged is there and served', async () => {
    acknowledged = await publish(0, 1000);
    expect(acknowledged).toBeGreaterThan(50);
    expect(acknowledged * paddingBytes).toBeLessThan(8 * 1024 * 1024);
    expect(await publish(acknowledged, 1)).toBe(acknowledged);
    expect(await publish(acknowledged, 1)).toBe(acknowledged);
    await guanjia.settled();
    expect(await stored()).toEqual(upTo(acknowledged));
    const ready = await guanjia.fetch('/readyz');
    expect(ready.status).toBe(503);
    expect(JSON.stringify(await ready.json())).toContain('journal');
    const metrics = await (await guanjia.fetch('/metrics')).text();
    expect(metrics).toMatch(/^guanjia_journal_ok 0$/m);
  });

  test('a kill and a start on the full disk lose nothing', async () => {
    await guanjia.kill();
    await guanjia.start();
    await guanjia.settled();
    expect(await stored()).toEqual(upTo(acknowledged));
  });

  test('when there is room again it goes on by itself, and nothing is there twice', async () => {
    expect(resizeDisk(journal, '64m')).toBe(true);
    const next = await until(
      () => publish(acknowledged, 100),
      (n) => n >= acknowledged + 100,
    );
    await guanjia.settled();
    expect(await stored()).toEqual(upTo(next));
    expect((await guanjia.fetch('/readyz')).status).toBe(200);
    expect((await guanjia.get<{ items: unknown[] }>('/api/v1/quarantine')).items).toEqual([]);
  });
});
