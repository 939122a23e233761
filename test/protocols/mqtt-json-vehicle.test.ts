import fc from 'fast-check';
import gcoordModule from 'gcoord';
import { describe, expect, test } from 'vitest';
import { aboutVehicle } from './about.ts';
import { decodeJson as decode, receivedAt } from './decode-json.ts';

const gcoord = gcoordModule as unknown as typeof gcoordModule.default;

describe('vehicles', () => {
  const whole = {
    at: 1_795_228_800,
    lat: 36.45,
    lon: 115.98,
    speed_kmh: 42,
    heading_deg: 180,
    acc: true,
    fixed: true,
    satellites: 11,
    odometer_km: 1234.5,
    fuel_l: 41.2,
    soc_pct: 80,
    datum: 'wgs84',
  };
  const fix = (over: object) => decode({ ...whole, ...over }, aboutVehicle());

  test('a whole position', () => {
    expect(fix({})).toEqual({
      observations: [
        {
          type: 'fix',
          device: 'v1',
          at: 1_795_228_800_000,
          timeSource: 'device',
          lat: 36.45,
          lon: 115.98,
          fixed: true,
          acc: true,
          speedKmh: 42,
          headingDeg: 180,
          satellites: 11,
          odometerKm: 1234.5,
          fuelL: 41.2,
          socPct: 80,
        },
      ],
      refused: [],
    });
  });

  test('at, lat and lon are enough', () => {
    expect(decode({ lat: '36.45', lon: '115.98' }, aboutVehicle())).toEqual({
      observations: [
        {
          type: 'fix',
          device: 'v1',
          at: receivedAt,
          timeSource: 'receipt',
          lat: 36.45,
          lon: 115.98,
          fixed: true,
        },
      ],
      refused: [],
    });
  });

  test.each([[true], [1], ['1'], ['true']])('acc %j is on', (acc) =>
    expect(fix({ acc }).observations).toMatchObject([{ acc: true }]),
  );
  test.each([[false], [0], ['0'], ['false']])('fixed %j is not', (fixed) =>
    expect(fix({ fixed }).observations).toMatchObject([{ fixed: false }]),
  );

  test.each([
    [{ lat: 90.001 }],
    [{ lat: -91 }],
    [{ lon: 180.5 }],
    [{ lon: -200 }],
    [{ lat: 1e308 }],
  ])('%j is out of range', (over) => {
    expect(fix(over)).toMatchObject({
      observations: [],
      refused: [{ part: 0, reason: 'out-of-range' }],
    });
  });

  test.each([
    [{ lat: null }],
    [{ lon: 'east' }],
    [{ lat: undefined, fixed: false }],
    [{ datum: 'mars' }],
    [{ datum: 5 }],
    [{ at: 'x' }],
    [{ datum: '__proto__' }],
    [{ datum: 'constructor' }],
  ])('%j is malformed', (over) => {
    expect(fix(over)).toMatchObject({
      observations: [],
      refused: [{ part: 0, reason: 'malformed' }],
    });
  });

  test('the rim of the world is on it', () => {
    expect(fix({ lat: -90, lon: 180 }).observations).toMatchObject([{ lat: -90, lon: 180 }]);
  });

  test.each([
    [{ speed_kmh: 'fast' }, 'speedKmh'],
    [{ acc: 'on' }, 'acc'],
    [{ satellites: [] }, 'satellites'],
    [{ heading_deg: 361 }, 'headingDeg'],
  ])('%j costs only itself', (over, key) => {
    const { observations, refused } = fix(over);
    expect(observations).toMatchObject([{ lat: 36.45, odometerKm: 1234.5 }]);
    expect(observations[0]).not.toHaveProperty(key);
    expect(refused).toMatchObject([{ part: 0, reason: 'malformed' }]);
  });

  test('fill values are missing without a fault', () => {
    const { observations, refused } = fix({
      speed_kmh: 65535,
      heading_deg: 65535,
      fuel_l: null,
      soc_pct: 4294967295,
      acc: null,
    });
    expect(refused).toEqual([]);
    expect(Object.keys(observations[0] ?? {})).toEqual(
      expect.not.arrayContaining(['speedKmh', 'headingDeg', 'fuelL', 'socPct', 'acc']),
    );
  });

  test('360 degrees is north', () =>
    expect(fix({ heading_deg: 360 }).observations).toMatchObject([{ headingDeg: 0 }]));

  test('datum', () => {
    // Points in Liaocheng, Beijing and Kunming; the forward transforms are gcoord's, the way back is ours.
    for (const [lon, lat] of [
      [115.98, 36.45],
      [116.397, 39.908],
      [102.71, 25.04],
    ] as const) {
      for (const [datum, crs] of [
        ['gcj02', gcoord.GCJ02],
        ['GCJ-02', gcoord.GCJ02],
        ['bd09', gcoord.BD09],
      ] as const) {
        const [x, y] = gcoord.transform([lon, lat], gcoord.WGS84, crs);
        const [got] = fix({ lon: x, lat: y, datum }).observations;
        if (got?.type !== 'fix') throw new Error('want a fix');
        // 2e-6 degrees are 0.2 m; BD-09 itself goes back to no better than that.
        expect(Math.abs(got.lon - lon)).toBeLessThan(2e-5);
        expect(Math.abs(got.lat - lat)).toBeLessThan(2e-5);
        if (crs === gcoord.GCJ02)
          expect(Math.hypot(got.lon - lon, got.lat - lat)).toBeLessThan(1e-8);
      }
    }
  });

  test('outside China GCJ-02 is WGS-84', () => {
    expect(fix({ lon: 13.4, lat: 52.5, datum: 'gcj02' }).observations).toMatchObject([
      { lon: 13.4, lat: 52.5 },
    ]);
  });

  test('a position at the rim of the transform ends, near where it began', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 71.99, max: 72.02, noNaN: true }),
        fc.double({ min: 10, max: 50, noNaN: true }),
        (lon, lat) => {
          const [got] = fix({ lon, lat, datum: 'gcj02' }).observations;
          expect(got).toMatchObject({ type: 'fix' });
          if (got?.type === 'fix')
            expect(Math.hypot(got.lon - lon, got.lat - lat)).toBeLessThan(0.02);
        },
      ),
    );
  });
});
