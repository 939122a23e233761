import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ConsoleSettings } from '../../api/contract.ts';
import { shiftFor, unshiftFor } from '../../console/lib/datum.ts';
import {
  bodyOf,
  draftOfPlace,
  draftOfRoute,
  isWhole,
  newDraft,
  placeOf,
  readPoints,
  routeOf,
  segmentsOf,
  widthsOf,
  withMoved,
  withoutLast,
  withoutWay,
  withPoint,
  withShape,
  withWay,
} from '../../console/lib/drawing.ts';
import { distanceM } from '../../console/lib/geo.ts';
import { routeFeatures } from '../../console/lib/map-data.ts';
import { simplify } from '../../console/lib/simplify.ts';
import type { LonLat } from '../../model/entities.ts';

const ring: LonLat[] = [
  [115.9, 36.4],
  [116.1, 36.4],
  [116.1, 36.5],
];
const aRoute = {
  id: 'r',
  version: 2,
  institution: 'west',
  name: 'r',
  line: ring,
  widthM: 150,
  segmentWidthsM: [100, 200],
  mustVisit: ['p'],
};

describe('points as text', () => {
  test('commas of both languages, blanks and empty lines are read; what is no position is named by its line', () => {
    expect(readPoints('115.98, 36.45\n\n115.85，36.6\n 115.7 36.84 ')).toEqual({
      points: [
        [115.98, 36.45],
        [115.85, 36.6],
        [115.7, 36.84],
      ],
      faults: [],
    });
    expect(readPoints('115.98, 36.45\n36.45\n190, 3\nx, y\n1, 2, 3').faults).toEqual([2, 3, 4, 5]);
  });

  test('a click adds, a drag moves, and the last can be taken back', () => {
    const line = ring.reduce(withPoint, newDraft('routes', 'r', 'west'));
    expect(readPoints(line.points).points).toEqual(ring);
    expect(readPoints(withMoved(line, 1, [116, 36.45]).points).points[1]).toEqual([116, 36.45]);
    expect(readPoints(withoutLast(line).points).points).toEqual(ring.slice(0, 2));
    const circle = ring.reduce(withPoint, newDraft('places', 'p', 'west'));
    expect(readPoints(circle.points).points).toEqual(ring.slice(-1));
  });
});

describe('what is sent', () => {
  test('a new circle needs its middle and a radius', () => {
    const empty = newDraft('places', 'p', 'west');
    expect(isWhole(empty)).toBe(false);
    const drawn = withPoint({ ...empty, name: '门口' }, [116, 36.4]);
    expect(isWhole(drawn)).toBe(true);
    expect(isWhole({ ...drawn, metres: '0' })).toBe(false);
    expect(bodyOf(drawn)).toEqual({
      id: 'p',
      name: '门口',
      institution: 'west',
      kind: 'parking',
      circle: { center: [116, 36.4], radiusM: 120 },
    });
  });

  test('a circle that becomes a polygon takes the circle away, with the version it was drawn from', () => {
    const before = {
      id: 'p',
      version: 4,
      institution: 'west',
      name: '门口',
      kind: 'parking' as const,
      circle: { center: [116, 36.4] as const, radiusM: 80 },
    };
    const polygon = ring.slice(1).reduce(withPoint, withShape(draftOfPlace(before), 'polygon'));
    expect(isWhole(polygon)).toBe(true);
    const body = bodyOf(polygon, before);
    expect(body).toMatchObject({
      version: 4,
      circle: null,
      polygon: [[116, 36.4], ...ring.slice(1)],
    });
    expect(body).not.toHaveProperty('id');
  });

  test('a closed ring is shown open', () => {
    const [first = [0, 0]] = ring;
    const place = { id: 'z', version: 1, institution: 'west', name: 'z', kind: 'area' as const };
    const draft = draftOfPlace({ ...place, polygon: [...ring, first] });
    expect(placeOf(draft)?.polygon).toEqual(ring);
  });

  test('widths of segments go when they no longer fit, and nothing else that is not drawn here', () => {
    const route = { ...aRoute, oneWay: true };
    const draft = draftOfRoute(route);
    expect(bodyOf(draft, route)).toEqual({
      version: 2,
      name: 'r',
      institution: 'west',
      line: ring,
      widthM: 150,
      oneWay: true,
    });
    const longer = withPoint({ ...draft, oneWay: false }, [116.2, 36.5]);
    expect(bodyOf(longer, route)).toMatchObject({ segmentWidthsM: null, oneWay: null });
  });
});

describe('simplified tracks', () => {
  test('every point stays within the tolerance of the line that is left, whose ends are the track’s', () => {
    const step = fc.tuple(fc.integer({ min: -40, max: 60 }), fc.integer({ min: -60, max: 40 }));
    fc.assert(
      fc.property(fc.array(step, { minLength: 2, maxLength: 120 }), (steps) => {
        let [lon, lat] = [116, 36];
        const track = steps.map(([east, north]): LonLat => {
          lon += east * 1e-5;
          lat += north * 1e-5;
          return [lon, lat];
        });
        const line = simplify(track, 15);
        expect(line[0]).toEqual(track[0]);
        expect(line.at(-1)).toEqual(track.at(-1));
        for (const point of track) expect(distanceToLineM(point, line)).toBeLessThan(15.5);
      }),
    );
  });

  test('a straight road of a hundred fixes is two points, a corner a third', () => {
    const east = Array.from({ length: 50 }, (_, n): LonLat => [116 + n * 1e-4, 36]);
    const north = Array.from({ length: 50 }, (_, n): LonLat => [116 + 49e-4, 36 + n * 1e-4]);
    expect(simplify(east, 10)).toHaveLength(2);
    expect(simplify([...east, ...north], 10)).toHaveLength(3);
  });
});

/** By brute force: the nearest of many points along the line. */
function distanceToLineM(point: LonLat, line: readonly LonLat[]): number {
  let nearest = Infinity;
  for (let n = 1; n < line.length; n++) {
    const [a = [0, 0], b = [0, 0]] = [line[n - 1], line[n]];
    for (let share = 0; share <= 1; share += 0.005) {
      const on: LonLat = [a[0] + (b[0] - a[0]) * share, a[1] + (b[1] - a[1]) * share];
      nearest = Math.min(nearest, distanceM(point, on));
    }
  }
  return nearest;
}

test.each(['wgs84', 'gcj02', 'bd09'] as const)(
  'a click on a map in %s is the place it shows',
  (datum) => {
    const settings: ConsoleSettings = { tiles: { url: 'u', attribution: 'a', datum } };
    const home: LonLat = [115.98, 36.45];
    const back = unshiftFor(settings)(shiftFor(settings)(home));
    expect(distanceM(home, back)).toBeLessThan(0.5);
  },
);

describe('more than one line', () => {
  const route = { ...aRoute, lines: [ring.slice(0, 2)] };
  const draft = draftOfRoute(route);

  test('nothing of a route is lost by looking at its other lines', () => {
    const { id: _, version: __, ...whole } = route;
    expect(routeOf(draft)).toEqual({ id: 'r', ...whole });
    expect(routeOf(withWay(withWay(draft, 1), 0))).toEqual(routeOf(draft));
    expect(bodyOf(withWay(draft, 1), route)).toEqual({
      version: 2,
      name: 'r',
      institution: 'west',
      line: ring,
      widthM: 150,
      oneWay: null,
    });
  });

  test('a click adds to the line that is drawn, and a new line counts once there is something of it', () => {
    const begun = withWay(draft, 2);
    expect(begun.points).toBe('');
    expect(isWhole(begun)).toBe(true);
    expect(routeOf(begun)?.lines).toHaveLength(1);
    const one = withPoint(begun, [116, 36.4]);
    expect(isWhole(one)).toBe(false);
    const two = withPoint(one, [116, 36.5]);
    expect(isWhole(two)).toBe(true);
    expect(bodyOf(two, route)['lines']).toEqual([
      ring.slice(0, 2),
      [
        [116, 36.4],
        [116, 36.5],
      ],
    ]);
    expect(bodyOf(withoutWay(withWay(draft, 1)), route)['lines']).toBeNull();
    expect(withoutWay(draft)).toBe(draft);
  });

  test('widths are one for each segment of the line itself, else they go', () => {
    expect(segmentsOf(draft)).toBe(2);
    expect(widthsOf({ ...draft, widths: '80，120' })).toEqual([80, 120]);
    expect(bodyOf({ ...draft, widths: '80，120' }, route)['segmentWidthsM']).toEqual([80, 120]);
    for (const widths of ['', '80', '80, x', '80, -1', '1, 2, 3'])
      expect(bodyOf({ ...draft, widths }, route)['segmentWidthsM'], widths).toBeNull();
    expect(bodyOf({ ...draft, mustVisit: [] }, route)['mustVisit']).toBeNull();
  });

  test('each segment is drawn as wide as it is, and so is each other line', () => {
    const drawn = routeFeatures([{ ...route, oneWay: true }], ([lon, lat]) => [lon, lat]);
    const corridors = drawn.filter(({ properties }) => properties['part'] === 'corridor');
    const widths = corridors.map(({ properties }) => Number(properties['width']));
    const [first = 0] = widths;
    expect(widths.map((width) => Math.round((width / first) * 100))).toEqual([100, 200, 150]);
    const lines = drawn.filter(({ properties }) => properties['part'] === 'line');
    expect(lines.map(({ properties }) => properties['oneWay'])).toEqual([true, true]);
  });
});
