import type { Place, Vehicle } from '../model/entities.ts';
import type { ExpenseKind, KeptExpense } from '../model/expense.ts';
import type { Fix } from '../model/observation.ts';
import { hourMs, minuteMs } from '../model/time.ts';
import type { KeptTrip } from '../model/trip.ts';
import {
  type FigureName,
  figureInfo,
  figureNames,
  type MonthFinding,
} from '../model/vehicle-ledger.ts';
import { checkFuel, type FuelCheck } from './fuel-checks.ts';
import { type Course, courseOf, type Gauges, type Level, odometerKmOf } from './gauges.ts';
import { ratioOf, rounded, type Said, type Saying } from './ledger-figures.ts';
import { type Span, utilisationOf, type Working } from './utilisation.ts';

/** What a vehicle did, used and cost in a month (单车核算). */

export interface LedgerFacts {
  readonly vehicle: Pick<Vehicle, 'fuel' | 'tankL'>;
  /** The month, no longer than until now. */
  readonly period: Span;
  /** Those that began in it, ascending. */
  readonly trips: readonly KeptTrip[];
  /** Those of the month, and of some time before, by which the first is measured; ascending. */
  readonly gauges: readonly Gauges[];
  /** Of the month, ascending. */
  readonly expenses: readonly KeptExpense[];
  readonly working: Working;
  readonly stations: readonly Place[];
  fixesOf(expense: KeptExpense): readonly Fix[];
}

export interface VehicleMonth {
  readonly figures: Saying;
  readonly findings: readonly MonthFinding[];
  readonly expenses: readonly (KeptExpense & { readonly check: FuelCheck | null })[];
  /** As the tank rose. Unix ms UTC, litres. */
  readonly refuellings: readonly (Span & { readonly litres: number })[];
}

/** What moves by less is slopping: at least so much, and so much of the tank. */
const leastL = 5;
const leastShare = 0.1;
const leastPct = 4;
/** A level so near to a trip says what was in the tank. */
const nearTripMs = 20 * minuteMs;
const missingMost = 0.1;

const total = (values: readonly number[]): number => values.reduce((sum, each) => sum + each, 0);

/** The gauges that say something, and of those before the period the last one. */
function saying<K extends keyof Gauges>(gauges: readonly Gauges[], key: K, from: number) {
  const all = gauges.filter((each) => each[key] !== null);
  const first = all.findLastIndex(({ at }) => at < from);
  return all.slice(Math.max(0, first));
}

const levelsOf = (gauges: readonly Gauges[], key: 'fuelL' | 'socPct', from: number): Level[] =>
  saying(gauges, key, from).flatMap(({ at, [key]: level }) =>
    level === null ? [] : [{ at, level }],
  );

interface Known extends LedgerFacts {
  readonly isHeard: boolean;
  readonly levels: readonly Level[];
  readonly tank: Course | undefined;
}

const kmOf = (trips: readonly KeptTrip[]): number =>
  total(trips.map(({ distanceKm }) => distanceKm));

/** Whether too much of the way was driven on trips of which nothing is known. */
const isTooMuch = (blind: readonly KeptTrip[], trips: readonly KeptTrip[]): boolean =>
  kmOf(blind) > missingMost * kmOf(trips);

function isMissingLevels(trips: readonly KeptTrip[], levels: readonly Level[]): boolean {
  const isBlind = ({ startedAt, now }: KeptTrip) =>
    !levels.some(({ at }) => at >= startedAt - nearTripMs && at <= now.at + nearTripMs);
  return isTooMuch(trips.filter(isBlind), trips);
}

/** An odometer goes on counting in a gap, but nobody knows what it would have said before its first word and after its last. */
function odometerOf({ gauges, period, trips }: Known): Said {
  const told = saying(gauges, 'odometerKm', period.from);
  const [first, last] = [told[0], told.at(-1)];
  const km = odometerKmOf(told);
  if (km === null || !first || !last) return 'no-odometer';
  const isBlind = ({ startedAt, now }: KeptTrip) => now.at < first.at || startedAt > last.at;
  return isTooMuch(trips.filter(isBlind), trips) ? 'odometer-gaps' : km;
}

type Part = Partial<Record<FigureName, Said>>;

function driven(known: Known): Part {
  const { trips, isHeard } = known;
  const unheard = isHeard || trips.length > 0 ? undefined : 'not-heard';
  const said = (value: Said): Said => unheard ?? value;
  const trackKm = said(kmOf(trips));
  const odometerKm = said(odometerOf(known));
  const idling = trips.map(({ idlingS }) => idlingS);
  const idlingS = idling.filter((each) => each !== null);
  return {
    trips: said(trips.length),
    trackKm,
    odometerKm,
    km: typeof odometerKm === 'number' ? odometerKm : trackKm,
    drivingHours: said((total(trips.map(({ movingS }) => movingS)) * 1000) / hourMs),
    idlingHours: said(
      idlingS.length < idling.length ? 'no-ignition' : (total(idlingS) * 1000) / hourMs,
    ),
  };
}

function fuelled({ vehicle, trips, levels, tank, isHeard }: Known): Part {
  const whole = (value: (course: Course) => number): Said => {
    if (vehicle.fuel === 'electric') return 'no-tank';
    if (!isHeard) return 'not-heard';
    if (!tank) return 'no-fuel-level';
    return isMissingLevels(trips, levels) ? 'fuel-level-gaps' : value(tank);
  };
  return { fuelUsedL: whole(({ used }) => used), refuelledL: whole(({ given }) => given) };
}

function charged({ vehicle, gauges, period, isHeard }: Known): Part {
  const isCharged = vehicle.fuel === 'electric' || vehicle.fuel === 'hybrid';
  if (!isCharged) return { socUsedPct: 'no-battery', socChargedPct: 'no-battery' };
  const course = courseOf(levelsOf(gauges, 'socPct', period.from), leastPct);
  const unknown = isHeard ? 'no-charge-level' : 'not-heard';
  return { socUsedPct: course?.used ?? unknown, socChargedPct: course?.given ?? unknown };
}

function summed(
  expenses: readonly KeptExpense[],
  value: (expense: KeptExpense) => number | null,
): Said {
  if (expenses.length === 0) return 'no-entries';
  const values = expenses.map(value).filter((each) => each !== null);
  return values.length < expenses.length ? 'not-told' : total(values);
}

function paid({ expenses }: Known): Part {
  const of = (kind: ExpenseKind) => expenses.filter((each) => each.kind === kind);
  const yuan = (kind: ExpenseKind) => summed(of(kind), (each) => each.yuan);
  return {
    cardLitres: summed(of('fuel'), ({ litres }) => litres),
    chargedKwh: summed(of('charging'), ({ kwh }) => kwh),
    fuelYuan: yuan('fuel'),
    chargingYuan: yuan('charging'),
    maintenanceYuan: yuan('maintenance'),
    insuranceYuan: yuan('insurance'),
    tollYuan: yuan('toll'),
    otherYuan: yuan('other'),
    totalYuan: summed(expenses, (each) => each.yuan),
  };
}

function used({ period, trips, working, isHeard }: Known): Part {
  const spans = trips.map(({ startedAt, endedAt, now }) => ({
    from: startedAt,
    to: endedAt ?? now.at,
  }));
  const utilisation = utilisationOf(period, spans, working);
  const isKnown = isHeard || trips.length > 0;
  const said = (value: number | null): Said => (isKnown ? (value ?? 'no-calendar') : 'not-heard');
  return {
    daysUsed: said(utilisation.daysUsed),
    workdays: utilisation.workdays ?? 'no-calendar',
    workdaysUsed: said(utilisation.workdaysUsed),
    officeHours: utilisation.officeHours ?? 'no-calendar',
    officeHoursUsed: said(utilisation.officeHoursUsed),
  };
}

function figuresOf(known: Known): Saying {
  const parts: Part = {
    ...driven(known),
    ...fuelled(known),
    ...charged(known),
    ...paid(known),
    ...used(known),
  };
  const plain = (name: FigureName): Said => {
    const said = parts[name] ?? 'not-told';
    return typeof said === 'string' ? said : rounded(said, figureInfo(name).digits);
  };
  const said = figureNames.map((name) => [name, ratioOf(name, plain)] as const);
  return Object.fromEntries(said) as Saying;
}

function findingsOf(
  { cardLitres, fuelUsedL, km }: Saying,
  { tankL }: Known['vehicle'],
): MonthFinding[] {
  if (typeof cardLitres === 'string') return [];
  const findings: MonthFinding[] = [];
  if (typeof fuelUsedL === 'number' && tankL !== undefined && cardLitres > fuelUsedL + tankL)
    findings.push('beyond-use');
  if (typeof km === 'number' && km < 1) findings.push('without-mileage');
  return findings;
}

/** Everything that is known of a vehicle's month; what is not says why. */
export function monthOfVehicle(facts: LedgerFacts): VehicleMonth {
  const { vehicle, period, gauges, expenses, stations, fixesOf } = facts;
  const levels = levelsOf(gauges, 'fuelL', period.from);
  const least = Math.max(leastL, leastShare * (vehicle.tankL ?? 0));
  const tank = courseOf(levels, least);
  const isHeard = gauges.some(({ at }) => at >= period.from);
  const figures = figuresOf({ ...facts, isHeard, levels, tank });
  const rises = tank?.rises ?? [];
  const all = expenses.filter(({ kind }) => kind === 'fuel');
  const fuel = { vehicle, levels, rises, leastL: least, stations, all };
  const checked = (expense: KeptExpense) =>
    checkFuel(expense, { ...fuel, fixesOf: () => fixesOf(expense) });
  return {
    figures,
    findings: findingsOf(figures, vehicle),
    expenses: expenses.map((expense) => ({
      ...expense,
      check: expense.kind === 'fuel' ? checked(expense) : null,
    })),
    refuellings: rises.map(({ from, to, low, high }) => ({
      from,
      to,
      litres: rounded(high - low, 1),
    })),
  };
}
