import type { Text } from '../../model/alert.ts';

/** Units of cells: what is shown, and what it is counted in. */

/** What amounts are counted in; two cells are only added where it is the same. */
export type BaseUnit =
  | 'person'
  | 'vehicle'
  | 'm2'
  | 'kWh'
  | 'm3'
  | 'kg'
  | 'L'
  | 'GJ'
  | 'kgce'
  | 'kgco2'
  | 'yuan'
  | 'ratio';

export interface Unit {
  readonly base: BaseUnit;
  /** So many of the base are one of it. */
  readonly size: number;
  readonly name: Text;
}

const unit = (base: BaseUnit, size: number, zh: string, en = zh): Unit => ({
  base,
  size,
  name: { zh, en },
});

export const units = {
  person: unit('person', 1, '人', 'persons'),
  vehicle: unit('vehicle', 1, '辆', 'vehicles'),
  m2: unit('m2', 1, 'm²'),
  '10k-kWh': unit('kWh', 10_000, '万kWh', '10,000 kWh'),
  m3: unit('m3', 1, 'm³'),
  t: unit('kg', 1_000, 't'),
  L: unit('L', 1, 'L'),
  GJ: unit('GJ', 1, 'GJ'),
  tce: unit('kgce', 1_000, 'tce'),
  tCO2: unit('kgco2', 1_000, 'tCO₂'),
  yuan: unit('yuan', 1, '元', 'CNY'),
  'kgce-per-person': unit('ratio', 1, 'kgce/人', 'kgce/person'),
  'kgce-per-m2': unit('ratio', 1, 'kgce/m²'),
  'm3-per-person': unit('ratio', 1, 'm³/人', 'm³/person'),
  'kgCO2-per-m2': unit('ratio', 1, 'kgCO₂/m²'),
  'kWh-per-m2': unit('ratio', 1, 'kWh/m²'),
} as const satisfies Readonly<Record<string, Unit>>;

export type UnitName = keyof typeof units;
export const unitNames = Object.keys(units) as [UnitName, ...UnitName[]];
