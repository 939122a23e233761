import type { Meter } from '../model/entities.ts';
import { type Metric, metrics, type Unit } from '../model/metrics.ts';

/** Ratios of the instrument transformers before a meter. */
export type Ratios = Pick<Meter, 'ctRatio' | 'ptRatio'>;

/** What they apply to: voltage PT, current CT, power and energy both, the rest none. */
const ratioBy: Partial<Record<Unit, (ratios: Ratios) => number>> = {
  V: ({ ptRatio }) => ptRatio,
  A: ({ ctRatio }) => ctRatio,
  kW: ({ ctRatio, ptRatio }) => ctRatio * ptRatio,
  kvar: ({ ctRatio, ptRatio }) => ctRatio * ptRatio,
  kVA: ({ ctRatio, ptRatio }) => ctRatio * ptRatio,
  kWh: ({ ctRatio, ptRatio }) => ctRatio * ptRatio,
  kvarh: ({ ctRatio, ptRatio }) => ctRatio * ptRatio,
};

/** What a value of the secondary side is multiplied by. */
export const ratioOf = (metric: Metric, ratios: Ratios): number =>
  ratioBy[metrics[metric].unit]?.(ratios) ?? 1;
