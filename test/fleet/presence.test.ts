import { describe, expect, test } from 'vitest';
import { distanceM, isInside } from '../../fleet/geo.ts';
import type { SeenFix } from '../../fleet/hygiene.ts';
import { createPlaceIndex } from '../../fleet/places.ts';
import { placesAt } from '../../fleet/presence.ts';
import type { LonLat, Place } from '../../model/entities.ts';
import { numbers } from '../energy/random.ts';
import { aFix, aNormal, at, aWander, groundOf, ride, type Way } from './tracks.ts';

const corner = (way: Way): LonLat => {
  const { lon, lat } = at(way);
  return [lon, lat];
};
const area = (id: string, corners: readonly Way[], more: Partial<Place> = {}): Place => ({
  id,
  institution: 'hq',
  name: id,
  kind: 'area',
  polygon: corners.map(corner),
  ...more,
});
const box = (id: string, west: number, south: number, east: number, north: number): Place =>
  area(id, [
    [west, south],
    [east, south],
    [east, north],
    [west, north],
  ]);
const circle = (id: string, way: Way, radiusM: number): Place => ({
  id,
  institution: 'hq',
  name: id,
  kind: 'parking',
  circle: { center: corner(way), radiusM },
});

/** What a receiver makes of a way: wander of so many metres, forgotten after so many seconds. */
function* noisy(
  seed: number,
  [metres, forgetS]: readonly [number, number],
  everyS: number,
  lastsS: number,
  way: (second: number) => Way,
  more: Partial<SeenFix>,
): Generator<SeenFix> {
  const random = numbers(seed);
  for (let each = 0; each < 20; each++) random();
  const wander = aWander(random, metres, forgetS);
  const normal = aNormal(random);
  for (let second = 0; second < lastsS; second += everyS) {
    const [east, north] = wander(everyS);
    const [x, y] = way(second);
    yield aFix(second, [x + east + 2 * normal(), y + north + 2 * normal()], more);
  }
}

/** Transitions that looking at each fix alone would tell. */
function naive(fixes: readonly SeenFix[], places: readonly Place[]): number {
  const { places: index } = groundOf(places);
  let count = 0;
  for (const { id } of places) {
    const inside = fixes.map((fix) => (index.area(id)?.depthM(fix) ?? -1) >= 0);
    count += inside.filter((is, at_) => at_ > 0 && is !== inside[at_ - 1]).length;
  }
  return count;
}

const receivers = [
  [8, 30],
  [12, 60],
  [12, 300],
  [20, 120],
] as const;
const seeds = [1, 2, 3, 4, 5, 6];

describe('at an edge', () => {
  test.each(receivers)(
    'standing 10 m from it for 8 h: at most one false transition (%i m, %i s)',
    (...noise) => {
      let told = 0;
      let plain = 0;
      for (const seed of seeds)
        for (const everyS of [10, 30]) {
          const west = seed % 2 === 0 ? 10 : -2010;
          const places = [box('a', west, -1000, west + 2000, 1000)];
          const fixes = [
            ...noisy(seed, noise, everyS, 28_800, () => [0, 0], { acc: false, speedKmh: 0 }),
          ];
          const { events } = ride(fixes, groundOf(places));
          expect(events.length).toBeLessThanOrEqual(2);
          told += events.length;
          plain += naive(fixes, places);
        }
      expect(told / (2 * seeds.length)).toBeLessThanOrEqual(1);
      expect(plain / (2 * seeds.length)).toBeGreaterThan(25);
    },
  );

  test.each(receivers)(
    'driving along it 20 m away for 8 h: at most five where each fix alone tells 110 (%i m, %i s)',
    (...noise) => {
      let told = 0;
      let plain = 0;
      for (const seed of seeds) {
        const west = seed % 2 === 0 ? 20 : -2020;
        const places = [box('a', west, -1000, west + 2000, 330_000)];
        const way = (second: number): Way => [0, 11 * second];
        const fixes = [...noisy(seed, noise, 10, 28_800, way, { acc: true, speedKmh: 40 })];
        told += ride(fixes, groundOf(places)).events.length / seeds.length;
        plain += naive(fixes, places) / seeds.length;
      }
      expect(told).toBeLessThanOrEqual(Math.max(1, (5 / 110) * plain));
    },
  );

  test.each(receivers)('crossed, it is told once each time (%i m, %i s)', (...noise) => {
    const places = Array.from({ length: 20 }, (_, index) =>
      box(`s${index}`, 1000 + 1200 * index, -500, 1600 + 1200 * index, 500),
    );
    let told = 0;
    for (const seed of seeds) {
      const fixes = noisy(seed, noise, 10, 2300, (second) => [11 * second, 0], {
        acc: true,
        speedKmh: 40,
      });
      told += ride(fixes, groundOf(places)).events.length;
    }
    const crossed = seeds.length * 40;
    expect(told).toBeGreaterThanOrEqual(crossed * 0.99);
    expect(told).toBeLessThanOrEqual(crossed * 1.01);
  });
});

test('a single fix deep inside, and a small place passed by, say nothing', () => {
  const drive = (jump: number): SeenFix[] =>
    Array.from({ length: 60 }, (_, index) =>
      aFix(index * 10, [index * 100, index === jump ? 55 : 0], { acc: true, speedKmh: 36 }),
    );
  const strip = box('strip', -500, 25, 9000, 400);
  expect(ride(drive(30), groundOf([strip])).events).toEqual([]);
  expect(ride(drive(-1), groundOf([circle('gate', [3050, 30], 50)])).events).toEqual([]);
});

test('coming to a parking place and leaving it are told once, in order, of one’s own alone', () => {
  const way = (second: number): Way => {
    if (second < 600) return [Math.min(0, -4000 + 10 * second), 0];
    if (second < 4000) return [0, 0];
    return [10 * (second - 4000), 0];
  };
  const fixes = Array.from({ length: 480 }, (_, index) => {
    const [x, y] = way(10 * index);
    const drives = x !== 0;
    return aFix(10 * index, [x, y], { acc: drives, speedKmh: drives ? 36 : 0 });
  });
  const ground = groundOf([circle('yard', [0, 0], 120), circle('far', [0, 5000], 120)]);
  expect(ride(fixes, ground).events).toEqual(['in yard', 'out yard']);
  const both = groundOf([
    circle('yard', [0, 0], 120),
    { ...circle('theirs', [0, 0], 120), institution: 'far' },
  ]);
  const own = { ...both, isOwn: (institution: string) => institution === 'hq' };
  expect(ride(fixes, own).events).toEqual(['in yard', 'out yard']);
});

describe('thousands of places', () => {
  const random = numbers(5);
  const between = (least: number, most: number) => least + (most - least) * random();
  const somewhere = (): Way => [between(-20_000, 20_000), between(-20_000, 20_000)];
  const ring = (middle: Way, corners: number): Way[] =>
    Array.from({ length: corners }, (_, index) => {
      const angle = (2 * Math.PI * index) / corners;
      const metres = between(200, 2000);
      return [middle[0] + metres * Math.cos(angle), middle[1] + metres * Math.sin(angle)];
    });
  const places = Array.from({ length: 3000 }, (_, index) =>
    index % 2 === 0
      ? circle(`c${index}`, somewhere(), between(20, 800))
      : area(`p${index}`, ring(somewhere(), index % 50 === 1 ? 300 : 7)),
  );
  const ground = groundOf(places);

  test('those that hold a position are the ones that looking at each finds', () => {
    for (let each = 0; each < 300; each++) {
      const position = at(somewhere());
      const plain = places.filter(({ circle: round, polygon }) =>
        round
          ? distanceM(position, { lon: round.center[0], lat: round.center[1] }) <= round.radiusM
          : isInside(position, polygon ?? []),
      );
      expect(placesAt(ground, position)).toEqual(plain.map(({ id }) => id).sort());
    }
  });

  test('an edge of many corners is measured as one of few', () => {
    const few: Way[] = [
      [0, 0],
      [3000, 0],
      [3000, 2000],
      [0, 2000],
    ];
    const many = few.flatMap(([x, y], index): Way[] => {
      const [toX, toY] = few[(index + 1) % 4] ?? [0, 0];
      return Array.from({ length: 40 }, (_, part) => [
        x + ((toX - x) * part) / 40,
        y + ((toY - y) * part) / 40,
      ]);
    });
    const index = createPlaceIndex([area('few', few), area('many', many)]);
    for (let each = 0; each < 300; each++) {
      const position = at([between(-200, 3200), between(-200, 2200)]);
      const [a, b] = [index.area('few')?.depthM(position), index.area('many')?.depthM(position)];
      expect(b).toBeCloseTo(a ?? Number.NaN, 0);
    }
  });

  test('places of others do not count', () => {
    const own = { ...ground, isOwn: () => false };
    expect(placesAt(own, at([0, 0]))).toEqual([]);
  });
});
