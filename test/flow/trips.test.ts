import { expect, test } from 'vitest';
import type { TripView } from '../../api/contract.ts';
import { aJourney, at, type Leg, start } from '../fleet/tracks.ts';
import { connectDevice } from './device.ts';
import { cityOf, secretOf } from './guanjia.ts';
import { guanjiaOfSuite } from './guanjia-of-suite.ts';

/** From positions over MQTT to trips over HTTP, with late ones, and over kills. */

const office = at([0, 0]);
const city = cityOf({ vehicles: 2 });
const [first, second] = city.vehicles;
const iso = (second_: number) => new Date(start + second_ * 1000).toISOString();
const guanjia = guanjiaOfSuite({
  inventory: {
    ...city,
    institutions: [
      ...city.institutions,
      { id: 'school', name: '学校', level: 'unit', parent: 'hq', timeZone: 'Asia/Shanghai' },
    ],
    vehicles: [first, { ...second, institution: 'school', mqtt: { secret: secretOf('v1') } }],
    places: [
      {
        id: 'yard',
        institution: 'hq',
        name: '停车场',
        kind: 'parking',
        circle: { center: [office.lon, office.lat], radiusM: 120 },
      },
    ],
    dispatches: [
      { id: 'd1', vehicle: 'v0', driver: '张三', from: iso(0), to: iso(3600), purpose: '机要' },
    ],
  },
});

const legs: readonly Leg[] = [
  { stand: 900, acc: false },
  { drive: 6000 },
  { stand: 400, acc: true },
  { drive: 3000, kmh: 60 },
  { stand: 14_400, acc: false },
  { drive: 5000, kmh: 50, tunnel: { fromM: 2000, lengthM: 1500 } },
  { stand: 900, acc: false },
];
const day = aJourney(7, legs, { everyS: 10, says: 'all' });
const sent = (fixes = day.fixes) =>
  fixes.map(({ at: when, lat, lon, fixed, acc, speedKmh, odometerKm }) => ({
    at: when,
    lat,
    lon,
    fixed,
    acc,
    speed_kmh: speedKmh,
    odometer_km: odometerKm,
  }));

async function publish(vehicle: string, parts: readonly unknown[]): Promise<void> {
  const client = await connectDevice(guanjia, vehicle);
  for (let next = 0; next < parts.length; next += 400) {
    const payload = JSON.stringify(parts.slice(next, next + 400));
    await client.publishAsync(`v1/vehicles/${vehicle}/positions`, payload, { qos: 1 });
  }
  await client.endAsync();
}

const range = `from=${iso(0)}&to=${iso(86_400)}`;
const tripsOf = async (path: string): Promise<readonly TripView[]> =>
  (await guanjia.get<{ items: readonly TripView[] }>(`/api/v1/${path}`)).items;
const said = ({
  id: _,
  vehicle: _1,
  institution: _2,
  revision: _3,
  revisedAt: _4,
  dispatch: _5,
  verdicts: _6,
  ...trip
}: TripView) => trip;

test('trips with distances, stops, places and orders, in the time of the institution', {
  timeout: 120_000,
}, async () => {
  await publish('v0', sent());
  await guanjia.settled();
  const trips = await tripsOf(`vehicles/v0/trips?${range}`);
  expect(trips).toHaveLength(2);
  expect(trips[0]).toMatchObject({
    id: expect.stringMatching(/^tr-/),
    vehicle: 'v0',
    institution: 'hq',
    state: 'over',
    startedAt: expect.stringMatching(/^2026-11-02T08:1\d:\d\d\+08:00$/),
    endedAt: expect.stringMatching(/\+08:00$/),
    endedBy: 'ignition-off',
    dispatch: 'd1',
    stopCount: 1,
    start: { places: ['yard'] },
    unseenKm: 0,
  });
  expect(trips[0]?.verdicts).toEqual(['matched']);
  expect(trips[1]).toMatchObject({ dispatch: null, verdicts: ['no-dispatch'] });
  trips.forEach(({ distanceKm, odometerKm, maxSpeedKmh }, index) => {
    const truthKm = (day.truth[index]?.metres ?? 0) / 1000;
    expect(Math.abs(distanceKm - truthKm)).toBeLessThan(0.07 * truthKm);
    expect(Math.abs((odometerKm ?? 0) - truthKm)).toBeLessThan(0.25);
    expect(maxSpeedKmh).toBeGreaterThan(35);
  });
  const one = await guanjia.get<TripView>(`/api/v1/trips/${trips[0]?.id}`);
  expect(one).toEqual(trips[0]);
  const middle = trips[1]?.startedAt ?? '';
  const late = await tripsOf(
    `vehicles/v0/trips?from=${encodeURIComponent(middle)}&to=${iso(86_400)}`,
  );
  expect(late.map(({ id }) => id)).toEqual([trips[1]?.id]);
});

test('in lots in the wrong order, with the service killed in between: the same trips', {
  timeout: 300_000,
}, async () => {
  const parts = sent();
  const lots = [parts.slice(1200), [...parts.slice(0, 100), ...parts.slice(160, 1200)]];
  for (const lot of lots) {
    await publish('v1', lot);
    await guanjia.kill();
    await guanjia.start();
  }
  await publish('v1', parts.slice(100, 160));
  await guanjia.settled();
  const [v0, v1] = [
    await tripsOf(`vehicles/v0/trips?${range}`),
    await tripsOf(`vehicles/v1/trips?${range}`),
  ];
  expect(v1.map(said)).toEqual(v0.map(said));
  const all = await tripsOf(`trips?${range}`);
  expect(all.map(({ id }) => id).toSorted()).toEqual([...v0, ...v1].map(({ id }) => id).toSorted());
  const school = await tripsOf(`trips?institution=school&${range}`);
  expect(school.map(({ id }) => id)).toEqual(v1.map(({ id }) => id));
});

test('what is asked wrongly is refused', async () => {
  const status = async (path: string) => (await guanjia.fetch(`/api/v1/${path}`)).status;
  expect(await status('vehicles/v0/trips')).toBe(400);
  expect(await status(`vehicles/none/trips?${range}`)).toBe(404);
  expect(await status(`vehicles/v0/trips?from=${iso(10)}&to=${iso(0)}`)).toBe(400);
  expect(await status('trips/tr-none')).toBe(404);
  expect(await status(`trips?${range}&cursor=x`)).toBe(422);
});
