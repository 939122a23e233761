import type { LonLat } from '../../model/entities.ts';
import type { MonthVehicle } from './city.ts';
import type { FleetDice } from './dice.ts';
import { type Spot, spotAt, type Way } from './ways.ts';

/** What is true of a vehicle at an instant. */
export interface Moment {
  /** Unix ms UTC. */
  readonly at: number;
  readonly point: LonLat;
  readonly speedKmh: number;
  readonly headingDeg: number;
  readonly acc: boolean;
  readonly km: number;
  /** Litres, or kWh. */
  readonly fuel: number;
  /** No sky: in a tunnel, or under a building. */
  readonly hidden: boolean;
}

export interface Manner {
  /** Ignition; false while it is carried. */
  readonly acc?: boolean;
  /** Faster or slower than usual. */
  readonly pace?: number;
  /** Stretches driven at a speed of their own. */
  readonly stretches?: readonly Stretch[];
  readonly tunnel?: { readonly fromM: number; readonly toM: number };
  /** Halts with the engine running. */
  readonly halts?: readonly Halt[];
}

export interface Stretch {
  readonly fromM: number;
  readonly toM: number;
  readonly kmh: number;
}

export interface Halt {
  readonly atM: number;
  readonly seconds: number;
}

export interface Standing {
  readonly acc: boolean;
  readonly hidden?: boolean;
  /** Goes out of the tank (or, negative, into it) between two instants. */
  readonly loss?: { readonly from: number; readonly to: number; readonly litres: number };
}

export interface Course {
  now(): number;
  where(): LonLat;
  fuel(): number;
  /** What is in the tank is enough for. */
  rangeKm(): number;
  /** Driven by its own power, for good. */
  km(): number;
  /** Times the usual consumption. */
  thirst(factor: number): void;
  drive(way: Way, manner?: Manner): readonly Moment[];
  stand(until: number, how: Standing): void;
}

const stepS = 10;
const awakeStepS = 30;
const idleLitresPerHour = 0.9;

/** A vehicle as it is now. */
interface Body {
  readonly vehicle: MonthVehicle;
  readonly dice: FleetDice;
  readonly say: (moment: Moment) => void;
  at: number;
  point: LonLat;
  km: number;
  fuel: number;
  thirst: number;
  headingDeg: number;
  toldAt: number;
  isAsleep: boolean;
}

/** Drives and stands, one after the other, and says each moment that a terminal would report. */
export function createCourse(
  vehicle: MonthVehicle,
  from: number,
  dice: FleetDice,
  say: (moment: Moment) => void,
): Course {
  const body: Body = {
    vehicle,
    dice,
    say,
    at: from,
    point: vehicle.bay,
    km: dice.between(5000, 90_000),
    fuel: vehicle.tank * dice.between(0.45, 0.95),
    thirst: 1,
    headingDeg: 0,
    toldAt: 0,
    isAsleep: false,
  };
  return {
    now: () => body.at,
    where: () => body.point,
    fuel: () => body.fuel,
    rangeKm: () => (body.fuel / (vehicle.litresPer100Km * body.thirst)) * 100,
    km: () => body.km,
    thirst: (factor) => {
      body.thirst = factor;
    },
    drive: (way, manner = {}) => drive(body, way, manner),
    stand: (until, how) => stand(body, Math.round(until), how),
  };
}

function tell(body: Body, speedKmh: number, acc: boolean, hidden: boolean): Moment {
  const { at, point, km, fuel, headingDeg } = body;
  body.toldAt = at;
  if (acc || speedKmh > 0) body.isAsleep = false;
  const moment = { at, point, speedKmh, headingDeg, acc, km, fuel, hidden };
  body.say(moment);
  return moment;
}

function stand(body: Body, until: number, { acc, hidden = false, loss }: Standing): void {
  const { sleepS, awakeS, entity, tank } = body.vehicle;
  const awakeUntil = body.at + awakeS * 1000;
  if (body.toldAt === body.at) body.at += 1000;
  while (body.at < until) {
    tell(body, 0, acc, hidden);
    const isAwake = body.at < awakeUntil && !body.isAsleep;
    const everyS = acc ? stepS : isAwake ? awakeStepS : sleepS;
    const next = Math.min(until, body.at + everyS * 1000);
    const burnt =
      acc && entity.fuel !== 'electric' ? hoursOf(next - body.at) * idleLitresPerHour : 0;
    const overlap = loss ? Math.min(next, loss.to) - Math.max(body.at, loss.from) : 0;
    const lost = loss ? (loss.litres * Math.max(0, overlap)) / (loss.to - loss.from) : 0;
    body.fuel = Math.min(tank * 0.99, Math.max(1, body.fuel - burnt - lost));
    body.at = next;
  }
  body.isAsleep = !acc;
}

const hoursOf = (ms: number): number => ms / 3_600_000;

function drive(body: Body, way: Way, manner: Manner): readonly Moment[] {
  const { acc = true, tunnel } = manner;
  const halts = [...lights(way, body.dice), ...(manner.halts ?? [])];
  halts.sort((a, b) => a.atM - b.atM);
  const track: Moment[] = [];
  let [metres, kmh, hint] = [0, 0, 1];
  while (metres < way.lengthM) {
    const wanted = wantedKmh(way, metres, manner) * (1 + 0.04 * body.dice.normal());
    kmh += Math.max(-45, Math.min(35, wanted - kmh));
    const halt = halts[0];
    const ends = Math.min(way.lengthM, halt?.atM ?? Number.POSITIVE_INFINITY);
    const step = Math.min((kmh / 3.6) * stepS, Math.max(0, ends - metres));
    metres += step;
    const spot = spotAt(way, metres, hint);
    hint = spot.hint;
    advance(body, step, spot, acc);
    const isHidden = tunnel !== undefined && metres >= tunnel.fromM && metres < tunnel.toM;
    track.push(tell(body, metres >= ends ? 0 : kmh, acc, isHidden));
    if (halt && metres >= halt.atM) {
      halts.shift();
      kmh = 0;
      body.at += stepS * 1000;
      stand(body, body.at + halt.seconds * 1000, { acc });
    }
  }
  return track;
}

function advance(body: Body, step: number, { point, headingDeg }: Spot, acc: boolean): void {
  body.at += stepS * 1000;
  body.point = point;
  body.headingDeg = headingDeg;
  if (!acc) return;
  const { litresPer100Km } = body.vehicle;
  body.km += step / 1000;
  body.fuel = Math.max(1, body.fuel - (step / 100_000) * litresPer100Km * body.thirst);
}

const isOnRoad = ({ road }: Way, metres: number): boolean =>
  road !== undefined && metres >= road[0] && metres < road[1];

function wantedKmh(way: Way, metres: number, { pace = 1, stretches = [] }: Manner): number {
  const own = stretches.find(({ fromM, toM }) => metres >= fromM && metres < toM);
  if (own) return own.kmh;
  return (isOnRoad(way, metres) ? 92 : 42) * pace;
}

/** Red lights at some of the crossings in town. */
function lights(way: Way, dice: FleetDice): readonly Halt[] {
  return way.alongM
    .slice(1, -1)
    .filter((metres) => !isOnRoad(way, metres) && dice.chance(0.2))
    .map((atM) => ({ atM, seconds: 10 * dice.whole(1, 6) }));
}
