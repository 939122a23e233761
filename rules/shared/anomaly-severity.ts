import type { Meter, Severity } from '../../model/entities.ts';
import { counterOf, metrics } from '../../model/metrics.ts';
import type { AnomalyParams } from './anomaly-params.ts';

/** By what was wasted, in its unit or in yuan, whichever weighs more. */
export function severityOf(
  { wasted, wastedYuan }: { readonly wasted: number; readonly wastedYuan: number | null },
  { medium }: Meter,
  params: AnomalyParams,
): Severity {
  const metric = counterOf[medium];
  const limits: Record<string, readonly [warning: number, critical: number]> = {
    kWh: [params.warningKwh, params.criticalKwh],
    'm³': [params.warningM3, params.criticalM3],
    GJ: [params.warningGj, params.criticalGj],
  };
  const unit = metric === null ? '' : metrics[metric].unit;
  const [warning, critical] = limits[unit] ?? [0, Number.POSITIVE_INFINITY];
  const yuan = wastedYuan ?? 0;
  if (wasted >= critical || yuan >= params.criticalYuan) return 'critical';
  return wasted >= warning || yuan >= params.warningYuan ? 'warning' : 'info';
}
