import { describe, expect, test } from 'vitest';
import type { SeenFix } from '../../fleet/hygiene.ts';
import {
  aFix,
  aJourney,
  at,
  groundOf,
  type Journey,
  type Leg,
  parked,
  ride,
  start,
  type Way,
} from './tracks.ts';

const corner = (way: Way): [number, number] => {
  const { lon, lat } = at(way);
  return [lon, lat];
};
const yard = groundOf([
  {
    id: 'yard',
    institution: 'hq',
    name: '停车场',
    kind: 'parking',
    circle: { center: corner([0, 0]), radiusM: 120 },
  },
]);

describe('a car parked for 30 days', () => {
  const says = ['all', 'ignition', 'nothing'] as const;
  const seeds = Array.from({ length: 10 }, (_, index) => index + 1);
  test.each(seeds)('drifts and jumps, and makes no trip and no place event (seed %i)', (seed) => {
    const word = says[seed % 3] ?? 'all';
    const ridden = ride(parked(seed, { days: 30, everyS: 60, says: word }), yard);
    expect(ridden.trips).toEqual([]);
    expect(ridden.open).toBeNull();
    expect(ridden.events).toEqual([]);
    expect(ridden.state.presence.at).toEqual(['yard']);
  });
});

const seconds = (ms: number): number => (ms - start) / 1000;
const parkedFor = (stand: number): Leg => ({ stand, acc: false });

/** Trips as they were driven, with the distance within so many per cent. */
function expectTrue({ fixes, truth }: Journey, percent: number, slackS = 60) {
  const ridden = ride(fixes);
  expect(ridden.open).toBeNull();
  expect(ridden.trips.map(({ startedAt }) => Math.round(seconds(startedAt)))).toHaveLength(
    truth.length,
  );
  ridden.trips.forEach((trip, index) => {
    const { fromS, toS, metres } = truth[index] ?? { fromS: 0, toS: 0, metres: 0 };
    expect(Math.abs(seconds(trip.startedAt) - fromS)).toBeLessThan(slackS);
    expect(Math.abs(seconds(trip.endedAt) - toS)).toBeLessThan(slackS);
    expect(Math.abs(trip.distanceKm * 1000 - metres)).toBeLessThan((percent / 100) * metres);
  });
  return ridden;
}

describe('a day of two trips', () => {
  const legs = [
    parkedFor(1800),
    { drive: 9000, kmh: 50 },
    parkedFor(5000),
    { drive: 4000 },
    parkedFor(1200),
  ];
  test.each([
    [1, 'all', 4],
    [5, 'ignition', 5],
    [10, 'all', 6],
    [10, 'nothing', 6],
    [30, 'all', 16],
  ] as const)('a fix every %i s that says %s', (everyS, says, percent) => {
    for (let seed = 1; seed <= 5; seed++)
      expectTrue(aJourney(seed, legs, { everyS, says }), percent);
  });

  test('the odometer is kept beside the track', () => {
    const { trips } = expectTrue(aJourney(2, legs, { everyS: 10, says: 'all' }), 6);
    expect(trips[0]?.odometerKm).toBeCloseTo(9, 0);
    expect(trips[1]?.odometerKm).toBeCloseTo(4, 0);
    const bare = ride(aJourney(2, legs, { everyS: 10, says: 'ignition' }).fixes);
    expect(bare.trips.map(({ odometerKm }) => odometerKm)).toEqual([null, null]);
  });

  test('an odometer that goes back or leaps says nothing', () => {
    const { fixes } = aJourney(2, legs, { everyS: 10, says: 'all' });
    const broken = (addKm: number) =>
      fixes.map((fix) =>
        seconds(fix.at) > 2100 && seconds(fix.at) < 4000
          ? { ...fix, odometerKm: (fix.odometerKm ?? 0) + addKm }
          : fix,
      );
    for (const addKm of [-500, 500]) expect(ride(broken(addKm)).trips[0]?.odometerKm).toBeNull();
  });
});

describe('stands', () => {
  const between = (...stands: readonly Leg[]): readonly Leg[] => [
    parkedFor(1800),
    { drive: 5000 },
    ...stands,
    { drive: 5000 },
    parkedFor(1800),
  ];
  const rideOf = (legs: readonly Leg[], says: 'all' | 'nothing' = 'all') =>
    ride(aJourney(4, legs, { everyS: 10, says }).fixes);

  test('a red light is none', () => {
    const { trips } = rideOf(between({ stand: 90, acc: true }));
    expect(trips).toHaveLength(1);
    expect(trips[0]?.stops).toEqual([]);
    expect(trips[0]?.idlingS).toBeGreaterThan(60);
  });
  test('waiting with the engine on for twenty minutes is a stop within the trip', () => {
    const { trips } = rideOf(between({ stand: 1200, acc: true }));
    expect(trips).toHaveLength(1);
    const [stop] = trips[0]?.stops ?? [];
    expect(stop && (stop.to - stop.from) / 1000).toBeGreaterThan(1100);
    expect(stop?.idlingS).toBeGreaterThan(1100);
  });
  test('with the engine off for four minutes too, for six minutes it ends the trip', () => {
    expect(rideOf(between(parkedFor(240))).trips.map(({ stopCount }) => stopCount)).toEqual([1]);
    expect(rideOf(between(parkedFor(400))).trips.map(({ endedBy }) => endedBy)).toEqual([
      'ignition-off',
      'ignition-off',
    ]);
  });
  test('where nobody says whether the engine is on, ten minutes end it', () => {
    expect(rideOf(between(parkedFor(400)), 'nothing').trips).toHaveLength(1);
    expect(rideOf(between(parkedFor(800)), 'nothing').trips).toHaveLength(2);
  });
  test('with the engine always on half an hour ends it, where it came to stand', () => {
    const { trips } = rideOf(between({ stand: 2400, acc: true }));
    expect(trips.map(({ endedBy }) => endedBy)).toEqual(['standing', 'ignition-off']);
    expect(trips[0]?.idlingS).toBeLessThan(60);
  });
  test('of many stops the longest eight are kept, and all are counted', () => {
    const courier = Array.from({ length: 12 }, (_, index): Leg[] => [
      { stand: 200 + 10 * index, acc: true },
      { drive: 1500 },
    ]).flat();
    const { trips } = rideOf(between(...courier));
    expect(trips[0]?.stopCount).toBe(12);
    expect(trips[0]?.stops).toHaveLength(8);
    const lasted = trips[0]?.stops.map(({ from, to }) => (to - from) / 1000) ?? [];
    expect(Math.min(...lasted)).toBeGreaterThan(220);
  });
});

describe('without fixes', () => {
  const through = (silent: boolean): readonly Leg[] => [
    parkedFor(1200),
    { drive: 9000, kmh: 60, tunnel: { fromM: 3000, lengthM: 4000, silent } },
    parkedFor(1200),
  ];
  test.each([true, false])('a tunnel is one trip, straight across (silent: %s)', (silent) => {
    for (let seed = 1; seed <= 5; seed++)
      expectTrue(aJourney(seed, through(silent), { everyS: 10, says: 'all' }), 8);
  });
  test.each(['silent', 'unfixed'] as const)('a basement ends the trip (%s)', (basement) => {
    const legs: readonly Leg[] = [
      parkedFor(1200),
      { drive: 4000 },
      { stand: 7200, acc: false, basement },
      { drive: 4000 },
      parkedFor(1200),
    ];
    for (let seed = 1; seed <= 5; seed++) {
      const { fixes, truth } = aJourney(seed, legs, { everyS: 10, says: 'all' });
      // The last fix before and the first one after are of a car under way: nobody sees the ignition go off.
      const { trips } = ride(fixes);
      expect(trips).toHaveLength(truth.length);
      expect(trips[0]?.endedBy).toBe(basement === 'silent' ? 'silence' : 'ignition-off');
    }
  });
  test('found elsewhere after hours, under way: the way between is unseen, no part of the distance', () => {
    const { fixes } = aJourney(
      6,
      [parkedFor(900), { drive: 60_000, kmh: 60, straight: true }, parkedFor(900)],
      { everyS: 10, says: 'ignition' },
    );
    const heard = fixes.filter((fix) => seconds(fix.at) < 1500 || seconds(fix.at) > 3900);
    const { trips } = ride(heard);
    expect(trips.map(({ endedBy }) => endedBy)).toEqual(['silence', 'ignition-off']);
    expect(trips[1]?.unseenKm).toBeGreaterThan(35);
    const distanceKm = (trips[0]?.distanceKm ?? 0) + (trips[1]?.distanceKm ?? 0);
    expect(distanceKm + (trips[1]?.unseenKm ?? 0)).toBeCloseTo(60, -0.3);
  });
  test('moved by a tow truck with the ignition off: a trip, once it is far', () => {
    const towed = aJourney(6, [parkedFor(900), { drive: 5000 }, parkedFor(900)], {
      everyS: 10,
      says: 'all',
    }).fixes.map((fix) => ({ ...fix, acc: false, odometerKm: 12_345 }));
    const { trips } = ride(towed);
    expect(trips).toHaveLength(1);
    expect(trips[0]?.odometerKm).toBe(0);
    expect(trips[0]?.distanceKm).toBeGreaterThan(4.5);
  });
});

test('moving the car a few metres in the yard is no trip', () => {
  const shuffle: SeenFix[] = [];
  for (let second = 0; second < 7200; second += 10) {
    const eastM = second < 3600 ? 0 : 40;
    shuffle.push(aFix(second, [eastM + (second % 3), 0], { acc: false, speedKmh: 0 }));
  }
  expect(ride(shuffle).trips).toEqual([]);
});

test('what is remembered is small, through any day', () => {
  const legs: Leg[] = [parkedFor(900)];
  for (let each = 0; each < 15; each++) {
    legs.push({ drive: 3000 + 900 * each }, { stand: 190 + 60 * (each % 3), acc: true });
    legs.push({ drive: 2000, tunnel: { fromM: 500, lengthM: 900 } });
  }
  legs.push(parkedFor(900));
  const six = (degrees: number) => Math.round(degrees * 1e6) / 1e6;
  const fixes = aJourney(8, legs, { everyS: 10, says: 'all' }).fixes.map((fix) => ({
    ...fix,
    lat: six(fix.lat),
    lon: six(fix.lon),
    receivedAt: fix.at + 1500,
  }));
  expect(ride(fixes).mostBytes).toBeLessThan(2048);
});
