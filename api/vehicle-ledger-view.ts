import type { VehicleMonth } from '../fleet/ledger.ts';
import type { Saying } from '../fleet/ledger-figures.ts';
import { sumsOf } from '../fleet/ledger-sums.ts';
import { isoInZone } from '../model/time.ts';
import { type FigureName, figureNames, type Why } from '../model/vehicle-ledger.ts';
import type { FleetLedgerView, VehicleLedgerView } from './vehicle-ledger-shape.ts';
import type { Month, VehicleAndOwner } from './vehicle-months.ts';

/** The vehicle ledger as the outside sees it. */

const spanIn = ({ month, from, to, complete }: Month, zone: string) => ({
  month,
  from: isoInZone(from, zone),
  to: isoInZone(to, zone),
  complete,
});

function toFigures(saying: Saying) {
  const figures = {} as Record<FigureName, number | null>;
  const unknown: Partial<Record<FigureName, Why>> = {};
  for (const name of figureNames) {
    const said = saying[name];
    figures[name] = typeof said === 'number' ? said : null;
    if (typeof said === 'string') unknown[name] = said;
  }
  return { figures, unknown };
}

const aboutVehicle = ({ vehicle, institution }: VehicleAndOwner, told: VehicleMonth) => ({
  vehicle: vehicle.id,
  plate: vehicle.plate,
  institution: institution.id,
  class: vehicle.class,
  fuel: vehicle.fuel,
  model: vehicle.model ?? null,
  tankL: vehicle.tankL ?? null,
  ...toFigures(told.figures),
  findings: told.findings,
});

export function toVehicleLedger(
  owned: VehicleAndOwner,
  month: Month,
  told: VehicleMonth,
): VehicleLedgerView {
  const zone = owned.institution.timeZone;
  const iso = (at: number) => isoInZone(at, zone);
  return {
    ...spanIn(month, zone),
    ...aboutVehicle(owned, told),
    refuellings: told.refuellings.map(({ from, to, litres }) => ({
      from: iso(from),
      to: iso(to),
      litres,
    })),
    expenses: told.expenses.map(({ vehicle: _, at, ...expense }) => ({ ...expense, at: iso(at) })),
  };
}

export interface LedgerLine {
  readonly owned: VehicleAndOwner;
  readonly told: VehicleMonth;
}

const groupOf = (lines: readonly LedgerLine[]) => ({
  vehicles: lines.length,
  figures: sumsOf(lines.map(({ told }) => told.figures)),
});

export function toFleetLedger(
  institution: { readonly id: string; readonly timeZone: string },
  month: Month,
  lines: readonly LedgerLine[],
): FleetLedgerView {
  const byClass = Map.groupBy(lines, ({ owned }) => owned.vehicle.class);
  return {
    institution: institution.id,
    ...spanIn(month, institution.timeZone),
    vehicles: lines.map(({ owned, told }) => ({
      ...aboutVehicle(owned, told),
      fuelFindings: told.expenses.filter(({ check }) => check && check.findings.length > 0).length,
    })),
    classes: [...byClass]
      .map(([name, some]) => ({ class: name, ...groupOf(some) }))
      .sort((a, b) => a.class.localeCompare(b.class)),
    total: groupOf(lines),
  };
}
