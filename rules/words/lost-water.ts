import type { Text } from '../../model/alert.ts';
import type { Severity } from '../../model/entities.ts';
import { amount } from './units.ts';

export interface LostWater {
  readonly lostM3: number;
  /** Null where there is no price. */
  readonly yuan: number | null;
}

export interface LostWaterLimits {
  readonly warningM3: number;
  readonly criticalM3: number;
  readonly warningYuan: number;
  readonly criticalYuan: number;
}

/** By what was lost, in volume or in money, whichever weighs more. */
export function severityOfLost({ lostM3, yuan }: LostWater, limits: LostWaterLimits): Severity {
  if (lostM3 >= limits.criticalM3 || (yuan ?? 0) >= limits.criticalYuan) return 'critical';
  return lostM3 >= limits.warningM3 || (yuan ?? 0) >= limits.warningYuan ? 'warning' : 'info';
}

/** To be put behind an amount of water. */
export const costText = ({ yuan }: Pick<LostWater, 'yuan'>): Text =>
  yuan === null
    ? { zh: '', en: '' }
    : { zh: `，约 ${amount(yuan)} 元`, en: `, about ${amount(yuan)} yuan` };

/** Five digits that count, and yuan to the fen. */
export const rounded = (value: number): number => Number(value.toPrecision(5));
export const toLost = ({ lostM3, yuan }: LostWater) => ({
  lostM3: rounded(lostM3),
  yuan: yuan === null ? null : Number(yuan.toFixed(2)),
});
