import { z } from 'zod';
import type { Hour } from '../../../energy/hourly.ts';
import {
  type Days,
  isPossible,
  type UsualRest,
  usualRestOf,
  withDay,
} from '../../../energy/rest-day.ts';
import type { Finding } from '../../../model/alert.ts';
import { minutesOf } from '../../../model/office-hours.ts';
import { localTime } from '../../../model/time.ts';
import type { RuleKind, RuleSubject, Step, Surroundings } from '../../rule.ts';
import {
  dayNumber,
  dayUseOf,
  hasOwnTimes,
  hasVacations,
  officeHoursOf,
} from '../../shared/energy-days.ts';
import { goOnJudging, refuse } from '../../shared/refusal.ts';
import {
  explainRestDays,
  type RestDay,
  type RestEpisode,
  type RestHour,
} from '../../words/holiday-load.ts';

const amount = z.number().min(0).max(1e9);

const params = z.strictObject({
  /** Of the way from a rest day to a working day. */
  usedPct: z.number().min(10).max(200).default(50),
  usedDeviations: z.number().min(1).max(100).default(4),
  /** Less than so much above a rest day is not worth a word. */
  leastKwh: amount.default(10),
  warningKwh: amount.default(100),
  criticalKwh: amount.default(2000),
  warningYuan: amount.default(100),
  criticalYuan: amount.default(2000),
});

type Params = z.output<typeof params>;
type MeterSubject = Extract<RuleSubject, { type: 'meter' }>;

interface Today {
  /** Local day, days since 1970. */
  readonly day: number;
  /** Measured hours within office hours. */
  readonly hours: readonly RestHour[];
}

interface State {
  readonly today: Today | null;
  readonly work: Days;
  readonly rest: Days;
  readonly episode: RestEpisode | null;
  /** Year without a calendar that was told of. */
  readonly refused: string | null;
}

interface Bench {
  readonly subject: MeterSubject;
  readonly params: Params;
  readonly around: Surroundings;
  /** `at` of the reading. */
  readonly at: number;
}

const initial: State = { today: null, work: [], rest: [], episode: null, refused: null };

/** Whole hours that office hours touch. */
function officeSpan({ subject }: Bench): { readonly from: number; readonly to: number } {
  const { from, to } = officeHoursOf(subject.institution);
  return { from: Math.floor(minutesOf(from) / 60), to: Math.ceil(minutesOf(to) / 60) };
}

const dayKindOf = (day: number, { around, subject }: Bench) =>
  dayUseOf(around, subject.institution, day);

const sumOf = (hours: readonly RestHour[]): number => hours.reduce((sum, [, kwh]) => sum + kwh, 0);

const tell = (change: Finding['change'], episode: RestEpisode, bench: Bench): Finding =>
  explainRestDays({ change, episode, ...bench });

/** A rest day with more than there should be; undefined while there is not. */
function toUsed(today: Today, usual: UsualRest, bench: Bench): RestDay | undefined {
  const hours = today.hours.filter(([, kwh]) => isPossible(kwh, usual));
  const usedKwh = sumOf(hours);
  const { leastKwh } = bench.params;
  if (usedKwh <= usual.limitKwh || usedKwh - usual.restKwh < leastKwh) return undefined;
  return { ...usual, day: today.day, usedKwh, hours };
}

/** Days of an episode that are remembered: long holidays have fewer. */
const mostDays = 16;

function withUsed(state: State, used: RestDay, isOver: boolean, bench: Bench): Step<State> {
  const before = state.episode?.days ?? [];
  const isTold = before.at(-1)?.day === used.day;
  const days = [...(isTold ? before.slice(0, -1) : before), used].slice(-mostDays);
  const episode = { days };
  const next = { ...state, episode };
  if (!state.episode) return { state: next, findings: [tell('open', episode, bench)] };
  return { state: next, findings: isOver || !isTold ? [tell('amend', episode, bench)] : [] };
}

function clear(state: State, bench: Bench): Step<State> {
  if (!state.episode) return { state, findings: [] };
  return { state: { ...state, episode: null }, findings: [tell('clear', state.episode, bench)] };
}

/** An hour of office hours has come to a rest day's. */
function lookAt(state: State, today: Today, isOver: boolean, bench: Bench): Step<State> {
  const { usedPct, usedDeviations } = bench.params;
  const usual = usualRestOf(state.work, state.rest, {
    share: usedPct / 100,
    deviations: usedDeviations,
    vacations: hasVacations(bench.subject.institution),
  });
  const used = usual && toUsed(today, usual, bench);
  if (used) return withUsed(state, used, isOver, bench);
  return isOver ? clear(state, bench) : { state, findings: [] };
}

/** Shares of office hours that must be measured for a day to be learned. */
const leastMeasured = 0.75;

/** Office hours of the day are over. */
function learn(state: State, today: Today, hours: number, bench: Bench): State {
  const { use } = dayKindOf(today.day, bench);
  if (use === 'holiday' || today.hours.length < leastMeasured * hours) return state;
  const kwh = (sumOf(today.hours) * hours) / today.hours.length;
  return { ...state, [use]: withDay(state[use], today.day, kwh, use) };
}

function takeHour(state: State, { start, value, quality }: Hour, bench: Bench): Step<State> {
  const { date, hour } = localTime(start, bench.subject.institution.timeZone);
  const { from, to } = officeSpan(bench);
  if (hour < from || hour >= to) return { state, findings: [] };
  const day = dayNumber(date);
  const { use, isKnown } = dayKindOf(day, bench);
  const { institution } = bench.subject;
  if (!isKnown) {
    const ended = clear(state, bench);
    const { refused, findings } = refuse(holidayLoad, state.refused, date, institution, bench.at);
    return { state: { ...initial, refused }, findings: [...ended.findings, ...findings] };
  }
  const known = goOnJudging(holidayLoad, state.refused, institution, bench.at);
  const before = state.today?.day === day ? state.today.hours : [];
  const isMeasured = quality === 'measured' && value !== null;
  const today = { day, hours: isMeasured ? [...before, [start, value] as const] : before };
  const isOver = hour === to - 1;
  const current: State = { ...state, today: isOver ? null : today, refused: null };
  const step = use === 'work' ? clear(current, bench) : lookAt(current, today, isOver, bench);
  const next = isOver ? learn(step.state, today, to - from, bench) : step.state;
  return { state: next, findings: [...known, ...step.findings] };
}

/**
 * A weekend or holiday on which a meter uses, in office hours, nearly as much as on a working day. Days that are usual here are not told: where half
 * of the Saturdays are worked, they are.
 */
export const holidayLoad: RuleKind<Params, State> = {
  kind: 'energy.holiday-load',
  version: 1,
  title: { zh: '休息日用能异常', en: 'Used like a working day' },
  description: {
    zh: '周末或法定节假日（调休上班日除外）的用电接近工作日水平，高于该表自身以往的休息日。',
    en: 'On a weekend or statutory holiday (transfer workdays are working days) a meter uses nearly as much as on a working day, and more than on its own past rest days.',
  },
  severity: 'warning',
  params,
  appliesTo: (subject) =>
    subject.type === 'meter' &&
    subject.meter.medium === 'electricity' &&
    !hasOwnTimes(subject.meter),
  initial: () => initial,
  step(state, event, subject, asked, around): Step<State> {
    const closed = around.hours?.closed ?? [];
    if (subject.type !== 'meter' || closed.length === 0) return { state, findings: [] };
    const bench: Bench = { subject, params: asked, around, at: event.at };
    const findings: Finding[] = [];
    let current = state;
    for (const hour of closed) {
      const step = takeHour(current, hour, bench);
      current = step.state;
      findings.push(...step.findings);
    }
    return { state: current, findings };
  },
};
