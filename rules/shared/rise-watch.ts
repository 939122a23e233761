import type { Baseline } from '../../energy/baseline.ts';
import {
  addDay,
  type DayKind,
  daysFrom,
  newestDayOf,
  noDays,
  type PastDays,
  type Rise,
  type RisePattern,
  riseErrors,
  riseOf,
  windows,
} from '../../energy/rise.ts';
import type { Finding } from '../../model/alert.ts';
import { dayMs, startOfDay } from '../../model/time.ts';
import { workingDay } from '../../model/working-days.ts';
import { type MeterSubject, noFindings, type Surroundings } from '../rule.ts';
import { explainRise } from '../words/rise.ts';
import type { AnomalyParams } from './anomaly-params.ts';
import { severityOf } from './anomaly-severity.ts';
import { dateOfDay, weekdayOf } from './energy-days.ts';
import { yuanOf } from './money.ts';

/** Plain JSON. */
export interface RiseState {
  readonly days: PastDays;
  /** `told`: the alert has given way to another, and is not opened again for the same rise. */
  readonly is: 'none' | 'open' | 'told';
  /** As last told. */
  readonly last: Rise | null;
}

export const newRise: RiseState = { days: noDays, is: 'none', last: null };

/** While it lasts, that share of what opened it is enough. */
const keepShare = 0.5;

interface Bench {
  readonly subject: MeterSubject;
  readonly params: AnomalyParams;
  readonly around: Surroundings;
  readonly at: number;
}

export interface RiseStep {
  readonly rise: RiseState;
  readonly findings: readonly Finding[];
}

const shareOf = ({ shiftPct, creepPct }: AnomalyParams, pattern: RisePattern): number =>
  (pattern === 'shift' ? shiftPct : creepPct) / 100;

function tell(change: Finding['change'], rise: Rise, bench: Bench): Finding {
  const { subject, params, at, around } = bench;
  const noon = startOfDay(dateOfDay(rise.fromDay), subject.institution.timeZone) + dayMs / 2;
  const wastedYuan = yuanOf(around, subject, [{ at: noon, amount: rise.wasted }]);
  const severity = severityOf({ wasted: rise.wasted, wastedYuan }, subject.meter, params);
  return explainRise({ change, rise, wastedYuan, severity, subject, params, at });
}

/** The first hour of a new day is at hand: the day before is added and looked at. Heat goes with the weather: without that it says nothing. */
export function watchRise(
  before: RiseState,
  baseline: Baseline,
  today: number,
  isBusy: boolean,
  bench: Bench,
): RiseStep {
  const newest = newestDayOf(baseline);
  const kind = newest && kindOf(newest.day, bench);
  if (!newest || !kind) return { rise: before, findings: noFindings };
  const outdoorC = bench.around.outdoorC?.(bench.subject.institution, newest.day);
  if (bench.subject.meter.medium === 'heat' && outdoorC === undefined)
    return { rise: before, findings: noFindings };
  const state = { ...before, days: addDay(before.days, { ...newest, kind, outdoorC }) };
  if (state.last && state.is !== 'none') return goOn(state, state.last, today, bench);
  const found = isBusy ? undefined : beginning(state.days, today, bench);
  if (!found) return { rise: state, findings: noFindings };
  return {
    rise: { days: state.days, is: 'open', last: found },
    findings: [tell('open', found, bench)],
  };
}

/** Statutory holidays are too few to be like any days. */
function kindOf(day: number, { around, subject: { institution } }: Bench): DayKind | undefined {
  const { rest, reason } = workingDay(around.day, institution, dateOfDay(day), weekdayOf(day));
  if (reason === 'statutory-holiday') return undefined;
  return reason === 'closure' ? 'closure' : rest ? 'rest' : 'work';
}

function beginning(days: PastDays, today: number, { params }: Bench): Rise | undefined {
  for (const pattern of ['shift', 'creep'] as const) {
    const found = riseOf(days, today, pattern);
    const share = shareOf(params, pattern);
    if (
      found &&
      found.rise >= Math.max(share, riseErrors * found.error) &&
      found.lowest >= keepShare * share
    )
      return found;
  }
  return undefined;
}

function goOn(state: RiseState, last: Rise, today: number, bench: Bench): RiseStep {
  const { params } = bench;
  const isOpen = state.is === 'open';
  const now = riseOf(state.days, today, last.pattern, last);
  if (today - last.fromDay > params.adaptDays + windows[last.pattern].days) {
    const findings = isOpen ? [tell('clear', now ?? last, bench)] : [];
    const days = daysFrom(state.days, last.fromDay);
    return { rise: { days, is: 'none', last: null }, findings };
  }
  if (!now) return { rise: state, findings: noFindings };
  if (now.rise < keepShare * shareOf(params, last.pattern)) {
    const findings = isOpen ? [tell('clear', last, bench)] : [];
    return { rise: { days: state.days, is: 'none', last: null }, findings };
  }
  const findings = isOpen ? [tell('amend', now, bench)] : [];
  return { rise: { ...state, last: now }, findings };
}

/** Something more pressing is to be told of the meter. */
export function giveWay(state: RiseState, bench: Bench): RiseStep {
  if (state.is !== 'open' || !state.last) return { rise: state, findings: noFindings };
  return { rise: { ...state, is: 'told' }, findings: [tell('clear', state.last, bench)] };
}

/** The level from a day on is the usual one. */
export const restartRise = (state: RiseState, fromDay: number): RiseState => ({
  days: daysFrom(state.days, fromDay),
  is: 'none',
  last: null,
});
