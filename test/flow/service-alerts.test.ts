import { createHmac } from 'node:crypto';
import type { MqttClient } from 'mqtt';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  dayMs,
  drive,
  hourMs,
  inventoryWith,
  minuteMs,
  now,
  officeReadings,
  password,
  thisHour,
  trips,
  webhookSecret,
} from './alert-city.ts';
import { connectDevice } from './device.ts';
import { type Alert, expectExplained } from './explained.ts';
import { actAs } from './field-kit.ts';
import { guanjiaOfSuite } from './guanjia-of-suite.ts';
import { until } from './mosquitto.ts';
import { startWebServer } from './servers/web.ts';

/** From telemetry to a person: alerts, their evidence, where they are told and what people do about them. */

let web: Awaited<ReturnType<typeof startWebServer>>;
beforeAll(async () => {
  web = await startWebServer((_, response) => response.writeHead(204).end());
});
afterAll(() => web?.close());
const guanjia = guanjiaOfSuite(() => ({ inventory: inventoryWith(`${web.url}/hook`) }));

let listener: MqttClient;
const told: { readonly topic: string; readonly alert: Alert }[] = [];
const isTold = (subject: string, state: string) => () =>
  told.some(({ topic, alert }) => topic === `v1/alerts/hq/${subject}` && alert.state === state);

async function listen(): Promise<void> {
  listener = await connectDevice(guanjia, 'bi');
  listener.on('message', (topic, payload) => {
    told.push({ topic, alert: JSON.parse(payload.toString()) as Alert });
  });
  await listener.subscribeAsync('v1/alerts/hq/#', { qos: 1 });
}

beforeAll(listen);
afterAll(() => listener?.endAsync(true));

async function send(id: string, topic: string, parts: readonly unknown[]): Promise<void> {
  const client = await connectDevice(guanjia, id);
  for (let n = 0; n < parts.length; n += 500)
    await client.publishAsync(topic, JSON.stringify(parts.slice(n, n + 500)), { qos: 1 });
  await client.endAsync();
  await guanjia.settled();
}

const alertsOf = async (query: string): Promise<Alert[]> =>
  (await guanjia.get<{ items: Alert[] }>(`/api/v1/alerts?${query}`)).items;

/** Without silence, which goes by the clock on the wall and may begin again at any moment. */
const ofHistory = (alerts: readonly Alert[]): readonly Alert[] =>
  alerts.filter(({ kind }) => kind !== 'device.silent' && kind !== 'vehicle.offline');

test('a vehicle that left its route days ago is found in event time, and told to nobody', async () => {
  await send('v0', 'v1/vehicles/v0/positions', drive(trips.old, 800));
  const [alert, ...more] = await alertsOf('subject=v0');
  expect(more).toEqual([]);
  expect(alert).toMatchObject({
    kind: 'vehicle.off-route',
    subject: { type: 'vehicle', id: 'v0' },
    state: 'cleared',
  });
  if (!alert) return;
  expectExplained(alert);
  const left = trips.old + 5 * minuteMs;
  expect(Date.parse(alert.openedAt)).toBeGreaterThanOrEqual(left);
  expect(Date.parse(alert.openedAt)).toBeLessThan(left + 2 * minuteMs);
  expect(Date.parse(alert.clearedAt ?? '')).toBeGreaterThanOrEqual(left + 5 * minuteMs);
  expect(Date.parse(alert.clearedAt ?? '')).toBeLessThan(left + 8 * minuteMs);
  expect(Math.abs(Date.parse(alert.raisedAt) - Date.now())).toBeLessThan(2 * minuteMs);
  expect(alert.evidence.flagged.length).toBeGreaterThan(10);
  expect(JSON.stringify(alert.evidence)).toContain('r1');
  expect(JSON.stringify(alert.evidence)).toContain('d0');
});

test('the same half an hour ago goes to the MQTT topic and, signed, to the webhook', async () => {
  await send('v1', 'v1/vehicles/v1/positions', drive(trips.fresh, 800, 9));
  const [alert] = await alertsOf('subject=v1');
  expect(alert).toMatchObject({ kind: 'vehicle.off-route', state: 'open', clearedAt: null });
  if (!alert) return;
  expectExplained(alert);
  await until(
    () => [told.length, web.posted.length],
    ([topics = 0, posts = 0]) => topics > 0 && posts > 0,
  );
  expect(new Set(told.map(({ topic }) => topic))).toEqual(new Set(['v1/alerts/hq/v1']));
  expect(told[0]?.alert).toMatchObject({
    id: alert.id,
    kind: alert.kind,
    openedAt: alert.openedAt,
  });
  if (told[0]) expectExplained(told[0].alert);
  const [post] = web.posted;
  expect(web.posted.length).toBe(1);
  expect(JSON.parse(post?.body ?? '{}')).toMatchObject({ alert: { id: alert.id, state: 'open' } });
  const headers = post?.headers ?? {};
  const signed = `${headers['webhook-id']}.${headers['webhook-timestamp']}.${post?.body}`;
  const key = Buffer.from(webhookSecret.slice(6), 'base64');
  const mac = createHmac('sha256', key).update(signed).digest('base64');
  expect(headers['webhook-signature']).toBe(`v1,${mac}`);
});

test('late fixes that show the vehicle never left withdraw the alert', async () => {
  const start = trips.fresh;
  const at = (seconds: number, offM: number) => ({
    at: start + seconds * 1000,
    lat: 36.45 + offM / 111_200,
    lon: 115.95 + seconds * 0.0001,
  });
  const outside = [at(0, 0), at(30, 260), at(50, 260), at(70, 260), at(90, 0)];
  await send('v2', 'v1/vehicles/v2/positions', outside);
  const [alert] = await alertsOf('subject=v2');
  expect(alert).toMatchObject({ kind: 'vehicle.off-route', state: 'open' });
  const within = [38, 42, 58, 62].map((seconds) => at(seconds, 0));
  await send('v2', 'v1/vehicles/v2/positions', within);
  expect(await alertsOf('subject=v2')).toMatchObject([{ id: alert?.id, state: 'withdrawn' }]);
});

test('a consumption that is not normal is found, days ago and an hour ago', async () => {
  const old = thisHour - 10 * dayMs;
  const spans = [
    ['m0', old - 20 * dayMs, old + 8 * hourMs, old],
    ['m1', thisHour - 20 * dayMs, thisHour, thisHour - hourMs],
  ] as const;
  for (const [id, from, to, extraAt] of spans) {
    await send(id, `v1/meters/${id}/readings`, officeReadings(from, to, extraAt, 300));
    const [alert, ...more] = await alertsOf(`subject=${id}`);
    expect(more).toEqual([]);
    expect(alert).toMatchObject({
      kind: 'energy.consumption-anomaly',
      subject: { type: 'meter', id },
      state: id === 'm0' ? 'cleared' : 'open',
    });
    if (!alert) return;
    expectExplained(alert);
    expect(alert.evidence.flagged.map((each) => Date.parse(each))).toEqual([extraAt]);
    expect(Date.parse(alert.openedAt)).toBeGreaterThan(extraAt);
    expect(Date.parse(alert.openedAt)).toBeLessThanOrEqual(extraAt + hourMs);
  }
  await until(isTold('m1', 'open'), Boolean);
  expect(told.filter(({ topic }) => topic.endsWith('/m0') || topic.endsWith('/v0'))).toEqual([]);
});

test('a device that says nothing any more is missed, and no longer when it is back', async () => {
  const say = (value: number) =>
    send('quick', 'v1/meters/quick/readings', [{ at: Date.now(), values: { power_kw: value } }]);
  await say(1);
  const [alert] = await until(
    () => alertsOf('subject=quick'),
    (alerts) => alerts.length > 0,
    50_000,
  );
  expect(alert).toMatchObject({ kind: 'device.silent', rule: 'quick-silence', state: 'open' });
  if (alert) expectExplained(alert);
  await say(2);
  // Ten seconds later it is silent again: another alert, which a busy machine may see here.
  expect((await alertsOf('subject=quick')).at(-1)).toMatchObject({
    id: alert?.id,
    state: 'cleared',
  });
});

test('alerts are listed newest first and by what is asked', async () => {
  const all = await alertsOf('limit=100');
  const opened = all.map(({ openedAt }) => Date.parse(openedAt));
  expect(opened).toEqual([...opened].sort((a, b) => b - a));
  const subjects = async (query: string) =>
    ofHistory(await alertsOf(query))
      .map(({ subject }) => subject.id)
      .sort();
  expect(await subjects('kind=vehicle.off-route')).toEqual(['v0', 'v1', 'v2']);
  expect(await subjects('state=open')).toEqual(['m1', 'v1']);
  expect(await subjects(`to=${now - dayMs}`)).toEqual(['m0', 'v0']);
  expect(await subjects(`from=${now - dayMs}&kind=energy.consumption-anomaly`)).toEqual(['m1']);
  expect(await subjects('institution=far')).toEqual([]);
});

test('people act on what is theirs', async () => {
  const as = (user: string) => actAs(guanjia, user, password);
  const [fleet, officer, viewer, stranger] = await Promise.all(
    ['fleet', 'officer', 'viewer', 'stranger'].map(as),
  );
  if (!fleet || !officer || !viewer || !stranger) return;
  const [car] = await alertsOf('subject=v1');
  const [meter] = await alertsOf('subject=m1');
  const path = `/api/v1/alerts/${car?.id}`;
  const own = `/api/v1/alerts/${meter?.id}`;
  expect((await viewer(`${path}/acknowledge`, {})).status).toBe(403);
  expect((await stranger(`${own}/acknowledge`, {})).status).toBe(404);
  expect((await stranger(own)).status).toBe(404);
  expect((await stranger('/api/v1/alerts')).body.items).toEqual([]);
  expect((await officer(`${path}/acknowledge`, {})).status).toBe(403);
  expect((await fleet(`${path}/acknowledge`, {})).body).toMatchObject({ state: 'acknowledged' });
  expect((await fleet(`${path}/comment`, { text: '已电话核实' })).status).toBe(200);
  expect((await fleet(`${path}/assign`, { user: 'fleet' })).status).toBe(200);
  expect((await fleet(`${path}/assign`, { user: 'stranger' })).status).toBe(422);
  expect((await fleet(`${path}/verdict`, { verdict: 'guilty' })).status).toBe(422);
  expect(
    (await fleet(`${path}/verdict`, { verdict: 'explained', reason: '修路绕行' })).status,
  ).toBe(200);
  const after = (await viewer(path)).body;
  expect(after).toMatchObject({
    state: 'acknowledged',
    acknowledgedBy: 'fleet',
    assignee: 'fleet',
    verdict: { verdict: 'explained', reason: '修路绕行', user: 'fleet' },
    comments: [{ user: 'fleet', text: '已电话核实' }],
  });
  expect((await officer(`${own}/clear`, {})).body).toMatchObject({ state: 'cleared' });
  expect((await officer(`${own}/comment`, { text: '' })).status).toBe(422);
  expect((await officer('/api/v1/alerts/no-such/acknowledge', {})).status).toBe(404);
});

test('after a kill the same alerts stand, and the same history sent again changes nothing', async () => {
  // What was told last is told again where the kill comes before that is noted.
  await until(isTold('m1', 'cleared'), Boolean);
  const before = ofHistory(await alertsOf('limit=100'));
  await guanjia.kill();
  await listener.endAsync(true);
  await guanjia.start();
  told.length = 0;
  await listen();
  await send('v0', 'v1/vehicles/v0/positions', drive(trips.old, 800));
  await send('v1', 'v1/vehicles/v1/positions', drive(trips.fresh, 800, 9));
  const old = thisHour - 10 * dayMs;
  const again = officeReadings(old - 20 * dayMs, old + 8 * hourMs, old, 300);
  await send('m0', 'v1/meters/m0/readings', again);
  expect(ofHistory(await alertsOf('limit=100'))).toEqual(before);
  expect(ofHistory(told.map(({ alert }) => alert))).toEqual([]);
  const changes = new Map(
    web.posted.map(({ headers, body }) => {
      const { change, alert } = JSON.parse(body) as { change: string; alert: Alert };
      return [headers['webhook-id'], `${change} ${alert.id}`];
    }),
  );
  expect(new Set(changes.values()).size).toBe(changes.size);
  await send('v1', 'v1/vehicles/v1/positions', drive(trips.fresh, 800).slice(54));
  expect(await alertsOf('subject=v1')).toMatchObject([
    { id: before.find(({ subject }) => subject.id === 'v1')?.id, state: 'cleared' },
  ]);
});
