import fc from 'fast-check';
import { expect, test } from 'vitest';
import { laneOf } from '../../fleet/corridor.ts';
import { nearestOnLine } from '../../fleet/geo.ts';
import { nearestOnLane, runsWith, toLane } from '../../fleet/lane.ts';
import type { LonLat } from '../../model/entities.ts';

const near = (centre: number, reach: number) =>
  fc.double({ min: centre - reach, max: centre + reach, noNaN: true });
const point = fc.tuple(near(116, 0.3), near(39.9, 0.3));

test('finds what looking at every segment finds, on lines of any length', () => {
  fc.assert(
    fc.property(fc.array(point, { minLength: 1, maxLength: 70 }), point, (line, [lon, lat]) => {
      const wanted = nearestOnLine({ lat, lon }, line);
      const found = nearestOnLane(toLane(line, 150), { lat, lon });
      expect(found.distanceM).toBeCloseTo(wanted.distanceM, 3);
    }),
  );
});

test('across the 180th meridian, and nothing for a line without points', () => {
  const line: LonLat[] = [
    [179.9, 0],
    [-179.9, 0],
  ];
  expect(nearestOnLane(toLane(line, 10), { lat: 0.001, lon: -179.95 }).distanceM).toBeCloseTo(
    111.2,
    0,
  );
  expect(nearestOnLane(toLane(line, 10), { lat: 0, lon: -179.95 }).alongM).toBeCloseTo(16_679, -1);
  expect(nearestOnLane(toLane([], 10), { lat: 0, lon: 0 }).distanceM).toBe(
    Number.POSITIVE_INFINITY,
  );
});

const corner: readonly LonLat[] = [
  [116, 39.9],
  [116, 39.95],
  [116.05, 39.95],
];

test('metres along the line, and the width of the segment that decides', () => {
  const lane = toLane(corner, 150, [50, 400]);
  const first = nearestOnLane(lane, { lat: 39.91, lon: 116.0005 });
  expect(first.alongM).toBeCloseTo(1112, 0);
  expect(first).toMatchObject({ segment: 0, halfWidthM: 50 });
  // Nearer to the first segment, and still within the width of the second.
  expect(nearestOnLane(lane, { lat: 39.947, lon: 116.002 })).toMatchObject({
    segment: 1,
    halfWidthM: 400,
  });
});

test('knows which way the line goes nearby', () => {
  const lane = toLane(corner, 100);
  const here = { lat: 39.92, lon: 116.0002 };
  expect(runsWith(lane, here, 10, 30)).toBe(true);
  expect(runsWith(lane, here, 180, 120)).toBe(false);
  expect(runsWith(lane, { lat: 39.9499, lon: 116.0002 }, 90, 30)).toBe(true);
  expect(runsWith(lane, { lat: 39.92, lon: 116.1 }, 0, 180)).toBe(false);
});

test('a line of 2,000 points is not looked through for every fix, and is made ready once', () => {
  const line = Array.from(
    { length: 2000 },
    (_, index): LonLat => [116 + index * 0.0005, 39.9 + Math.sin(index / 20) * 0.01],
  );
  const strand = { line, halfWidthM: 150 };
  expect(laneOf(strand)).toBe(laneOf({ line, halfWidthM: 150 }));
  expect(laneOf({ line, halfWidthM: 50 }).halfWidthM).toBe(50);
  const lane = laneOf(strand);
  const before = process.cpuUsage();
  for (let index = 0; index < 10_000; index += 1)
    nearestOnLane(lane, { lat: 39.9, lon: 116 + (index % 2000) * 0.0005 });
  const { user } = process.cpuUsage(before);
  // Every segment of every look-up would take 20 million steps, about 300 ms.
  expect(user / 1000).toBeLessThan(150);
});
