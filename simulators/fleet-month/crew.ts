import type { Dispatch, Route } from '../../model/entities.ts';
import { type Crossing, distanceM, distanceToLineM, moved, toLonLat } from '../streets.ts';
import { dateOf } from './calendar.ts';
import type { FleetCity, MonthVehicle } from './city.ts';
import type { Course, Moment } from './course.ts';
import type { FleetDice } from './dice.ts';
import { type Errand, errandTo, type Here, strangeKerb, streets } from './errand.ts';
import { type FleetLabel, labelsOf, type Outing } from './labels.ts';
import { limitedWay } from './speeds.ts';
import { stretchesOf } from './stretches.ts';
import { mannerOf, reserveKm, type Task, wayKm, within } from './task.ts';
import type { Terminal } from './terminal.ts';
import { back, roadOf, toWay, type Way } from './ways.ts';

export interface Order {
  readonly dispatch: Dispatch;
  /** When the service hears of it, Unix ms UTC; null: before the day. */
  readonly filedAt: number | null;
}

/** A vehicle with those who drive it. */
export interface Crew {
  readonly vehicle: MonthVehicle;
  readonly course: Course;
  readonly dice: FleetDice;
  isHome(): boolean;
  /** Stands with the ignition off. */
  wait(until: number): void;
  /** Goes and comes back to the yard. */
  go(task: Task): Outing;
  /** Goes to a kerb that is nobody's, and stays. */
  leave(departs: number, order: Outing['order']): Outing;
  /** Comes back from there. */
  comeBack(departs: number, order: Outing['order']): Outing;
  /** Is carried away. */
  beTowed(): void;
  shuffle(): void;
}

export interface CrewSinks {
  readonly city: FleetCity;
  readonly terminal: Terminal;
  readonly order: (order: Order) => void;
  readonly label: (label: FleetLabel) => void;
}

const minuteMs = 60_000;
const hourMs = 3_600_000;

/** A crew with what it has in hand. */
interface Hands extends CrewSinks {
  readonly vehicle: MonthVehicle;
  readonly course: Course;
  readonly dice: FleetDice;
  readonly yard: Here;
  crossing: Crossing;
  orders: number;
}

export function createCrew(
  vehicle: MonthVehicle,
  course: Course,
  dice: FleetDice,
  sinks: CrewSinks,
): Crew {
  const yard = { point: vehicle.bay, crossing: vehicle.home.crossing };
  const hands: Hands = {
    ...sinks,
    vehicle,
    course,
    dice,
    yard,
    crossing: yard.crossing,
    orders: 0,
  };
  return {
    vehicle,
    course,
    dice,
    isHome: () => isHome(hands),
    wait: (until) => wait(hands, until),
    go: (task) => goFar(hands, task),
    leave: (departs, order) =>
      move(hands, departs, order, strangeKerb(sinks.city, hands.crossing, dice)),
    comeBack: (departs, order) => move(hands, departs, order, yard),
    beTowed: () => beTowed(hands),
    shuffle() {
      warm(hands, dice.between(1, 8));
      const aside = moved(vehicle.bay, dice.between(-25, 25), dice.between(-25, 25));
      course.drive(toWay([course.where(), aside]));
      warm(hands, dice.between(0.3, 2));
    },
  };
}

const here = ({ course, crossing }: Hands): Here => ({ point: course.where(), crossing });

const isHome = ({ course, vehicle }: Hands): boolean =>
  distanceM(course.where(), vehicle.home.yard) < 120;

function mark(
  { label, vehicle }: Hands,
  kind: string,
  from: number,
  to: number,
  what: string,
  must: boolean,
): void {
  label({ kind: `vehicle.${kind}`, vehicle: vehicle.id, from, to, what, must });
}

const wait = (hands: Hands, until: number): void =>
  hands.course.stand(until, { acc: false, hidden: hands.vehicle.home.basement && isHome(hands) });

const warm = ({ course }: Hands, minutes: number): void =>
  course.stand(course.now() + minutes * minuteMs, { acc: true });

/** With enough in the tank, or no farther than it allows. */
function goFar(hands: Hands, task: Task): Outing {
  const { course, dice, vehicle } = hands;
  const isFar = task.goal === 'road' && course.rangeKm() < wayKm(task) + reserveKm;
  if (isFar && vehicle.entity.fuel !== 'electric') {
    const at = { departs: task.departs, order: 'before', goal: 'town', stayMin: 5 } as const;
    go(hands, { ...at, refuel: 'station' });
    wait(hands, course.now() + dice.between(25, 60) * minuteMs);
  }
  return go(hands, within(task, course.rangeKm()));
}

function go(hands: Hands, task: Task): Outing {
  const { course, dice, city, vehicle } = hands;
  wait(hands, task.departs);
  const from = course.now();
  const errand = errandTo(task.goal, city, vehicle, here(hands), task, dice);
  warm(hands, dice.between(0.5, 4));
  upset(hands, task);
  const track = [...course.drive(errand.out, mannerOf(errand, task, dice))];
  hands.crossing = errand.destination;
  if (task.haul) track.push(...haul(hands, errand.out, task.haul));
  const arrived = course.now();
  stay(hands, task.stayMin, task.idleMin);
  warm(hands, dice.between(0.2, 2));
  const isExempt = ['courier', 'emergency', 'law-enforcement'].includes(vehicle.entity.class);
  if (task.goal === 'resort' && !isExempt)
    mark(hands, 'out-of-area', arrived, course.now(), 'resort', true);
  if (task.refuel) {
    const road = roadOf(errand.out);
    if (road) track.push(...course.drive(back(road)));
    track.push(...refuel(hands, task.refuel));
    warm(hands, 0.7);
    track.push(...course.drive(streets(here(hands), hands.yard, dice)));
  } else track.push(...course.drive(errand.home ?? back(errand.out)));
  hands.crossing = hands.yard.crossing;
  warm(hands, dice.between(0.3, 1.5));
  if (errand.route && task.round === 'against')
    mark(hands, 'wrong-way', from, course.now(), 'against the round', true);
  if (errand.route && task.round === 'cut')
    mark(hands, 'missed-stop', from, course.now() + hourMs, 'second stop', true);
  return finish(hands, from, track, task.order, errand);
}

/** There and no more. */
function move(hands: Hands, departs: number, order: Outing['order'], to: Here): Outing {
  const { course, dice } = hands;
  wait(hands, departs);
  const from = course.now();
  warm(hands, 1);
  const track = course.drive(streets(here(hands), to, dice));
  hands.crossing = to.crossing;
  warm(hands, 0.5);
  return finish(hands, from, track, order);
}

function beTowed(hands: Hands): void {
  const { course, dice, city, vehicle } = hands;
  const from = course.now();
  const to = strangeKerb(city, hands.crossing, dice);
  course.drive(streets(here(hands), to, dice), { acc: false, pace: 0.8 });
  hands.crossing = to.crossing;
  mark(hands, 'tow', from, course.now(), 'towed', vehicle.saysAcc);
  for (const kind of ['undispatched-trip', 'off-hours', 'tail-number', 'out-of-area'])
    mark(hands, kind, from, course.now(), 'towed', false);
}

function finish(
  hands: Hands,
  from: number,
  track: readonly Moment[],
  order: Outing['order'],
  errand?: Errand,
): Outing {
  const { course, vehicle, label } = hands;
  const km = (track.at(-1)?.km ?? 0) - (track[0]?.km ?? 0);
  const outing: Outing = { from, to: course.now(), track, km, order };
  file(hands, outing, errand);
  const ordered = order === 'before' ? errand?.route : undefined;
  const route = hands.city.routes.find(({ id }) => id === ordered?.id);
  const way = ordered && route && limitedWay(ordered, route.line);
  for (const each of labelsOf(vehicle, outing, way)) label(each);
  if (route) markDetour(hands, route, track);
  const { sealed } = vehicle.entity;
  if (sealed.some((span) => dateOf(from) >= span.from && dateOf(from) < span.to))
    mark(hands, 'sealed-moved', from, outing.to, 'sealed', order === 'none');
  return outing;
}

function file(hands: Hands, { order, from, to }: Outing, errand: Errand | undefined): void {
  if (order === 'none') return;
  const { dice, vehicle } = hands;
  const { id } = vehicle;
  hands.orders += 1;
  const isSlip = order === 'slip';
  const early = isSlip ? 10 : dice.between(5, 25);
  const filedAt = Math.round(Math.max(to + hourMs / 4, from + dice.between(1, 20) * hourMs));
  const dispatch: Dispatch = {
    id: `${id}-${hands.orders}`,
    vehicle: id,
    driver: `驾驶员${id}`,
    from: Math.round(from - early * minuteMs),
    to: Math.round(to + dice.between(5, 50) * minuteMs),
    purpose: isSlip ? '应急用车' : '公务',
    ...(errand?.route && { route: errand.route.id }),
    ...(isSlip && { filedAt }),
  };
  hands.order({ dispatch, filedAt: isSlip ? filedAt : null });
}

function markDetour(hands: Hands, route: Route, track: readonly Moment[]): void {
  const awayM = ({ point }: Moment) => distanceToLineM(point, route.line);
  for (const [from, to] of stretchesOf(track, (moment) => awayM(moment) > route.widthM)) {
    const most = Math.max(...track.filter(({ at }) => at >= from && at <= to).map(awayM));
    const must = most > route.widthM + 150 && to - from >= 40_000;
    mark(hands, 'off-route', from, to, `${Math.round(most)} m`, must);
  }
}

function stay(hands: Hands, minutes: number, idleMin = 0): void {
  const { course, vehicle } = hands;
  const { entity, saysAcc } = vehicle;
  const from = course.now();
  if (idleMin > 0) warm(hands, idleMin);
  const isExempt = ['emergency', 'law-enforcement', 'special'].includes(entity.class);
  if (idleMin > 8 && !isExempt && entity.fuel !== 'electric' && saysAcc)
    mark(hands, 'idling', from, course.now(), `${Math.round(idleMin)} min`, idleMin >= 18);
  wait(hands, course.now() + minutes * minuteMs);
}

function refuel(hands: Hands, where: 'station' | 'elsewhere'): readonly Moment[] {
  const { course, dice, city, vehicle } = hands;
  const station = dice.pick(city.stations);
  const stop: Here =
    where === 'station'
      ? { point: moved(toLonLat(station), 35, 30), crossing: station }
      : strangeKerb(city, hands.crossing, dice);
  const track = course.drive(streets(here(hands), stop, dice));
  hands.crossing = stop.crossing;
  const from = course.now() + 2 * minuteMs;
  const litres = vehicle.tank * dice.between(0.88, 0.97) - course.fuel();
  const until = from + dice.between(3, 7) * minuteMs;
  course.stand(until, { acc: false, loss: { from, to: from + 90_000, litres: -litres } });
  if (where === 'elsewhere')
    mark(hands, 'refuel-elsewhere', from, until, `${litres.toFixed(0)} L`, litres >= 18);
  return track;
}

/** To and fro on the road for hours, and then to where the way out ended. */
function haul(hands: Hands, out: Way, { hours, restMin }: NonNullable<Task['haul']>): Moment[] {
  const { course, dice } = hands;
  const track: Moment[] = [];
  const until = course.now() + hours * hourMs;
  const rests = course.now() + (hours / 2) * hourMs;
  const road = roadOf(out) ?? out;
  let [isRested, isThere] = [false, true];
  const leastKm = 2 * (road.lengthM / 1000) + out.lengthM / 1000 + reserveKm;
  while ((course.now() < until && course.rangeKm() > leastKm) || !isThere) {
    track.push(...course.drive(isThere ? back(road) : road));
    isThere = !isThere;
    if (!isRested && course.now() > rests) {
      isRested = true;
      wait(hands, course.now() + restMin * minuteMs);
    } else warm(hands, dice.between(1, 4));
  }
  return track;
}

function upset(hands: Hands, { trouble }: Task): void {
  if (!trouble) return;
  const { what, afterMin, hours } = trouble;
  const from = hands.course.now() + afterMin * minuteMs;
  const to = from + hours * hourMs;
  hands.terminal.trouble({ what, from, to });
  if (hands.vehicle.home.door === 'jt808') {
    if (what === 'antenna') mark(hands, 'terminal-antenna-fault', from, to, what, true);
    if (what === 'power') mark(hands, 'terminal-power-cut', from, to, what, false);
  }
  if (hours > 0.2) mark(hands, 'offline', from, to, what, hours > 0.6);
}
