import { z } from 'zod';
import type { Hour } from '../../../energy/hourly.ts';
import {
  type Days,
  isPossible,
  noDays,
  type UsualRest,
  usualRestOf,
  withDay,
  withoutDays,
} from '../../../energy/rest-day.ts';
import type { Finding } from '../../../model/alert.ts';
import { dayMs, localTime, startOfDay } from '../../../model/time.ts';
import { noFindings, type RuleKind, type Step } from '../../rule.ts';
import { byClosedHours, goesByOfficeHours, type HourBench } from '../../shared/closed-hours.ts';
import {
  dateOfDay,
  dayNumber,
  dayUseOf,
  hasVacations,
  officeSpanOf,
} from '../../shared/energy-days.ts';
import { excuseSince, heldSince } from '../../shared/held.ts';
import { goOnJudging, refuse } from '../../shared/refusal.ts';
import { type KeptDay, type RestEpisode, toKeptDay } from '../../shared/rest-episode.ts';
import { explainRestDays } from '../../words/holiday-load.ts';

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
type Bench = HourBench<Params>;

interface Today {
  /** Local day, days since 1970. */
  readonly day: number;
  /** kWh of office hours so far, null where not measured. */
  readonly kwh: readonly (number | null)[];
}

interface State {
  readonly today: Today | null;
  readonly work: Days;
  readonly rest: Days;
  readonly episode: RestEpisode | null;
  /** People hold that it is to be so: until the next working day, or a false alarm until a usual rest day. */
  readonly excused: 'these-days' | 'until-usual' | null;
  /** Year without a calendar that was told of. */
  readonly refused: string | null;
}

const initial: State = {
  today: null,
  work: noDays,
  rest: noDays,
  episode: null,
  excused: null,
  refused: null,
};

const dayKindOf = (day: number, { around, subject }: Bench) =>
  dayUseOf(around, subject.institution, day);

const measuredOf = ({ kwh }: Today): readonly number[] => kwh.filter((each) => each !== null);

const sumOf = (values: readonly number[]): number => values.reduce((sum, each) => sum + each, 0);

const tell = (change: Finding['change'], episode: RestEpisode, bench: Bench): Finding =>
  explainRestDays({ change, episode, ...bench });

/** A rest day with more than there should be; undefined while there is not. */
function toUsed(today: Today, usual: UsualRest, bench: Bench): KeptDay | undefined {
  const hours = today.kwh.map((each) =>
    each !== null && isPossible(each, usual) ? each : undefined,
  );
  const usedKwh = sumOf(hours.filter((each) => each !== undefined));
  const { leastKwh } = bench.params;
  if (usedKwh <= usual.limitKwh || usedKwh - usual.restKwh < leastKwh) return undefined;
  return toKeptDay({ ...usual, day: today.day, usedKwh, hours });
}

/** Days of an episode that are remembered: long holidays have fewer. */
const mostDays = 16;

function withUsed(state: State, used: KeptDay, isOver: boolean, bench: Bench): Step<State> {
  const before = state.episode?.days ?? [];
  const isTold = before.at(-1)?.[0] === used[0];
  const days = [...(isTold ? before.slice(0, -1) : before), used].slice(-mostDays);
  const episode = { days };
  const next = { ...state, episode };
  if (!state.episode) return { state: next, findings: [tell('open', episode, bench)] };
  return { state: next, findings: isOver || !isTold ? [tell('amend', episode, bench)] : [] };
}

function clear(state: State, bench: Bench): Step<State> {
  if (!state.episode) return { state, findings: noFindings };
  return { state: { ...state, episode: null }, findings: [tell('clear', state.episode, bench)] };
}

/** An episode that somebody has explained, or called a false alarm, is over. */
function heed(state: State, bench: Bench): Step<State> {
  const first = state.episode?.days[0]?.[0];
  if (first === undefined) return { state, findings: noFindings };
  const from = startOfDay(dateOfDay(first), bench.subject.institution.timeZone);
  const excuse = excuseSince(holidayLoad.kind, from, bench);
  if (!excuse) return { state, findings: noFindings };
  const excused = excuse.verdict === 'false-alarm' ? 'until-usual' : 'these-days';
  return clear({ ...state, excused }, bench);
}

function lookAtWorkday(state: State, bench: Bench): Step<State> {
  const excused = state.excused === 'these-days' ? null : state.excused;
  return clear({ ...state, excused }, bench);
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
  if (used && state.excused) return { state, findings: noFindings };
  if (used) return withUsed(state, used, isOver, bench);
  return isOver ? clear({ ...state, excused: null }, bench) : { state, findings: noFindings };
}

/** What was confirmed as waste for so long is not learned. */
const confirmedMs = 90 * dayMs;

/** Days of rest that somebody has confirmed to have been wrongly used are no measure of others. */
function withoutConfirmed(rest: Days, bench: Bench): Days {
  const all = heldSince(holidayLoad.kind, bench.at - confirmedMs, bench);
  const confirmed = all.filter(({ verdict }) => verdict === 'confirmed');
  if (confirmed.length === 0) return rest;
  const { timeZone } = bench.subject.institution;
  const days = confirmed.flatMap(({ flagged }) =>
    flagged.map((start) => dayNumber(localTime(start, timeZone).date)),
  );
  return withoutDays(rest, new Set(days));
}

/** Shares of office hours that must be measured for a day to be learned. */
const leastMeasured = 0.75;

/** Office hours of the day are over. */
function learn(state: State, today: Today, hours: number, bench: Bench): State {
  const { use } = dayKindOf(today.day, bench);
  const measured = measuredOf(today);
  if (use === 'holiday' || measured.length < leastMeasured * hours) return state;
  const kwh = (sumOf(measured) * hours) / measured.length;
  const learned = withDay(state[use], today.day, kwh, use);
  return { ...state, [use]: use === 'rest' ? withoutConfirmed(learned, bench) : learned };
}

/** With an hour of office hours in its place. */
function withHour(before: Today | null, day: number, place: number, kwh: number | null): Today {
  const known = before?.day === day ? before.kwh : [];
  const now = kwh === null ? null : Number(kwh.toPrecision(6));
  const all = Array.from({ length: place + 1 }, (_, at) =>
    at === place ? now : (known[at] ?? null),
  );
  return { day, kwh: all };
}

function takeHour(state: State, { start, value, quality }: Hour, bench: Bench): Step<State> {
  const { institution } = bench.subject;
  const { date, hour } = localTime(start, institution.timeZone);
  const { from, to } = officeSpanOf(institution);
  if (hour < from || hour >= to) return { state, findings: noFindings };
  const day = dayNumber(date);
  const { use, isKnown } = dayKindOf(day, bench);
  if (!isKnown) {
    const ended = clear(state, bench);
    const { refused, findings } = refuse(holidayLoad, state.refused, date, institution, bench.at);
    return { state: { ...initial, refused }, findings: [...ended.findings, ...findings] };
  }
  const known = goOnJudging(holidayLoad, state.refused, institution, bench.at);
  const today = withHour(state.today, day, hour - from, quality === 'measured' ? value : null);
  const isOver = hour === to - 1;
  const heeded = heed({ ...state, today: isOver ? null : today, refused: null }, bench);
  const step =
    use === 'work'
      ? lookAtWorkday(heeded.state, bench)
      : lookAt(heeded.state, today, isOver, bench);
  const next = isOver ? learn(step.state, today, to - from, bench) : step.state;
  return { state: next, findings: [...known, ...heeded.findings, ...step.findings] };
}

/**
 * A weekend or holiday on which a meter uses, in office hours, nearly as much as on a working day. Days that are usual here are not told: where half
 * of the Saturdays are worked, they are.
 */
export const holidayLoad: RuleKind<Params, State> = {
  kind: 'energy.holiday-load',
  version: 2,
  title: { zh: '休息日用能异常', en: 'Used like a working day' },
  description: {
    zh: '周末或法定节假日（调休上班日除外）的用电接近工作日水平，高于该表自身以往的休息日。',
    en: 'On a weekend or statutory holiday (transfer workdays are working days) a meter uses nearly as much as on a working day, and more than on its own past rest days.',
  },
  severity: 'warning',
  params,
  appliesTo: goesByOfficeHours,
  initial: () => initial,
  step: byClosedHours(takeHour),
};
