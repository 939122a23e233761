import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { openScene, readingOf, until } from './abuse-kit.ts';
import { openAs, openMany, publishOf } from './abuse-lines.ts';
import { folderOfTest } from './folders.ts';
import { cityOf, startGuanjia } from './guanjia.ts';

/** A thread that dies takes the service with it, told and with an exit code that starts it again: never half a service. */

const plant = join(import.meta.dirname, 'programs', 'plant.mjs');

const deaths: readonly (readonly [part: string, kind: string])[] = [
  ['doors', 'throw'],
  ['ingest', 'reject'],
  ['ingest', 'exit'],
  ['service', 'throw'],
  ['service', 'reject'],
];
test.each(deaths)(
  '%s: %s',
  async (part, kind) => {
    const folder = folderOfTest();
    const at = join(folder, 'now');
    const inventory = cityOf({ meters: 1 });
    const settings = {
      NODE_OPTIONS: `--import ${plant}`,
      PLANT_PART: part,
      PLANT_KIND: kind,
      PLANT_AT: at,
    };
    const first = await startGuanjia(folder, { inventory, settings });
    const device = await openAs(first.ports.mqtt, 'm0');
    const sentAt = Date.now();
    device.send(publishOf('v1/meters/m0/readings', readingOf(sentAt)));
    expect(await device.next()).toMatchObject({ cmd: 'puback' });
    writeFileSync(at, '');
    const { child } = first;
    await until(() => child.exitCode !== null || child.signalCode !== null);
    // Where DuckDB is at work in the ingest thread at that moment, its binding aborts the process first.
    expect([1, 'SIGABRT']).toContain(child.exitCode ?? child.signalCode);
    const last = first
      .output()
      .split('\n')
      .filter((line) => line.includes('"level":"error"'));
    expect(last).toHaveLength(1);
    expect(last[0]).toContain(part === 'service' ? 'the service ends' : `"part":"${part}"`);
    if (kind !== 'exit') expect(last[0]).toContain('planted');

    const again = await startGuanjia(folder);
    await again.settled();
    const { items } = await again.get<{ items: unknown[] }>(
      `/api/v1/meters/m0/readings?metric=power_kw&from=${sentAt}&to=${sentAt + 1}`,
    );
    expect(items).toHaveLength(1);
    expect(await again.stop()).toBe(0);
  },
  40_000,
);

test('more connections than files may be open: the journal, the databases and the console go on', async () => {
  if (spawnSync('prlimit', ['--version']).status !== 0) {
    console.log('SKIPPED 1: prlimit is not installed');
    return;
  }
  const settings = { NODE_OPTIONS: `--import ${plant}`, PLANT_FILES: '600' };
  const scene = await openScene(folderOfTest(), { settings });
  const http = scene.guanjia.ports.http;
  const lines = await openMany(700, scene.mqtt);
  lines.push(...(await openMany(300, http, 100, '127.0.0.2')));
  await until(() => lines.filter((line) => !line.isClosed()).length <= 300);
  const open = lines.filter((line) => !line.isClosed()).length;
  expect(open).toBeGreaterThan(200);
  await wait(1000);
  await scene.expectUnharmed();
  expect(await scene.counter('refused', { door: 'mqtt', reason: 'limit' })).toBeGreaterThan(400);
  expect(await scene.counter('refused', { door: 'http', reason: 'limit' })).toBeGreaterThan(200);
  for (const line of lines) line.socket.destroy();
  await scene.close();
}, 60_000);
