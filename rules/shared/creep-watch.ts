import type { Baseline } from '../../energy/baseline.ts';
import { addDay, type Creep, creepOf, newestDayOf } from '../../energy/creep.ts';
import type { Finding } from '../../model/alert.ts';
import { dayMs, startOfDay } from '../../model/time.ts';
import type { RuleSubject, Surroundings } from '../rule.ts';
import { explainCreep } from '../words/creep.ts';
import type { AnomalyParams } from './anomaly-params.ts';
import { severityOf } from './anomaly-severity.ts';
import { yuanOf } from './money.ts';

/** Plain JSON. */
export interface CreepState {
  /** See `addDay`. */
  readonly days: string;
  /** `told`: the alert has given way to another, and is not opened again for the same rise. */
  readonly is: 'none' | 'open' | 'told';
  /** As last told. */
  readonly last: Creep | null;
}

export const newCreep: CreepState = { days: '', is: 'none', last: null };

interface Bench {
  readonly subject: Extract<RuleSubject, { type: 'meter' }>;
  readonly params: AnomalyParams;
  readonly around: Surroundings;
  readonly at: number;
}

export interface CreepStep {
  readonly creep: CreepState;
  readonly findings: readonly Finding[];
}

function tell(change: Finding['change'], creep: Creep, bench: Bench): Finding {
  const { subject, params, at, around } = bench;
  const date = new Date(creep.fromDay * dayMs).toISOString().slice(0, 10);
  const noon = startOfDay(date, subject.institution.timeZone) + dayMs / 2;
  const wastedYuan = yuanOf(around, subject, [{ at: noon, amount: creep.wasted }]);
  const severity = severityOf({ wasted: creep.wasted, wastedYuan }, subject.meter, params);
  return explainCreep({
    change,
    creep,
    wastedYuan,
    severity,
    subject,
    creepPct: params.creepPct,
    at,
  });
}

/** The first hour of a new day is at hand: the day before is added and looked at. */
export function watchCreep(
  state: CreepState,
  baseline: Baseline,
  today: number,
  isBusy: boolean,
  bench: Bench,
): CreepStep {
  const day = newestDayOf(baseline);
  const days = day ? addDay(state.days, day) : state.days;
  const creep = day && creepOf(days, today);
  if (!creep) return { creep: { ...state, days }, findings: [] };
  const limit = bench.params.creepPct / 100;
  if (state.is === 'none') {
    const isCreeping = creep.rise >= limit && !isBusy;
    if (!isCreeping) return { creep: { ...state, days }, findings: [] };
    return { creep: { days, is: 'open', last: creep }, findings: [tell('open', creep, bench)] };
  }
  if (creep.rise >= limit / 2) {
    const findings = state.is === 'open' ? [tell('amend', creep, bench)] : [];
    return { creep: { ...state, days, last: creep }, findings };
  }
  const findings = state.is === 'open' ? [tell('clear', creep, bench)] : [];
  return { creep: { days, is: 'none', last: null }, findings };
}

/** Something more pressing is to be told of the meter. */
export function giveWay(state: CreepState, bench: Bench): CreepStep {
  if (state.is !== 'open' || !state.last) return { creep: state, findings: [] };
  return { creep: { ...state, is: 'told' }, findings: [tell('clear', state.last, bench)] };
}
