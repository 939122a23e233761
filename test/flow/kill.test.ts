import { setTimeout as wait } from 'node:timers/promises';
import type { MqttClient } from 'mqtt';
import { expect, test } from 'vitest';
import { connectOnce } from './device.ts';
import { cityOf } from './guanjia.ts';
import { guanjiaOfSuite } from './guanjia-of-suite.ts';

/** Promises P1 and P2: kill the service at any moment; what was acknowledged is there once. */

const meters = 8;
const kills = 20;
const start = Date.UTC(2026, 10, 1);

const guanjia = guanjiaOfSuite({ inventory: cityOf({ meters }) });

/** What a meter sends next, what it knows to be acknowledged, and what it must send again. */
interface Sender {
  readonly id: string;
  next: number;
  readonly acknowledged: Set<number>;
  readonly unanswered: Set<number>;
}

/** Publishes reading after reading, one second of device time apart, many at once, until the line breaks. */
async function send(sender: Sender): Promise<MqttClient> {
  const { id } = sender;
  const client = await connectOnce(guanjia, id);
  const publish = async (n: number) => {
    sender.unanswered.add(n);
    const payload = JSON.stringify({
      at: start + n * 1000,
      values: { energy_import_kwh: n, power_kw: n % 100 },
    });
    await client.publishAsync(`v1/meters/${id}/readings`, payload, { qos: 1 });
    sender.acknowledged.add(n);
    sender.unanswered.delete(n);
  };
  const lane = async () => {
    for (const n of [...sender.unanswered]) if (client.connected) await publish(n);
    while (client.connected) await publish(sender.next++);
  };
  for (let lanes = 0; lanes < 10; lanes++) lane().catch(() => {});
  return client;
}

async function storedOf(id: string, last: number): Promise<number[]> {
  const stored: number[] = [];
  for (let from = 0; from <= last; from += 10_000) {
    const query = `metric=energy_import_kwh&from=${start + from * 1000}&to=${start + (from + 10_000) * 1000}&limit=10000`;
    const { items } = await guanjia.get<{ items: { value: number }[] }>(
      `/api/v1/meters/${id}/readings?${query}`,
    );
    stored.push(...items.map(({ value }) => value));
  }
  return stored;
}

test(`killed ${kills} times under load, every acknowledged reading is there once`, {
  timeout: 300_000,
}, async () => {
  const senders = Array.from(
    { length: meters },
    (_, n): Sender => ({
      id: `m${n}`,
      next: 0,
      acknowledged: new Set(),
      unanswered: new Set(),
    }),
  );
  for (let kill = 0; kill < kills; kill++) {
    const clients = await Promise.all(senders.map(send));
    await wait(100 + ((kill * 137) % 700));
    await guanjia.kill();
    for (const client of clients) client.end(true);
    await guanjia.start();
  }
  await guanjia.settled();
  const total = senders.reduce((sum, { acknowledged }) => sum + acknowledged.size, 0);
  expect(total).toBeGreaterThan(kills * meters);
  for (const { id, acknowledged, next } of senders) {
    const stored = await storedOf(id, next);
    expect(new Set(stored).size, `${id}: stored twice`).toBe(stored.length);
    const there = new Set(stored);
    expect(
      [...acknowledged].filter((n) => !there.has(n)),
      `${id}: acknowledged and lost`,
    ).toEqual([]);
    const ledger = await guanjia.get<{ stored: number }>(`/api/v1/devices/${id}/ledger`);
    expect(ledger.stored, `${id}: what the ledger says`).toBe(stored.length);
  }
});
