import type { Finding, Text } from '../../model/alert.ts';
import type { Institution } from '../../model/entities.ts';
import { tellRefusal } from '../words/calendar.ts';

type Rule = { readonly kind: string; readonly title: Text };

/** At a day of a year without a calendar: the institution is told once. @param refused the year that was told of */
export const refuse = (
  rule: Rule,
  refused: string | null,
  date: string,
  institution: Institution,
  at: number,
): { readonly refused: string; readonly findings: readonly Finding[] } => {
  const year = date.slice(0, 4);
  const findings = refused === year ? [] : [tellRefusal('open', rule, year, institution, at)];
  return { refused: year, findings };
};

/** At a day that is known: what was told is over. */
export const goOnJudging = (
  rule: Rule,
  refused: string | null,
  institution: Institution,
  at: number,
): readonly Finding[] =>
  refused === null ? [] : [tellRefusal('clear', rule, refused, institution, at)];
