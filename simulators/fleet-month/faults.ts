import { dayMs } from '../../model/time.ts';
import { isSealedDay, isWorked, monthFrom } from './calendar.ts';
import type { MonthVehicle } from './city.ts';
import { diceOf, type FleetDice } from './dice.ts';
import { restsByTail } from './labels.ts';

/** What goes wrong with a vehicle on a day. */
export type DayFault =
  | 'unordered'
  | 'detour'
  | 'beyond'
  | 'resort'
  | 'evening'
  | 'day-off'
  | 'sealed'
  | 'home'
  | 'tail'
  | 'speeding'
  | 'town-speeding'
  | 'route-speeding'
  | 'against'
  | 'missed'
  | 'idling'
  | 'fatigue'
  | 'theft'
  | 'foreign-fuel'
  | 'tow'
  | 'link'
  | 'power'
  | 'antenna'
  | 'stuck';

/** What goes wrong with it over weeks. */
export interface LongFault {
  readonly what: 'thirsty' | 'unused' | 'slow-theft';
  /** Day of the month, from 0. */
  readonly fromDay: number;
  readonly toDay: number;
  /** Times as much fuel; litres each night. */
  readonly size: number;
}

export interface FaultBook {
  onDay(vehicle: MonthVehicle, day: number): DayFault | undefined;
  overTime(vehicle: MonthVehicle): LongFault | undefined;
  /** Drives far every day. */
  isHeavy(vehicle: MonthVehicle): boolean;
}

/** More often than others where it befalls few vehicles, or only now and then comes to anything. */
const onWorkdays: readonly DayFault[] = (
  [
    ['unordered', 1],
    ['detour', 2],
    ['beyond', 1],
    ['resort', 1],
    ['evening', 1],
    ['home', 5],
    ['speeding', 1],
    ['town-speeding', 2],
    ['route-speeding', 2],
    ['against', 2],
    ['missed', 3],
    ['idling', 5],
    ['fatigue', 5],
    ['theft', 2],
    ['foreign-fuel', 5],
    ['tow', 3],
    ['link', 1],
    ['power', 1],
    ['antenna', 5],
    ['stuck', 1],
  ] as const
).flatMap(([fault, times]) => Array.from({ length: times }, () => fault));

const ordinary = (vehicle: MonthVehicle): boolean =>
  ['general', 'reception'].includes(vehicle.entity.class);

/** @param share of the vehicles' days on which something is wrong */
export function drawFaults(seed: number, share: number): FaultBook {
  const isHeavy = ({ id }: MonthVehicle) => diceOf(seed, `${id} heavy`).chance(0.2);
  return {
    onDay: (vehicle, day) =>
      drawDay(vehicle, day, share, diceOf(seed, `${vehicle.id} fault ${day}`)),
    isHeavy,
    overTime: (vehicle) => drawLong(vehicle, isHeavy(vehicle), diceOf(seed, `${vehicle.id} long`)),
  };
}

function drawDay(
  vehicle: MonthVehicle,
  day: number,
  share: number,
  dice: FleetDice,
): DayFault | undefined {
  const at = monthFrom + day * dayMs + 1;
  if (vehicle.entity.sealed.length > 0 && isSealedDay(at))
    return dice.chance(share) ? 'sealed' : undefined;
  const mayBeMisused = ordinary(vehicle);
  if (!isWorked(at)) return mayBeMisused && dice.chance(share) ? 'day-off' : undefined;
  if (vehicle.home.policy === 'tail-number' && restsByTail(vehicle.tail, at))
    return mayBeMisused && dice.chance(share * 3) ? 'tail' : undefined;
  return dice.chance(share) ? suited(dice.pick(onWorkdays), vehicle, dice) : undefined;
}

function drawLong(vehicle: MonthVehicle, isHeavy: boolean, dice: FleetDice): LongFault | undefined {
  const { entity } = vehicle;
  const isFuelled = entity.fuel !== 'electric';
  if (isHeavy)
    return isFuelled && dice.chance(0.65)
      ? { what: 'thirsty', fromDay: dice.whole(9, 16), toDay: 30, size: dice.between(1.4, 2) }
      : undefined;
  if (!['emergency', 'special'].includes(entity.class) && dice.chance(0.2))
    return { what: 'unused', fromDay: dice.whole(0, 12), toDay: 30, size: 0 };
  if (!isFuelled || !dice.chance(0.08)) return undefined;
  const fromDay = dice.whole(1, 14);
  const toDay = fromDay + dice.whole(6, 9);
  return { what: 'slow-theft', fromDay, toDay, size: dice.between(3, 5) };
}

/** What such a vehicle can be wronged by. */
function suited(fault: DayFault, vehicle: MonthVehicle, dice: FleetDice): DayFault | undefined {
  const { entity, home } = vehicle;
  const isFuelled = entity.fuel !== 'electric';
  if (['theft', 'foreign-fuel', 'idling'].includes(fault) && !isFuelled) return undefined;
  if (fault === 'tow' && !vehicle.saysAcc) return undefined;
  if (fault === 'beyond' && home.policy !== 'stay-in') return 'resort';
  const byPerson = ['unordered', 'beyond', 'resort', 'evening', 'home', 'idling'];
  if (byPerson.includes(fault) && !ordinary(vehicle))
    return dice.chance(0.5) ? 'detour' : 'speeding';
  return fault;
}
