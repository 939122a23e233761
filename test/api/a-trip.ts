import { minuteMs } from '../../model/time.ts';
import type { Trip } from '../../model/trip.ts';
import { morning, type World } from './world.ts';

/** One that began so many minutes after eight. */
const aTrip = (vehicle: string, minute: number, lasts = 30): Trip => {
  const startedAt = morning + minute * minuteMs;
  const endedAt = startedAt + lasts * minuteMs;
  return {
    vehicle,
    startedAt,
    endedAt,
    endedBy: 'ignition-off',
    start: { at: startedAt, lat: 36.45, lon: 115.98, places: [] },
    now: { at: endedAt, lat: 36.6, lon: 115.85, places: [] },
    distanceKm: 21.5,
    gapKm: 0,
    odometerKm: 21.9,
    unseenKm: 0,
    movingS: 1700,
    idlingS: 60,
    maxSpeedKmh: 71,
    stops: [
      {
        from: startedAt + 5 * minuteMs,
        to: startedAt + 9 * minuteMs,
        lat: 36.5,
        lon: 115.9,
        places: [],
        idlingS: 240,
      },
    ],
    stopCount: 1,
    visited: [],
    way: [
      [36.45, 115.98],
      [36.6, 115.85],
    ],
  };
};

/** Trips of a town's vehicle that begin so many minutes after eight. */
export const recordTrips = ({ trips }: World, town: string, ...minutes: readonly number[]): void =>
  trips.record(
    { vehicle: `${town}-v`, institutionAt: () => town },
    minutes.map((minute) => ({
      trip: aTrip(`${town}-v`, minute),
      decidedAt: morning + (minute + 35) * minuteMs,
    })),
  );
