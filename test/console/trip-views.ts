import type { TripView } from '../../api/contract.ts';
import type { DispatchView } from '../../console/lib/trips.ts';
import { hourMs } from '../../model/time.ts';

/** Orders and trips as the service tells them. */

export const iso = (at: number): string => new Date(at).toISOString();

/** @param from Unix ms UTC */
export const orderView = (id: string, from: number, hours = 2): DispatchView => ({
  id,
  version: 3,
  vehicle: 'v',
  from: iso(from),
  to: iso(from + hours * hourMs),
});

/** Of an hour. @param startedAt Unix ms UTC */
export const tripView = (startedAt: number, more: Partial<TripView> = {}): TripView => ({
  id: 't',
  vehicle: 'v',
  institution: 'west',
  state: 'over',
  startedAt: iso(startedAt),
  endedAt: iso(startedAt + hourMs),
  endedBy: 'standing',
  start: { lat: 36, lon: 116, places: [] },
  end: { lat: 36, lon: 116, places: [] },
  distanceKm: 1,
  gapKm: 0,
  odometerKm: null,
  unseenKm: 0,
  movingS: 1,
  idlingS: null,
  maxSpeedKmh: null,
  stops: [],
  stopCount: 0,
  visited: [],
  way: [],
  dispatch: null,
  verdicts: [],
  approvedKm: null,
  revision: 1,
  revisedAt: iso(startedAt + hourMs),
  ...more,
});
