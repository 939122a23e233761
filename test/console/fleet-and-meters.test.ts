import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { LatestReading, Position } from '../../api/contract.ts';
import {
  circleRing,
  corridorPx,
  distanceM,
  graticule,
  lengthM,
  placeRing,
} from '../../console/lib/geo.ts';
import { graticuleFeatures, trackFeatures, vehicleFeatures } from '../../console/lib/map-data.ts';
import {
  filterMeters,
  headlineOf,
  heardOf,
  latestByMeter,
  type MeterRow,
  metricsOf,
  powerNowKw,
} from '../../console/lib/meters.ts';
import {
  byPlate,
  countStates,
  filterVehicles,
  vehicleRows,
  vehicleState,
} from '../../console/lib/vehicles.ts';
import type { Meter, Vehicle } from '../../model/entities.ts';

const vehicle = (id: string, plate: string): Vehicle => ({
  id,
  institution: 'lc-hq',
  plate,
  class: 'general',
  fuel: 'electric',
  exempt: [],
  sealed: [],
});
const position = (id: string, change: Partial<Position> = {}): Position => ({
  vehicle: id,
  at: '2026-11-22T08:00:00+08:00',
  lat: 36.45,
  lon: 115.98,
  speedKmh: 0,
  headingDeg: 0,
  acc: false,
  fixed: true,
  online: true,
  ...change,
});
const meter = (change: Partial<Meter>): Meter => ({
  id: 'm1',
  building: 'b1',
  medium: 'electricity',
  name: '总表',
  ctRatio: 1,
  ptRatio: 1,
  ...change,
});
const reading = (change: Partial<LatestReading>): LatestReading => ({
  meter: 'm1',
  metric: 'power_kw',
  unit: 'kW',
  at: '2026-11-22T08:00:00+08:00',
  value: 12,
  quality: 'measured',
  timeSource: 'device',
  ...change,
});
const row = (of: Meter, change: Partial<MeterRow> = {}): MeterRow => ({
  meter: of,
  buildingName: '1号楼',
  institution: 'lc-hq',
  headline: undefined,
  lastAt: 0,
  heard: 'online',
  ...change,
});

test('a vehicle that is not heard is offline, however fast it was', () => {
  expect(vehicleState(position('v', { online: false, speedKmh: 80 }))).toBe('offline');
  expect(vehicleState(undefined)).toBe('offline');
  expect(vehicleState(position('v', { speedKmh: 3 }))).toBe('moving');
  expect(vehicleState(position('v', { speedKmh: 2.9, acc: true }))).toBe('idling');
  expect(vehicleState(position('v', { speedKmh: null, acc: null }))).toBe('parked');
});

test('those that move come first, then by plate; every vehicle is there once', () => {
  const vehicles = byPlate([
    vehicle('a', '鲁P20000'),
    vehicle('b', '鲁P10000'),
    vehicle('c', '鲁P30000'),
  ]);
  const rows = vehicleRows(
    vehicles,
    new Map([
      ['c', position('c', { speedKmh: 50 })],
      ['a', position('a')],
    ]),
  );
  expect(rows.map(({ vehicle: { id } }) => id)).toEqual(['c', 'a', 'b']);
  expect(countStates(rows)).toEqual({ moving: 1, idling: 0, parked: 1, offline: 1 });
  expect(filterVehicles(rows, ' p10 ', undefined).map(({ vehicle: { id } }) => id)).toEqual(['b']);
  expect(filterVehicles(rows, '', 'moving')).toHaveLength(1);
  expect(filterVehicles(rows, '', 'online').map(({ vehicle: { id } }) => id)).toEqual(['c', 'a']);
});

test('a vehicle without a position is not drawn at 0, 0', () => {
  const rows = vehicleRows(
    [vehicle('a', '鲁P1'), vehicle('b', '鲁P2')],
    new Map([['a', position('a')]]),
  );
  expect(vehicleFeatures(rows, new Set(['a']), ([lon, lat]) => [lon, lat])).toHaveLength(1);
});

test('a track breaks where nothing was heard', () => {
  const fixes = [0, 10, 20, 2_000, 2_010].map((s) => ({
    at: s * 1_000,
    position: [116, 36 + s / 1e5] as const,
  }));
  expect(trackFeatures(fixes, 300_000, ([lon, lat]) => [lon, lat])).toHaveLength(2);
});

test('a meter is heard within three of its intervals, at least two minutes', () => {
  expect(heardOf(undefined, 60, 0)).toBe('never');
  expect(heardOf(0, 15, 120_000)).toBe('online');
  expect(heardOf(0, 15, 120_001)).toBe('silent');
  expect(heardOf(0, 600, 1_800_000)).toBe('online');
});

test('the newest value wins in whatever order they come; unknown metrics are left out', () => {
  const latest = latestByMeter([
    reading({ value: 2, at: '2026-11-22T08:01:00+08:00' }),
    reading({ value: 1 }),
    reading({ metric: 'no_such_thing' }),
  ]);
  expect(latest.get('m1')?.get('power_kw')?.value).toBe(2);
  expect(metricsOf('electricity', latest.get('m1'))).toEqual(['power_kw']);
  expect(headlineOf('electricity', latest.get('m1'))?.value).toBe(2);
  expect(metricsOf('water', undefined)).toEqual(['flow_m3h', 'volume_m3']);
});

test('power now counts main meters that are online, once each', () => {
  const latest = latestByMeter([
    reading({}),
    reading({ meter: 'sub' }),
    reading({ meter: 'old', value: 100 }),
  ]);
  const rows = [
    row(meter({})),
    row(meter({ id: 'sub', parent: 'm1' })),
    row(meter({ id: 'old' }), { heard: 'silent' }),
  ];
  expect(powerNowKw(rows, latest)).toBe(12);
  expect(powerNowKw([], latest)).toBeUndefined();
});

test('meters are found by name, id, building, medium and state', () => {
  const rows = [
    row(meter({})),
    row(meter({ id: 'w1', medium: 'water', name: '水表' }), {
      heard: 'silent',
      buildingName: 'Annex',
    }),
  ];
  const ids = (filter: Partial<Parameters<typeof filterMeters>[1]>) =>
    filterMeters(rows, { search: '', medium: '', heard: '', ...filter }).map(
      ({ meter: { id } }) => id,
    );
  expect([
    ids({ search: 'annex' }),
    ids({ medium: 'water' }),
    ids({ heard: 'online' }),
    ids({ search: '总' }),
  ]).toEqual([['w1'], ['w1'], ['m1'], ['m1']]);
});

test('distances are right to a per mille', () => {
  // One minute of latitude is a nautical mile.
  expect(distanceM([116, 36], [116, 36 + 1 / 60])).toBeCloseTo(1_855, -1);
  expect(
    lengthM([
      [116, 36],
      [116, 36.01],
      [116, 36],
    ]),
  ).toBeCloseTo(2 * 1_113.2, 0);
  expect(lengthM([])).toBe(0);
});

test('every point of a circle is as far away as its radius, and it is closed', () => {
  fc.assert(
    fc.property(
      fc.double({ min: 75, max: 135, noNaN: true }),
      fc.double({ min: 18, max: 54, noNaN: true }),
      fc.integer({ min: 20, max: 5_000 }),
      (lon, lat, radiusM) => {
        const ring = circleRing([lon, lat], radiusM);
        for (const point of ring)
          expect(Math.abs(distanceM([lon, lat], point) / radiusM - 1)).toBeLessThan(0.005);
        expect(distanceM(ring[0] ?? [0, 0], ring.at(-1) ?? [1, 1])).toBeLessThan(0.01);
      },
    ),
  );
});

test('a corridor is as wide on the map as on the ground', () => {
  const width = corridorPx(
    [
      [116, 36],
      [116.02, 36],
    ],
    150,
  );
  // At zoom 14 the world is 512 × 2¹⁴ pixels wide; a degree of longitude is a 360th of it.
  const pixelsPerMetre = (512 * 2 ** 14) / 360 / distanceM([116, 36], [117, 36]);
  expect((width * 2 ** 14) / pixelsPerMetre).toBeCloseTo(300, -1);
});

test('a place may come closed or not', () => {
  const open = placeRing({
    id: 'z',
    institution: 'i',
    name: 'z',
    kind: 'area',
    polygon: [
      [0, 0],
      [1, 0],
      [1, 1],
    ],
  });
  expect(open).toEqual([
    [0, 0],
    [1, 0],
    [1, 1],
    [0, 0],
  ]);
  expect(placeRing({ id: 'z', institution: 'i', name: 'z', kind: 'area' })).toBeUndefined();
});

test('the graticule has a few lines at every zoom, at round degrees', () => {
  for (const span of [0.004, 0.03, 0.4, 3, 60]) {
    const lines = graticule([115.5, 36, 115.5 + span, 36 + span / 2]);
    expect(lines.length).toBeGreaterThan(2);
    expect(lines.length).toBeLessThan(20);
  }
  expect(graticule([115.95, 36.4, 116.06, 36.46]).map(({ label }) => label)).toContain('116.00°E');
  expect(graticuleFeatures([115.95, 36.4, 116.06, 36.46]).length).toBeGreaterThan(5);
});
