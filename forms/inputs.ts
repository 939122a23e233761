import type { FormFuel, MonthInputs } from '../energy/form/cell.ts';
import type { ExpenseBook } from '../expenses/expenses.ts';
import { householdOf, type Month, monthsOf, usesOf } from '../metering/institution-use.ts';
import type { MeterUseSources } from '../metering/meter-use.ts';
import type { Institution, Vehicle } from '../model/entities.ts';
import { type Entered, formPeriod } from '../model/form.ts';
import type { Directory } from '../registry/registry.ts';

/** What a month's form is made of: what meters counted, what was paid for fuel, heads and area, and what was entered. */

export interface InputSources {
  readonly directory: Directory;
  readonly readings: MeterUseSources['readings'];
  readonly months: NonNullable<MeterUseSources['months']>;
  readonly expenses: Pick<ExpenseBook, 'list'>;
  /** Our clock, Unix ms UTC. */
  readonly now: number;
}

type Fuel = FormFuel['fuel'];

/** Petrol and diesel by the words of suppliers: `95#汽油`, `0号柴油`. */
const dieselWords = /柴油|diesel|(^|[^\d])-?(0|10|20|35)\s*[#号]/i;
const gasolineWords = /汽油|gasoline|petrol|(89|92|95|98)\s*[#号]?/i;

/** What a vehicle burns; undefined where that is neither. */
const fuelOfVehicle = ({ fuel }: Vehicle): Fuel | undefined => {
  if (fuel === 'diesel') return 'diesel';
  return fuel === 'gasoline' || fuel === 'hybrid' ? 'gasoline' : undefined;
};

/** What was bought, as the entry names it, else what the vehicle burns. */
export function fuelBought(product: string | null, vehicle: Vehicle): Fuel | undefined {
  if (product !== null && gasolineWords.test(product)) return 'gasoline';
  if (product !== null && dieselWords.test(product)) return 'diesel';
  return fuelOfVehicle(vehicle);
}

/** Those that belonged to the institution at an instant. */
function vehiclesOf(directory: Directory, institution: string, at: number): readonly Vehicle[] {
  return directory.devices().flatMap((device) => {
    if (device.type !== 'vehicle') return [];
    const then = directory.device(device.vehicle.id, at);
    return then?.type === 'vehicle' && then.institution.id === institution ? [then.vehicle] : [];
  });
}

function fuelOf(
  vehicle: Vehicle,
  { from, to }: Month,
  expenses: InputSources['expenses'],
): readonly FormFuel[] {
  const bought = expenses
    .list(vehicle.id, from, to)
    .filter(({ kind }) => kind === 'fuel')
    .flatMap((entry) => {
      const fuel = fuelBought(entry.product, vehicle);
      return fuel ? { fuel, litres: entry.litres ?? 0, yuan: entry.yuan } : [];
    });
  return [...Map.groupBy(bought, ({ fuel }) => fuel)].map(([fuel, same]) => ({
    vehicle: vehicle.id,
    plate: vehicle.plate,
    fuel,
    litres: same.reduce((sum, { litres }) => sum + litres, 0),
    yuan: same.reduce((sum, { yuan }) => sum + yuan, 0),
    entries: same.length,
  }));
}

const isNewEnergy = ({ fuel }: Vehicle): boolean => fuel === 'electric' || fuel === 'hybrid';

/**
 * A month as it is known now.
 * @param month YYYY-MM
 */
export async function readMonth(
  present: Institution,
  month: string,
  entered: Readonly<Record<string, Entered>>,
  sources: InputSources,
): Promise<MonthInputs> {
  const { directory, readings, months, expenses, now } = sources;
  const period = formPeriod(month);
  if (!period) throw new Error(`not a month: ${month}`);
  const zone = present.timeZone;
  const [span] = monthsOf(period.year, period.month, zone);
  if (!span) throw new Error(`not a month: ${month}`);
  const asOf = span.to <= now ? span.to - 1 : now;
  const household = householdOf(directory, present, asOf);
  const meters = [];
  for (const meter of household.meters) {
    const [use] = await usesOf(meter, [span], zone, { directory, readings, months }, now);
    if (use) meters.push({ id: meter.id, name: meter.name, use });
  }
  const vehicles = vehiclesOf(directory, present.id, asOf);
  const burning = (fuel: Fuel) => vehicles.filter((each) => fuelOfVehicle(each) === fuel).length;
  return {
    month,
    size: { ...household.size, newEnergyVehicles: vehicles.filter(isNewEnergy).length },
    meters,
    fuel: vehicles.flatMap((vehicle) => fuelOf(vehicle, span, expenses)),
    vehicles: { gasoline: burning('gasoline'), diesel: burning('diesel') },
    entered,
  };
}
