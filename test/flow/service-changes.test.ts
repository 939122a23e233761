import { beforeAll, expect, test } from 'vitest';
import { connectDevice } from './device.ts';
import { secretOf } from './guanjia.ts';
import { guanjiaOfSuite } from './guanjia-of-suite.ts';
import { openLive } from './live-events.ts';
import { until } from './mosquitto.ts';
import { expectProblem, inventory, password, signInAll } from './people-kit.ts';

/** What changes while the service runs: the inventory, devices, and what the live stream tells of them. */

const guanjia = guanjiaOfSuite({ inventory });
let people: Awaited<ReturnType<typeof signInAll>>;
beforeAll(async () => {
  people = await signInAll(guanjia);
});

const base = () => `http://127.0.0.1:${guanjia.ports.http}`;

async function send(
  id: string,
  topic: string,
  payload: unknown,
  password = secretOf(id),
): Promise<void> {
  const client = await connectDevice(guanjia, id, { password, reconnectPeriod: 0 });
  await client.publishAsync(topic, JSON.stringify(payload), { qos: 1 });
  await client.endAsync();
  await guanjia.settled();
}

test('lists and series go on where the cursor says', async () => {
  const { admin } = people;
  const first = (await admin('/api/v1/meters?limit=2')).body;
  expect(first.items.length).toBe(2);
  const second = (await admin(`/api/v1/meters?limit=10&cursor=${encodeURIComponent(first.next)}`))
    .body;
  expect(second).toMatchObject({ items: [{ id: 'm2' }, { id: 'mf' }, { id: 'ms' }], next: null });
  const at = Date.UTC(2026, 10, 1);
  const parts = Array.from({ length: 25 }, (_, n) => ({
    at: at + n * 1000,
    values: { power_kw: n },
  }));
  await send('m0', 'v1/meters/m0/readings', parts);
  const values: number[] = [];
  let cursor: string | null = '';
  while (cursor !== null) {
    const query: string = `metric=power_kw&from=${at}&to=${at + 20_000}&limit=7&cursor=${encodeURIComponent(cursor)}`;
    const { body } = await admin(`/api/v1/meters/m0/readings?${query.replace(/&cursor=$/, '')}`);
    values.push(...body.items.map(({ value }: { value: number }) => value));
    cursor = body.next;
  }
  expect(values).toEqual(Array.from({ length: 20 }, (_, n) => n));
});

test('an inventory over HTTP: a dry run changes nothing, faults change nothing, then a device connects at once', async () => {
  const { admin, officer, fitter } = people;
  const added = {
    meters: [
      {
        id: 'new1',
        building: 'b1',
        medium: 'gas',
        name: '气表',
        mqtt: { secret: secretOf('new1') },
      },
    ],
  };
  const dry = await admin('/api/v1/inventory?dryRun', added);
  expect(dry.body).toMatchObject({
    dryRun: true,
    changes: [{ kind: 'meters', id: 'new1', change: 'add' }],
  });
  expect((await admin('/api/v1/meters/new1')).status).toBe(404);
  const faulty = {
    meters: [...added.meters, { id: 'new2', building: 'nowhere', medium: 'gas', name: 'x' }],
  };
  expectProblem(
    await admin('/api/v1/inventory', faulty),
    422,
    'meters[1].building'.replace(/[[\].]/g, '\\$&'),
  );
  expect((await admin('/api/v1/meters/new1')).status).toBe(404);
  expectProblem(await officer('/api/v1/inventory', added), 403);
  expect(
    (await fitter('/api/v1/inventory', { meters: [{ ...added.meters[0], building: 'b3' }] }))
      .status,
  ).toBe(422);
  expect((await admin('/api/v1/inventory', added)).body).toMatchObject({ dryRun: false });
  const at = Date.UTC(2026, 10, 2);
  await send('new1', 'v1/meters/new1/readings', { at, values: { volume_m3: 5 } });
  expect(
    (await admin(`/api/v1/meters/new1/readings?metric=volume_m3&from=${at}&to=${at + 1}`)).body,
  ).toMatchObject({ items: [{ value: 5 }] });
  expect((await admin('/api/v1/inventory', added)).body.changes).toEqual([
    { kind: 'meters', id: 'new1', change: 'unchanged' },
  ]);
});

test('a device added, given another secret, and removed over HTTP', async () => {
  const { fitter } = people;
  const at = Date.UTC(2026, 10, 3);
  const body = {
    id: 'new3',
    building: 'b1',
    medium: 'electricity',
    name: '新表',
    mqtt: { secret: secretOf('new3') },
  };
  expect((await fitter('/api/v1/meters', body)).status).toBe(201);
  const client = await connectDevice(guanjia, 'new3', { reconnectPeriod: 0 });
  await fitter('/api/v1/meters/new3', { mqtt: { secret: secretOf('other') } }, 'PATCH');
  await until(
    () => client.connected,
    (connected) => !connected,
  );
  await expect(send('new3', 'v1/meters/new3/readings', {})).rejects.toThrow();
  await send('new3', 'v1/meters/new3/readings', { at, values: { power_kw: 1 } }, secretOf('other'));
  expect((await fitter('/api/v1/meters/new3', undefined, 'DELETE')).status).toBe(204);
  expect((await fitter('/api/v1/meters/new3')).status).toBe(404);
  await expect(
    send('new3', 'v1/meters/new3/readings', { at, values: { power_kw: 1 } }, secretOf('other')),
  ).rejects.toThrow();
});

test('the live stream tells what is within one’s scope, and goes on where it broke off', async () => {
  const header = async (user: string) => {
    const answer = await fetch(`${base()}/api/v1/session`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ user, password }),
    });
    return { authorization: `Bearer ${((await answer.json()) as { token: string }).token}` };
  };
  const url = `${base()}/api/v1/live`;
  const whole = await openLive(url, await header('officer'));
  const part = await openLive(url, await header('subviewer'));
  expect(whole.type).toMatch(/^text\/event-stream/);
  const say = (id: string, value: number) =>
    send(id, `v1/meters/${id}/readings`, {
      at: Date.now(),
      values: { volume_m3: value, power_kw: value },
    });
  await say('m1', 1);
  await send('v0', 'v1/vehicles/v0/positions', { at: Date.now(), lat: 36.45, lon: 115.98 });
  await until(
    () => whole.events.map(({ event }) => event),
    (kinds) => kinds.includes('position') && kinds.includes('reading'),
  );
  expect(whole.events.find(({ event }) => event === 'position')?.data).toMatchObject({
    vehicle: 'v0',
    lat: 36.45,
    lon: 115.98,
  });
  await say('ms', 2);
  await until(
    () => part.events.length,
    (count) => count > 0,
  );
  expect(new Set(part.events.map(({ data }) => data.meter))).toEqual(new Set(['ms']));
  const lastEventId = await until(
    () => whole.lastId(),
    (id) => id !== undefined,
  );
  const seen = whole.events.length;
  whole.close();
  part.close();
  await say('m2', 3);
  const again = await openLive(url, {
    ...(await header('officer')),
    'last-event-id': lastEventId ?? '',
  });
  await until(
    () => again.events.map(({ data }) => data.meter),
    (meters) => meters.includes('m2'),
  );
  expect(seen).toBeGreaterThan(2);
  expect(again.events.filter(({ event }) => event === 'reset')).toEqual([]);
  expect(again.events.filter(({ data }) => data.meter === 'm1')).toEqual([]);
  again.close();
  expect((await fetch(url)).status).toBe(401);
});
