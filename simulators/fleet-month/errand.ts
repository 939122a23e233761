import type { LonLat } from '../../model/entities.ts';
import { type Crossing, detourFrom, distanceM, moved, toLonLat, wayBetween } from '../streets.ts';
import { type FleetCity, kerbAt, type MonthVehicle } from './city.ts';
import type { FleetDice } from './dice.ts';
import { type MonthRoute, withoutStop } from './routes.ts';
import { back, toWay, type Way } from './ways.ts';

/** Where a vehicle goes, and by which streets. */
export interface Errand {
  readonly out: Way;
  /** Where it is not the way out, turned about. */
  readonly home?: Way;
  readonly destination: Crossing;
  readonly route?: MonthRoute;
}

export interface Here {
  readonly point: LonLat;
  readonly crossing: Crossing;
}

export type Goal = 'route' | 'round' | 'town' | 'road' | 'resort';

/** How a round is driven. */
export type Round = 'right' | 'against' | 'cut';

const blocksApart = (a: Crossing, b: Crossing): number =>
  Math.abs(a[0] - b[0]) + Math.abs(a[1] - b[1]);

/** A crossing in town, some blocks from here. */
export function townCrossing(from: Crossing, dice: FleetDice, least = 5): Crossing {
  for (;;) {
    const to: Crossing = [dice.whole(-7, 7), dice.whole(-7, 7)];
    if (blocksApart(from, to) >= least) return to;
  }
}

/** A kerb in town that is nobody's yard and no station. */
export function strangeKerb(city: FleetCity, from: Crossing, dice: FleetDice) {
  const known = [
    ...city.vehicles.map(({ home }) => home.yard),
    ...city.stations.map(toLonLat),
    ...city.resorts.map(toLonLat),
  ];
  for (;;) {
    const crossing = townCrossing(from, dice, 4);
    const point = kerbAt(crossing, dice);
    if (known.every((each) => distanceM(each, point) > 450)) return { crossing, point };
  }
}

export const streets = (from: Here, to: Here, dice: FleetDice): Way =>
  toWay([from.point, ...wayBetween(from.crossing, to.crossing, dice).map(toLonLat), to.point]);

function byRoute(vehicle: MonthVehicle, here: Here, isDetour: boolean, dice: FleetDice): Errand {
  const route = dice.pick(vehicle.home.routes.filter(({ loop }) => !loop));
  const { crossings } = route;
  const destination = crossings.at(-1) ?? here.crossing;
  const line = crossings.map(toLonLat);
  const end = kerbAt(destination, dice);
  if (!isDetour) return { out: toWay([here.point, ...line, end]), destination, route };
  const i = dice.whole(2, Math.max(2, crossings.length - 3));
  const away = detourFrom(crossings[i] ?? destination, line).map(toLonLat);
  const turn = [...away, ...away.slice(0, -1).reverse()];
  const out = toWay([here.point, ...line.slice(0, i + 1), ...turn, ...line.slice(i), end]);
  return { out, destination, route };
}

/** Half of the round, and the other half home. */
function byRound(vehicle: MonthVehicle, here: Here, how: Round): Errand | undefined {
  const route = vehicle.home.routes.find(({ loop }) => loop);
  if (!route?.loop) return undefined;
  const { half } = route.loop;
  const line = (how === 'cut' ? withoutStop(route) : route.crossings).map(toLonLat);
  const destination = route.crossings[half] ?? here.crossing;
  const first = toWay([here.point, ...line.slice(0, half + 1)]);
  const second = toWay([...line.slice(half), here.point]);
  return how === 'against'
    ? { out: back(second), home: back(first), destination, route }
    : { out: first, home: second, destination, route };
}

/** Out of town, so many kilometres along one of the roads. */
function byRoad(city: FleetCity, here: Here, roadKm: number, dice: FleetDice): Errand {
  const { gate, line } = dice.pick(city.roads);
  const inTown = toWay([here.point, ...wayBetween(here.crossing, gate, dice).map(toLonLat)]);
  const points = line.slice(1, 1 + Math.max(2, Math.round(roadKm / 2)));
  const out = toWay([...inTown.line, ...points]);
  return { out: { ...out, road: [inTown.lengthM, out.lengthM] }, destination: gate };
}

interface Style {
  readonly roadKm?: number;
  readonly isDetour?: boolean;
  readonly round?: Round;
}

export function errandTo(
  goal: Goal,
  city: FleetCity,
  vehicle: MonthVehicle,
  here: Here,
  { roadKm = 30, isDetour = false, round = 'right' }: Style,
  dice: FleetDice,
): Errand {
  if (goal === 'route') return byRoute(vehicle, here, isDetour, dice);
  const loop = goal === 'round' ? byRound(vehicle, here, round) : undefined;
  if (loop) return loop;
  if (goal === 'road') return byRoad(city, here, roadKm, dice);
  const destination =
    goal === 'resort' ? dice.pick(city.resorts) : townCrossing(here.crossing, dice);
  const point =
    goal === 'resort' ? moved(toLonLat(destination), 30, 30) : kerbAt(destination, dice);
  return { out: streets(here, { point, crossing: destination }, dice), destination };
}
