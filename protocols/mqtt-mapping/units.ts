import type { Unit } from '../../model/metrics.ts';

/** A number × `by` ÷ `over`: dividing by 1000 is exact to the last bit, multiplying by 0.001 is not. */
export interface Factor {
  readonly by: number;
  readonly over: number;
}

/** What devices say in place of a unit of the catalogue. */
const others: readonly (readonly [unit: string, of: Unit, by: number, over: number])[] = [
  ['Wh', 'kWh', 1, 1000],
  ['MWh', 'kWh', 1000, 1],
  ['varh', 'kvarh', 1, 1000],
  ['Mvarh', 'kvarh', 1000, 1],
  ['W', 'kW', 1, 1000],
  ['MW', 'kW', 1000, 1],
  ['var', 'kvar', 1, 1000],
  ['VA', 'kVA', 1, 1000],
  ['mV', 'V', 1, 1000],
  ['kV', 'V', 1000, 1],
  ['mA', 'A', 1, 1000],
  ['kA', 'A', 1000, 1],
  ['%', '1', 1, 100],
  ['m3', 'm³', 1, 1],
  ['L', 'm³', 1, 1000],
  ['m3/h', 'm³/h', 1, 1],
  ['L/h', 'm³/h', 1, 1000],
  ['L/s', 'm³/h', 3.6, 1],
  ['MJ', 'GJ', 1, 1000],
  ['kJ', 'GJ', 1, 1_000_000],
  ['kWh', 'GJ', 3.6, 1000],
  ['MWh', 'GJ', 3.6, 1],
  ['C', '°C', 1, 1],
  ['℃', '°C', 1, 1],
];

/** From a device's unit to one of the catalogue; undefined where there is no way. */
export function factorOf(unit: string, wanted: Unit): Factor | undefined {
  if (unit === wanted) return { by: 1, over: 1 };
  const found = others.find(([name, of]) => name === unit && of === wanted);
  return found && { by: found[2], over: found[3] };
}

/** What may stand in place of a unit of the catalogue, itself included. */
export const unitsFor = (wanted: Unit): readonly string[] => [
  wanted,
  ...others.filter(([, of]) => of === wanted).map(([name]) => name),
];

/** The factor with a scale such as 0.01, which is taken as a division by 100. */
export function scaled({ by, over }: Factor, scale: number): Factor {
  const inverse = Math.round(1 / scale);
  const isFraction = Math.abs(inverse) > 1 && Math.abs(inverse * scale - 1) < 1e-12;
  return isFraction ? { by, over: over * inverse } : { by: by * scale, over };
}
