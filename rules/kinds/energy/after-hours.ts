import { groupOf } from '../../../energy/circuit-group.ts';
import {
  type CircuitUse,
  type Levels,
  levelsOf,
  newUse,
  withQuarter,
} from '../../../energy/circuit-use.ts';
import { isLasting } from '../../../energy/opinions.ts';
import {
  addReading,
  newQuarters,
  type Quarter,
  type QuarterState,
  quarterMs,
} from '../../../energy/quarters.ts';
import type { Finding } from '../../../model/alert.ts';
import { minutesOf } from '../../../model/office-hours.ts';
import { hourMs, localTime } from '../../../model/time.ts';
import { noFindings, type RuleKind, type Step } from '../../rule.ts';
import { type AfterEpisode, type Evening, withStretch } from '../../shared/after-episode.ts';
import {
  type AfterBench,
  type AfterParams,
  afterParams,
  isOn,
  isToBeTold,
  type Moment,
  quartersOf,
  type Run,
  withOn,
  worksByNight,
} from '../../shared/after-hours.ts';
import { phaseOf } from '../../shared/circuit-hours.ts';
import { stepThrough } from '../../shared/closed-hours.ts';
import {
  dateOfDay,
  dayNumber,
  dayUseOf,
  isInSeason,
  officeHoursOf,
} from '../../shared/energy-days.ts';
import { excuseSince } from '../../shared/held.ts';
import {
  newestHour,
  noWindow,
  type QuarterWindow,
  quartersIn,
  withNewest,
} from '../../shared/quarter-window.ts';
import { goOnJudging, refuse } from '../../shared/refusal.ts';
import { explainAfterHours } from '../../words/after-hours.ts';

interface State {
  readonly quarters: QuarterState;
  readonly use: CircuitUse;
  /** Air conditioning in the heating season. */
  readonly heating: boolean;
  readonly window: QuarterWindow;
  /** Since when it should be off; null while it may be on. */
  readonly offSince: number | null;
  readonly run: Run | null;
  readonly evening: Evening | null;
  readonly episode: AfterEpisode | null;
  /** People hold that it is to be so: what was on then, or all until a clean evening. */
  readonly excused: 'this-time' | 'until-clean' | null;
  /** Year without a calendar that was told of. */
  readonly refused: string | null;
}

const initial: State = {
  quarters: newQuarters,
  use: newUse,
  heating: false,
  window: noWindow,
  offSince: null,
  run: null,
  evening: null,
  episode: null,
  excused: null,
  refused: null,
};

/** What is told of for so long is learned after all. */
const adaptDays = 28;
/** Quarters that must be judged for an evening to be a clean one. */
const leastJudged = 16;

const tell = (change: Finding['change'], state: State, bench: AfterBench): readonly Finding[] =>
  state.episode
    ? [
        explainAfterHours({
          change,
          episode: state.episode,
          hours: state.run?.isTold ? state.run.hours : state.episode.hours,
          isOn: state.run?.isTold === true,
          ...bench,
        }),
      ]
    : [];

function levelsAt(state: State, { group, params }: AfterBench): Levels | undefined {
  const { oneLiftKw } = params;
  if (group === 'lift' && oneLiftKw > 0)
    return { standbyKw: oneLiftKw, officeKw: null, onKw: oneLiftKw };
  const onShare = Math.min(1, (params.onPct / 100) * (state.heating ? 2 : 1));
  return levelsOf(state.use, group, { standbyKw: params.standbyKw, leastKw: params.onKw, onShare });
}

/** It is on though it should not be: since when, with how much, and whether that is to be told. */
function goOn(
  state: State,
  quarters: readonly Moment[],
  levels: Levels,
  bench: AfterBench,
): Step<State> {
  const run = withOn(state.run, quarters, levels, bench);
  const { evening } = state;
  if (!evening || !(run.isTold || isToBeTold(run, evening, bench)))
    return { state: { ...state, run }, findings: noFindings };
  if (state.excused)
    return {
      state: { ...state, run, evening: { ...evening, isTold: true } },
      findings: noFindings,
    };
  const told = { ...run, isTold: true };
  const next: State = {
    ...state,
    run: told,
    evening: { ...evening, isTold: true },
    episode: withStretch(state.episode, told, evening),
  };
  const newest = quarters.at(-1)?.start ?? 0;
  const isHour = (newest + quarterMs) % hourMs === 0;
  if (!state.episode) return { state: next, findings: tell('open', next, bench) };
  return { state: next, findings: isHour || !run.isTold ? tell('amend', next, bench) : [] };
}

/** It is off, allowed, or not known. */
function stop(state: State, bench: AfterBench): Step<State> {
  const { run, episode } = state;
  if (!run) return { state, findings: noFindings };
  if (!run.isTold || !episode) return { state: { ...state, run: null }, findings: noFindings };
  const next: State = { ...state, run: null, episode: { ...episode, hours: run.hours } };
  return { state: next, findings: tell('amend', next, bench) };
}

/** An episode that somebody has explained, or called a false alarm, is over. What lasts, or is none, is to be so from now on. */
function heed(state: State, bench: AfterBench): Step<State> {
  const { episode, run } = state;
  const excuse = episode && excuseSince(afterHours.kind, episode.since, bench);
  if (!excuse) return { state, findings: noFindings };
  const lasts = isLasting(excuse) || excuse.verdict === 'false-alarm';
  return {
    state: {
      ...state,
      run: run && { ...run, isTold: false },
      episode: null,
      excused: lasts ? 'until-clean' : 'this-time',
    },
    findings: tell('clear', state, bench),
  };
}

/** What was on when it was explained has ended, or there was a clean evening. */
const stillExcused = ({ excused, run }: State, isClean: boolean): State['excused'] =>
  isClean || (excused === 'this-time' && run === null) ? null : excused;

/** Another evening begins. A clean one of the same sort ends what was told; one of a working day ends all. */
function turnEvening(state: State, moment: Moment, bench: AfterBench): Step<State> {
  const startsAt = bench.group === 'air' ? 0 : 720;
  const day = moment.minute >= startsAt ? moment.day : moment.day - 1;
  const { evening: before, episode } = state;
  if (before?.day === day) return { state, findings: noFindings };
  const { use } = dayUseOf(bench.around, bench.subject.institution, day);
  const isClean = before !== null && !before.isTold && before.judged >= leastJudged;
  const next: State = {
    ...state,
    evening: { day, works: use === 'work', judged: 0, isTold: false },
    excused: stillExcused(state, isClean && before.works),
  };
  const isOver = isClean && (before.works || !episode?.works);
  if (!isOver || !episode) return { state: next, findings: noFindings };
  return { state: { ...next, episode: null }, findings: tell('clear', next, bench) };
}

/** What air conditioning draws in one season says nothing of another. */
function turnSeason(state: State, { day }: Moment, { group, params }: AfterBench): State {
  const { heatingFrom, heatingTo } = params;
  const heating = group === 'air' && isInSeason(dateOfDay(day), heatingFrom, heatingTo);
  return heating === state.heating ? state : { ...state, heating, use: newUse };
}

function learn(state: State, moment: Moment, hourKw: number | null, bench: AfterBench): CircuitUse {
  const { day, minute, kwh, works } = moment;
  const { from, to } = officeHoursOf(bench.subject.institution);
  const isOffice = works && minute >= minutesOf(from) + 60 && minute < minutesOf(to) - 60;
  const { episode } = state;
  const isTold = episode !== null && day - episode.first < adaptDays;
  const seen = { day, kw: 4 * kwh, hourKw, isOffice, isNight: minute < 300 };
  return withQuarter(state.use, seen, isTold);
}

function judge(state: State, moment: Moment, bench: AfterBench): Step<State> {
  if (!moment.isMeasured) return stop({ ...state, window: noWindow, offSince: null }, bench);
  const { start, phase } = moment;
  const most = Math.max(4, quartersOf(bench.params));
  const window = withNewest(state.window, moment, most);
  const levels = levelsAt(state, bench);
  const use = learn(state, moment, newestHour(window), bench);
  const offSince = phase === 'allowed' ? null : (state.offSince ?? start);
  const seen: State = { ...state, use, window, offSince };
  if (offSince === null || !levels) return stop(seen, bench);
  const evening = seen.evening && { ...seen.evening, judged: seen.evening.judged + 1 };
  const judged: State = { ...seen, evening };
  const since = quartersIn(window).filter((each) => each.start >= offSince);
  if (!isOn(since, judged.run !== null, levels, bench)) return stop(judged, bench);
  const first = since.slice(-quartersOf(bench.params));
  const quarters = judged.run ? [moment] : first.map((each) => toMoment(each, bench));
  return goOn(judged, quarters, levels, bench);
}

function toMoment(quarter: Quarter, { subject, group, around, params }: AfterBench): Moment {
  const { institution } = subject;
  const local = localTime(quarter.start, institution.timeZone);
  const day = dayNumber(local.date);
  const minute = local.hour * 60 + local.minute;
  const { use, isKnown } = dayUseOf(around, institution, day);
  const works = use === 'work';
  const phase = phaseOf(group, institution, around, { day, minute, works }, params);
  return { ...quarter, day, minute, phase, works, isKnown };
}

function takeQuarter(state: State, quarter: Quarter, bench: AfterBench): Step<State> {
  const { institution } = bench.subject;
  const moment = toMoment(quarter, bench);
  if (!moment.isKnown) {
    const date = dateOfDay(moment.day);
    const stopped = stop(state, bench).state;
    const ended = tell('clear', stopped, bench);
    const { refused, findings } = refuse(afterHours, state.refused, date, institution, bench.at);
    const { quarters } = state;
    return { state: { ...initial, quarters, refused }, findings: [...ended, ...findings] };
  }
  const known = goOnJudging(afterHours, state.refused, institution, bench.at);
  const seasonal = turnSeason({ ...state, refused: null }, moment, bench);
  const steps = [
    (now: State) => heed(now, bench),
    (now: State) => turnEvening(now, moment, bench),
    (now: State) => judge(now, moment, bench),
  ];
  const { state: next, findings } = stepThrough(seasonal, steps, (now, step) => step(now));
  return { state: next, findings: [...known, ...findings] };
}

/** Of institutions that work by night, lights and landscape lights alone. */
const isExempt = (bench: AfterBench): boolean =>
  ['air', 'boiler', 'lift'].includes(bench.group) && worksByNight(bench);

/**
 * A circuit is on when nobody should need it: lights, lifts, air conditioning, boilers, landscape lights, each by hours of its own. What a circuit draws
 * when it is off is learned from itself. Evenings that follow each other are one alert, over after a clean one.
 */
export const afterHours: RuleKind<AfterParams, State> = {
  kind: 'energy.after-hours',
  version: 2,
  title: { zh: '非工作时间用电', en: 'On after hours' },
  description: {
    zh: '照明、景观照明、电梯、空调、开水器等回路在不该运行的时段仍在运行；按分项代码或回路用途判断，机房、厨房等昼夜运行的回路不判断。',
    en: 'A circuit of lights, landscape lights, lifts, air conditioning or a boiler is on when it should be off; by its sub-item code or what it is said to feed. Machine rooms, kitchens and the like run when nobody works and are not judged.',
  },
  severity: 'warning',
  params: afterParams,
  appliesTo: (subject) =>
    subject.type === 'meter' &&
    subject.meter.medium === 'electricity' &&
    groupOf(subject.meter) !== undefined,
  initial: () => initial,
  step(state, event, subject, asked, around): Step<State> {
    const { hours } = around;
    const group = subject.type === 'meter' ? groupOf(subject.meter) : undefined;
    if (subject.type !== 'meter' || !hours || !group) return { state, findings: noFindings };
    const bench: AfterBench = { subject, group, params: asked, around, at: event.at };
    if (isExempt(bench)) return { state, findings: noFindings };
    const added = addReading(state.quarters, event.at, hours.closed, hours.running);
    return stepThrough({ ...state, quarters: added.state }, added.quarters, (before, quarter) =>
      takeQuarter(before, quarter, bench),
    );
  },
};
