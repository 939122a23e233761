import type { Meter } from '../model/entities.ts';
import { type Metric, metrics, type Unit } from '../model/metrics.ts';

/** What the ratios of instrument transformers apply to: voltage PT, current CT, power and energy both, the rest none. */
const ratioBy: Partial<Record<Unit, (meter: Meter) => number>> = {
  V: (meter) => meter.ptRatio,
  A: (meter) => meter.ctRatio,
  kW: (meter) => meter.ctRatio * meter.ptRatio,
  kvar: (meter) => meter.ctRatio * meter.ptRatio,
  kVA: (meter) => meter.ctRatio * meter.ptRatio,
  kWh: (meter) => meter.ctRatio * meter.ptRatio,
  kvarh: (meter) => meter.ctRatio * meter.ptRatio,
};

/** What a value of the secondary side is multiplied by. */
export const ratioOf = (metric: Metric, meter: Meter): number =>
  ratioBy[metrics[metric].unit]?.(meter) ?? 1;
