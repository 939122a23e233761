import type { Position } from '../../fleet/geo.ts';
import type { SeenFix } from '../../fleet/hygiene.ts';
import { createPlaceIndex } from '../../fleet/places.ts';
import type { Ground } from '../../fleet/presence.ts';
import { type MotionState, stepMotion, tripOf, unmoved } from '../../fleet/trips.ts';
import type { Place } from '../../model/entities.ts';
import type { Trip, TripSoFar } from '../../model/trip.ts';
import { numbers } from '../energy/random.ts';

/** Tracks of vehicles that do not exist, with what receivers make of them. */

export const start = Date.UTC(2026, 10, 2, 0);
const metresPerDegree = 111_195;
const home: Position = { lat: 36.45, lon: 115.98 };

/** Metres to the east and north of a place in Liaocheng. */
export type Way = readonly [eastM: number, northM: number];

export const at = ([eastM, northM]: Way): Position => ({
  lat: home.lat + northM / metresPerDegree,
  lon: home.lon + eastM / (metresPerDegree * Math.cos((home.lat * Math.PI) / 180)),
});

export const aFix = (second: number, way: Way, more: Partial<SeenFix> = {}): SeenFix => ({
  type: 'fix',
  device: 'v1',
  at: start + Math.round(second * 1000),
  timeSource: 'device',
  ...at(way),
  fixed: true,
  ...more,
});

export function aNormal(random: () => number): () => number {
  return () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

/** A slow wander about the truth: of so many metres one way, forgotten after so long. */
export function aWander(random: () => number, metres: number, forgetS: number) {
  const normal = aNormal(random);
  let [east, north] = [normal() * metres, normal() * metres];
  return (seconds: number): Way => {
    const keep = Math.exp(-seconds / forgetS);
    const fresh = metres * Math.sqrt(1 - keep * keep);
    east = east * keep + fresh * normal();
    north = north * keep + fresh * normal();
    return [east, north];
  };
}

const plus = ([a, b]: Way, [c, d]: Way): Way => [a + c, b + d];

const direction = (random: () => number, metres: number): Way => {
  const angle = 2 * Math.PI * random();
  return [metres * Math.cos(angle), metres * Math.sin(angle)];
};

export interface ParkedOptions {
  readonly days: number;
  readonly everyS: number;
  /** What the terminal says beside its place. */
  readonly says: 'all' | 'ignition' | 'nothing';
}

/**
 * A car that never moves: its receiver wanders slowly by 15 to 40 m, jumps by up to 300 m for a while, scatters when the ignition goes on, and is silent now
 * and then.
 */
export function* parked(seed: number, { days, everyS, says }: ParkedOptions): Generator<SeenFix> {
  const random = numbers(seed);
  for (let each = 0; each < 20; each++) random();
  const wander = aWander(random, 15 + 25 * random(), 120 + 1200 * random());
  const normal = aNormal(random);
  const ignition = aSwitch(random);
  const jumps = aJump(random);
  for (let second = 0; second < days * 86_400; ) {
    const { acc, isStartUp } = ignition(second);
    const scatter: Way = isStartUp ? direction(random, 300 * random()) : [0, 0];
    const around = plus(wander(everyS), [3 * normal(), 3 * normal()]);
    yield aFix(second, plus(plus(around, jumps(second)), scatter), {
      ...(says !== 'nothing' && { acc }),
      ...(says === 'all' && {
        speedKmh: random() < 0.9 ? 0 : 3 * random(),
        satellites: 4 + Math.floor(8 * random()),
        odometerKm: 12_345.6,
      }),
    });
    second += random() < 0.0002 ? 60 + 14_000 * random() : everyS;
  }
}

/** The ignition goes on now and then, and the receiver scatters for some seconds. */
function aSwitch(random: () => number) {
  let acc = false;
  let until = 0;
  let startUpUntil = 0;
  return (second: number) => {
    if (second >= until) {
      acc = !acc;
      until = second + (acc ? 30 + 1800 * random() : 1800 + 40_000 * random());
      if (acc) startUpUntil = second + 40 * random();
    }
    return { acc, isStartUp: second < startUpUntil };
  };
}

/** Off by up to 300 m for up to a minute and a half. */
function aJump(random: () => number): (second: number) => Way {
  let jump = { way: [0, 0] as Way, until: 0 };
  return (second) => {
    if (random() < 0.0008)
      jump = { way: direction(random, 300 * random()), until: second + 90 * random() };
    return second > jump.until ? [0, 0] : jump.way;
  };
}

export const groundOf = (places: readonly Place[] = []): Ground => ({
  places: createPlaceIndex(places),
  isOwn: () => true,
});

export interface Ridden {
  readonly trips: readonly Trip[];
  /** Still under way. */
  readonly open: TripSoFar | null;
  readonly events: readonly string[];
  readonly state: MotionState;
  /** Greatest JSON of the state. */
  readonly mostBytes: number;
}

/** All of a track, one fix after the other, through JSON and back now and then as over a restart. */
export function ride(fixes: Iterable<SeenFix>, ground: Ground = groundOf()): Ridden {
  let state = unmoved;
  let mostBytes = 0;
  let count = 0;
  const trips: Trip[] = [];
  const events: string[] = [];
  for (const fix of fixes) {
    const step = stepMotion(state, fix, 'v1', ground);
    state = step.state;
    trips.push(...step.changes.ended);
    for (const id of step.changes.entered) events.push(`in ${id}`);
    for (const id of step.changes.left) events.push(`out ${id}`);
    if (++count % 97 !== 0) continue;
    const json = JSON.stringify(state);
    mostBytes = Math.max(mostBytes, json.length);
    state = JSON.parse(json) as MotionState;
  }
  return { trips, open: tripOf(state, 'v1'), events, state, mostBytes };
}

/** A part of a day: driven, or stood. */
export type Leg =
  | {
      readonly drive: number;
      /** Kilometres an hour. */
      readonly kmh?: number;
      /** No fix at all, or none with a position, over so many metres from so many on. */
      readonly tunnel?: {
        readonly fromM: number;
        readonly lengthM: number;
        readonly silent?: boolean;
      };
      /** Straight ahead instead of a bend now and then. */
      readonly straight?: boolean;
    }
  | {
      /** Seconds. */
      readonly stand: number;
      readonly acc: boolean;
      /** In a basement: nothing is heard, or only without a position. */
      readonly basement?: 'silent' | 'unfixed';
    };

export interface JourneyOptions {
  readonly everyS: number;
  readonly says: 'all' | 'ignition' | 'nothing';
  /** Of the receiver. */
  readonly noiseM?: number;
  /** Jumps of a fix or two. */
  readonly jumps?: number;
}

export interface Journey {
  readonly fixes: readonly SeenFix[];
  /** Stretches driven without a stand of ten minutes, seconds and metres. */
  readonly truth: readonly Readonly<Stretch>[];
  /** Where it is at the end. */
  readonly end: Way;
}

interface Moment {
  readonly second: number;
  readonly way: Way;
  readonly kmh: number;
  readonly acc: boolean;
  readonly hidden?: 'silent' | 'unfixed' | undefined;
  readonly metres: number;
}

/** Where the car is at an instant, and where it was going. */
interface Car {
  readonly way: Way;
  readonly second: number;
  readonly metres: number;
  readonly heading: number;
}

function* stand(car: Car, { stand: lasts, acc, basement }: Extract<Leg, { stand: number }>) {
  for (let each = 0; each < lasts; each++) {
    const { way, metres } = car;
    yield { second: car.second + each, way, kmh: 0, acc, hidden: basement, metres };
  }
  return { ...car, second: car.second + lasts };
}

const hiddenIn = ({ silent = false }: { readonly silent?: boolean }) =>
  silent ? 'silent' : 'unfixed';

/** Along streets that bend by a right angle now and then, but not in tunnels. */
function* drive(
  car: Car,
  { drive: lengthM, kmh = 40, tunnel, straight = false }: Extract<Leg, { drive: number }>,
  random: () => number,
): Generator<Moment, Car> {
  let { way, second, metres, heading } = car;
  const tunnelEndM = tunnel ? tunnel.fromM + tunnel.lengthM : 0;
  for (let driven = 0, speed = 0; driven < lengthM; ) {
    const most = Math.min(kmh, 3.6 * Math.sqrt(2 * 1.2 * (lengthM - driven + 1)));
    speed = Math.min(most, speed + 4);
    const step = Math.min(speed / 3.6, lengthM - driven);
    const isNear = tunnel !== undefined && driven > tunnel.fromM - 500 && driven < tunnelEndM;
    if (!straight && !isNear && random() < step / 1000)
      heading += (random() < 0.5 ? 1 : -1) * (Math.PI / 2);
    way = plus(way, [step * Math.cos(heading), step * Math.sin(heading)]);
    driven += step;
    metres += step;
    const isIn = tunnel && driven > tunnel.fromM && driven < tunnelEndM;
    const hidden = isIn ? hiddenIn(tunnel) : undefined;
    yield { second: second++, way, kmh: speed, acc: true, hidden, metres };
  }
  return { way, second, metres, heading };
}

function* moments(legs: readonly Leg[], random: () => number): Generator<Moment> {
  const heading = Math.floor(4 * random()) * (Math.PI / 2) + 0.3;
  let car: Car = { way: [0, 0], second: 0, metres: 0, heading };
  for (const leg of legs) car = yield* 'stand' in leg ? stand(car, leg) : drive(car, leg, random);
}

interface Stretch {
  fromS: number;
  toS: number;
  metres: number;
}

/** Driven again within ten minutes it is the same stretch. */
function addTruth(truth: Stretch[], { second, kmh }: Moment, metres: number): void {
  if (kmh <= 0) return;
  const last = truth.at(-1);
  if (last && second - last.toS < 600)
    Object.assign(last, { toS: second, metres: last.metres + metres });
  else truth.push({ fromS: second - 1, toS: second, metres });
}

export function aJourney(seed: number, legs: readonly Leg[], options: JourneyOptions): Journey {
  const { everyS, noiseM = 6, jumps = 0.002 } = options;
  const random = numbers(seed);
  for (let each = 0; each < 20; each++) random();
  const wander = aWander(random, noiseM, 60);
  const normal = aNormal(random);
  const fixes: SeenFix[] = [];
  const truth: Stretch[] = [];
  let known: Way = [0, 0];
  let before: Moment | undefined;
  for (const moment of moments(legs, random)) {
    const { second, way, hidden, metres } = moment;
    addTruth(truth, moment, metres - (before?.metres ?? 0));
    before = moment;
    if (second % everyS !== 0 || hidden === 'silent') continue;
    const jump: Way = random() < jumps ? direction(random, 50 + 200 * random()) : [0, 0];
    const place = plus(plus(plus(way, wander(everyS)), [2 * normal(), 2 * normal()]), jump);
    if (!hidden) known = place;
    fixes.push(aFix(second, known, { fixed: !hidden, ...said(moment, options, normal()) }));
  }
  return { fixes, truth, end: before?.way ?? [0, 0] };
}

/** What the terminal says beside its place. */
function said(
  { kmh, acc, hidden, metres }: Moment,
  { says }: JourneyOptions,
  offKmh: number,
): Partial<SeenFix> {
  if (says === 'nothing') return {};
  if (says === 'ignition') return { acc };
  const saidKmh = hidden || kmh === 0 ? 0 : Math.max(0, kmh + offKmh);
  const odometerKm = Math.round(10 * (12_345 + metres / 1000)) / 10;
  return { acc, speedKmh: Math.round(10 * saidKmh) / 10, odometerKm };
}
