import fc from 'fast-check';
import { expect, test } from 'vitest';
import { distanceM, isInside, nearestOnLine } from '../../fleet/geo.ts';
import type { LonLat } from '../../model/entities.ts';

test('a degree of the meridian is 111.195 km, a degree at 60° north half of that', () => {
  expect(distanceM({ lat: 36, lon: 116 }, { lat: 37, lon: 116 })).toBeCloseTo(111_195, -1);
  expect(distanceM({ lat: 60, lon: 0 }, { lat: 60, lon: 1 })).toBeCloseTo(55_597, -2);
});

test('the shorter way round at the 180th meridian', () => {
  expect(distanceM({ lat: 0, lon: 179.9 }, { lat: 0, lon: -179.9 })).toBeCloseTo(22_239, -1);
  expect(
    nearestOnLine({ lat: 0, lon: 179.99 }, [
      [-179.99, -1],
      [-179.99, 1],
    ]).distanceM,
  ).toBeCloseTo(2224, -1);
});

const corner: readonly LonLat[] = [
  [115.98, 36.45],
  [115.98, 36.55],
  [116.08, 36.55],
];

test('the nearest segment decides, beyond an end the end does', () => {
  expect(nearestOnLine({ lat: 36.5, lon: 115.981 }, corner)).toMatchObject({ segment: 0 });
  expect(nearestOnLine({ lat: 36.5, lon: 115.981 }, corner).distanceM).toBeCloseTo(89.4, 0);
  expect(nearestOnLine({ lat: 36.551, lon: 116 }, corner)).toMatchObject({ segment: 1 });
  expect(nearestOnLine({ lat: 36.44, lon: 115.98 }, corner).distanceM).toBeCloseTo(1112, 0);
});

test('a line of one point is that point, a line of none is nowhere; a corner said twice changes nothing', () => {
  expect(nearestOnLine({ lat: 36.45, lon: 115.98 }, [[115.98, 36.46]]).distanceM).toBeCloseTo(
    1112,
    0,
  );
  expect(nearestOnLine({ lat: 36.45, lon: 115.98 }, []).distanceM).toBe(Number.POSITIVE_INFINITY);
  const twice = corner.flatMap((point) => [point, point]);
  const here = { lat: 36.52, lon: 115.99 };
  expect(nearestOnLine(here, twice).distanceM).toBeCloseTo(
    nearestOnLine(here, corner).distanceM,
    6,
  );
});

const near = fc.record({
  lat: fc.double({ min: 36.3, max: 36.7, noNaN: true }),
  lon: fc.double({ min: 115.8, max: 116.2, noNaN: true }),
});

test('never farther than the nearest corner, and as far as a fine walk along the line finds', () => {
  fc.assert(
    fc.property(near, (here) => {
      const found = nearestOnLine(here, corner).distanceM;
      let walked = Number.POSITIVE_INFINITY;
      for (const [from, to] of [
        [corner[0], corner[1]],
        [corner[1], corner[2]],
      ])
        for (let step = 0; step <= 500; step += 1) {
          const [fromLon, fromLat] = from as LonLat;
          const [toLon, toLat] = to as LonLat;
          const share = step / 500;
          const lon = fromLon + share * (toLon - fromLon);
          const lat = fromLat + share * (toLat - fromLat);
          walked = Math.min(walked, distanceM(here, { lat, lon }));
        }
      expect(Math.abs(found - walked)).toBeLessThan(0.002 * walked + 15);
    }),
  );
});

test('inside a ring, closed or not, with a bay in it', () => {
  const bay: LonLat[] = [
    [0, 0],
    [4, 0],
    [4, 4],
    [2, 1],
    [0, 4],
  ];
  expect(isInside({ lat: 0.5, lon: 2 }, bay)).toBe(true);
  expect(isInside({ lat: 3, lon: 2 }, bay)).toBe(false);
  expect(isInside({ lat: 3, lon: 0.2 }, [...bay, [0, 0]])).toBe(true);
  expect(isInside({ lat: 5, lon: 5 }, bay)).toBe(false);
});
