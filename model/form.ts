import type { Text } from './alert.ts';
import { localTime, startOfDay } from './time.ts';

/** Words of the statutory statistics (公共机构能源资源消费统计) that several rooms and the console share. */

/**
 * `draft`: follows the data. From `submitted` (the institution's own self-check, 自审, is done) on a version is frozen; `reviewed` (复审) and `final`
 * (终审) are the word of the institutions above. `returned`: sent back; a new draft is in its place.
 */
export const formStates = ['draft', 'submitted', 'reviewed', 'final', 'returned'] as const;
export type FormState = (typeof formStates)[number];

export type FormEdition = 'month' | 'year';

export const formActions = ['submit', 'approve', 'return', 'correct'] as const;
export type FormAction = (typeof formActions)[number];

/** What an officer wrote into a cell. */
export interface Entered {
  /** In the unit the cell is shown in. */
  readonly value: number;
  /** Where the figure is from; must stand where it takes the place of what was measured. */
  readonly note: string | null;
  readonly by: string;
  /** Unix ms UTC. */
  readonly at: number;
}

/** `2026-10` or `2026`. */
export interface FormPeriod {
  readonly name: string;
  readonly edition: FormEdition;
  readonly year: number;
  readonly month: number | undefined;
  /** YYYY-MM-DD: its first day. */
  readonly date: string;
}

const pad = (n: number): string => String(n).padStart(2, '0');

/** @returns undefined for what is no period */
export function formPeriod(name: string): FormPeriod | undefined {
  const match = /^((?:20|21)\d{2})(?:-(0[1-9]|1[0-2]))?$/.exec(name);
  if (!match) return undefined;
  const month = match[2] === undefined ? undefined : Number(match[2]);
  return {
    name,
    edition: month === undefined ? 'year' : 'month',
    year: Number(match[1]),
    month,
    date: `${match[1]}-${match[2] ?? '01'}-01`,
  };
}

const firstOf = (year: number, month: number): string =>
  `${year + Math.floor((month - 1) / 12)}-${pad(((month - 1) % 12) + 1)}-01`;

/** Unix ms UTC, `to` exclusive. */
export function spanOfPeriod({ year, month, date }: FormPeriod, zone: string) {
  const next = month === undefined ? `${year + 1}-01-01` : firstOf(year, month + 1);
  return { from: startOfDay(date, zone), to: startOfDay(next, zone) };
}

/** The months of it. */
export const monthsOfPeriod = ({ year, month, name }: FormPeriod): readonly string[] =>
  month === undefined ? Array.from({ length: 12 }, (_, n) => `${year}-${pad(n + 1)}`) : [name];

/** The month before, or the year before. */
export function periodBefore({ year, month }: FormPeriod): string {
  if (month === undefined) return String(year - 1);
  return month === 1 ? `${year - 1}-12` : `${year}-${pad(month - 1)}`;
}

/** The same month of the year before; of a year there is only the year before. */
export const periodOfLastYear = ({ year, month }: FormPeriod): string =>
  month === undefined ? String(year - 1) : `${year - 1}-${pad(month)}`;

/**
 * When a month's form is late: at the beginning of that day of the month after it, Unix ms UTC.
 * @returns undefined for a year, of which no day is known
 */
export const dueAt = (
  { year, month }: FormPeriod,
  dueDay: number,
  zone: string,
): number | undefined =>
  month === undefined
    ? undefined
    : startOfDay(`${firstOf(year, month + 1).slice(0, 8)}${pad(dueDay)}`, zone);

/** The month before that of an instant, `YYYY-MM`. */
export function lastMonthAt(at: number, zone: string): string {
  const [year, month] = localTime(at, zone).date.split('-').map(Number);
  return month === 1 ? `${(year ?? 0) - 1}-12` : `${year}-${pad((month ?? 1) - 1)}`;
}

/** The sections of the form, in their order. */
export const formSections = ['basic', 'consumption', 'cost', 'derived'] as const;
export type FormSection = (typeof formSections)[number];

export const sectionWords: Readonly<Record<FormSection, Text>> = {
  basic: { zh: '基本信息', en: 'About the institution' },
  consumption: { zh: '能源资源消费', en: 'Consumption' },
  cost: { zh: '费用', en: 'Cost' },
  derived: { zh: '派生指标', en: 'Derived indicators' },
};

export const stateWords: Readonly<Record<FormState, Text>> = {
  draft: { zh: '草稿', en: 'Draft' },
  submitted: { zh: '自审通过，待复审', en: 'Self-checked, to be reviewed' },
  reviewed: { zh: '复审通过，待终审', en: 'Reviewed, to be made final' },
  final: { zh: '终审通过', en: 'Final' },
  returned: { zh: '已退回', en: 'Sent back' },
};

export const actionWords: Readonly<Record<FormAction, Text>> = {
  submit: { zh: '自审并报送', en: 'Self-check and submit' },
  approve: { zh: '审核通过', en: 'Approve' },
  return: { zh: '退回', en: 'Send back' },
  correct: { zh: '更正', en: 'Correct' },
};

/** Why a cell has no figure of its own, or none at all. */
export const whyWords = {
  'no-meter': { zh: '没有此类计量表计', en: 'no meter of this kind' },
  'no-reading': { zh: '表计数据不全', en: 'readings are missing' },
  'no-vehicle': { zh: '没有使用此类燃料的车辆', en: 'no vehicle uses this fuel' },
  'no-entries': { zh: '没有导入加油记录', en: 'no fuel entries were imported' },
  'not-recorded': { zh: '机构信息中未填写', en: 'not recorded of the institution' },
  'not-entered': { zh: '未填报，按无计', en: 'left empty, counts as none' },
  'part-missing': { zh: '其中有数据缺失', en: 'a part of it is missing' },
} as const satisfies Readonly<Record<string, Text>>;
export type FormWhy = keyof typeof whyWords;

/** What a check may find. */
export const checkCodes = [
  'not-over',
  'size-missing',
  'readings-missing',
  'readings-estimated',
  'no-meter',
  'no-fuel-entries',
  'entered-differs',
  'gas-state',
  'jump',
  'zero',
  'from-zero',
  'national',
  'institutions-missing',
] as const;
export type CheckCode = (typeof checkCodes)[number];

export type CheckSeverity = 'info' | 'warning' | 'blocking';

/** `0.6882 万kWh`; of a unit that begins with a figure there are so many times: `0.6882 × 10,000 kWh`. */
export const inUnit = (amount: string, unit: string): string =>
  `${amount} ${/^\d/.test(unit) ? '× ' : ''}${unit}`;
