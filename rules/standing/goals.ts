import type { AnyFigure } from '../../energy/standing/amount.ts';
import { unitOf } from '../../energy/standing/amount.ts';
import { spanOfMonth } from '../../energy/standing/figure.ts';
import { type GoalStanding, type GoalState, monthsOfYear } from '../../energy/standing/goal.ts';
import type { Close } from '../../energy/standing/institution.ts';
import type { Finding, Text } from '../../model/alert.ts';
import type { Severity } from '../../model/entities.ts';
import { goalWords, joined } from '../words/standing.ts';
import { episodesOf, type Found, type Standing, type Verdict, worst } from './kind.ts';

/** Goals of a year, target or cap: one episode for all of an institution’s goals of a year. */

/** A goal and how it stands at the end of a month. */
export interface GoalAt {
  readonly id: string;
  readonly figure: AnyFigure;
  readonly calibre: string | null;
  readonly standing: GoalStanding;
  readonly source: string | null;
}

export interface GoalTelling {
  readonly name: Text;
  readonly method: Text;
  /** From which state of the forecast on. */
  readonly tellUncertain: boolean;
  readonly severityOf: (state: GoalState) => Severity;
}

function isTold({ state, forecast, goal }: GoalStanding, tellUncertain: boolean): boolean {
  if (state === 'exceeded' || state === 'missed' || state === 'at-risk') return true;
  const isLikely = forecast !== null && goal !== null && forecast.value > goal;
  return tellUncertain && state === 'uncertain' && isLikely;
}

function verdictOf(
  goals: readonly GoalAt[],
  close: Close,
  standing: Standing,
  telling: GoalTelling,
): Verdict {
  const told = goals.filter((goal) => isTold(goal.standing, telling.tellUncertain));
  if (told.length > 0) return foundOf(told, close, standing, telling);
  const isOpen = goals.every(
    (goal) => goal.standing.state === 'unknown' || goal.standing.state === 'uncertain',
  );
  return isOpen ? 'unknown' : 'quiet';
}

function foundOf(
  told: readonly GoalAt[],
  close: Close,
  standing: Standing,
  { name, method, severityOf }: GoalTelling,
): Found {
  const { month, at } = close;
  const year = Number(month.slice(0, 4));
  const months = monthsOfYear(year).filter((each) => each <= month);
  const methods = told.flatMap((goal) => goal.standing.forecast?.method ?? []);
  const spread = [...new Map(methods.map((each) => [each.en, each])).values()];
  return {
    severity: worst(told.map((goal) => severityOf(goal.standing.state))),
    summary: joined(told.map((goal) => goalWords(goal.figure, goal.calibre, name, goal.standing))),
    evidence: {
      from: spanOfMonth(`${year}-01`, standing.institution.timeZone).from,
      to: at,
      flagged: [],
      observed: {
        goals: told.map((goal) => ({
          id: goal.id,
          figure: goal.figure,
          calibre: goal.calibre,
          unit: unitOf(goal.figure),
          actual: goal.standing.actual,
          forecast: goal.standing.forecast?.value ?? null,
          lower: goal.standing.forecast?.lower ?? null,
          upper: goal.standing.forecast?.upper ?? null,
          ...overOf(goal, standing, close),
          state: goal.standing.state,
        })),
      },
      expected: {
        goals: told.map(({ id, standing: { goal } }) => ({ id, atMost: goal })),
      },
      method: joined([method, ...spread]),
      context: {
        year,
        upToMonth: month,
        sources: told.map(({ id, source }) => ({ id, source })),
        corrections: standing.corrections(months),
      },
      quality: {
        knownMonths: told.map(({ id, standing: { knownMonths } }) => ({ id, knownMonths })),
        monthsOver: months.length,
      },
    },
  };
}

/** By how much the year will, or did, go over. */
function overOf(
  { figure, standing: { goal, forecast, actual, state } }: GoalAt,
  standing: Standing,
  close: Close,
) {
  const value = forecast?.value ?? (state === 'exceeded' ? actual : null);
  if (goal === null || value === null) return { over: null, overPct: null, overYuan: null };
  const over = value - goal;
  return { over, overPct: (over / goal) * 100, overYuan: standing.yuanOf(figure, over, close) };
}

/** @param goalsAt every goal of the close’s year @param between instants within months that are looked at as well */
export function goalFindings(
  standing: Standing,
  telling: GoalTelling,
  goalsAt: (close: Close, year: number) => readonly GoalAt[],
  between: readonly Close[] = [],
): readonly Finding[] {
  const closes = [...standing.closes, ...between].sort((a, b) => a.at - b.at);
  const looks = closes.map((close) => {
    const year = Number(close.month.slice(0, 4));
    const verdict = verdictOf(goalsAt(close, year), close, standing, telling);
    return { at: close.at, verdict, period: String(year) };
  });
  return episodesOf(standing.institution.id, looks);
}
