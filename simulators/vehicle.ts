import type { City, SimulatedRoute, SimulatedVehicle } from './city.ts';
import { createDuties, type Duties, type Shift } from './duty.ts';
import type { FaultBook } from './faults.ts';
import { dayOf } from './load-shapes.ts';
import { centred, wander } from './noise.ts';
import type { Fault } from './simulator.ts';
import { distanceM, moved } from './streets.ts';
import { createTrip, type Detour, type Drive, type Trip } from './trip.ts';

/** Where the vehicles of a city are at any instant: a function of the seed, the faults and the time. */

/** A position as a terminal sends it. */
export interface Position {
  readonly lat: number;
  readonly lon: number;
  readonly speed_kmh: number;
  readonly heading_deg: number;
  readonly acc: boolean;
  readonly fixed: true;
  readonly satellites: number;
  readonly odometer_km: number;
  readonly fuel_l?: number;
  readonly soc_pct?: number;
}

export interface Fleet {
  positionAt(id: string, at: number): Position;
  /** On its way, its stay at the far end included. */
  isUnderWay(id: string, at: number): boolean;
  duties(id: string): Duties;
  /** The trip of a shift, with the detour of a fault: the one known of that time, or the one given. */
  tripOf(shift: Shift, fault?: Fault): Trip;
}

/** From here on odometers count: 2026-01-01 in Asia/Shanghai. */
const epochDay = dayOf(Date.parse('2026-01-01T00:00:00+08:00'));
const keptTrips = 400;
/** How far a receiver is wrong at most, north and east, metres: slowly, and from second to second. */
export const scatterM = { wander: 5, jitter: 1.2 };
/** Terminals do not know the heading of a vehicle that stands. */
const slowestKmh = 3;

export function createFleet(city: City, faults: FaultBook): Fleet {
  const drivers = new Map(
    city.vehicles.map((vehicle) => [vehicle.id, createDriver(vehicle, city, faults)]),
  );
  const driverOf = (id: string): Driver => {
    const driver = drivers.get(id);
    if (!driver) throw new RangeError(`no vehicle ${id}`);
    return driver;
  };
  return {
    positionAt: (id, at) => driverOf(id).positionAt(at),
    isUnderWay: (id, at) => driverOf(id).driveAt(at) !== undefined,
    duties: (id) => driverOf(id).duties,
    tripOf: (shift, fault) => driverOf(shift.vehicle.id).tripOf(shift, fault),
  };
}

interface Driver {
  readonly duties: Duties;
  tripOf(shift: Shift, fault?: Fault): Trip;
  driveAt(at: number): Drive | undefined;
  positionAt(at: number): Position;
}

/** The detour a fault stands for: it begins at the crossing that the trip would have reached nearest to its time. */
function toDetour(fault: Fault, plain: Trip, shift: Shift): Detour {
  const sinceS = (fault.from - shift.departs) / 1000;
  const apart = (crossing: number) => Math.abs((plain.reachedS[crossing] ?? 0) - sinceS);
  const crossing = plain.reachedS.reduce((best, _, i) => (apart(i) < apart(best) ? i : best), 1);
  return { crossing, standsS: fault.magnitude };
}

function createDriver(vehicle: SimulatedVehicle, city: City, faults: FaultBook): Driver {
  const duties = createDuties(vehicle, city);
  const trips = new Map<string, Trip>();
  const excursionIn = ({ from, to }: Shift) =>
    faults
      .of(vehicle.id)
      .find((each) => each.fault === 'off-route' && from <= each.from && each.from < to);
  const tripOf = (shift: Shift, fault = excursionIn(shift)): Trip => {
    const key = `${shift.id} ${fault?.from ?? ''}`;
    const known = trips.get(key);
    if (known) return known;
    const { route, variant, staysS } = shift;
    const plain = createTrip(route, variant, staysS);
    const trip = fault ? createTrip(route, variant, staysS, toDetour(fault, plain, shift)) : plain;
    if (trips.size >= keptTrips) trips.clear();
    trips.set(key, trip);
    return trip;
  };
  const driveAt = (at: number): Drive | undefined => {
    const shift = duties.shiftAt(at);
    if (!shift || at < shift.departs) return undefined;
    const trip = tripOf(shift);
    const seconds = (at - shift.departs) / 1000;
    return seconds < trip.durationS ? trip.at(seconds) : undefined;
  };
  const odometerAt = createOdometer(vehicle, duties, tripOf, faults);
  /** Kilometres when it last went past where it fills up: under way, so that nobody takes it for filled up at home. */
  const passedStationAt = (at: number): number => {
    for (let day = duties.dayOf(at); day >= epochDay; day -= 1) {
      const passed = duties
        .shiftsOf(day)
        .map((shift) => shift.departs + stationAfter * tripOf(shift).durationS * 1000)
        .findLast((each) => each <= at);
      if (passed !== undefined) return odometerAt(passed);
    }
    return vehicle.startKm;
  };
  const home = city.places.find(({ id }) => id === vehicle.parking)?.circle?.center;
  const [lon, lat] = home ?? [0, 0];
  return {
    duties,
    tripOf,
    driveAt,
    positionAt: (at) =>
      toPosition(vehicle, at, driveAt(at) ?? { ...parked, lon, lat }, {
        km: odometerAt(at),
        filledKm: passedStationAt(at),
      }),
  };
}

const parked = { speedKmh: 0, headingDeg: 0, drivenM: 0, engine: false };

/** Kilometres shown at an instant, those of the running trip included. */
function createOdometer(
  { id, startKm }: SimulatedVehicle,
  duties: Duties,
  tripOf: (shift: Shift) => Trip,
  faults: FaultBook,
): (at: number) => number {
  const plainM = new Map<SimulatedRoute, number>();
  const lengthOf = (route: SimulatedRoute): number => {
    const metres = plainM.get(route) ?? 2 * lineM(route);
    plainM.set(route, metres);
    return metres;
  };
  const untilDay = [0];
  const beforeDayM = (day: number): number => {
    for (let known = untilDay.length - 1; known < day - epochDay; known += 1) {
      const driven = duties.routesOf(epochDay + known).map(lengthOf);
      untilDay.push(driven.reduce((a, b) => a + b, untilDay[known] ?? 0));
    }
    return untilDay[day - epochDay] ?? 0;
  };
  const detourM = new Map<Fault, number>();
  const lengthOfDetour = (fault: Fault): number => {
    const shift = detourM.has(fault) ? undefined : duties.shiftAt(fault.from);
    const metres = shift ? tripOf(shift).lengthM - lengthOf(shift.route) : detourM.get(fault);
    detourM.set(fault, metres ?? 0);
    return metres ?? 0;
  };
  const detoursM = (before: number): number =>
    faults
      .of(id)
      .filter(({ fault, from }) => fault === 'off-route' && from < before)
      .reduce((sum, fault) => sum + lengthOfDetour(fault), 0);
  return (at) => {
    const day = duties.dayOf(at);
    let metres = beforeDayM(day);
    let running: Shift | undefined;
    for (const shift of duties.shiftsOf(day)) {
      if (shift.departs >= at) break;
      if (running) metres += lengthOf(running.route);
      running = shift;
    }
    metres += detoursM(Math.min(running?.from ?? at, at));
    const drivenM = running ? tripOf(running).at((at - running.departs) / 1000).drivenM : 0;
    return startKm + (metres + drivenM) / 1000;
  };
}

const lineM = ({ line }: SimulatedRoute): number =>
  line.slice(1).reduce((sum, point, i) => sum + distanceM(line[i] ?? point, point), 0);

const rounded = (value: number, digits: number): number => Number(value.toFixed(digits));

interface Driven {
  readonly km: number;
  /** When it last could fill up. */
  readonly filledKm: number;
}

function toPosition(vehicle: SimulatedVehicle, at: number, drive: Drive, driven: Driven): Position {
  const { km } = driven;
  const { seed } = vehicle;
  const drift = (axis: number) =>
    scatterM.wander * wander(seed + axis, at / 40_000) +
    scatterM.jitter * centred(seed + axis + 2, Math.floor(at / 1000));
  const [lon, lat] = moved([drive.lon, drive.lat], drift(10), drift(11));
  const isStanding = drive.speedKmh < slowestKmh;
  return {
    lat: rounded(lat, 6),
    lon: rounded(lon, 6),
    speed_kmh: isStanding ? 0 : rounded(drive.speedKmh, 1),
    heading_deg: isStanding ? 0 : Math.round(drive.headingDeg) % 360,
    acc: drive.engine,
    fixed: true,
    satellites: Math.round(12 + 4 * wander(seed + 14, at / 90_000)),
    odometer_km: rounded(Math.floor(km * 10) / 10, 1),
    ...energyLeft(vehicle, driven),
  };
}

/** Of the first part of a trip. */
const stationAfter = 0.3;
/** Filled up when a quarter is left, as soon as it goes past a station. */
const refilledAt = 0.25;
const filledTo = 0.97;
/** An electric car drives so far from full to empty. */
const rangeKm = 380;

function energyLeft(
  { fuel, tankL, litresPer100Km, seed }: SimulatedVehicle,
  { km, filledKm }: Driven,
): Pick<Position, 'fuel_l' | 'soc_pct'> {
  const isElectric = fuel === 'electric';
  const kmAFill = (filledTo - refilledAt) * (isElectric ? rangeKm : (tankL / litresPer100Km) * 100);
  const fills = (at: number) => at / kmAFill + (seed % 97) / 97;
  const since = fills(km) - Math.floor(fills(filledKm));
  const left = Math.max(0, filledTo - (filledTo - refilledAt) * since);
  return isElectric ? { soc_pct: rounded(100 * left, 1) } : { fuel_l: rounded(tankL * left, 1) };
}
