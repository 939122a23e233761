import { nearMs } from '../fleet/fuel-checks.ts';
import { monthOfVehicle, type VehicleMonth } from '../fleet/ledger.ts';
import type { Span } from '../fleet/utilisation.ts';
import type { Institution, Place, Vehicle } from '../model/entities.ts';
import { AppError } from '../model/errors.ts';
import type { KeptExpense } from '../model/expense.ts';
import type { Fix } from '../model/observation.ts';
import { officeHoursDefault } from '../model/office-hours.ts';
import { dayMs, minuteMs, startOfDay } from '../model/time.ts';
import type { Directory } from '../registry/registry.ts';
import type { Services } from './services.ts';

/** What is known of vehicles in a month, from the trips, the telemetry and what was paid. */

export interface Month extends Span {
  /** YYYY-MM. */
  readonly month: string;
  readonly complete: boolean;
}

export interface VehicleAndOwner {
  readonly vehicle: Vehicle;
  readonly institution: Institution;
}

type Sources = Pick<Services, 'registry' | 'trips' | 'telemetry' | 'expenses'>;

/** @throws AppError `INPUT_INVALID` for a month that is to come */
export function monthAt(month: string, zone: string, now: number): Month {
  const [year = 0, number = 0] = month.split('-').map(Number);
  const next = new Date(Date.UTC(year, number, 1)).toISOString().slice(0, 10);
  const from = startOfDay(`${month}-01`, zone);
  const to = startOfDay(next, zone);
  if (from > now) throw new AppError('INPUT_INVALID', `month: ${month} is to come`);
  return { month, from, to: Math.min(to, now), complete: to <= now };
}

/** Fuel slops about for less. */
const gaugesEveryMs = 5 * minuteMs;
/** By what it said last before the month the first kilometres are measured. */
const lookBackMs = 3 * dayMs;
const gaugesMost = 20_000;
const tripsMost = 10_000;
const fixesMost = 20_000;

async function fixesByExpense(
  { telemetry }: Sources,
  vehicle: string,
  expenses: readonly KeptExpense[],
): Promise<ReadonlyMap<string, readonly Fix[]>> {
  const byId = new Map<string, readonly Fix[]>();
  for (const { id, kind, at, dayOnly } of expenses) {
    if (kind !== 'fuel' || dayOnly) continue;
    const range = { from: at - nearMs, to: at + nearMs, limit: fixesMost };
    byId.set(id, await telemetry.track(vehicle, range));
  }
  return byId;
}

const workdays: ReadonlySet<string> = new Set(['workday', 'transfer-workday']);

function isWorkday(directory: Directory, date: string): boolean | undefined {
  const day = directory.day(date);
  return day && workdays.has(day.kind);
}

/** Designated stations of the institution, those above it and those below it. */
const stationsOf = (directory: Directory, institution: Institution): readonly Place[] => {
  const own = directory.within(institution.id);
  return directory
    .all('places')
    .filter(
      (place) =>
        place.kind === 'fuel' &&
        (own.has(place.institution) || directory.within(place.institution).has(institution.id)),
    );
};

export async function readVehicleMonth(
  sources: Sources,
  { vehicle, institution }: VehicleAndOwner,
  { from, to }: Month,
): Promise<VehicleMonth> {
  const { registry, trips, telemetry, expenses } = sources;
  const { id } = vehicle;
  const directory = registry.directory();
  const [driven, gauges] = await Promise.all([
    trips.list({ vehicle: id, from, to, limit: tripsMost }),
    telemetry.gauges(id, { from: from - lookBackMs, to, limit: gaugesMost }, gaugesEveryMs),
  ]);
  const paid = expenses.list(id, from, to);
  const fixes = await fixesByExpense(sources, id, paid);
  return monthOfVehicle({
    vehicle,
    period: { from, to },
    trips: driven.items,
    gauges,
    expenses: paid,
    working: {
      zone: institution.timeZone,
      officeHours: institution.officeHours ?? officeHoursDefault,
      isWorkday: (date) => isWorkday(directory, date),
    },
    stations: stationsOf(directory, institution),
    fixesOf: (expense) => fixes.get(expense.id) ?? [],
  });
}
