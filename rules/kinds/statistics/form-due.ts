import { z } from 'zod';
import type { Finding } from '../../../model/alert.ts';
import type { Institution } from '../../../model/entities.ts';
import { dueAt, formPeriod, spanOfPeriod } from '../../../model/form.ts';
import { isoInZone } from '../../../model/time.ts';
import type { RuleKind } from '../../rule.ts';
import { episodesOf, type Found, ofInstitutions } from '../../standing/kind.ts';

const params = z
  .strictObject({
    /** Told from this day of the month on, while the form of the month before is not submitted. */
    remindDay: z.int().min(1).max(27).default(10),
    /** Late from the beginning of this day on. */
    dueDay: z.int().min(2).max(28).default(15),
  })
  .refine(({ remindDay, dueDay }) => remindDay < dueDay, {
    path: ['remindDay'],
    error: 'want a day before dueDay',
  });
export type FormDueParams = z.output<typeof params>;

/** A change of what was submitted of a month. */
export interface Filing {
  /** YYYY-MM. */
  readonly month: string;
  /** Unix ms UTC. */
  readonly at: number;
  /** False: sent back. */
  readonly filed: boolean;
}

interface Pending {
  readonly month: string;
  readonly due: number;
}

const firstOfMonth = /^(\d{4})-(\d{2})$/;

function monthAfter(month: string): string {
  const [, year = '', n = ''] = firstOfMonth.exec(month) ?? [];
  return n === '12'
    ? `${Number(year) + 1}-01`
    : `${year}-${String(Number(n) + 1).padStart(2, '0')}`;
}

/** Months from the first whose reminder has come by now, ascending. */
function monthsDue(first: string, now: number, zone: string, { remindDay, dueDay }: FormDueParams) {
  const months: (Pending & { readonly remind: number })[] = [];
  for (let month = first; ; month = monthAfter(month)) {
    const period = formPeriod(month);
    const remind = period && dueAt(period, remindDay, zone);
    const due = period && dueAt(period, dueDay, zone);
    if (remind === undefined || due === undefined || remind > now) return months;
    months.push({ month, due, remind });
  }
}

const isFiledAt = (month: string, at: number, filings: readonly Filing[]): boolean =>
  filings.findLast((filing) => filing.month === month && filing.at <= at)?.filed ?? false;

function foundOf(pending: readonly Pending[], at: number, zone: string): Found {
  const late = pending.filter(({ due }) => due <= at);
  const names = pending.map(({ month }) => month).join('、');
  const [first] = pending;
  const day = first ? isoInZone(first.due, zone).slice(0, 10) : '';
  const span = first && formPeriod(first.month);
  return {
    severity: late.length > 0 ? 'warning' : 'info',
    summary:
      late.length > 0
        ? {
            zh: `能源资源消费统计逾期未报送：${names}`,
            en: `Statistics form late: ${pending.map(({ month }) => month).join(', ')}`,
          }
        : {
            zh: `${names} 能源资源消费统计尚未报送，须在 ${day} 前报送`,
            en: `Statistics form of ${names} is not submitted; due before ${day}`,
          },
    evidence: {
      from: span ? spanOfPeriod(span, zone).from : at,
      to: at,
      flagged: [],
      observed: {
        pending: pending.map(({ month, due }) => ({ month, dueAt: isoInZone(due, zone) })),
        lateForms: late.length,
      },
      expected: { pending: [], lateForms: 0 },
      method: {
        zh: '每月报送上月统计表：到提醒日仍未自审报送即提醒，到截止日仍未报送为逾期；被退回的算未报送。',
        en: 'The form of a month is submitted in the next one: told from the day of the reminder, late from the day it is due. What was sent back counts as not submitted.',
      },
      context: { timeZone: zone },
      quality: {},
    },
  };
}

/**
 * Everything there ever was to remind of, up to now; the same history gives the same findings.
 * @param first YYYY-MM: the first month that is to be filed
 * @param filings ascending by `at`
 */
export function formDueFindings(
  { id, timeZone: zone }: Pick<Institution, 'id' | 'timeZone'>,
  first: string,
  filings: readonly Filing[],
  now: number,
  asked: FormDueParams,
): readonly Finding[] {
  const months = monthsDue(first, now, zone, asked);
  const instants = [
    ...months.flatMap(({ remind, due }) => [remind, due]),
    ...filings.map(({ at }) => at),
  ].filter((at) => at <= now);
  const looks = [...new Set(instants)]
    .sort((a, b) => a - b)
    .map((at) => {
      const pending = months.filter(
        ({ month, remind }) => remind <= at && !isFiledAt(month, at, filings),
      );
      return {
        at,
        verdict: pending.length === 0 ? ('quiet' as const) : foundOf(pending, at, zone),
      };
    });
  return episodesOf(id, looks);
}

/** The statutory statistics of last month are not submitted. Runs for institutions that file here, and where an instance asks for it. */
export const formDue: RuleKind<FormDueParams, null> = {
  ...ofInstitutions,
  kind: 'statistics.form-due',
  version: 1,
  title: { zh: '统计表待报送', en: 'Statistics form due' },
  description: {
    zh: '上月能源资源消费统计到提醒日仍未报送，或已逾期。已在本系统报送过的单位默认提醒；其他单位由规则实例开启。',
    en: 'Last month’s statistics form is not submitted by the day of the reminder, or late. Institutions that have begun to file here are reminded; for others an instance asks for it.',
  },
  severity: 'info',
  params,
};
