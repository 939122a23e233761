import type { Text } from '../../model/alert.ts';
import type { Calibre } from '../factor-set.ts';
import { partsOf, sumOf } from './amount.ts';
import { shiftMonth } from './figure.ts';
import type { Past } from './goal.ts';
import type { Quota } from './quota-table.ts';
import { monthWords } from './words.ts';

/** Where an institution stands in its quotas, by the twelve months that are over. */

/** `above` is above the constraint, or above the benchmark of a table that has no constraint. */
export type QuotaPosition = 'leading' | 'benchmark' | 'constraint' | 'above' | 'unknown';

export interface QuotaStanding {
  readonly quota: Quota;
  /** By which it was reckoned, the table's own; null where standard coal is not in it. */
  readonly calibre: Calibre | null;
  /** First and last month, YYYY-MM. */
  readonly from: string;
  readonly to: string;
  readonly value: number | null;
  readonly known: number;
  readonly position: QuotaPosition;
  readonly reason: Text | null;
}

/** ≤ leading, ≤ benchmark, ≤ constraint, above. */
export function positionOf(value: number, { row }: Quota): Exclude<QuotaPosition, 'unknown'> {
  if (row.leading !== undefined && value <= row.leading) return 'leading';
  if (row.benchmark !== undefined && value <= row.benchmark) return 'benchmark';
  return row.constraint !== undefined && value <= row.constraint ? 'constraint' : 'above';
}

/** The twelve months that end with this one. */
export const yearTo = (month: string): readonly string[] =>
  Array.from({ length: 12 }, (_, n) => shiftMonth(month, n - 11));

function whyNot(missing: readonly string[], isSizeless: boolean): Text {
  if (missing.length > 0) {
    const { zh, en } = monthWords(missing);
    return { zh: `数据不全：${zh}。`, en: `Not known well enough: ${en}.` };
  }
  return isSizeless
    ? { zh: '未登记用能人数或建筑面积。', en: 'The head count or floor area is not recorded.' }
    : { zh: '没有计量。', en: 'Nothing counts it.' };
}

export function quotaStanding(quota: Quota, { figures, upTo }: Past): QuotaStanding {
  const { indicator } = quota.row;
  // Reckoned by the calibre of the table, whatever else is shown beside it.
  const calibre = quota.table.calibre ?? 'calorific';
  const months = yearTo(upTo);
  const sum = sumOf(figures, months, indicator, calibre);
  const isInCoal = partsOf(indicator).amount.endsWith('kgce');
  return {
    quota,
    calibre: isInCoal ? calibre : null,
    from: months[0] ?? upTo,
    to: upTo,
    value: sum.value,
    known: sum.known,
    position: sum.value === null ? 'unknown' : positionOf(sum.value, quota),
    reason: sum.value === null ? whyNot(sum.missing, sum.isSizeless) : null,
  };
}
