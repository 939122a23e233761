import { loadFactorSets } from '../../energy/factor-set.ts';
import { createFactorBook } from '../../energy/factors.ts';
import { baseOfMonth } from '../../energy/form/base.ts';
import type { FormMethod, MonthInputs } from '../../energy/form/cell.ts';
import { loadForm } from '../../energy/form/definition.ts';
import { type Form, formOf } from '../../energy/form/form.ts';
import type { MeterUse } from '../../energy/indicators.ts';
import { dayMs } from '../../model/time.ts';

export const definition = loadForm();
export const book = createFactorBook(loadFactorSets());

export const methodOf = <C extends 'calorific' | 'equivalent'>(calibre: C): FormMethod<C> => ({
  calibre,
  grid: 'national',
  water: 'excluded',
  kgPerL: { gasoline: 0.73, diesel: 0.84, kerosene: 0.8 },
});

export const use = (
  medium: MeterUse['medium'],
  value: number | null,
  over: Partial<MeterUse> = {},
): MeterUse => ({
  medium,
  date: '2026-10-01',
  lengthMs: 31 * dayMs,
  value,
  quality: 'measured',
  coverage: 1,
  ...over,
});

export const entered = (value: number, note: string | null = null) => ({
  value,
  note,
  by: 'li',
  at: 0,
});

export const standard = { volumeCondition: 'standard' } as const;

/** A unit with every medium, in October 2026. */
export const october: MonthInputs = {
  month: '2026-10',
  size: { energyUsers: 100, floorAreaM2: 2_000, newEnergyVehicles: 1 },
  meters: [
    { id: 'e1', name: '1 号楼总表', use: use('electricity', 30_000) },
    { id: 'e2', name: '2 号楼总表', use: use('electricity', 12_286) },
    { id: 'w1', name: '水表', use: use('water', 650) },
    { id: 'g1', name: '食堂燃气', use: use('gas', 1_200, { gas: standard }) },
    { id: 'h1', name: '热量表', use: use('heat', 300) },
  ],
  fuel: [
    { vehicle: 'v1', plate: '鲁P1', fuel: 'gasoline', litres: 250, yuan: 2_000, entries: 5 },
    { vehicle: 'v2', plate: '鲁P2', fuel: 'gasoline', litres: 150, yuan: 1_200, entries: 3 },
    { vehicle: 'v3', plate: '鲁P3', fuel: 'diesel', litres: 100, yuan: 750, entries: 1 },
  ],
  vehicles: { gasoline: 2, diesel: 1 },
  entered: {
    'water-well': entered(50),
    coal: entered(2),
    lpg: entered(0.15),
    'gasoline-other': entered(20),
    'diesel-other': entered(50),
    kerosene: entered(10),
    'other-energy': entered(0.5),
  },
};

export function monthOf<C extends 'calorific' | 'equivalent'>(
  calibre: C,
  inputs = october,
): Form<C> {
  const context = { method: methodOf(calibre), book };
  const base = baseOfMonth(definition, inputs, context);
  return formOf(
    definition,
    { edition: 'month', date: `${inputs.month}-01`, base, entered: {} },
    context,
  );
}

export const cell = (form: Form, code: string) => {
  const found = form.cells.find((each) => each.code === code);
  if (!found) throw new Error(`no cell ${code}`);
  return found;
};
export const value = (form: Form, code: string) => cell(form, code).value;
