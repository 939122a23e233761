import { AppError } from '../model/errors.ts';
import { counterOf } from '../model/metrics.ts';
import { hourMs, minuteMs, secondMs } from '../model/time.ts';
import type { City, SimulatedMeter } from './city.ts';
import type { Shift } from './duty.ts';
import type { FaultBook } from './faults.ts';
import { dayOf, startOfDay } from './load-shapes.ts';
import type { Meters } from './meter.ts';
import { createDice, type Dice } from './noise.ts';
import type { Fault, FaultKind } from './simulator.ts';
import { terminalPlans } from './terminal-faults.ts';
import type { Fleet } from './vehicle.ts';

/** Who can be hit by which fault, when, and how badly. */

export interface Surroundings {
  readonly city: City;
  readonly meters: Meters;
  readonly fleet: Fleet;
  readonly faults: FaultBook;
}

type Candidates = (city: City) => readonly string[];

const withTerminal: Candidates = ({ vehicles }) =>
  ids(vehicles.filter(({ terminal }) => terminal !== undefined));

const candidatesOf = (kind: FaultKind, city: City): readonly string[] =>
  (candidates[kind] ?? withTerminal)(city);

/** The others happen to terminals. */
const candidates: Readonly<Partial<Record<FaultKind, Candidates>>> = {
  spike: ({ meters }) => ids(meters.filter(({ medium }) => medium === 'electricity')),
  'night-load': ({ meters }) => ids(meters.filter(isNightly)),
  leak: ({ meters }) => ids(meters.filter(({ medium }) => medium === 'water')),
  stuck: ({ meters }) => ids(meters.filter(({ medium }) => counterOf[medium] !== null)),
  frozen: ({ meters }) => ids(meters.filter(saysFlow)),
  swap: ({ meters }) => ids(meters.filter(({ medium }) => counterOf[medium] !== null)),
  silence: ({ meters, vehicles }) => ids([...meters, ...vehicles]),
  'off-route': ({ vehicles }) => ids(vehicles),
};

const ids = (things: readonly { readonly id: string }[]): readonly string[] =>
  things.map(({ id }) => id);

/** Says what flows beside what it has counted. */
const saysFlow = ({ medium }: SimulatedMeter): boolean =>
  medium === 'electricity' || medium === 'water' || medium === 'gas';

/** Loads that should be off at night. */
const isNightly = ({ medium, shape }: SimulatedMeter): boolean =>
  medium === 'electricity' && !['server-room', 'hospital', 'standby'].includes(shape);

/** Standby loads can draw many times what they usually do: there a fault is seen within minutes. */
export const sensitiveMeters = ({ meters }: City): readonly string[] =>
  ids(meters.filter(({ shape }) => shape === 'standby'));

/** Mean use per hour over the week before, every two hours of which are looked at. */
function meanOf(device: string, { meters }: Surroundings, at: number): number {
  const rates = Array.from({ length: 84 }, (_, i) => meters.usualRate(device, at - 2 * i * hourMs));
  return rates.reduce((a, b) => a + b, 0) / rates.length;
}

/** The most that is usually used in the two hours to come: a fault on top of it must not be beyond what the circuit can carry. */
const peakOf = (device: string, { meters }: Surroundings, at: number): number =>
  Math.max(...[0, 1, 2, 3, 4].map((i) => meters.usualRate(device, at + (i * hourMs) / 2)));

/** When nights begin and end, after midnight of the day before. */
const night = { from: 22.5 * hourMs, to: 29.5 * hourMs };
/** A load that comes on later than this into the night is left for the next. */
const latestMs = 3 * hourMs;

/** What is left of the night that runs, or the next one. */
function nightAt(at: number): Pick<Fault, 'from' | 'to'> {
  const today = dayOf(at);
  const starts = [today - 1, today, today + 1].map((day) => startOfDay(day) + night.from);
  const start = starts.find((each) => at < each + latestMs) ?? at;
  return { from: Math.max(at, start), to: start + night.to - night.from };
}

function meterOf(id: string, { meters }: City): SimulatedMeter {
  const meter = meters.find((each) => each.id === id);
  if (!meter) throw new AppError('INPUT_INVALID', `got ${id}, want a meter of the city`);
  return meter;
}

type Planner = (device: string, at: number, around: Surroundings, dice: Dice) => Fault | undefined;

const planners: Readonly<Record<FaultKind, Planner>> = {
  spike(device, from, around, dice) {
    const meter = meterOf(device, around.city);
    const usual = Math.max(meanOf(device, around, from), around.meters.usualRate(device, from));
    const rated = meter.ratedKw ?? 0;
    const room = 0.95 * rated - peakOf(device, around, from);
    const magnitude =
      meter.shape === 'standby' ? 0.8 * rated : Math.min(room, usual * dice.between(4, 6));
    const to = from + Math.round(dice.between(40, 90)) * minuteMs;
    return { fault: 'spike', device, from, to, magnitude: round(magnitude) };
  },
  'night-load'(device, at, around, dice) {
    const magnitude = round(meanOf(device, around, at) * dice.between(1.2, 1.8));
    return { fault: 'night-load', device, ...nightAt(at), magnitude };
  },
  leak(device, from, around, dice) {
    const mean = meanOf(device, around, from);
    const to = from + Math.round(dice.between(20, 40)) * hourMs;
    return { fault: 'leak', device, from, to, magnitude: round(mean * dice.between(1.2, 1.8)) };
  },
  stuck(device, from, _, dice) {
    const to = from + Math.round(dice.between(5, 9)) * hourMs;
    return { fault: 'stuck', device, from, to, magnitude: 0 };
  },
  frozen(device, from, _, dice) {
    const to = from + Math.round(dice.between(5, 9)) * hourMs;
    return { fault: 'frozen', device, from, to, magnitude: 0 };
  },
  swap(device, from, _, dice) {
    return { fault: 'swap', device, from, to: from + hourMs, magnitude: dice.whole(1, 90) };
  },
  silence(device, from, _, dice) {
    const to = from + Math.round(dice.between(8, 15)) * minuteMs;
    return { fault: 'silence', device, from, to, magnitude: 0 };
  },
  'off-route': planExcursion,
  ...terminalPlans,
};

const round = (value: number): number => Number(value.toPrecision(4));

/** How far ahead a vehicle's next crossing is looked for. */
const lookAheadMs = 3 * hourMs;

function leaveAt(
  crossingAt: number,
  shift: Shift,
  standsS: number,
  fleet: Fleet,
): Fault | undefined {
  const device = shift.vehicle.id;
  const rough: Fault = {
    fault: 'off-route',
    device,
    from: crossingAt,
    to: crossingAt,
    magnitude: standsS,
  };
  const { detourS, durationS } = fleet.tripOf(shift, rough);
  const isBackInTime = shift.departs + durationS * secondMs < shift.to;
  if (detourS === null || detourS.to - detourS.from <= standsS || !isBackInTime) return undefined;
  const from = shift.departs + Math.round(detourS.from * secondMs);
  return { ...rough, from, to: shift.departs + Math.round(detourS.to * secondMs) };
}

/** Leaves at the first crossing that is reached after `at`; once a trip. */
function planExcursion(
  device: string,
  at: number,
  { city, fleet, faults }: Surroundings,
  dice: Dice,
): Fault | undefined {
  if (!city.vehicles.some(({ id }) => id === device))
    throw new AppError('INPUT_INVALID', `got ${device}, want a vehicle of the city`);
  const standsS = dice.whole(120, 210);
  for (const shift of fleet.duties(device).shiftsIn(at, at + lookAheadMs)) {
    if (faults.isTaken(device, shift.from, shift.to)) continue;
    for (const reached of fleet.tripOf(shift).reachedS) {
      const crossingAt = shift.departs + reached * secondMs;
      const fault = crossingAt < at ? undefined : leaveAt(crossingAt, shift, standsS, fleet);
      if (fault) return fault;
    }
  }
  return undefined;
}

/**
 * A fault of a device, from `at` on or as soon after as it can be.
 * @returns undefined where it cannot be, or something else is wrong at that time
 * @throws AppError `INPUT_INVALID` for a device it cannot happen to
 */
export function planFault(
  kind: FaultKind,
  device: string,
  at: number,
  around: Surroundings,
  dice: Dice,
): Fault | undefined {
  if (!candidatesOf(kind, around.city).includes(device)) {
    const message = `${kind} cannot happen to ${device}; want one of ${candidatesOf(kind, around.city).slice(0, 8).join(', ')} …`;
    throw new AppError('INPUT_INVALID', message);
  }
  const fault = planners[kind](device, at, around, dice);
  return fault && !around.faults.isTaken(device, fault.from, fault.to) ? fault : undefined;
}

/** Vehicles of which the first to reach a crossing is looked for. */
const triedVehicles = 60;

/** A fault of a kind for whoever can have it; `off-route` for the vehicle that can leave its route first. */
export function planAnywhere(
  kind: FaultKind,
  at: number,
  around: Surroundings,
  dice: Dice,
  devices = candidatesOf(kind, around.city),
): Fault | undefined {
  if (devices.length === 0) return undefined;
  if (kind !== 'off-route') return planFault(kind, dice.pick(devices), at, around, dice);
  const first = devices.length > triedVehicles ? dice.whole(0, devices.length - triedVehicles) : 0;
  return devices
    .slice(first, first + triedVehicles)
    .map((id) => planFault(kind, id, at, around, dice))
    .filter((fault) => fault !== undefined)
    .reduce<Fault | undefined>(
      (earliest, each) => (earliest && earliest.from <= each.from ? earliest : each),
      undefined,
    );
}

/** What went wrong how many days ago, and at what o'clock. */
const past: readonly (readonly [kind: FaultKind, daysAgo: number, clock: number])[] = [
  ['leak', 10, 9.2],
  ['night-load', 7, 20],
  ['spike', 5, 14.1],
  ['stuck', 4, 8.5],
  ['night-load', 3, 20],
  ['spike', 2, 10.2],
  ['swap', 8, 10.6],
  ['frozen', 6, 9.4],
];
/** How long ago vehicles left their routes. */
const pastExcursions = [17 * hourMs, 6 * hourMs];
/** How long ago terminals held an alarm. */
const pastAlarms = [20 * hourMs, 9 * hourMs, 4 * hourMs];

/** Some of everything in the weeks before `to`, so that there is a past to look at. */
export function planHistory(from: number, to: number, around: Surroundings): readonly Fault[] {
  const dice = createDice(around.city.seed + 7);
  const wanted: readonly (readonly [FaultKind, number])[] = [
    ...past.map(
      ([kind, daysAgo, clock]) => [kind, startOfDay(dayOf(to) - daysAgo) + clock * hourMs] as const,
    ),
    ...pastExcursions.map((ago) => ['off-route', to - ago] as const),
    ...pastAlarms.map((ago) => ['terminal-alarm', to - ago] as const),
  ];
  return wanted.flatMap(([kind, at]): readonly Fault[] => {
    const fault = at < from ? undefined : planAnywhere(kind, at, around, dice);
    if (!fault || fault.to > to) return [];
    around.faults.add(fault);
    return [fault];
  });
}
