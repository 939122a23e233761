import {
  deviationsOf,
  isAside,
  isJudged,
  isRunningAway,
  markFirst,
  patternOf,
  reachOf,
  type SeenHour,
  toSeen,
} from '../../../energy/anomaly.ts';
import {
  type Baseline,
  type Expectation,
  learn,
  newBaseline,
  restart,
} from '../../../energy/baseline.ts';
import { groupOf } from '../../../energy/circuit-group.ts';
import { type Episode, emptyEpisode, withHour } from '../../../energy/episode.ts';
import type { Hour, OpenHour } from '../../../energy/hourly.ts';
import { localHoursOf } from '../../../energy/local-hours.ts';
import { flag } from '../../../energy/marks.ts';
import { isLasting, withOpinion } from '../../../energy/opinions.ts';
import { daysFrom } from '../../../energy/rise.ts';
import { newScatter, note } from '../../../energy/scatter.ts';
import type { Finding } from '../../../model/alert.ts';
import { counterOf } from '../../../model/metrics.ts';
import { dayMs } from '../../../model/time.ts';
import { type MeterHours, noFindings, type RuleKind, type Step } from '../../rule.ts';
import { otherCourse } from '../../shared/anomaly-course.ts';
import {
  anomalyParams,
  mannerOf,
  type AnomalyParams as Params,
} from '../../shared/anomaly-params.ts';
import {
  type Bench,
  expectHour,
  inSeason,
  isLeft,
  type Kept,
  measureOf,
  pack,
  type AnomalyState as State,
  saysSomething,
  unpack,
} from '../../shared/anomaly-state.ts';
import { stepThrough } from '../../shared/closed-hours.ts';
import { heldSince } from '../../shared/held.ts';
import { yuanOf } from '../../shared/money.ts';
import { giveWay, newRise, restartRise, watchRise } from '../../shared/rise-watch.ts';
import { explainAnomaly } from '../../words/anomaly.ts';

const seenHours = { calm: 4, episode: 24 };

function tell(change: Finding['change'], state: State, episode: Episode, bench: Bench): Finding {
  const { bounds } = measureOf(state, episode.since, bench);
  return explainAnomaly({ ...state, change, episode, bounds, ...bench });
}

function open(state: State, episode: Episode, bench: Bench): Step<State> {
  const { rise, findings } = giveWay(state.rise, bench);
  const next = { ...state, episode, rise };
  return { state: next, findings: [...findings, tell('open', next, episode, bench)] };
}

function end(state: State, episode: Episode, bench: Bench): Step<State> {
  const clear = tell('clear', state, episode, bench);
  const isTold = episode.runs.length > 0;
  const findings = isTold ? [{ ...clear, change: 'amend' as const }, clear] : [clear];
  return {
    state: { ...state, seen: state.seen.slice(-seenHours.calm), episode: null },
    findings,
  };
}

/** Alerts that opened since this long ago may still be in the baseline. */
const heededMs = 60 * dayMs;

/** With what people have held of earlier alerts by now. An episode whose change is explained has ended with that. */
function heedPeople(state: State, bench: Bench): State {
  const { at, local } = bench;
  const all = heldSince(consumptionAnomaly.kind, at - heededMs, bench);
  const ordered = all.filter(({ givenAt }) => givenAt > state.heededUpTo);
  if (ordered.length === 0) return state;
  const { episode } = state;
  const lasting = ordered.filter(isLasting);
  const isExplained = lasting.some(({ from }) => from === episode?.since);
  const newest = lasting.at(-1);
  return {
    ...state,
    baseline: ordered.reduce((sum, each) => withOpinion(sum, each, local), state.baseline),
    episode: episode && isExplained ? { ...episode, adapted: true } : episode,
    rise: newest
      ? { ...state.rise, days: daysFrom(state.rise.days, local(newest.from).day) }
      : state.rise,
    ahead: null,
    heededUpTo: ordered.at(-1)?.givenAt ?? state.heededUpTo,
  };
}

function closeHour(before: State, hour: Hour, bench: Bench): Step<State> {
  const heeded = heedPeople(before, bench);
  const ended = heeded.episode?.adapted
    ? end(heeded, heeded.episode, bench)
    : { state: heeded, findings: noFindings };
  const grown = newDay(ended.state, hour, bench);
  const step = judgeHour(grown.state, hour, bench);
  return { ...step, findings: [...ended.findings, ...grown.findings, ...step.findings] };
}

/** With the first measured hour of a day the day before is over. */
function newDay(state: State, { start, quality }: Hour, bench: Bench): Step<State> {
  const newest = state.baseline.days.at(-1);
  const today = bench.local(start).day;
  const { isMeasuredByItself } = mannerOf(bench.subject.meter);
  const isWatched = isMeasuredByItself && groupOf(bench.subject.meter) === undefined;
  if (quality !== 'measured' || !newest || newest.day >= today || !isWatched)
    return { state, findings: noFindings };
  const { rise, findings } = watchRise(
    state.rise,
    state.baseline,
    today,
    state.episode !== null,
    bench,
  );
  const next = { ...state, rise };
  const seen = state.episode ? [] : otherCourse(next, bench);
  if (seen.length === 0) return { state: next, findings };
  const step = begin({ ...next, seen }, 'shape', bench);
  return { ...step, findings: [...findings, ...step.findings] };
}

/** An hour is over: it is compared, learned and, where it must be, flagged. */
function judgeHour(before: State, hour: Hour, bench: Bench): Step<State> {
  const state = inSeason(before, hour, bench);
  const isMeasured = hour.quality === 'measured' && hour.value !== null;
  const expected = isMeasured ? expectedHere(state, hour.start, bench) : undefined;
  const seen = [...state.seen, toSeen(hour, expected)].slice(
    state.episode ? -seenHours.episode : -seenHours.calm,
  );
  if (!isMeasured) return { state: { ...state, seen }, findings: noFindings };
  const local = bench.local(hour.start);
  const next = {
    ...state,
    seen,
    baseline: learn(state.baseline, local, hour.value ?? 0),
  };
  const step = state.episode ? goOn(next, state.episode, bench) : watch(next, bench);
  return expected
    ? { ...step, state: { ...step.state, scatter: note(state.scatter, local.day, reachOf(seen)) } }
    : step;
}

const expectedHere = (state: State, start: number, bench: Bench): Expectation | undefined =>
  state.ahead?.start === start
    ? (state.ahead.expected ?? undefined)
    : expectHour(state, start, bench);

const yuanFor = (hour: SeenHour, { around, subject }: Bench): number | null =>
  yuanOf(around, subject, [{ at: hour.start, amount: (hour.value ?? 0) - (hour.expected ?? 0) }]);

/** Nothing is wrong so far. */
function watch(state: State, bench: Bench): Step<State> {
  const newest = state.seen.at(-1);
  if (!newest || isLeft(state, newest.start, bench)) return { state, findings: noFindings };
  const pattern = patternOf(state.seen, measureOf(state, newest.start, bench), bench.params);
  if (!pattern) return { state, findings: noFindings };
  return begin({ ...state, seen: markFirst(state.seen, bench.params) }, pattern, bench);
}

/** What is wrong is flagged in what was seen. */
function begin(state: State, pattern: Episode['pattern'], bench: Bench): Step<State> {
  const wrong = state.seen.filter(({ flagged }) => flagged);
  const [first, last] = [wrong[0], wrong.at(-1)];
  if (!first || !last) return { state, findings: noFindings };
  const episode = wrong.reduce(
    (sum, hour) => withHour(sum, hour, yuanFor(hour, bench)),
    emptyEpisode(first.start, pattern, deviationsOf(last) < 0 ? -1 : 1),
  );
  return open({ ...state, baseline: flagAll(state.baseline, wrong, bench) }, episode, bench);
}

const flagAll = (baseline: Baseline, hours: readonly SeenHour[], { local }: Bench): Baseline =>
  hours.reduce((current, { start }) => flag(current, local(start)), baseline);

/** Something is wrong: is it still? */
function goOn(state: State, episode: Episode, bench: Bench): Step<State> {
  const { params } = bench;
  const newest = state.seen.at(-1);
  if (!newest || !isJudged(newest)) return { state, findings: noFindings };
  const pattern = isLeft(state, newest.start, bench)
    ? undefined
    : patternOf(state.seen, measureOf(state, newest.start, bench), params);
  // What is another course goes on to either side.
  const isTurned = pattern !== undefined || episode.pattern === 'shape';
  const side = isTurned ? (deviationsOf(newest) < 0 ? -1 : 1) : episode.side;
  if (!pattern && !isAside(newest, side, params)) return calmDown(state, episode, bench);
  const marked = { ...newest, flagged: true };
  const seen = [...state.seen.slice(0, -1), marked];
  const lasting: Episode = { ...withHour(episode, marked, yuanFor(marked, bench)), side };
  const baseline = flagAll(state.baseline, [marked], bench);
  const next = { ...state, seen, episode: lasting, baseline };
  if (newest.start - episode.since < params.adaptDays * dayMs)
    return { state: next, findings: [tell('amend', next, lasting, bench)] };
  const from = bench.local(episode.since).day;
  const adapted = {
    ...next,
    baseline: restart(baseline, from),
    scatter: newScatter,
    rise: restartRise(next.rise, from),
  };
  return end(adapted, { ...lasting, adapted: true }, bench);
}

function calmDown(state: State, episode: Episode, bench: Bench): Step<State> {
  const calm = episode.calm + 1;
  const calmer = { ...state, episode: { ...episode, calm } };
  return calm >= bench.params.clearHours
    ? end(calmer, calmer.episode, bench)
    : { state: calmer, findings: noFindings };
}

/** The hour is not over, but what it has used already says enough. */
function watchRunning(state: State, running: OpenHour, bench: Bench): Step<State> {
  const expected = state.ahead?.expected;
  if (state.episode || !expected || running.quality !== 'measured')
    return { state, findings: noFindings };
  if (isLeft(state, running.start, bench)) return { state, findings: noFindings };
  const { bounds, leastAmount } = measureOf(state, running.start, bench);
  const deviations = Math.max(bench.params.runningDeviations, bounds.above);
  const isAway = isRunningAway(running.value, expected, deviations);
  if (!isAway || running.value - expected.value < leastAmount)
    return { state, findings: noFindings };
  const soFar = { ...toSeen(running, expected), flagged: true };
  const episode = emptyEpisode(running.start, 'running', 1);
  const told = tell(
    'open',
    { ...state, seen: [...state.seen, soFar] },
    withHour(episode, soFar, yuanFor(soFar, bench)),
    bench,
  );
  const { rise, findings } = giveWay(state.rise, bench);
  return { state: { ...state, episode, rise }, findings: [...findings, told] };
}

function stepHours(state: State, hours: MeterHours, bench: Bench): Step<State> {
  const { state: closed, findings } = stepThrough(state, hours.closed, (before, hour) =>
    closeHour(before, hour, bench),
  );
  const { start } = hours.running;
  const ready =
    closed.ahead?.start === start
      ? closed
      : { ...closed, ahead: { start, expected: expectHour(closed, start, bench) ?? null } };
  const running = watchRunning(ready, hours.running, bench);
  return { state: running.state, findings: [...findings, ...running.findings] };
}

/**
 * A meter uses far more or far less than the same hours of its own past weeks. Judged when an hour is over, or before, when the running hour
 * has used far too much already. Hours that were not measured are not judged.
 */
export const consumptionAnomaly: RuleKind<Params, Kept> = {
  kind: 'energy.consumption-anomaly',
  version: 4,
  title: { zh: '用能异常', en: 'Consumption anomaly' },
  description: {
    zh: '表计用量明显高于或低于其自身过去数周同类日期同一时段的水平。',
    en: 'A meter uses far more or far less than at the same hours of like days in its own past weeks.',
  },
  severity: 'warning',
  params: anomalyParams,
  appliesTo: (subject) => subject.type === 'meter' && counterOf[subject.meter.medium] !== null,
  initial: () =>
    pack({
      baseline: newBaseline,
      scatter: newScatter,
      ahead: null,
      seen: [],
      episode: null,
      rise: newRise,
      heededUpTo: 0,
    }),
  step(state, event, subject, params, around) {
    const { hours } = around;
    if (
      event.type !== 'sample' ||
      subject.type !== 'meter' ||
      !hours ||
      !saysSomething(state, hours)
    )
      return { state, findings: noFindings };
    const local = localHoursOf(subject.institution, around.day, around.outdoorC);
    const bench = { subject, params, around, at: event.at, local };
    const step = stepHours(unpack(state), hours, bench);
    return { state: pack(step.state), findings: step.findings };
  },
};
