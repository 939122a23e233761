import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Consumption, consumptionShape } from '../../api/consumption-shape.ts';
import { periodsOf } from '../../energy/consumption/periods.ts';
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
    lower: 1.99,
    upper: 2.01,
    coverage: 1,
    notes: [],
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

test('a day around a gap is known to the step of the counter, though its hours are not', async () => {
  const { page } = await ask(`by=day&from=${start}&to=${start + dayMs}`);
  expect(page?.items[0]).toMatchObject({ quality: 'estimated', lower: 47.99, upper: 48.01 });
  const hours = await all(`by=hour&from=${start}&to=${start + dayMs}`);
  expect(hours[11]).toMatchObject({ quality: 'estimated', value: 2, lower: 0, upper: 6.01 });
});

test('quarters of an hour', async () => {
  const items = await all(`by=quarter&from=${start}&to=${start + 11 * hourMs}`);
  expect(items).toHaveLength(44);
  expect(items[0]).toMatchObject({ value: 0.5, quality: 'measured', coverage: 1 });
  expect(items[1]?.from).toBe('2026-11-21T00:15:00+08:00');
  expect(items[40]).toMatchObject({ value: 0.5, quality: 'estimated', coverage: 0 });
});

test('what was amended is counted where it was, and the trail says what had been said', async () => {
  const at = Date.parse('2026-11-21T10:00:00+08:00');
  const before = { value: null, knownValue: 40, quality: 'missing' };
  const after = { value: 48, quality: 'estimated' };
  const [from, to, revisedAt] = [start, start + dayMs, morning];
  const reason = 'late-data' as const;
  world.amended.set('west-m', [
    { from, to, revision: 1, revisedAt, reason, hours: [at], before, after },
  ]);
  const hours = await all(`by=hour&from=${start + 9 * hourMs}&to=${start + 11 * hourMs}`);
  expect(hours.map(({ revision, revisedAt: when }) => [revision, when])).toEqual([
    [0, null],
    [1, '2026-11-23T08:00:00+08:00'],
  ]);
  const quarters = await all(`by=quarter&from=${at}&to=${at + hourMs}`);
  expect(quarters.map(({ revision }) => revision)).toEqual([1, 1, 1, 1]);
  const days = await all(`by=day&from=${start}&to=${morning}`);
  expect(days.map(({ revision }) => revision)).toEqual([1, 0, 0]);
  const trail = await world
    .as('viewer')
    .get(`/v1/meters/west-m/consumption/revisions?from=${start}&to=${morning}`);
  expect(trail.body).toEqual({
    unit: 'kWh',
    items: [
      {
        from: '2026-11-21T00:00:00+08:00',
        to: '2026-11-22T00:00:00+08:00',
        revision: 1,
        revisedAt: '2026-11-23T08:00:00+08:00',
        reason: 'late-data',
        hours: ['2026-11-21T10:00:00+08:00'],
        before,
        after,
      },
    ],
    next: null,
  });
  world.amended.clear();
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

test('a virtual meter is told by quarters of an hour too', async () => {
  const body = {
    id: 'half',
    building: 'west-b',
    medium: 'electricity',
    virtual: { parts: [{ meter: 'west-m', factor: 0.5 }] },
  };
  expect((await world.as('root').post('/v1/meters', body)).status).toBe(201);
  const stretch = `by=quarter&from=${start}&to=${start + 11 * hourMs}`;
  const { page } = await ask(stretch, 'half');
  expect(page?.items).toHaveLength(44);
  expect(page?.items[0]).toMatchObject({ value: 0.25, quality: 'measured' });
  expect(page?.items[43]).toMatchObject({ quality: 'estimated' });
  const first = await ask(`${stretch}&limit=30`, 'half');
  const rest = await ask(`${stretch}&limit=30&cursor=${first.page?.next}`, 'half');
  expect([...(first.page?.items ?? []), ...(rest.page?.items ?? [])]).toEqual(page?.items);
});

test('a counter that stands still while the one of what is fed out goes on is pointed at', async () => {
  await world.as('root').post('/v1/meters', {
    id: 'reversed',
    building: 'west-b',
    medium: 'electricity',
    name: '接反',
  });
  const readings: Kept[] = [];
  for (let n = 0; n <= 16; n++)
    readings.push({
      type: 'sample',
      device: 'reversed',
      at: start + n * 15 * minuteMs,
      timeSource: 'device',
      // From the third hour on the import counter goes as well.
      values: { energy_import_kwh: 500 + Math.max(0, n - 8), energy_export_kwh: 70 + n },
    });
  await world.keep(...readings);
  const { page } = await ask(`by=hour&from=${start}&to=${start + 4 * hourMs}`, 'reversed');
  expect(page?.items.map(({ value, notes }) => [value, notes])).toEqual([
    [0, ['export-only']],
    [0, ['export-only']],
    [4, []],
    [4, []],
  ]);
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
