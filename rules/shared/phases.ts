import type { Sample } from '../../model/observation.ts';

export const phases = ['a', 'b', 'c'] as const;
export type Phase = (typeof phases)[number];

const metricsOf = {
  voltage: ['voltage_a_v', 'voltage_b_v', 'voltage_c_v'],
  current: ['current_a_a', 'current_b_a', 'current_c_a'],
} as const;

/** Of phases A, B and C, in V or A, whichever way it flows; null where a reading says nothing of one. */
export const phaseValues = (
  values: Sample['values'],
  what: keyof typeof metricsOf,
): readonly (number | null)[] => {
  const [a, b, c] = metricsOf[what];
  return [sizeOf(values[a]), sizeOf(values[b]), sizeOf(values[c])];
};

const sizeOf = (value: number | undefined): number | null =>
  value === undefined ? null : Math.abs(value);

/** What stands between phase and neutral or between phases, in V, before the ratio of voltage transformers; and medium voltages behind them. */
export const lowVolts = [57.735, 100, 220, 380, 660];
const mediumVolts = [3464, 5774, 6000, 10_000, 20_207, 35_000];

/** By ratio of voltage transformers: there are few, and every reading asks. */
const nominalsOf = new Map<number, readonly number[]>();

/** Every standard voltage a meter behind voltage transformers may show, or be converted to, in V, ascending. */
export function nominalVoltages(ptRatio: number): readonly number[] {
  const before = nominalsOf.get(ptRatio);
  if (before) return before;
  const behind = ptRatio === 1 ? [] : lowVolts.map((each) => each * ptRatio);
  const nominals = [...lowVolts, ...behind, ...mediumVolts].sort((a, b) => a - b);
  nominalsOf.set(ptRatio, nominals);
  return nominals;
}

/** The standard voltage nearest to a reading by ratio. */
export function nearestNominal(volts: number, ptRatio: number): number {
  let best = 0;
  for (const each of nominalVoltages(ptRatio)) {
    if (each >= volts) return best === 0 || each / volts < volts / best ? each : best;
    best = each;
  }
  return best;
}
