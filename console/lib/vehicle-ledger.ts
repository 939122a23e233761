import type { FleetLedgerView } from '../../api/contract.ts';
import type { FigureName } from '../../model/vehicle-ledger.ts';
import { urlOf } from './api.ts';
import { shiftMonth } from './calendar.ts';

/** The vehicle ledger, month by month. */

export type LedgerVehicle = FleetLedgerView['vehicles'][number];

/** Those a row of the table has room for. */
export const columns = [
  'trips',
  'km',
  'drivingHours',
  'litresPer100Km',
  'totalYuan',
  'yuanPerKm',
  'workdayShare',
] as const satisfies readonly FigureName[];

const monthsShown = 14;

/** Months to choose from, `YYYY-MM`, the latest first; and the one in the address, else the latest. */
export function monthAsked(query: URLSearchParams, today: string) {
  const latest = today.slice(0, 7);
  const months = Array.from({ length: monthsShown }, (_, n) => shiftMonth(latest, -n));
  return { months, month: months.find((month) => month === query.get('month')) ?? latest };
}

/** Those of which something is told first, then by how far they went. */
export const byConcern = (vehicles: readonly LedgerVehicle[]): LedgerVehicle[] => {
  const told = ({ findings, fuelFindings }: LedgerVehicle) => findings.length + fuelFindings;
  return vehicles.toSorted(
    (a, b) => told(b) - told(a) || (b.figures.km ?? -1) - (a.figures.km ?? -1),
  );
};

/** Address of the same as a file. */
export const sheetUrl = (path: string, month: string, format: 'xlsx' | 'csv'): string =>
  urlOf(path, { month, format });
