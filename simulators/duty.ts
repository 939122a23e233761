import { dayMs, hourMs, minuteMs } from '../model/time.ts';
import type { City, SimulatedRoute, SimulatedVehicle } from './city.ts';
import { dayKindOf, dayOf, startOfDay } from './load-shapes.ts';
import { hash, unit } from './noise.ts';
import { createTrip } from './trip.ts';

/** When which vehicle is sent where: day by day in shifts of equal length, each a dispatch and a trip. */

export interface Shift {
  /** `{vehicle}-{date}-{n}`; the dispatch has the same id. */
  readonly id: string;
  readonly vehicle: SimulatedVehicle;
  readonly route: SimulatedRoute;
  /** Unix ms UTC: what the dispatch says. */
  readonly from: number;
  readonly to: number;
  /** When the vehicle sets out. */
  readonly departs: number;
  /** For `createTrip`. */
  readonly variant: number;
  readonly staysS: number;
}

export interface Duties {
  /** The shift an instant lies in. */
  shiftAt(at: number): Shift | undefined;
  /** Shifts that overlap `from <= t < to`, ascending. */
  shiftsIn(from: number, to: number): readonly Shift[];
  /** Days of the vehicle begin some time after midnight, so that no shift goes over the end of one. */
  dayOf(at: number): number;
  shiftsOf(day: number): readonly Shift[];
  /** The routes of the shifts of a day; far cheaper than these. */
  routesOf(day: number): readonly SimulatedRoute[];
}

const variants = 4;
const keptDays = 40;
/** Between two shifts nobody has the car. */
const pauseMs = 3 * minuteMs;
/** For a late start and for detours. */
const slackMs = 16 * minuteMs;
const office = { from: 8 * hourMs + 10 * minuteMs, to: 17 * hourMs + 40 * minuteMs };

/** How long the longest of the trips of a vehicle takes. */
function longestTripMs(routes: readonly SimulatedRoute[]): number {
  const trips = routes.flatMap((route) =>
    Array.from({ length: variants }, (_, variant) => createTrip(route, variant, stays.most)),
  );
  return Math.max(...trips.map(({ durationS }) => durationS)) * 1000;
}

const stays = { least: 60, most: 300 };

export function createDuties(vehicle: SimulatedVehicle, city: City): Duties {
  const { seed, roundTheClock, routes: names } = vehicle;
  const routes = names.flatMap((name) => city.routes.filter(({ id }) => id === name));
  const needed = longestTripMs(routes) + slackMs + pauseMs;
  const count = Math.floor(dayMs / needed);
  const lengthMs = roundTheClock ? Math.floor(dayMs / count / minuteMs) * minuteMs : needed;
  const lateMs = roundTheClock ? Math.floor((unit(seed, -3) * lengthMs) / minuteMs) * minuteMs : 0;
  const ofDay = (at: number) => dayOf(at - lateMs);
  const startsOf = (day: number): readonly number[] => {
    const midnight = startOfDay(day);
    if (roundTheClock)
      return Array.from({ length: count }, (_, n) => midnight + lateMs + n * lengthMs);
    if (dayKindOf(day) === 'rest') return [];
    const most = Math.floor((office.to - office.from) / lengthMs);
    return Array.from({ length: most }, (_, n) => midnight + office.from + n * lengthMs);
  };
  const routeOf = (day: number, n: number) => routes[(day + n) % routes.length] as SimulatedRoute;
  const toShifts = (day: number): readonly Shift[] =>
    startsOf(day).map((from, n): Shift => {
      const number = day * 64 + n;
      const date = new Date(day * dayMs).toISOString().slice(0, 10).replaceAll('-', '');
      return {
        id: `${vehicle.id}-${date}-${n + 1}`,
        vehicle,
        route: routeOf(day, n),
        from,
        to: from + lengthMs - pauseMs,
        departs: from + 30_000 + Math.floor(unit(seed + 1, number) * 150) * 1000,
        variant: hash(seed + 2, number) % variants,
        staysS: stays.least + (stays.most - stays.least) * unit(seed + 3, number),
      };
    });
  const days = new Map<number, readonly Shift[]>();
  const shiftsOf = (day: number): readonly Shift[] => {
    const known = days.get(day);
    if (known) return known;
    const shifts = toShifts(day);
    if (days.size >= keptDays) days.clear();
    days.set(day, shifts);
    return shifts;
  };
  return {
    dayOf: ofDay,
    shiftsOf,
    routesOf: (day) => startsOf(day).map((_, n) => routeOf(day, n)),
    shiftAt: (at) => shiftsOf(ofDay(at)).find(({ from, to }) => from <= at && at < to + pauseMs),
    shiftsIn(from, to) {
      const found: Shift[] = [];
      for (let day = ofDay(from); day <= ofDay(to); day += 1)
        found.push(...shiftsOf(day).filter((shift) => shift.from < to && from < shift.to));
      return found;
    },
  };
}
