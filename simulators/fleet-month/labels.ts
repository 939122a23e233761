import { distanceM } from '../streets.ts';
import { hourOf, isWorked, trueDayOf, weekdayOf } from './calendar.ts';
import { countyRadiusM, districtRadiusM, type MonthVehicle, middle } from './city.ts';
import type { Moment } from './course.ts';
import { type LimitedWay, speeding } from './speeds.ts';
import { type Stretch, stretchesOf } from './stretches.ts';

/** Something that is true of a vehicle for a time, and the kind of rule that should say so. */
export interface FleetLabel {
  readonly kind: string;
  readonly vehicle: string;
  /** Unix ms UTC. */
  readonly from: number;
  readonly to: number;
  readonly what: string;
  /** False where a person might hold it either way: neither missed nor wrong. */
  readonly must: boolean;
}

/** From the ignition on to the ignition off where it belongs, with all stays between. */
export interface Outing {
  readonly from: number;
  readonly to: number;
  readonly track: readonly Moment[];
  /** Of the whole way. */
  readonly km: number;
  /** `slip`: filed afterwards, in time. */
  readonly order: 'before' | 'slip' | 'none';
}

const minuteMs = 60_000;

/** What an outing breaks, by what each rule is there for: not by how the service finds out. */
export function labelsOf(
  vehicle: MonthVehicle,
  outing: Outing,
  way?: LimitedWay,
): readonly FleetLabel[] {
  const { from, to, order, track } = outing;
  const found: readonly Found[] = [
    ...(order === 'before' ? [] : unordered(vehicle, outing)),
    ...(breaksTail(vehicle, outing)
      ? [
          {
            kind: 'tail-number',
            stretch: [from, to] as const,
            what: `tail ${vehicle.tail}`,
            must: true,
          },
        ]
      : []),
    ...speeding(track, way),
    ...tiring(track),
  ];
  return found.map(({ kind, stretch, what, must }) => ({
    kind: `vehicle.${kind}`,
    vehicle: vehicle.id,
    from: stretch[0],
    to: stretch[1],
    what,
    must,
  }));
}

/** Whoever files afterwards is asked nothing; until then an alert is right. */
function unordered(vehicle: MonthVehicle, outing: Outing): readonly Found[] {
  const { from, to, order, km } = outing;
  const isSlip = order === 'slip';
  const { class: vehicleClass } = vehicle.entity;
  const what = isSlip ? 'emergency slip' : 'no order';
  const trip: Found = { kind: 'undispatched-trip', stretch: [from, to], what, must: km >= 3 };
  const found = [
    ...(vehicleClass === 'emergency' ? [] : [trip]),
    ...(['emergency', 'law-enforcement'].includes(vehicleClass) ? [] : offHours(vehicle, outing)),
    ...areas(vehicle, outing),
  ];
  return found.map((each) => ({ ...each, must: each.must && !isSlip }));
}

interface Found {
  readonly kind: string;
  readonly what: string;
  readonly stretch: Stretch;
  readonly must: boolean;
}

/** Driving between office hours and the way home is not asked about by anyone: three quarters of an hour. */
const wayHomeH = 0.75;

function offHours({ home }: MonthVehicle, { track }: Outing): readonly Found[] {
  const [from, to] = home.office;
  const isOut = (margin: number) => (moment: Moment) => {
    const hour = hourOf(moment.at);
    return !isWorked(moment.at) || hour < from - margin || hour >= to + margin;
  };
  return stretchesOf(track, isOut(0), 180 * minuteMs).map((stretch) => {
    const inside = track.filter(({ at }) => at >= stretch[0] && at <= stretch[1]);
    const certain = inside.filter(isOut(wayHomeH)).length * 10;
    return { kind: 'off-hours', what: trueDayOf(stretch[0]), stretch, must: certain >= 15 * 60 };
  });
}

function areas({ home, entity }: MonthVehicle, { track, from, to, km }: Outing): readonly Found[] {
  if (['courier', 'emergency', 'law-enforcement'].includes(entity.class)) return [];
  const beyond = (metres: number) => (moment: Moment) => distanceM(moment.point, middle) > metres;
  const isOut = (metres: number) => track.some(beyond(metres));
  if (home.policy === 'stay-in' && isOut(countyRadiusM))
    return stretchesOf(track, beyond(countyRadiusM), 180 * minuteMs).map((stretch) => ({
      kind: 'out-of-area',
      stretch,
      what: 'outside the county',
      must: isOut(countyRadiusM + 1000),
    }));
  // Of an outing that left the districts some part may lie within.
  if (home.policy === 'districts')
    return [
      {
        kind: 'out-of-area',
        stretch: [from, to],
        what: 'never left the districts',
        must: km >= 3 && !isOut(districtRadiusM - 200),
      },
    ];
  return [];
}

const resting = ['courier', 'emergency', 'law-enforcement', 'special'];

function breaksTail({ home, entity, tail }: MonthVehicle, { from, km }: Outing): boolean {
  if (home.policy !== 'tail-number' || resting.includes(entity.class) || km < 3) return false;
  return restsByTail(tail, from);
}

/** Whether plates with this last digit stay parked on the day. */
export const restsByTail = (tail: number, at: number): boolean =>
  trueDayOf(at) === 'workday' && (tail === 0 ? 10 : tail) % 5 === weekdayOf(at) % 5;

const longestH = 4;
const restMs = 20 * minuteMs;

/** Driving without a rest of twenty minutes, from four hours on. */
function tiring(track: readonly Moment[]): readonly Found[] {
  return stretchesOf(track, ({ speedKmh }) => speedKmh > 0, restMs).flatMap(([from, to]) => {
    const hours = (to - from) / 3_600_000;
    if (hours < longestH - 0.2) return [];
    const since = from + longestH * 3_600_000;
    const stretch = [Math.min(since, to), to] as const;
    return [{ kind: 'fatigue', what: 'no rest', stretch, must: hours > longestH + 0.25 }];
  });
}
