import { dayMs } from '../../model/time.ts';
import { isWorked, monthDays, monthFrom } from './calendar.ts';
import { createFleetCity, type FleetCity, type MonthVehicle } from './city.ts';
import { createCourse, type Moment } from './course.ts';
import { createCrew, type Order } from './crew.ts';
import { labelMonth, liveDay, newDiary } from './day.ts';
import { diceOf } from './dice.ts';
import { drawFaults, type FaultBook } from './faults.ts';
import type { FleetLabel } from './labels.ts';
import { createTerminal, type Delivery } from './terminal.ts';

export interface MonthOptions {
  readonly seed: number;
  readonly vehicles: number;
  /** Share of the vehicles' days on which something is wrong. */
  readonly faultShare?: number;
  /** Days of the month, from 0; `to` exclusive. */
  readonly from?: number;
  readonly to?: number;
}

export interface MonthDay {
  /** In no order; what comes later than its day is among them. */
  readonly deliveries: readonly Delivery[];
  readonly orders: readonly Order[];
}

/** A month of a fleet that does not exist: what its terminals say, what is ordered, and what is true. */
export interface FleetMonth {
  readonly city: FleetCity;
  readonly from: number;
  readonly to: number;
  /** To be asked for in order, each once. @returns undefined behind the last */
  next(): MonthDay | undefined;
  /** What was true of the days asked for. */
  labels(): readonly FleetLabel[];
}

/** A month of every vehicle, the same for the same seed. */
export function createFleetMonth(options: MonthOptions): FleetMonth {
  const { seed, vehicles, faultShare = 0.14, from = 0, to = monthDays } = options;
  const city = createFleetCity(seed, vehicles);
  const faults = drawFaults(seed, faultShare);
  const labels: FleetLabel[] = [];
  const silences = drawSilences(seed, from, to);
  const lives = city.vehicles.map((vehicle) =>
    createLife(seed, vehicle, city, faults, silences, from, labels),
  );
  let day = from;
  return {
    city,
    from: monthFrom + from * dayMs,
    to: monthFrom + to * dayMs,
    labels: () => [...labels, ...silences.map(labelDoor)],
    next() {
      if (day >= to) return undefined;
      const days = lives.map((live) => live(day, day === to - 1));
      day += 1;
      return {
        deliveries: days.flatMap(({ deliveries }) => deliveries),
        orders: days.flatMap(({ orders }) => orders),
      };
    },
  };
}

interface Silence {
  readonly door: 'jt808' | 'mqtt';
  readonly from: number;
  readonly to: number;
  /** Vehicles that were under way when it began, by institution. */
  readonly underWay: Map<string, Set<string>>;
}

/** Of how many one institution must have been under way for anyone to tell a door from vehicles. */
const doorVehicles = 3;

function labelDoor({ door, from, to, underWay }: Silence): FleetLabel {
  const most = Math.max(0, ...[...underWay.values()].map(({ size }) => size));
  const must = most >= doorVehicles;
  return { kind: 'vehicle.offline', vehicle: `door ${door}`, from, to, what: 'door', must };
}

/** Heard within a minute of it. */
function noteUnderWay({ from, underWay }: Silence, { entity }: MonthVehicle, moment: Moment): void {
  if (!moment.acc || Math.abs(moment.at - from) > 60_000) return;
  const own = underWay.get(entity.institution) ?? new Set();
  underWay.set(entity.institution, own.add(entity.id));
}

/** A whole door is silent on some workday, and delivers afterwards. */
function drawSilences(seed: number, from: number, to: number): readonly Silence[] {
  const dice = diceOf(seed, 'silences');
  const days = Array.from({ length: to - from }, (_, n) => from + n);
  const worked = days.filter((day) => isWorked(monthFrom + day * dayMs));
  return (['jt808', 'mqtt'] as const).map((door) => {
    const since = monthFrom + (dice.pick(worked) * 24 + dice.between(9, 14)) * 3_600_000;
    const to = since + dice.between(1, 3) * 3_600_000;
    return { door, from: since, to, underWay: new Map() };
  });
}

function createLife(
  seed: number,
  vehicle: MonthVehicle,
  city: FleetCity,
  faults: FaultBook,
  silences: readonly Silence[],
  from: number,
  labels: FleetLabel[],
): (day: number, isLast: boolean) => MonthDay {
  const terminal = createTerminal(vehicle, diceOf(seed, `${vehicle.id} terminal`));
  const own = silences.filter(({ door }) => door === vehicle.home.door);
  for (const { from, to } of own) terminal.trouble({ what: 'link', from, to });
  const start = monthFrom + from * dayMs;
  const course = createCourse(vehicle, start, diceOf(seed, `${vehicle.id} course`), (moment) => {
    for (const silence of own) noteUnderWay(silence, vehicle, moment);
    terminal.hear(moment);
  });
  let orders: Order[] = [];
  const diary = newDiary(start);
  const label = (each: FleetLabel) => void labels.push(each);
  const crew = createCrew(vehicle, course, diceOf(seed, `${vehicle.id} crew`), {
    city,
    terminal,
    order: (order) => void orders.push(order),
    label,
  });
  return (day, isLast) => {
    liveDay(crew, diary, faults, day, label);
    if (isLast) labelMonth(crew, diary, faults, label);
    const filed = orders;
    orders = [];
    return { deliveries: terminal.take(), orders: filed };
  };
}
