import type { Place, Vehicle } from '../model/entities.ts';
import type { Expense } from '../model/expense.ts';
import type { Fix } from '../model/observation.ts';
import { hourMs, minuteMs } from '../model/time.ts';
import type { FuelFinding, UncheckedWhy } from '../model/vehicle-ledger.ts';
import type { Level, Rise } from './gauges.ts';
import { distanceM, type Position } from './geo.ts';
import { judgeFixes } from './hygiene.ts';

/** Whether what a fuel card paid for can have gone into the vehicle. */

export interface FuelCheck {
  readonly findings: readonly FuelFinding[];
  /** Null where that was compared. */
  readonly unchecked: {
    readonly tank: UncheckedWhy | null;
    readonly place: UncheckedWhy | null;
    readonly level: UncheckedWhy | null;
  };
  /** How near it came to the station at that time. */
  readonly distanceKm: number | null;
  /** By how much its tank rose at that time, litres. */
  readonly roseL: number | null;
}

export interface FuelFacts {
  readonly vehicle: Pick<Vehicle, 'fuel' | 'tankL'>;
  /** Of the tank, ascending, and how it rose. */
  readonly levels: readonly Level[];
  readonly rises: readonly Rise[];
  /** What moves by less cannot be told from slopping, litres. */
  readonly leastL: number;
  /** Registered stations. */
  readonly stations: readonly Place[];
  /** Fixes about the time of the entry, as `nearMs` has it; ascending. */
  fixesOf(expense: Expense): readonly Fix[];
  /** Every entry for fuel of that time: several may have filled the tank together. */
  readonly all: readonly Expense[];
}

/** What a position before and after the time of an entry may be away from it. */
export const nearMs = 2 * hourMs;

/** The clock of a till and the one of a terminal differ, and one pays after filling. */
const tillMs = 10 * minuteMs;
const riseMs = hourMs;
const levelMs = 12 * hourMs;
const stationM = 300;
const fastestMs = 120 / 3.6;
const standingMs = 5 / 3.6;
/** Tanks hold a little more than they are said to. */
const overfull = 1.05;
/** A tank gauge says it within so much of the tank. */
const gaugeShare = 0.1;
const differsShare = 0.2;

const fuelWords: readonly (readonly [Vehicle['fuel'], RegExp])[] = [
  ['diesel', /柴油|diesel/i],
  ['gas', /天然气|cng|lng|lpg/i],
  ['gasoline', /汽油|gasoline|petrol|(89|9[02358])\s*(#|号)/i],
];

function isWrongFuel(product: string | null, fuel: Vehicle['fuel']): boolean {
  if (fuel === 'electric') return true;
  const sold = fuelWords.find(([, words]) => words.test(product ?? ''))?.[0];
  const burns = fuel === 'hybrid' ? 'gasoline' : fuel;
  return sold !== undefined && sold !== burns;
}

const plain = (name: string): string => name.normalize('NFKC').toLowerCase().replace(/\s/g, '');

function stationsNamed(name: string, stations: readonly Place[]): readonly Place[] {
  const asked = plain(name);
  return stations.filter((station) => {
    const known = plain(station.name);
    return known !== '' && (asked.includes(known) || known.includes(asked));
  });
}

interface Disc {
  readonly middle: Position;
  readonly radiusM: number;
}

function discOf({ circle, polygon = [] }: Place): Disc {
  if (circle)
    return {
      middle: { lon: circle.center[0], lat: circle.center[1] },
      radiusM: circle.radiusM,
    };
  const count = Math.max(1, polygon.length);
  const lon = polygon.reduce((sum, corner) => sum + corner[0], 0) / count;
  const lat = polygon.reduce((sum, corner) => sum + corner[1], 0) / count;
  const middle = { lon, lat };
  const corners = polygon.map(([x, y]) => distanceM(middle, { lon: x, lat: y }));
  return { middle, radiusM: Math.max(0, ...corners) };
}

const awayM = (from: Position, { middle, radiusM }: Disc): number =>
  Math.max(0, distanceM(from, middle) - radiusM - stationM);

type Step = readonly [Fix, Fix];

/** Steps between fixes that can be built on, about the time of payment; undefined where there are none before or after. */
function stepsAt(fixes: readonly Fix[], at: number): readonly Step[] | undefined {
  const verdicts = judgeFixes(fixes);
  const good = fixes.filter((_, index) => verdicts[index]?.mark === 'good');
  const steps = good
    .slice(1)
    .map((fix, index): Step => [good[index] ?? fix, fix])
    .filter(([from, to]) => to.at >= at - tillMs && from.at <= at + tillMs);
  const [first, last] = [steps[0]?.[0], steps.at(-1)?.[1]];
  const spans = first && last && first.at <= at - tillMs && last.at >= at + tillMs;
  return spans ? steps : undefined;
}

const seconds = ([from, to]: Step): number => Math.max(1, (to.at - from.at) / 1000);

const isAway = (step: Step, disc: Disc): boolean =>
  awayM(step[0], disc) + awayM(step[1], disc) > seconds(step) * fastestMs;

const isDriving = (step: Step): boolean => distanceM(...step) > seconds(step) * standingMs;

type Placed = {
  readonly finding?: FuelFinding;
  readonly unchecked: UncheckedWhy | null;
  readonly distanceKm: number | null;
};

const placeless = (unchecked: UncheckedWhy): Placed => ({ unchecked, distanceKm: null });

function checkPlace(expense: Expense, { stations, fixesOf }: FuelFacts): Placed {
  if (expense.dayOnly) return placeless('no-time');
  const steps = stepsAt(fixesOf(expense), expense.at);
  if (!steps) return placeless('no-positions');
  if (steps.every((step) => isDriving(step) && seconds(step) <= 180))
    return { finding: 'under-way', unchecked: null, distanceKm: null };
  if (expense.station === null) return placeless('no-station');
  const discs = stationsNamed(expense.station, stations).map(discOf);
  if (discs.length === 0) return placeless('station-not-registered');
  const positions = steps.flat();
  const nearestM = Math.min(
    ...discs.flatMap(({ middle }) => positions.map((position) => distanceM(position, middle))),
  );
  const distanceKm = nearestM / 1000;
  if (discs.every((disc) => steps.every((step) => isAway(step, disc))))
    return { finding: 'elsewhere', unchecked: null, distanceKm };
  const wasNear = discs.some((disc) => positions.some((position) => awayM(position, disc) === 0));
  return { unchecked: wasNear ? null : 'too-few-positions', distanceKm };
}

interface Levelled {
  readonly finding?: FuelFinding;
  readonly unchecked: UncheckedWhy | null;
  readonly roseL: number | null;
  /** In the tank before. */
  readonly beforeL: number | null;
}

const unlevelled = (unchecked: UncheckedWhy): Levelled => ({
  unchecked,
  roseL: null,
  beforeL: null,
});

const meets =
  ({ from, to }: Rise) =>
  ({ at, dayOnly }: Expense): boolean =>
    !dayOnly && at >= from - riseMs && at <= to + riseMs;

function checkLevel(expense: Expense, facts: FuelFacts): Levelled {
  const { levels, rises, leastL, all } = facts;
  const { at, dayOnly } = expense;
  const litres = expense.litres ?? 0;
  if (dayOnly) return unlevelled('no-time');
  const before = levels.findLast((level) => level.at <= at && level.at >= at - levelMs);
  const after = levels.find((level) => level.at > at && level.at <= at + levelMs);
  if (!before || !after) return unlevelled('no-level');
  const rise = rises.find((each) => meets(each)(expense));
  if (!rise) {
    const beforeL = before.level;
    return litres < 2 * leastL
      ? { unchecked: 'too-little-to-see', roseL: null, beforeL }
      : { finding: 'level-unmoved', unchecked: null, roseL: 0, beforeL };
  }
  const roseL = rise.high - rise.low;
  const paidL = all.filter(meets(rise)).reduce((sum, each) => sum + (each.litres ?? 0), 0);
  const isLess = paidL - roseL > Math.max(leastL, differsShare * paidL);
  return {
    ...(isLess && { finding: 'level-differs' as const }),
    unchecked: null,
    roseL,
    beforeL: rise.low,
  };
}

function checkTank(
  litres: number,
  tankL: number | undefined,
  beforeL: number | null,
): FuelFinding | undefined {
  if (tankL === undefined) return undefined;
  if (litres > tankL * overfull) return 'beyond-tank';
  const roomL = tankL * (overfull + gaugeShare) - (beforeL ?? 0);
  return litres > roomL ? 'beyond-room' : undefined;
}

/** @param expense of kind `fuel` */
export function checkFuel(expense: Expense, facts: FuelFacts): FuelCheck {
  const { fuel, tankL } = facts.vehicle;
  const place = checkPlace(expense, facts);
  const level = checkLevel(expense, facts);
  const findings = [
    isWrongFuel(expense.product, fuel) ? ('wrong-fuel' as const) : undefined,
    checkTank(expense.litres ?? 0, tankL, level.beforeL),
    place.finding,
    level.finding,
  ].filter((finding) => finding !== undefined);
  return {
    findings,
    unchecked: {
      tank: tankL === undefined ? 'no-tank-size' : null,
      place: place.unchecked,
      level: level.unchecked,
    },
    distanceKm: place.distanceKm,
    roseL: level.roseL,
  };
}
