import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { MqttClient } from 'mqtt';
import { expect, test } from 'vitest';
import { connectDevice, connectOnce } from './device.ts';
import { cityOf, type Guanjia, runCommand, startGuanjia } from './guanjia.ts';
import { guanjiaOfSuite } from './guanjia-of-suite.ts';

/** P1 and P2 over the loss of a machine: a backup of a busy service, with and without the journal that came after it. */

const meters = 6;
const start = Date.UTC(2026, 10, 1);
const ids = Array.from({ length: meters }, (_, n) => `m${n}`);

const guanjia = guanjiaOfSuite({
  inventory: cityOf({ meters }),
  // Room for all that is sent, however fast the machine: a full journal acknowledges nothing.
  settings: { GUANJIA_JOURNAL_MAX_BYTES: String(64 << 20) },
});
const { folder } = guanjia;

interface Sender {
  readonly client: MqttClient;
  /** Numbers below it are acknowledged. */
  acknowledged(): number;
  end(): Promise<void>;
}

/** Publishes numbers from `from` on, one second of device time apart, some at once. */
async function send(id: string, from: number, to: Guanjia): Promise<Sender> {
  const client = await connectOnce(to, id);
  let next = from;
  let stopping = false;
  const lost = new Set<number>();
  const lane = async () => {
    while (client.connected && !stopping) {
      const n = next++;
      lost.add(n);
      const payload = JSON.stringify({ at: start + n * 1000, values: { energy_import_kwh: n } });
      await client.publishAsync(`v1/meters/${id}/readings`, payload, { qos: 1 });
      lost.delete(n);
    }
  };
  const lanes = Array.from({ length: 5 }, () => lane().catch(() => {}));
  return {
    client,
    acknowledged: () => Math.min(next, ...lost),
    async end() {
      stopping = true;
      await Promise.race([Promise.all(lanes), wait(2_000)]);
      client.end(true);
    },
  };
}

async function storedOf(from: Guanjia, id: string): Promise<number[]> {
  const stored: number[] = [];
  for (let page = 0; ; page++) {
    const begin = start + page * 10_000_000;
    const { items } = await from.get<{ items: { value: number }[] }>(
      `/api/v1/meters/${id}/readings?metric=energy_import_kwh&from=${begin}&to=${begin + 10_000_000}&limit=10000`,
    );
    stored.push(...items.map(({ value }) => value));
    if (items.length === 0) return stored;
  }
}

const numbers = (count: number) => Array.from({ length: count }, (_, n) => n);

async function restored<T>(
  name: string,
  args: readonly string[],
  work: (service: Guanjia) => Promise<T>,
): Promise<T> {
  const at = join(folder, name);
  mkdirSync(at);
  expect(await runCommand(at, 'restore', ...args)).toMatchObject({ code: 0 });
  const service = await startGuanjia(at);
  try {
    return await work(service);
  } finally {
    await service.stop();
  }
}

test('backed up under load, killed later, restored elsewhere: nothing that was kept is missing, nothing is there twice', {
  timeout: 300_000,
}, async () => {
  await guanjia.fetch('/api/v1/users', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      id: 'officer',
      name: '李四',
      role: 'energy-officer',
      institution: 'hq',
      password: 'a password of hers',
    }),
  });
  const poisoned = await connectDevice(guanjia, 'm0');
  await poisoned.publishAsync('v1/meters/m0/readings', 'not JSON', { qos: 1 });
  await poisoned.endAsync();

  const senders = await Promise.all(ids.map((id) => send(id, 0, guanjia)));
  const countOf = () => senders.map((sender) => sender.acknowledged());
  while (Math.min(...countOf()) < 300) await wait(20);
  const before = countOf();
  const file = join(folder, 'guanjia.backup');
  const during = performance.now();
  const made = await runCommand(folder, 'backup', file);
  const seconds = (performance.now() - during) / 1000;
  expect(made).toMatchObject({ code: 0, output: expect.stringContaining('Backed up') });
  expect(statSync(file).mode & 0o777).toBe(0o600);
  const after = countOf();
  // Devices were acknowledged all the while.
  for (const [n, count] of after.entries()) expect(count).toBeGreaterThan(before[n] ?? 0);
  console.log(
    `backup took ${seconds.toFixed(1)} s, meanwhile acknowledged: ${after.map((count, n) => count - (before[n] ?? 0)).join(' ')}`,
  );

  expect(await runCommand(folder, 'backup', file)).toMatchObject({
    code: 2,
    output: expect.stringContaining('there already'),
  });
  expect(await runCommand(folder, 'restore', file)).toMatchObject({
    code: 2,
    output: expect.stringContaining('in use'),
  });

  await wait(500);
  const last = countOf();
  await guanjia.kill();
  for (const sender of senders) await sender.end();
  expect(readdirSync(folder).filter((name) => name.endsWith('.partial'))).toEqual([]);

  const kept = await restored('alone', [file], async (service) => {
    await service.settled();
    const counts: number[] = [];
    for (const [n, id] of ids.entries()) {
      const stored = await storedOf(service, id);
      expect(new Set(stored).size, `${id}: stored twice`).toBe(stored.length);
      const there = new Set(stored);
      expect(
        numbers(before[n] ?? 0).filter((value) => !there.has(value)),
        `${id}: acknowledged before the backup and lost`,
      ).toEqual([]);
      const { days } = await service
        .get<{ days?: { stored: number }[]; stored?: number }>(`/api/v1/devices/${id}/ledger`)
        .then((day) => ({ days: day.days ?? [{ stored: day.stored ?? 0 }] }));
      expect(
        days.reduce((sum, day) => sum + day.stored, 0),
        `${id}: what the ledger says`,
      ).toBe(stored.length);
      counts.push(stored.length);
    }
    // The same people get in, and the same devices.
    const login = await service.fetch('/api/v1/session', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ user: 'officer', password: 'a password of hers' }),
    });
    expect(login.status).toBe(200);
    const { items } = await service.get<{ items: { device: string; reason: string }[] }>(
      '/api/v1/quarantine',
    );
    expect(items).toMatchObject([{ device: 'm0', reason: 'malformed' }]);
    // What devices send again since the backup is there once.
    const { journal: was } = await service.get<{ journal: { head: number } }>('/api/v1/pipeline');
    const again = await Promise.all(
      ids.map((id, n) => send(id, Math.max(0, (before[n] ?? 0) - 50), service)),
    );
    while (again.some((sender, n) => sender.acknowledged() < (last[n] ?? 0))) await wait(20);
    for (const sender of again) await sender.end();
    await service.settled();
    const { journal: is } = await service.get<{ journal: { head: number } }>('/api/v1/pipeline');
    expect(is.head).toBeGreaterThan(was.head);
    for (const [n, id] of ids.entries()) {
      const stored = await storedOf(service, id);
      expect(new Set(stored).size, `${id}: stored twice after a resend`).toBe(stored.length);
      expect(stored.length).toBeGreaterThanOrEqual(last[n] ?? 0);
    }
    return counts;
  });

  await restored(
    'with-journal',
    [file, '--journal', join(folder, 'data', 'journal')],
    async (service) => {
      await service.settled();
      for (const [n, id] of ids.entries()) {
        const stored = await storedOf(service, id);
        expect(new Set(stored).size, `${id}: stored twice`).toBe(stored.length);
        const there = new Set(stored);
        expect(
          numbers(last[n] ?? 0).filter((value) => !there.has(value)),
          `${id}: acknowledged and lost`,
        ).toEqual([]);
        expect(stored.length).toBeGreaterThan(kept[n] ?? 0);
      }
    },
  );
});

test('a service that is down is backed up from its files, and one that never was is not', {
  timeout: 120_000,
}, async () => {
  const file = join(folder, 'down.backup');
  expect(await runCommand(folder, 'backup', file)).toMatchObject({ code: 0 });
  const all = await restored('from-files', [file], async (service) => {
    await service.settled();
    return Promise.all(ids.map((id) => storedOf(service, id)));
  });
  await guanjia.start();
  await guanjia.settled();
  expect(all).toEqual(await Promise.all(ids.map((id) => storedOf(guanjia, id))));
  const nowhere = join(folder, 'nowhere');
  mkdirSync(nowhere);
  expect(await runCommand(nowhere, 'backup', join(nowhere, 'b'))).toMatchObject({ code: 2 });
  expect(readdirSync(nowhere)).toEqual([]);
});

test('a backup is for commands alone, one at a time, and one that is given up holds nothing', {
  timeout: 60_000,
}, async () => {
  expect((await guanjia.fetch('/api/v1/backup', { method: 'POST' })).status).toBe(403);
  const file = join(folder, 'two.backup');
  rmSync(file, { force: true });
  const both = await Promise.all([
    runCommand(folder, 'backup', file),
    runCommand(folder, 'backup', `${file}2`),
  ]);
  expect(both.some(({ code }) => code === 0)).toBe(true);
  for (const { code, output } of both) if (code !== 0) expect(output).toContain('try again');
  const token = readFileSync(join(folder, 'data', 'token'), 'utf8');
  const givenUp = new AbortController();
  const answer = await fetch(`http://127.0.0.1:${guanjia.ports.http}/api/v1/backup`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}` },
    signal: givenUp.signal,
  });
  expect(answer.status).toBe(200);
  givenUp.abort();
  let last: Awaited<ReturnType<typeof runCommand>> | undefined;
  for (let tries = 0; tries < 5 && last?.code !== 0; tries++)
    last = await runCommand(folder, 'backup', join(folder, 'three.backup'));
  expect(last).toMatchObject({ code: 0 });
  expect(existsSync(join(folder, 'data', 'backup-staging'))).toBe(false);
});
