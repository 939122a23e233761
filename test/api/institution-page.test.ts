import { afterAll, beforeAll, expect, test } from 'vitest';
import { expectedShape } from '../../api/consumption-shape.ts';
import { institutionPageShape } from '../../api/institution-page-shape.ts';
import { dayMs, hourMs } from '../../model/time.ts';
import { type Kept, openWorld, type World } from './world.ts';

let world: World;
const at = (text: string) => Date.parse(`${text}+08:00`);
const begin = at('2025-01-01T00:00:00');
/** A Wednesday afternoon, 20 minutes into an hour. */
const now = at('2026-11-18T14:20:00');
const newYear = at('2026-01-01T00:00:00');

const meters = [
  { id: 'p-e', medium: 'electricity', metric: 'energy_import_kwh', perHour: 10 },
  {
    id: 'p-a',
    medium: 'electricity',
    metric: 'energy_import_kwh',
    perHour: 3,
    parent: 'p-e',
    subItem: 'A1',
  },
  {
    id: 'p-b',
    medium: 'electricity',
    metric: 'energy_import_kwh',
    perHour: 4,
    parent: 'p-e',
    subItem: 'B',
  },
  {
    id: 'p-b1',
    medium: 'electricity',
    metric: 'energy_import_kwh',
    perHour: 1,
    parent: 'p-b',
    subItem: 'B1',
  },
  { id: 'p-w', medium: 'water', metric: 'volume_m3', perHour: 0.5 },
] as const;

/** A fifth less in the year than in the one before. */
const usedBy = (perHour: number, time: number) =>
  ((Math.min(time, newYear) - begin) / hourMs) * perHour +
  (Math.max(0, time - newYear) / hourMs) * perHour * 0.8;

beforeAll(async () => {
  world = await openWorld();
  world.clock.at = now;
  const { post } = world.as('root');
  const hall = { id: 'hall', name: '政务大厅', level: 'unit', parent: 'west' };
  await post('/v1/institutions', { ...hall, energyUsers: 100, floorAreaM2: 2_000 });
  await post('/v1/buildings', { id: 'p-1', institution: 'hall', name: '大厅' });
  for (const { metric: _, perHour: __, ...meter } of meters)
    expect((await post('/v1/meters', { ...meter, building: 'p-1' })).status).toBe(201);
  for (const { id, metric, perHour } of meters) {
    const readings: Kept[] = [];
    for (let time = begin; time <= now; time += hourMs)
      readings.push({
        type: 'sample',
        device: id,
        at: time,
        timeSource: 'device',
        values: { [metric]: Math.round((100 + usedBy(perHour, time)) * 100) / 100 },
      });
    await world.keep(...readings);
  }
}, 60_000);
afterAll(() => world.close());

const pageOf = async (query = '', user = 'officer') =>
  world.as(user).get(`/v1/institutions/hall/page${query}`);

test('a day, a month and a year so far, beside the same stretches a year before', async () => {
  const { status, body } = await pageOf();
  expect(status).toBe(200);
  expect(institutionPageShape.parse(body)).toEqual(body);
  const { today, month, yearSoFar, yearBefore } = body;
  expect(today.own).toMatchObject({
    from: '2026-11-18T00:00:00+08:00',
    to: '2026-11-18T14:00:00+08:00',
    quality: 'measured',
  });
  expect(today.own.media[0]).toMatchObject({ medium: 'electricity', unit: 'kWh' });
  expect(today.own.media[0].value).toBeCloseTo(14 * 8, 6);
  expect(today.before).toMatchObject({ to: '2025-11-18T14:00:00+08:00' });
  expect(today.before.media[0].value).toBeCloseTo(14 * 10, 6);
  const hoursOfMonth = 17 * 24 + 14;
  expect(month.own.media[0].value).toBeCloseTo(hoursOfMonth * 8, 6);
  expect(month.before.media[0].value).toBeCloseTo(hoursOfMonth * 10, 6);
  const hoursOfYear = (at('2026-11-18T14:00:00') - newYear) / hourMs;
  expect(yearSoFar.own.media[0].value).toBeCloseTo(hoursOfYear * 8, 3);
  expect(yearSoFar.before.media[0].value).toBeCloseTo(hoursOfYear * 10, 3);
  expect(yearSoFar.own.energyKgce).toBeCloseTo(hoursOfYear * 8 * 0.1229, 3);
  expect(yearSoFar.own.perHeadKgce).toBeCloseTo((hoursOfYear * 8 * 0.1229) / 100, 5);
  expect(yearSoFar.own.waterPerHeadM3).toBeCloseTo((hoursOfYear * 0.4) / 100, 4);
  expect(yearBefore.media[0].value).toBeCloseTo(8_760 * 10, 3);
});

test('months of two years, and nothing of those that have not begun', async () => {
  const { body } = await pageOf();
  expect(body.months).toHaveLength(23);
  expect(body.months[0]).toMatchObject({ from: '2025-01-01T00:00:00+08:00' });
  expect(body.months[12].media[0].value).toBeCloseTo(744 * 8, 4);
  const last = body.months.at(-1);
  expect(last).toEqual(body.month.own);
});

test('sub-items are not counted twice, and what none of them has is told', async () => {
  const { body } = await pageOf();
  expect(body.subItems).toMatchObject([
    { code: 'A', meters: ['p-a'] },
    { code: 'B', meters: ['p-b'] },
  ]);
  const [lights, air] = body.subItems;
  expect(lights.year.value).toBeCloseTo(body.yearSoFar.own.media[0].value * 0.3, 3);
  expect(air.month.value).toBeCloseTo(body.month.own.media[0].value * 0.4, 4);
  expect(body.unassigned.value).toBeCloseTo(body.yearSoFar.own.media[0].value * 0.3, 3);
});

test('the same figures as those of the month and the year alone', async () => {
  const { body } = await pageOf('?calibre=equivalent');
  const { body: month } = await world
    .as('officer')
    .get('/v1/institutions/hall/indicators?year=2026&month=3&calibre=equivalent');
  for (const key of ['energyKgce', 'co2Kg', 'perHeadKgce', 'perM2Kgce', 'waterPerHeadM3'])
    expect(body.months[14][key]).toBeCloseTo(month[key], 9);
  expect(body.calibre).toBe('equivalent');
});

test('a year that is over is told as a whole, and one ahead as nothing', async () => {
  const { body } = await pageOf('?year=2025');
  expect(body).toMatchObject({ today: null, month: null, year: 2025 });
  expect(body.yearSoFar.own.media[0].value).toBeCloseTo(8_760 * 10, 3);
  expect(body.yearSoFar.before).toMatchObject({ energyKgce: null, quality: 'missing' });
  const { body: ahead } = await pageOf('?year=2027');
  expect(ahead.yearSoFar.own).toMatchObject({ energyKgce: null, coverage: 0 });
});

test('nobody sees an institution outside his own, and a year must be one', async () => {
  expect((await pageOf('', 'east-officer')).status).toBe(404);
  expect((await pageOf('?year=soon')).status).toBe(400);
});

test('what nobody has worked out yet is not waited for, and told to be lacking', async () => {
  const { revisions } = world.services;
  const { kept } = revisions;
  const forgetful: typeof kept = async (meter, asked) =>
    meter === 'p-w'
      ? { months: [], days: [], lacking: asked.months.length + asked.days.length }
      : kept(meter, asked);
  Object.assign(revisions, { kept: forgetful });
  const { body } = await pageOf();
  Object.assign(revisions, { kept });
  const { body: whole } = await pageOf();
  expect(whole.pending).toBeNull();
  expect(body.pending.of).toBe(body.pending.lacking * 4);
  const figures = (page: typeof body, medium: string) =>
    page.yearSoFar.own.media.find((each: { medium: string }) => each.medium === medium);
  expect(figures(body, 'electricity')).toEqual(figures(whole, 'electricity'));
  expect(figures(body, 'water')).toMatchObject({ value: null, quality: 'missing', coverage: 0 });
});

test('the band of a meter is that of the rule: it heeds the weather', async () => {
  const cold = Date.parse('2026-11-18') / dayMs;
  const path =
    '/v1/meters/p-e/expected?from=2026-11-18T00:00:00%2B08:00&to=2026-11-19T00:00:00%2B08:00';
  const { body: before } = await world.as('officer').get(path);
  const mild = Array.from({ length: 70 }, (_, n) => [cold - 70 + n, 18] as const);
  world.outdoor.set('hall', [...mild.slice(0, -1), [cold - 1, -4]]);
  const { body: after } = await world.as('officer').get(path);
  world.outdoor.clear();
  const width = ({ low, high }: { low: number; high: number }) => high - low;
  // Colder than ever seen: less is certain.
  expect(width(after.items[5])).toBeGreaterThan(1.5 * width(before.items[5]));
});

test('the band of water is as wide as the rule makes it: a fraction of the largest hour', async () => {
  const { body } = await world
    .as('officer')
    .get('/v1/meters/p-w/expected?from=2026-11-18T00:00:00%2B08:00&to=2026-11-19T00:00:00%2B08:00');
  const known = body.items.filter(({ high }: { high: number | null }) => high !== null);
  expect(known.length).toBeGreaterThan(0);
  const largest = Math.max(...known.map(({ expected }: { expected: number }) => expected));
  for (const { expected, high } of known)
    expect(high - expected).toBeGreaterThan(4 * 0.15 * largest * 0.99);
});

test('hours with what was expected of them', async () => {
  const { status, body } = await world
    .as('officer')
    .get('/v1/meters/p-e/expected?from=2026-11-17T00:00:00%2B08:00&to=2026-11-19T00:00:00%2B08:00');
  expect(status).toBe(200);
  expect(expectedShape.parse(body)).toEqual(body);
  expect(body.items).toHaveLength(24 + 14);
  expect(body.items[0]).toMatchObject({ quality: 'measured', rest: false });
  expect(body.items[0].expected).toBeCloseTo(8, 1);
  expect(body.items[0].days).toBeGreaterThan(6);
});
