import type { Severity } from '../../model/entities.ts';

/* What load that should not be there comes to. */

export interface Totals {
  readonly wastedKwh: number;
  /** Null where something of it has no price. */
  readonly yuan: number | null;
}

export const addTotals = (a: Totals, b: Totals): Totals => ({
  wastedKwh: a.wastedKwh + b.wastedKwh,
  yuan: a.yuan === null || b.yuan === null ? null : a.yuan + b.yuan,
});

export const sumTotals = (all: readonly Totals[], before: Totals = noTotals): Totals =>
  all.reduce(addTotals, before);

export const noTotals: Totals = { wastedKwh: 0, yuan: 0 };

export interface SeverityLimits {
  readonly warningKwh: number;
  readonly criticalKwh: number;
  readonly warningYuan: number;
  readonly criticalYuan: number;
}

export function severityBy({ wastedKwh, yuan }: Totals, limits: SeverityLimits): Severity {
  const reaches = (kwh: number, money: number) => wastedKwh >= kwh || (yuan ?? 0) >= money;
  if (reaches(limits.criticalKwh, limits.criticalYuan)) return 'critical';
  return reaches(limits.warningKwh, limits.warningYuan) ? 'warning' : 'info';
}

/** Four digits that count. */
export const round = (value: number): number => Number(value.toPrecision(4));

export const roundOrNull = (value: number | null): number | null =>
  value === null ? null : round(value);
