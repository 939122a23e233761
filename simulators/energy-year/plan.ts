import { diceOf, type FleetDice } from '../fleet-month/dice.ts';
import { dayOf, yearDays } from './calendar.ts';
import {
  type Draw,
  has,
  isComplex,
  leak,
  more,
  onGauges,
  onSubs,
  onTop,
  roomFault,
} from './draws.ts';
import type { YearFault } from './faults.ts';
import type { Site } from './sites.ts';

/** When what goes wrong. */

/** Nothing goes wrong before February: whoever learns has had two months. */
const firstDay = 62;

/** Faults one after the other with quiet between them, so that each can be told from the last. */
function inTurn(
  site: Site,
  dice: FleetDice,
  draws: readonly Draw[],
  quiet: (lastedDays: number) => number,
): readonly YearFault[] {
  const faults: YearFault[] = [];
  let day = firstDay + dice.whole(0, 25);
  while (day < yearDays - 3) {
    const fault = draws.length > 0 ? dice.pick(draws)(site, day, dice) : undefined;
    const until = fault ? dayOf(fault.to) + 1 : day;
    if (fault && until < yearDays - 3) faults.push(fault);
    day = until + Math.round(quiet(until - day));
  }
  return faults;
}

/** After so many days of it a rule has to get used to the old course again. */
const longDays = 5;

export function drawFaults(seed: number, site: Site): readonly YearFault[] {
  const dice = (name: string) => diceOf(seed, `${site.id} ${name} faults`);
  const [top, sub, gauge] = [dice('top'), dice('sub'), dice('gauge')];
  const [water, gas, heat, room] = [dice('water'), dice('gas'), dice('heat'), dice('room')];
  const subs = Object.entries(onSubs).filter(([name]) => isPossible(site, name));
  const all = [
    inTurn(site, top, Object.values(onTop), (lasted) => top.between(12, 30) + Math.min(20, lasted)),
    inTurn(
      site,
      sub,
      subs.map(([, draw]) => draw),
      (lasted) => sub.between(4, 12) + (lasted > longDays ? 14 : 0),
    ),
    gauged(site) ? inTurn(site, gauge, Object.values(onGauges), () => gauge.between(10, 35)) : [],
    has(site, 'master') ? inTurn(site, water, [leak], () => water.between(30, 70)) : [],
    has(site, 'gas') ? inTurn(site, gas, [more('gas-up', 'gas')], () => gas.between(40, 80)) : [],
    has(site, 'heat')
      ? inTurn(site, heat, [more('heat-up', 'heat')], () => heat.between(30, 50))
      : [],
    has(site, 'room') ? inTurn(site, room, [roomFault], () => room.between(8, 20)) : [],
  ];
  return all.flat();
}

const gauged = ({ meters }: Site): boolean => meters.some(({ gauges }) => gauges);

function isPossible(site: Site, name: string): boolean {
  if (!isComplex(site)) return false;
  if (name === 'server-up') return has(site, 'server');
  if (site.kind === 'hospital') return false;
  if (name === 'lights-left' || name.startsWith('air')) return true;
  return has(site, 'boiler');
}
