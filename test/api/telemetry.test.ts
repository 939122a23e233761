import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  latestReadingsShape,
  positionsShape,
  readingsShape,
  trackShape,
} from '../../api/contract.ts';
import { pageOfSeries } from '../../api/cursor.ts';
import { minuteMs } from '../../model/time.ts';
import { type Kept, morning, openWorld, type World } from './world.ts';

let world: World;
const sample = (device: string, at: number, kwh: number): Kept => ({
  type: 'sample',
  device,
  at,
  timeSource: 'device',
  values: { energy_import_kwh: kwh, power_kw: 12.5 },
});
const fix = (device: string, at: number, over: object = {}): Kept => ({
  type: 'fix',
  device,
  at,
  timeSource: 'device',
  lat: 36.45,
  lon: 115.98,
  fixed: true,
  ...over,
});

beforeAll(async () => {
  world = await openWorld();
  await world.keep(
    sample('west-m', morning, 100),
    sample('west-m', morning + minuteMs, 100.5),
    { ...sample('west-m', morning + 2 * minuteMs, 101), timeSource: 'receipt' },
    sample('east-m', morning, 7),
    fix('west-v', morning, { speedKmh: 42, headingDeg: 180, acc: true, satellites: 11 }),
    fix('west-v', morning + 1_500, { lat: 36.46, satellites: 3 }),
    fix('west-v', morning + 1_500, { lat: 36.47 }),
    fix('west-v', morning + 3_000, { fixed: false }),
    fix('east-v', morning),
  );
});
afterAll(() => world.close());

const from = '2026-11-23T08:00:00%2B08:00';
const to = '2026-11-23T09:00:00%2B08:00';
const readings = (query: string, user = 'viewer', meter = 'west-m') =>
  world.as(user).get(`/v1/meters/${meter}/readings?${query}`);

describe('readings', () => {
  test('ascend, with the unit of the catalogue and times of the institution', async () => {
    const { status, body } = await readings(`metric=energy_import_kwh&from=${from}&to=${to}`);
    expect(status).toBe(200);
    expect(readingsShape.strict().parse(body)).toEqual({
      unit: 'kWh',
      items: [
        { at: '2026-11-23T08:00:00+08:00', value: 100, quality: 'measured', timeSource: 'device' },
        {
          at: '2026-11-23T08:01:00+08:00',
          value: 100.5,
          quality: 'measured',
          timeSource: 'device',
        },
        { at: '2026-11-23T08:02:00+08:00', value: 101, quality: 'measured', timeSource: 'receipt' },
      ],
      next: null,
    });
  });

  test('from is inclusive, to is exclusive, in any zone or as Unix ms', async () => {
    const count = async (query: string) =>
      (await readings(`metric=power_kw&${query}`)).body.items.length;
    expect(await count(`from=${morning}&to=${morning + minuteMs}`)).toBe(1);
    expect(await count(`from=${morning + 1}&to=${morning + minuteMs + 1}`)).toBe(1);
    expect(await count('from=2026-11-23T00:00:00Z&to=2026-11-23T00:02:00Z')).toBe(2);
    // A plus sign that was not escaped.
    expect(await count('from=2026-11-23T08:00:00+08:00&to=2026-11-23T08:02:00+08:00')).toBe(2);
    expect(await count(`from=${morning}&to=${morning}`)).toBe(0);
  });

  test('go on at the cursor', async () => {
    const query = `metric=power_kw&from=${from}&to=${to}&limit=2`;
    const first = await readings(query);
    expect(first.body.items).toHaveLength(2);
    const second = await readings(`${query}&cursor=${first.body.next}`);
    expect(second.body.items.map(({ at }: { at: string }) => at)).toEqual([
      '2026-11-23T08:02:00+08:00',
    ]);
    expect(second.body.next).toBeNull();
  });

  test.each([
    [`from=${from}&to=${to}`, 'metric'],
    [`metric=power&from=${from}&to=${to}`, 'metric'],
    [`metric=__proto__&from=${from}&to=${to}`, 'metric'],
    [`metric=power_kw&to=${to}`, 'from'],
    [`metric=power_kw&from=${from}`, 'to'],
    [`metric=power_kw&from=yesterday&to=${to}`, 'from'],
    [`metric=power_kw&from=2026-11-23&to=${to}`, 'from'],
    [`metric=power_kw&from=2026-02-30T00:00:00Z&to=${to}`, 'from'],
    [`metric=power_kw&from=${to}&to=${from}`, 'to'],
    [`metric=power_kw&from=${from}&to=${to}&cursor=x`, 'cursor'],
    [`metric=power_kw&from=${from}&to=${to}&limit=0`, 'limit'],
  ])('%s is malformed in %s', async (query, path) => {
    const { status, body } = await readings(query);
    expect([status, body.code, body.errors[0].path]).toEqual([400, 'INPUT_MALFORMED', path]);
  });

  test('of what is no meter, or another’s, are not there', async () => {
    const query = `metric=power_kw&from=${from}&to=${to}`;
    expect((await readings(query, 'viewer', 'east-m')).status).toBe(404);
    expect((await readings(query, 'viewer', 'west-v')).status).toBe(404);
    expect((await readings(query, 'viewer', 'nothing')).status).toBe(404);
    expect((await readings(query, 'root', 'east-m')).status).toBe(200);
  });

  test('the latest of every metric', async () => {
    const { body } = await world.as('viewer').get('/v1/readings/latest');
    expect(latestReadingsShape.strict().parse(body).items).toEqual([
      expect.objectContaining({
        meter: 'west-m',
        metric: 'energy_import_kwh',
        value: 101,
        unit: 'kWh',
      }),
      expect.objectContaining({ meter: 'west-m', metric: 'power_kw', value: 12.5, unit: 'kW' }),
    ]);
    const chosen = await world.as('root').get('/v1/readings/latest?meter=east-m,nothing');
    expect(chosen.body.items.map(({ meter }: { meter: string }) => meter)).toEqual([
      'east-m',
      'east-m',
    ]);
    const first = await world.as('root').get('/v1/readings/latest?limit=1');
    expect(first.body.next).toBe('east-m');
    const second = await world.as('root').get('/v1/readings/latest?limit=1&cursor=east-m');
    expect([second.body.items[0].meter, second.body.next]).toEqual(['west-m', null]);
    expect((await world.as('viewer').get('/v1/readings/latest?meter=east-m')).body.items).toEqual(
      [],
    );
  });
});

describe('vehicles', () => {
  test('the latest position of each, by the clock of the device', async () => {
    const { body } = await world.as('viewer').get('/v1/vehicles/positions');
    expect(positionsShape.strict().parse(body)).toEqual({
      items: [
        {
          vehicle: 'west-v',
          at: '2026-11-23T08:00:03+08:00',
          lat: 36.45,
          lon: 115.98,
          speedKmh: null,
          headingDeg: null,
          acc: null,
          fixed: false,
          online: true,
        },
      ],
      next: null,
    });
    expect((await world.as('root').get('/v1/vehicles/positions')).body.items).toHaveLength(2);
    const east = await world.as('root').get('/v1/vehicles/positions?institution=east');
    expect(east.body.items).toHaveLength(1);
  });

  test('are online while heard within three intervals, at least two minutes', async () => {
    const online = async () =>
      (await world.as('viewer').get('/v1/vehicles/positions')).body.items[0].online;
    world.clock.at = morning + 2 * minuteMs;
    expect(await online()).toBe(true);
    world.clock.at += 1;
    expect(await online()).toBe(false);
    await world.as('fleet').patch('/v1/vehicles/west-v', { everyS: 60 });
    expect(await online()).toBe(true);
    world.clock.at = morning + 3 * minuteMs + 1;
    expect(await online()).toBe(false);
    world.clock.at = morning;
  });

  test('the track, with what is known of its quality', async () => {
    const { body } = await world
      .as('viewer')
      .get(`/v1/vehicles/west-v/track?from=${from}&to=${to}`);
    const { items } = trackShape.strict().parse(body);
    expect(items.map(({ quality }) => quality)).toEqual(['good', 'poor', 'good', 'invalid']);
    expect(items[0]).toMatchObject({
      at: '2026-11-23T08:00:00+08:00',
      speedKmh: 42,
      headingDeg: 180,
    });
    expect(items[1]?.at).toBe('2026-11-23T08:00:01.500+08:00');
  });

  test('the track goes on within an instant', async () => {
    const latitudes: number[] = [];
    let cursor: string | null = '';
    while (cursor !== null) {
      const query: string = `from=${from}&to=${to}&limit=1${cursor && `&cursor=${cursor}`}`;
      const { body } = await world.as('viewer').get(`/v1/vehicles/west-v/track?${query}`);
      latitudes.push(...body.items.map(({ lat }: { lat: number }) => lat));
      cursor = body.next;
    }
    expect(latitudes).toEqual([36.45, 36.46, 36.47, 36.45]);
  });

  test('in the datum of Chinese maps', async () => {
    const at = async (datum: string) =>
      (
        await world
          .as('viewer')
          .get(`/v1/vehicles/west-v/track?from=${from}&to=${to}&datum=${datum}`)
      ).body.items[0];
    const [wgs, gcj, bd] = [await at('wgs84'), await at('gcj02'), await at('bd09')];
    expect(wgs).toMatchObject({ lat: 36.45, lon: 115.98 });
    // Known offsets near Liaocheng: some 500 m for GCJ-02, and BD-09 by about 0.0065 and 0.006 degrees more.
    expect(gcj.lon - wgs.lon).toBeCloseTo(0.006, 2);
    expect(Math.abs(gcj.lat - wgs.lat)).toBeLessThan(0.004);
    expect(bd.lon - gcj.lon).toBeCloseTo(0.0065, 3);
    expect(bd.lat - gcj.lat).toBeCloseTo(0.006, 3);
    const bad = await world
      .as('viewer')
      .get(`/v1/vehicles/west-v/track?from=${from}&to=${to}&datum=utm`);
    expect(bad.status).toBe(400);
  });

  test('of what is no vehicle, or another’s, are not there', async () => {
    const query = `from=${from}&to=${to}`;
    for (const id of ['east-v', 'west-m', 'nothing']) {
      expect((await world.as('viewer').get(`/v1/vehicles/${id}/track?${query}`)).status).toBe(404);
    }
  });
});

test('pages of a series put together are the series, whatever the limit and however many share an instant', async () => {
  const instants = fc.array(fc.integer({ min: 0, max: 6 }), { maxLength: 30 });
  await fc.assert(
    fc.asyncProperty(instants, fc.integer({ min: 1, max: 7 }), async (ats, limit) => {
      const all = ats.sort((a, b) => a - b).map((at, n) => ({ at, n }));
      const got: typeof all = [];
      let next: string | null | undefined;
      do {
        const page = await pageOfSeries(
          { from: 1, to: 6, limit, cursor: next ?? undefined },
          async (range) =>
            all.filter(({ at }) => at >= range.from && at < range.to).slice(0, range.limit),
        );
        expect(page.items.length).toBeLessThanOrEqual(limit);
        got.push(...page.items);
        next = page.next;
      } while (next !== null);
      expect(got).toEqual(all.filter(({ at }) => at >= 1 && at < 6));
    }),
  );
});

test('a store that is away is told as such', async () => {
  const { AppError } = await import('../../model/errors.ts');
  const { readings: whole } = world.store;
  world.store.readings = () =>
    Promise.reject(new AppError('STORE_UNAVAILABLE', 'file /data/telemetry.db is locked'));
  const { status, body, headers, text } = await readings(`metric=power_kw&from=${from}&to=${to}`);
  world.store.readings = whole;
  expect([status, body.code]).toEqual([503, 'STORE_UNAVAILABLE']);
  expect(headers['retry-after']).toBe('5');
  expect(text).not.toContain('/data');
});
