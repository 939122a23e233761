import type { Text } from '../../model/alert.ts';
import type { Institution, Meter, Severity } from '../../model/entities.ts';
import type { Surroundings } from '../rule.ts';
import { dateOfDay } from '../shared/energy-days.ts';
import { amount } from './units.ts';

/* What findings about load that should not be there have in common. */

export interface ToldMeter {
  readonly type: 'meter';
  readonly meter: Meter;
  readonly institution: Institution;
}

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

/** As evidence has them; without money where there is no price. */
export const totalsSeen = ({ wastedKwh, yuan }: Totals) => ({
  wastedKwh: round(wastedKwh),
  ...(yuan === null ? {} : { yuan: round(yuan) }),
});

export const moneyWords = ({ yuan }: Totals): Text =>
  yuan === null
    ? { zh: '', en: '' }
    : { zh: `、约 ${amount(yuan)} 元`, en: `, about ${amount(yuan)} yuan` };

/** What the calendar says of a day. */
export function dayWords(day: number, { day: kindOf }: Surroundings) {
  const date = dateOfDay(day);
  const known = kindOf(date);
  return { date, ...(known && { dayKind: known.kind, dayName: known.name }) };
}

export const subItemOf = ({ subItem }: Meter) => (subItem === undefined ? {} : { subItem });

export const measuredHour = (start: number, value: number) => ({
  start,
  value: round(value),
  quality: 'measured' as const,
});
