import { dayMs, hourMs } from '../../model/time.ts';
import type { FleetDice } from '../fleet-month/dice.ts';
import { dayAt, isWorked, startOf, yearDays } from './calendar.ts';
import type { FaultName, YearFault } from './faults.ts';
import { type BranchName, dayM3 } from './flows.ts';
import { siteDay } from './occupancy.ts';
import type { Site } from './sites.ts';

/** One fault of each sort, drawn for a site and a day; none where the site or the season does not know it. */

export type Draw = (site: Site, day: number, dice: FleetDice) => YearFault | undefined;

const meanW = { office: 8.5, school: 8, hospital: 13, venue: 10 } as const;
const nightW = { office: 3.6, school: 3.6, hospital: 8, venue: 3.6 } as const;
const kwPerW = ({ areaM2, thrift }: Site): number => (areaM2 / 1000) * thrift;

/** @param days how long; from `hour` of the first day on */
function lasting(
  fault: Omit<YearFault, 'from' | 'to'>,
  day: number,
  days: number,
  hour = 0,
): YearFault {
  const from = startOf(day) + hour * hourMs;
  return { ...fault, from, to: from + days * dayMs };
}

export const onTop: Readonly<
  Record<'spike' | 'shift' | 'creep' | 'shape' | 'night' | 'rest-days', Draw>
> = {
  spike: (site, day, dice) => {
    const size = dice.between(1, 2.2) * meanW[site.kind] * kwPerW(site);
    const change = { as: 'add', size } as const;
    const hour = dice.whole(0, 19);
    return lasting({ what: 'spike', site, on: ['rest'], change }, day, dice.whole(2, 5) / 24, hour);
  },
  shift: (site, day, dice) => {
    const change = { as: 'share', size: dice.between(0.35, 0.8) } as const;
    const fault = { what: 'shift', site, on: ['rest'], change } as const;
    return lasting(fault, day, dice.whole(6, 18), dice.whole(0, 23));
  },
  creep: (site, day, dice) => {
    const change = { as: 'grow', size: dice.between(0.4, 0.7) } as const;
    return lasting({ what: 'creep', site, on: ['rest'], change }, day, dice.whole(30, 45));
  },
  shape: (site, day, dice) => {
    const change = { as: 'flat', size: dice.between(0.85, 1) } as const;
    if (site.kind === 'hospital' || isComplex(site)) return undefined;
    return lasting({ what: 'shape', site, on: ['rest'], change }, day, dice.whole(4, 8));
  },
  night: (site, day, dice) => {
    const change = {
      as: 'add',
      size: dice.between(0.5, 1.2) * nightW[site.kind] * kwPerW(site),
    } as const;
    const hours = { from: dice.between(20.5, 22.5), to: dice.between(6, 6.75) };
    const fault = { what: 'night', site, on: ['rest'], change, hours } as const;
    return lasting(fault, day, dice.whole(6, 15), 12);
  },
  'rest-days': (site, day, dice) => {
    if (site.kind === 'hospital' || site.kind === 'venue') return undefined;
    const first = nextRest(site, day);
    if (first === undefined) return undefined;
    const change = { as: 'lived', size: dice.between(0.65, 0.95) } as const;
    return lasting({ what: 'rest-days', site, on: [], change }, first, restFrom(site, first));
  },
};

export const isComplex = ({ meters }: Site): boolean =>
  meters.some(({ role }) => role === 'lights');
export const has = ({ meters }: Site, role: string): boolean =>
  meters.some((meter) => meter.role === role);

const isRest = (site: Site, day: number): boolean =>
  day < yearDays && !siteDay(site, day).open && !(site.kind === 'school' && dayAt(day).vacation);

function nextRest(site: Site, from: number): number | undefined {
  for (let day = from; day < Math.min(from + 10, yearDays); day += 1)
    if (isRest(site, day) && !isRest(site, day - 1)) return day;
  return undefined;
}

/** Days off from that one on, four at most. */
function restFrom(site: Site, first: number): number {
  let count = 1;
  while (count < 4 && isRest(site, first + count)) count += 1;
  return count;
}

/** What goes on after hours, W/m². */
const lit = 7;

export const onSubs: Readonly<Record<string, Draw>> = {
  'lights-left': (site, day, dice) => {
    const change = { as: 'hold', size: dice.between(0.5, 0.9) * lit * kwPerW(site) } as const;
    const hours = { from: site.closeH, to: dice.chance(0.6) ? site.openH - 0.5 : 1 };
    return lasting(
      { what: 'lights-left', site, on: ['lights'], change, hours },
      day,
      dice.whole(1, 4),
      12,
    );
  },
  'corridor-left': (site, day, dice) => {
    const change = { as: 'hold', size: 0.85 * kwPerW(site) } as const;
    const hours = { from: site.closeH, to: site.openH - 1 };
    return lasting(
      { what: 'corridor-left', site, on: ['corridor'], change, hours },
      day,
      dice.whole(2, 5),
      12,
    );
  },
  'landscape-on': (site, day, dice) => {
    const change = { as: 'hold', size: dice.between(0.35, 0.55) * kwPerW(site) } as const;
    const hours = { from: dice.between(17.5, 19.5), to: dice.pick([22.5, 23.5, 5.5]) };
    return lasting(
      { what: 'landscape-on', site, on: ['landscape'], change, hours },
      day,
      dice.whole(1, 5),
      12,
    );
  },
  'lifts-run': (site, day, dice) => {
    const change = { as: 'hold', size: dice.between(0.25, 0.5) * kwPerW(site) } as const;
    const hours = { from: dice.between(19.5, 21), to: dice.between(2, 6) };
    return lasting(
      { what: 'lifts-run', site, on: ['lift1', 'lift2'], change, hours },
      day,
      dice.whole(1, 3),
      12,
    );
  },
  'air-early': (site, day, dice) => air(site, day, dice, 'air-early'),
  'air-late': (site, day, dice) => air(site, day, dice, 'air-late'),
  'boiler-on': (site, day, dice) => {
    const change = { as: 'hold', size: dice.between(0.3, 0.45) * kwPerW(site) } as const;
    return lasting(
      { what: 'boiler-on', site, on: ['boiler'], change },
      day,
      dice.whole(1, 4),
      site.closeH,
    );
  },
  'server-up': (site, day, dice) => {
    const change = { as: 'times', size: dice.between(1.4, 1.9) } as const;
    return lasting(
      { what: 'server-up', site, on: ['server'], change },
      day,
      dice.whole(6, 14),
      dice.whole(0, 23),
    );
  },
};

function air(site: Site, day: number, dice: FleetDice, what: 'air-early' | 'air-late') {
  const { date } = dayAt(day);
  const isSummer = date >= '2026-06-20' && date <= '2026-09-05';
  const isWinter = date >= '2026-12-05' || date <= '2026-02-10';
  if (!isSummer && !(isWinter && site.heatsByAir)) return undefined;
  const { openH, closeH } = site;
  const hours =
    what === 'air-early'
      ? { from: openH - dice.between(1.5, 3), to: openH + 1 }
      : { from: closeH - 1, to: closeH + dice.between(2, 5) };
  const change = { as: 'hold-share', size: dice.between(0.6, 0.95) } as const;
  return lasting({ what, site, on: ['air'], change, hours }, day, dice.whole(1, 4));
}

export const onGauges: Readonly<Record<string, Draw>> = {
  peak: (site, day, dice) => {
    const rated = site.meters.find(({ role }) => role === 'top')?.ratedKw ?? 0;
    const change = { as: 'reach', size: rated * dice.between(1.08, 1.3) } as const;
    const hour = dice.whole(36, 64) / 4;
    return lasting({ what: 'peak', site, on: ['rest'], change }, day, dice.whole(3, 8) / 96, hour);
  },
  'power-factor': (site, day, dice) =>
    lasting(shown('power-factor', site, dice.between(0.7, 0.82)), day, dice.whole(20, 50)),
  // Nothing can be said of phases that carry nothing: it lasts over a day on which there is work.
  imbalance: (site, day, dice) => {
    const span = dice.whole(2, 10);
    const size = dice.between(0.47, 0.56);
    if (!siteDay(site, day).open) return undefined;
    return lasting(shown('imbalance', site, size), day, span, dice.whole(0, 8));
  },
  voltage: (site, day, dice) => {
    const size = dice.chance(0.6) ? dice.between(1.1, 1.15) : dice.between(0.8, 0.86);
    return lasting(shown('voltage', site, size), day, dice.whole(2, 30) / 24, dice.whole(0, 23));
  },
  'phase-dead': (site, day, dice) =>
    lasting(
      shown('phase-dead', site, dice.between(0.02, 0.3)),
      day,
      dice.whole(1, 8) / 24,
      dice.whole(0, 23),
    ),
};

const shown = (what: FaultName, site: Site, size: number) =>
  ({ what, site, on: [], change: { as: 'shown', size } }) as const;

export function leak(site: Site, day: number, dice: FleetDice): YearFault {
  const branch = has(site, 'house')
    ? dice.pick(['house', 'canteen', 'grounds'] as const)
    : 'grounds';
  const [least, most, days] = dice.pick([
    [0.01, 0.015, [12, 25]],
    [0.01, 0.015, [12, 25]],
    [0.025, 0.05, [8, 20]],
    [0.08, 0.2, [6, 15]],
    [1, 3, [0.3, 1.5]],
  ] as const);
  const m3 = dayM3(site) * dice.between(least, most);
  const what = least === 1 ? 'burst' : 'leak';
  const change = { as: 'add', size: m3 / 24 } as const;
  const span = dice.between(days[0], days[1]);
  return lasting({ what, site, on: [branch], change }, day, span, dice.whole(0, 23));
}

export const more =
  (what: 'gas-up' | 'heat-up', branch: BranchName): Draw =>
  (site, day, dice) => {
    if (
      what === 'heat-up' &&
      !(dayAt(day).heating && dayAt(Math.min(day + 14, yearDays - 1)).heating)
    )
      return undefined;
    if (what === 'gas-up' && !siteDay(site, day).open) return undefined;
    const change = { as: 'times', size: dice.between(1.6, 2.2) } as const;
    return lasting({ what, site, on: [branch], change }, day, dice.whole(7, 14));
  };

export function roomFault(site: Site, day: number, dice: FleetDice): YearFault | undefined {
  const { date } = dayAt(day);
  if (!isWorked(dayAt(day))) return undefined;
  const isSummer = date >= '2026-06-20' && date <= '2026-08-31';
  const isWinter = date >= '2026-12-01' || date <= '2026-02-20';
  const span = dice.whole(1, 6);
  if (isSummer) return lasting(shown('room-cold', site, dice.between(22.5, 24)), day, span);
  return isWinter ? lasting(shown('room-hot', site, dice.between(22.5, 25)), day, span) : undefined;
}
