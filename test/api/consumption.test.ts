import { afterAll, beforeAll, expect, test } from 'vitest';
import { periodsOf } from '../../api/consumption.ts';
import { type Consumption, consumptionShape } from '../../api/contract.ts';
import { dayMs, hourMs, minuteMs } from '../../model/time.ts';
import { type Kept, morning, openWorld, type World } from './world.ts';

let world: World;
/** 2026-11-21 00:00 in Shanghai. */
const start = morning - 8 * hourMs - 2 * dayMs;

beforeAll(async () => {
  world = await openWorld();
  await world.as('root').post('/v1/meters', {
    id: 'air',
    building: 'west-b',
    medium: 'environment',
    name: '温湿度',
  });
  const readings: Kept[] = [];
  // 2 kWh an hour, in steps of 15 minutes; nothing from 10:00 to 13:00 of the first day, nor after 07:30 of the third.
  for (let at = start - hourMs; at <= morning - 30 * minuteMs; at += 15 * minuteMs) {
    if (at > start + 10 * hourMs && at < start + 13 * hourMs) continue;
    readings.push({
      type: 'sample',
      device: 'west-m',
      at,
      timeSource: 'device',
      values: { energy_import_kwh: 1000 + ((at - start) / hourMs) * 2 },
    });
  }
  await world.keep(...readings);
});
afterAll(() => world.close());

async function ask(query: string, meter = 'west-m') {
  const answer = await world.as('viewer').get(`/v1/meters/${meter}/consumption?${query}`);
  return {
    ...answer,
    page: answer.status === 200 ? consumptionShape.strict().parse(answer.body) : undefined,
  };
}

async function all(query: string): Promise<Consumption['items'][number][]> {
  const items: Consumption['items'][number][] = [];
  let next: string | null = '';
  while (next !== null) {
    const { page }: Awaited<ReturnType<typeof ask>> = await ask(
      `${query}${next && `&cursor=${next}`}`,
    );
    items.push(...(page?.items ?? []));
    next = page?.next ?? null;
  }
  return items;
}

test('hours, with the gap estimated and what is not over yet missing', async () => {
  const items = await all(`by=hour&from=${start}&to=${morning + dayMs}`);
  expect(items).toHaveLength(56);
  expect(items[0]).toEqual({
    from: '2026-11-21T00:00:00+08:00',
    to: '2026-11-21T01:00:00+08:00',
    value: 2,
    quality: 'measured',
    coverage: 1,
    revision: 0,
    revisedAt: null,
  });
  expect(items.slice(10, 13).map(({ quality, coverage }) => [quality, coverage])).toEqual([
    ['estimated', 0],
    ['estimated', 0],
    ['estimated', 0],
  ]);
  expect(items.slice(10, 13).reduce((sum, { value }) => sum + (value ?? 0), 0)).toBeCloseTo(6, 9);
  expect(items.at(-1)).toMatchObject({ value: null, quality: 'missing', coverage: 0.5 });
});

test('days of the institution’s zone: a part that is missing makes the sum null, and what is known is said', async () => {
  const { page } = await ask(`by=day&from=${start}&to=${morning + dayMs}`);
  expect(page?.unit).toBe('kWh');
  const [first, second, third] = page?.items ?? [];
  expect(first).toMatchObject({ from: '2026-11-21T00:00:00+08:00', quality: 'estimated' });
  expect(first?.value).toBeCloseTo(48, 9);
  expect(first?.coverage).toBeCloseTo(21 / 24, 9);
  expect(second).toMatchObject({ quality: 'measured', value: 48, coverage: 1 });
  expect(third).toMatchObject({ quality: 'missing', value: null, knownValue: 14 });
  expect(page?.items).toHaveLength(3);
});

test('pages put together are the whole, wherever they are cut', async () => {
  const query = `by=hour&from=${start}&to=${morning}`;
  const whole = await all(query);
  for (const limit of [1, 7, 11, 12]) expect(await all(`${query}&limit=${limit}`)).toEqual(whole);
});

test('a stretch asked for from within a gap knows what was before it', async () => {
  const { page } = await ask(`by=hour&from=${start + 11 * hourMs}&to=${start + 12 * hourMs}`);
  expect(page?.items[0]?.quality).toBe('estimated');
  expect(page?.items[0]?.value).toBeCloseTo(2, 9);
});

test('a meter that never said anything has nothing, not zero', async () => {
  const answer = await world
    .as('east-officer')
    .get(`/v1/meters/east-m/consumption?by=day&from=${start}&to=${morning}`);
  for (const item of answer.body.items)
    expect(item).toMatchObject({ value: null, quality: 'missing', coverage: 0 });
  expect(answer.body.items).toHaveLength(3);
});

test('what counts nothing is told as such', async () => {
  expect((await ask(`by=day&from=${start}&to=${morning}`, 'air')).status).toBe(422);
  expect((await ask(`by=day&from=${start}&to=${morning}`, 'east-m')).status).toBe(404);
  expect((await ask(`by=week&from=${start}&to=${morning}`)).status).toBe(400);
  expect((await ask(`by=day&from=${start}`)).status).toBe(400);
  expect((await ask(`by=day&from=99999999999999&to=999999999999999`)).status).toBe(400);
});

test('months and days are those of the calendar, through a change of clocks too', () => {
  const range = (from: string, to: string) => ({
    from: Date.parse(from),
    to: Date.parse(to),
    limit: 100,
  });
  const shanghai = periodsOf(
    'month',
    range('2026-12-15T00:00:00+08:00', '2027-02-01T00:00:00+08:00'),
    'Asia/Shanghai',
  );
  expect(shanghai.map(({ from }) => new Date(from).toISOString())).toEqual([
    '2026-11-30T16:00:00.000Z',
    '2026-12-31T16:00:00.000Z',
  ]);
  const berlin = periodsOf(
    'day',
    range('2026-10-24T00:00:00+02:00', '2026-10-27T00:00:00+01:00'),
    'Europe/Berlin',
  );
  expect(berlin.map(({ from, to }) => (to - from) / hourMs)).toEqual([24, 25, 24]);
});
