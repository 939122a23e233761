import { dayMs, localTime, minuteMs, startOfDay } from '../../model/time.ts';
import type { Trip } from '../../model/trip.ts';
import { password, type World } from '../api/world.ts';

const zone = 'Asia/Shanghai';

export const yesterdayOf = (now: number): string => localTime(now - dayMs, zone).date;

/** Half an hour from the car park to somewhere else, without an order. */
export const strayTrip = (startedAt: number): Trip => {
  const endedAt = startedAt + 30 * minuteMs;
  return {
    vehicle: 'west-v',
    startedAt,
    endedAt,
    endedBy: 'ignition-off',
    start: { at: startedAt, lat: 36.45, lon: 115.98, places: ['west-p'] },
    now: { at: endedAt, lat: 36.6, lon: 115.85, places: [] },
    distanceKm: 21.5,
    gapKm: 0,
    odometerKm: 21.9,
    unseenKm: 0,
    movingS: 1_700,
    idlingS: null,
    maxSpeedKmh: 71,
    stops: [],
    stopCount: 0,
    visited: ['west-p'],
    way: [
      [36.45, 115.98],
      [36.6, 115.85],
    ],
  };
};

/** Yesterday of one vehicle: a trip without an order, an order without a trip, and a drive of ten minutes; people of three roles. */
export async function fillFleet(world: World, now: number): Promise<void> {
  const yesterday = yesterdayOf(now);
  world.clock.at = now;
  const user = (id: string, role: string, institution: string | null) => ({
    id,
    name: id,
    role,
    institution,
    password,
  });
  const imported = await world.registry.import(
    JSON.stringify({
      dispatches: [
        // Not on the day that is looked at, whenever that is.
        {
          id: 'west-d',
          vehicle: 'west-v',
          from: '2020-11-23T08:00:00+08:00',
          to: '2020-11-23T18:00:00+08:00',
          route: 'west-r',
        },
        {
          id: 'west-idle',
          vehicle: 'west-v',
          driver: '李师傅',
          purpose: '取文件',
          from: `${yesterday}T18:00:00+08:00`,
          to: `${yesterday}T19:00:00+08:00`,
        },
      ],
      users: [
        user('desk', 'fleet-manager', 'west'),
        user('guest', 'viewer', 'west'),
        user('head', 'admin', null),
      ],
    }),
    { user: 'system' },
  );
  if (!imported.ok) throw new Error(JSON.stringify(imported.faults));
  const noon = startOfDay(yesterday, zone) + dayMs / 2;
  const fix = (at: number, east: number, north: number, more: object = {}) => ({
    type: 'fix' as const,
    device: 'west-v',
    at,
    timeSource: 'device' as const,
    lat: 36.45 + north,
    lon: 115.98 + east,
    fixed: true,
    satellites: 9,
    speedKmh: 40,
    ...more,
  });
  const began = noon - 90 * minuteMs;
  world.trips.record({ vehicle: 'west-v', institutionAt: () => 'west' }, [
    { trip: strayTrip(began), decidedAt: began + 40 * minuteMs },
  ]);
  // East along one street, then north along another: an L of two straight legs, and a rest of six minutes at its end.
  await world.keep(
    ...Array.from({ length: 31 }, (_, n) => fix(noon + n * 10_000, n * 0.001, 0)),
    ...Array.from({ length: 30 }, (_, n) =>
      fix(noon + (31 + n) * 10_000, 0.03, (n + 1) * 0.001, { speedKmh: 50 }),
    ),
    ...Array.from({ length: 7 }, (_, n) =>
      fix(noon + 620_000 + n * minuteMs, 0.03, 0.03, { speedKmh: 0 }),
    ),
  );
}
