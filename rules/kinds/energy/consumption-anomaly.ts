import {
  boundsOf,
  deviationsOf,
  isAside,
  isJudged,
  isRunningAway,
  type Measure,
  markFirst,
  patternOf,
  reachOf,
  type SeenHour,
  toSeen,
} from '../../../energy/anomaly.ts';
import {
  type Baseline,
  type Expectation,
  expectedOf,
  learn,
  newBaseline,
  restart,
} from '../../../energy/baseline.ts';
import { type Episode, emptyEpisode, withHour } from '../../../energy/episode.ts';
import type { Hour, OpenHour } from '../../../energy/hourly.ts';
import { type LocalHours, localHoursOf } from '../../../energy/local-hours.ts';
import { flag } from '../../../energy/marks.ts';
import { isLasting, withOpinion } from '../../../energy/opinions.ts';
import { newScatter, note, type Scatter } from '../../../energy/scatter.ts';
import type { Finding } from '../../../model/alert.ts';
import { counterOf } from '../../../model/metrics.ts';
import { dayMs } from '../../../model/time.ts';
import type { RuleKind, RuleSubject, Step, Surroundings } from '../../rule.ts';
import {
  anomalyParams,
  leastOf,
  mannerOf,
  type AnomalyParams as Params,
} from '../../shared/anomaly-params.ts';
import { type CreepState, giveWay, newCreep, watchCreep } from '../../shared/creep-watch.ts';
import { hasOwnTimes } from '../../shared/energy-days.ts';
import { yuanOf } from '../../shared/money.ts';
import { explainAnomaly } from '../../words/anomaly.ts';

interface State {
  readonly baseline: Baseline;
  readonly scatter: Scatter;
  /** Of the running hour, computed when it began. */
  readonly ahead: { readonly start: number; readonly expected: Expectation | null } | null;
  /** The newest hours, ascending; more of them while an episode lasts. */
  readonly seen: readonly SeenHour[];
  readonly episode: Episode | null;
  readonly creep: CreepState;
  /** Up to when what people held of earlier alerts is in the baseline. */
  readonly heededUpTo: number;
}

const seenHours = { calm: 4, episode: 24 };

/** What stays the same during one step. */
interface Bench {
  readonly subject: Extract<RuleSubject, { type: 'meter' }>;
  readonly params: Params;
  readonly around: Surroundings;
  /** `at` of the reading. */
  readonly at: number;
  readonly local: LocalHours;
}

/** What the hour at hand is measured by. On a holiday little is normal, and circuits with times of their own may be on or off. */
function measureOf({ baseline, scatter }: State, start: number, bench: Bench): Measure {
  const { subject, params } = bench;
  const { isLowTold, isMeasuredByItself } = mannerOf(subject.meter);
  const isHoliday = bench.local(start).holiday === true;
  const isFree = isHoliday && hasOwnTimes(subject.meter);
  return {
    bounds: boundsOf(isMeasuredByItself ? scatter.usual : null, params),
    level: baseline.level ?? 0,
    leastAmount: isFree ? Number.POSITIVE_INFINITY : leastOf(subject.meter, params),
    isLowTold: isLowTold && !isHoliday,
  };
}

function expect(state: State, start: number, bench: Bench): Expectation | undefined {
  const { baseline, episode } = state;
  const { leastOfPeak } = mannerOf(bench.subject.meter);
  const lasting = episode ? { episodeDay: bench.local(episode.since).day } : {};
  return expectedOf(baseline, bench.local(start), { leastOfPeak, ...lasting });
}

function tell(change: Finding['change'], state: State, episode: Episode, bench: Bench): Finding {
  const { bounds } = measureOf(state, episode.since, bench);
  return explainAnomaly({ ...state, change, episode, bounds, ...bench });
}

function open(state: State, episode: Episode, bench: Bench): Step<State> {
  const { creep, findings } = giveWay(state.creep, bench);
  const next = { ...state, episode, creep };
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
  const { around, subject, at, local } = bench;
  const all = around.opinions?.(consumptionAnomaly.kind, subject.meter.id, at - heededMs) ?? [];
  const fresh = all.filter(({ givenAt }) => givenAt > state.heededUpTo && givenAt <= at);
  if (fresh.length === 0) return state;
  const ordered = fresh.toSorted((a, b) => a.givenAt - b.givenAt);
  const { episode } = state;
  const isExplained = ordered.some((each) => isLasting(each) && each.from === episode?.since);
  return {
    ...state,
    baseline: ordered.reduce((sum, each) => withOpinion(sum, each, local), state.baseline),
    episode: episode && isExplained ? { ...episode, adapted: true } : episode,
    ahead: null,
    heededUpTo: ordered.at(-1)?.givenAt ?? state.heededUpTo,
  };
}

function closeHour(before: State, hour: Hour, bench: Bench): Step<State> {
  const heeded = heedPeople(before, bench);
  const ended = heeded.episode?.adapted
    ? end(heeded, heeded.episode, bench)
    : { state: heeded, findings: [] };
  const grown = newDay(ended.state, hour, bench);
  const step = judgeHour(grown.state, hour, bench);
  return { ...step, findings: [...ended.findings, ...grown.findings, ...step.findings] };
}

/** With the first measured hour of a day the day before is over. */
function newDay(state: State, { start, quality }: Hour, bench: Bench): Step<State> {
  const newest = state.baseline.days.at(-1);
  const today = bench.local(start).day;
  const { isMeasuredByItself } = mannerOf(bench.subject.meter);
  if (quality !== 'measured' || !newest || newest.day >= today || !isMeasuredByItself)
    return { state, findings: [] };
  const { creep, findings } = watchCreep(
    state.creep,
    state.baseline,
    today,
    state.episode !== null,
    bench,
  );
  return { state: { ...state, creep }, findings };
}

/** An hour is over: it is compared, learned and, where it must be, flagged. */
function judgeHour(state: State, hour: Hour, bench: Bench): Step<State> {
  const isMeasured = hour.quality === 'measured' && hour.value !== null;
  const expected = isMeasured ? expectedHere(state, hour.start, bench) : undefined;
  const seen = [...state.seen, toSeen(hour, expected)].slice(
    state.episode ? -seenHours.episode : -seenHours.calm,
  );
  if (!isMeasured) return { state: { ...state, seen }, findings: [] };
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
  state.ahead?.start === start ? (state.ahead.expected ?? undefined) : expect(state, start, bench);

const yuanFor = (hour: SeenHour, { around, subject }: Bench): number | null =>
  yuanOf(around, subject, [{ at: hour.start, amount: (hour.value ?? 0) - (hour.expected ?? 0) }]);

/** Nothing is wrong so far. */
function watch(state: State, bench: Bench): Step<State> {
  const newest = state.seen.at(-1);
  if (!newest) return { state, findings: [] };
  const pattern = patternOf(state.seen, measureOf(state, newest.start, bench), bench.params);
  if (!pattern) return { state, findings: [] };
  const seen = markFirst(state.seen, bench.params);
  const wrong = seen.filter(({ flagged }) => flagged);
  const side = deviationsOf(newest) < 0 ? -1 : 1;
  const since = wrong[0]?.start ?? newest.start;
  const episode = wrong.reduce(
    (sum, hour) => withHour(sum, hour, yuanFor(hour, bench)),
    emptyEpisode(since, pattern, side),
  );
  return open({ ...state, seen, baseline: flagAll(state.baseline, wrong, bench) }, episode, bench);
}

const flagAll = (baseline: Baseline, hours: readonly SeenHour[], { local }: Bench): Baseline =>
  hours.reduce((current, { start }) => flag(current, local(start)), baseline);

/** Something is wrong: is it still? */
function goOn(state: State, episode: Episode, bench: Bench): Step<State> {
  const { params } = bench;
  const newest = state.seen.at(-1);
  if (!newest || !isJudged(newest)) return { state, findings: [] };
  const pattern = patternOf(state.seen, measureOf(state, newest.start, bench), params);
  const side = pattern ? (deviationsOf(newest) < 0 ? -1 : 1) : episode.side;
  if (!pattern && !isAside(newest, side, params)) return calmDown(state, episode, bench);
  const marked = { ...newest, flagged: true };
  const seen = [...state.seen.slice(0, -1), marked];
  const lasting: Episode = { ...withHour(episode, marked, yuanFor(marked, bench)), side };
  const baseline = flagAll(state.baseline, [marked], bench);
  const next = { ...state, seen, episode: lasting, baseline };
  if (newest.start - episode.since < params.adaptDays * dayMs)
    return { state: next, findings: [tell('amend', next, lasting, bench)] };
  const from = bench.local(episode.since).day;
  const adapted = { ...next, baseline: restart(baseline, from), scatter: newScatter };
  return end(adapted, { ...lasting, adapted: true }, bench);
}

function calmDown(state: State, episode: Episode, bench: Bench): Step<State> {
  const calm = episode.calm + 1;
  const calmer = { ...state, episode: { ...episode, calm } };
  return calm >= bench.params.clearHours
    ? end(calmer, calmer.episode, bench)
    : { state: calmer, findings: [] };
}

/** The hour is not over, but what it has used already says enough. */
function watchRunning(state: State, running: OpenHour, bench: Bench): Step<State> {
  const expected = state.ahead?.expected;
  if (state.episode || !expected || running.quality !== 'measured') return { state, findings: [] };
  const { bounds, leastAmount } = measureOf(state, running.start, bench);
  const deviations = Math.max(bench.params.runningDeviations, bounds.above);
  const isAway = isRunningAway(running.value, expected, deviations);
  if (!isAway || running.value - expected.value < leastAmount) return { state, findings: [] };
  const soFar = { ...toSeen(running, expected), flagged: true };
  const episode = emptyEpisode(running.start, 'running', 1);
  const told = tell(
    'open',
    { ...state, seen: [...state.seen, soFar] },
    withHour(episode, soFar, yuanFor(soFar, bench)),
    bench,
  );
  const { creep, findings } = giveWay(state.creep, bench);
  return { state: { ...state, episode, creep }, findings: [...findings, told] };
}

function stepHours(state: State, bench: Bench): Step<State> {
  const { hours } = bench.around;
  if (!hours) return { state, findings: [] };
  const findings: Finding[] = [];
  let current = state;
  for (const hour of hours.closed) {
    const step = closeHour(current, hour, bench);
    current = step.state;
    findings.push(...step.findings);
  }
  const { start } = hours.running;
  if (current.ahead?.start !== start)
    current = {
      ...current,
      ahead: { start, expected: expect(current, start, bench) ?? null },
    };
  const running = watchRunning(current, hours.running, bench);
  return { state: running.state, findings: [...findings, ...running.findings] };
}

/**
 * A meter uses far more or far less than the same hours of its own past weeks. Judged when an hour is over, or before, when the running hour
 * has used far too much already. Hours that were not measured are not judged.
 */
export const consumptionAnomaly: RuleKind<Params, State> = {
  kind: 'energy.consumption-anomaly',
  version: 2,
  title: { zh: '用能异常', en: 'Consumption anomaly' },
  description: {
    zh: '表计用量明显高于或低于其自身过去数周同类日期同一时段的水平。',
    en: 'A meter uses far more or far less than at the same hours of like days in its own past weeks.',
  },
  severity: 'warning',
  params: anomalyParams,
  appliesTo: (subject) => subject.type === 'meter' && counterOf[subject.meter.medium] !== null,
  initial: () => ({
    baseline: newBaseline,
    scatter: newScatter,
    ahead: null,
    seen: [],
    episode: null,
    creep: newCreep,
    heededUpTo: 0,
  }),
  step(state, event, subject, params, around) {
    if (event.type !== 'sample' || subject.type !== 'meter') return { state, findings: [] };
    const local = localHoursOf(subject.institution, around.day, around.outdoorC);
    return stepHours(state, { subject, params, around, at: event.at, local });
  },
};
