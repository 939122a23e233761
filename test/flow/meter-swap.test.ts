import { expect, test } from 'vitest';
import type { MeterTreeView, ProposalView } from '../../api/contract.ts';
import { dayMs, hourMs, isoInZone, minuteMs, startOfDay } from '../../model/time.ts';
import { connectDevice } from './device.ts';
import { secretOf } from './guanjia.ts';
import { guanjiaOfSuite } from './guanjia-of-suite.ts';

/** A meter is swapped: found, asked about, confirmed; what was used goes on across it, and the tree adds up. */

const zone = 'Asia/Shanghai';
const start = startOfDay('2026-11-02', zone);
const swapAt = start + dayMs + 10 * hourMs + 5 * minuteMs;

const meter = (id: string, more: object = {}) => ({
  id,
  building: 'b',
  medium: 'electricity',
  name: id,
  ratedKw: 100,
  decimals: 2,
  everyS: 900,
  ...more,
});

const guanjia = guanjiaOfSuite({
  inventory: {
    institutions: [{ id: 'hq', name: '机关事务管理局', level: 'municipal' }],
    buildings: [{ id: 'b', institution: 'hq', name: '主楼' }],
    meters: [
      meter('total', { mqtt: { secret: secretOf('total') } }),
      meter('floor', { parent: 'total', mqtt: { secret: secretOf('floor') } }),
      meter('rest', {
        everyS: undefined,
        virtual: { parts: [{ meter: 'total' }, { meter: 'floor', factor: -1 }] },
      }),
    ],
  },
});

/** Three days of quarters of an hour. */
async function send(id: string, valueAt: (at: number) => number): Promise<void> {
  const readings: object[] = [];
  for (let at = start - hourMs; at <= start + 3 * dayMs; at += 15 * minuteMs)
    readings.push({ at, values: { energy_import_kwh: valueAt(at) } });
  const client = await connectDevice(guanjia, id);
  await client.publishAsync(`v1/meters/${id}/readings`, JSON.stringify(readings), { qos: 1 });
  await client.endAsync();
}

const counted = (at: number, first: number, perHour: number, since = start): number =>
  Math.round((first + ((at - since) / hourMs) * perHour) * 100) / 100;

const proposals = async (): Promise<readonly ProposalView[]> =>
  (
    await guanjia.get<{ items: readonly ProposalView[] }>(
      '/api/v1/replacement-proposals?state=open',
    )
  ).items;

interface Consumed {
  readonly value: number | null;
  readonly quality: string;
}

const consumed = async (id: string): Promise<readonly Consumed[]> =>
  (
    await guanjia.get<{ items: readonly Consumed[] }>(
      `/api/v1/meters/${id}/consumption?by=day&from=${start}&to=${start + 3 * dayMs}`,
    )
  ).items;

const post = (path: string, body: object) =>
  guanjia.fetch(path, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });

test('a swap is proposed once, over a kill too', { timeout: 120_000 }, async () => {
  await send('total', (at) => counted(at, 10_000, 10));
  await send('floor', (at) => (at < swapAt ? counted(at, 5000, 4) : counted(at, 1230, 4, swapAt)));
  await guanjia.settled();
  const [proposal, ...others] = await proposals();
  expect(others).toEqual([]);
  expect(proposal).toMatchObject({
    meter: 'floor',
    cause: 'fall',
    before: { at: isoInZone(swapAt - 5 * minuteMs, zone), value: 5136 },
    after: { at: isoInZone(swapAt + 10 * minuteMs, zone), value: 1230.67 },
  });
  await guanjia.kill();
  await guanjia.start();
  await guanjia.settled();
  expect((await proposals()).map(({ id }) => id)).toEqual([proposal?.id]);
});

test('before anybody has confirmed it the day is flagged', async () => {
  const [first, second, third] = await consumed('floor');
  expect([first, third]).toMatchObject([
    { value: 96, quality: 'measured' },
    { value: 96, quality: 'measured' },
  ]);
  expect(second?.quality).toBe('replaced');
  expect(second?.value ?? 0).toBeLessThan(96);
});

test('confirmed, the day has all that was used', async () => {
  const [proposal] = await proposals();
  const answer = await post(`/api/v1/replacement-proposals/${proposal?.id}/confirm`, {
    at: isoInZone(swapAt, zone),
    finalReading: 5136.33,
    firstReading: 1230,
    reason: '到期轮换',
  });
  expect(await answer.json()).toMatchObject({ state: 'confirmed' });
  expect(await proposals()).toEqual([]);
  const [first, second, third] = await consumed('floor');
  expect([first?.value, third?.value]).toEqual([96, 96]);
  expect(second?.value).toBeCloseTo(96, 1);
});

test('the tree adds up, and what is not metered is told', async () => {
  const tree = await guanjia.get<MeterTreeView>(
    `/api/v1/meters/total/tree?from=${start}&to=${start + 3 * dayMs}`,
  );
  const [total, floor] = tree.items;
  expect(total).toMatchObject({ meter: 'total', value: 720, children: 1 });
  expect(floor?.value).toBeCloseTo(288, 1);
  expect(total?.difference?.value).toBeCloseTo(432, 1);
  expect(total?.difference?.negative).toBe(false);
});

test('a virtual meter answers as any other', async () => {
  const [first, second] = await consumed('rest');
  expect(first).toMatchObject({ value: 144, quality: 'measured' });
  expect(second?.value).toBeCloseTo(144, 1);
});

test('all of it survives a kill, and the alert stands no longer', {
  timeout: 120_000,
}, async () => {
  await guanjia.kill();
  await guanjia.start();
  await guanjia.settled();
  expect(await proposals()).toEqual([]);
  const { items } = await guanjia.get<{ items: readonly object[] }>(
    '/api/v1/replacements?meter=floor',
  );
  expect(items).toMatchObject([
    { finalReading: 5136.33, firstReading: 1230, confirmedBy: 'admin' },
  ]);
  const alerts = await guanjia.get<{ items: readonly object[] }>(
    '/api/v1/alerts?kind=meter.counter-drop',
  );
  expect(alerts.items).toMatchObject([{ state: 'cleared', verdict: { verdict: 'confirmed' } }]);
});
