import { z } from 'zod';
import {
  isJudged,
  isRunningAway,
  isStillWrong,
  markFirst,
  patternOf,
  type SeenHour,
  toSeen,
  totalsOf,
} from '../../../energy/anomaly.ts';
import {
  type Baseline,
  type Expectation,
  expectedOf,
  flag,
  type LocalHour,
  learn,
  newBaseline,
  restart,
  toLocalHour,
} from '../../../energy/baseline.ts';
import { limitsOf } from '../../../energy/counter.ts';
import { countReading, type Hour, type HourlyState, newHourly } from '../../../energy/hourly.ts';
import type { Finding } from '../../../model/alert.ts';
import { counterOf } from '../../../model/metrics.ts';
import { dayMs } from '../../../model/time.ts';
import { type Episode, explainAnomaly } from '../../explain-anomaly.ts';
import type { RuleKind, RuleSubject, Step, Surroundings } from '../../rule.ts';

const amount = z.number().min(0).max(1e9);

const params = z.strictObject({
  spikeDeviations: z.number().min(2).max(100).default(10),
  heldDeviations: z.number().min(1).max(100).default(8),
  runningDeviations: z.number().min(2).max(100).default(8),
  clearHours: z.int().min(1).max(48).default(4),
  adaptDays: z.int().min(14).max(56).default(14),
  warningKwh: amount.default(20),
  criticalKwh: amount.default(1000),
  warningM3: amount.default(2),
  criticalM3: amount.default(100),
  warningGj: amount.default(1),
  criticalGj: amount.default(50),
});

type Params = z.output<typeof params>;

interface State {
  readonly hourly: HourlyState;
  readonly baseline: Baseline;
  /** Of the running hour, computed when it began. */
  readonly expected: Expectation | null;
  /** The newest hours, ascending; more of them while an episode lasts. */
  readonly seen: readonly SeenHour[];
  readonly episode: Episode | null;
}

const seenHours = { calm: 6, episode: 36 };

/** What stays the same during one step. */
interface Bench {
  readonly subject: Extract<RuleSubject, { type: 'meter' }>;
  readonly params: Params;
  readonly around: Surroundings;
  /** `at` of the reading. */
  readonly at: number;
  readonly localHour: (start: number) => LocalHour;
}

function toBench(
  subject: Extract<RuleSubject, { type: 'meter' }>,
  params: Params,
  around: Surroundings,
  at: number,
): Bench {
  const isRest = (date: string, weekday: number) => {
    const kind = around.day(date)?.kind;
    return kind === undefined ? weekday >= 6 : kind === 'weekend' || kind === 'statutory-holiday';
  };
  const localHour = (start: number) => toLocalHour(start, subject.institution.timeZone, isRest);
  return { subject, params, around, at, localHour };
}

const tell = (change: Finding['change'], state: State, episode: Episode, bench: Bench): Finding =>
  explainAnomaly({ change, episode, seen: state.seen, ...bench });

function open(state: State, episode: Episode, bench: Bench): Step<State> {
  const next = { ...state, episode };
  return { state: next, findings: [tell('open', next, episode, bench)] };
}

function end(state: State, episode: Episode, bench: Bench): Step<State> {
  const clear = tell('clear', state, episode, bench);
  const findings = episode.flagged > 0 ? [{ ...clear, change: 'amend' as const }, clear] : [clear];
  return { state: { ...state, episode: null }, findings };
}

/** An hour is over: it is compared, learned and, where it must be, flagged. */
function closeHour(state: State, hour: Hour, bench: Bench): Step<State> {
  const isMeasured = hour.quality === 'measured' && hour.value !== null;
  const local = isMeasured ? bench.localHour(hour.start) : undefined;
  const expected = local && expectedOf(state.baseline, local);
  const seen = [...state.seen, toSeen(hour, expected)];
  const baseline = local ? learn(state.baseline, local, hour.value ?? 0) : state.baseline;
  const kept = seen.slice(state.episode ? -seenHours.episode : -seenHours.calm);
  const next = { ...state, baseline, seen: kept };
  return state.episode ? goOn(next, state.episode, bench) : watch(next, bench);
}

/** Nothing is wrong so far. */
function watch(state: State, bench: Bench): Step<State> {
  const pattern = patternOf(state.seen, state.baseline.level ?? 0, bench.params);
  if (!pattern) return { state, findings: [] };
  const seen = markFirst(state.seen, bench.params);
  const wrong = seen.filter(({ flagged }) => flagged);
  const starts = wrong.map(({ start }) => start);
  const marked = { ...state, seen, baseline: flagAll(state.baseline, starts, bench) };
  return open(marked, begin(starts[0] ?? bench.at, pattern, wrong), bench);
}

const begin = (
  since: number,
  pattern: Episode['pattern'],
  wrong: readonly SeenHour[],
): Episode => ({
  since,
  pattern,
  ...totalsOf(wrong),
  flagged: wrong.length,
  calm: 0,
  adapted: false,
});

const flagAll = (baseline: Baseline, starts: readonly number[], { localHour }: Bench): Baseline =>
  starts.reduce((current, start) => flag(current, localHour(start)), baseline);

/** Something is wrong: is it still? */
function goOn(state: State, episode: Episode, bench: Bench): Step<State> {
  const { params } = bench;
  const newest = state.seen.at(-1);
  if (!newest || !isJudged(newest)) return { state, findings: [] };
  if (!isStillWrong(newest, params)) {
    const calm = episode.calm + 1;
    const calmer = { ...state, episode: { ...episode, calm } };
    return calm >= params.clearHours
      ? end(calmer, episode, bench)
      : { state: calmer, findings: [] };
  }
  const marked = { ...newest, flagged: true };
  const seen = [...state.seen.slice(0, -1), marked];
  const { used, wasted } = totalsOf([marked]);
  const lasting: Episode = {
    ...episode,
    used: episode.used + used,
    wasted: episode.wasted + wasted,
    flagged: episode.flagged + 1,
    calm: 0,
  };
  const next = {
    ...state,
    seen,
    episode: lasting,
    baseline: flagAll(state.baseline, [newest.start], bench),
  };
  if (newest.start - episode.since < params.adaptDays * dayMs)
    return { state: next, findings: [tell('amend', next, lasting, bench)] };
  const baseline = restart(next.baseline, bench.localHour(episode.since).day);
  return end({ ...next, baseline }, { ...lasting, adapted: true }, bench);
}

/** The hour is not over, but what it has used already says enough. */
function watchRunning(state: State, bench: Bench): Step<State> {
  const { open: running } = state.hourly;
  if (state.episode || !state.expected || running.quality !== 'measured')
    return { state, findings: [] };
  if (!isRunningAway(running.value, state.expected, bench.params)) return { state, findings: [] };
  const soFar = { ...toSeen(running, state.expected), flagged: true };
  const told = tell(
    'open',
    { ...state, seen: [...state.seen, soFar] },
    begin(running.start, 'running', [soFar]),
    bench,
  );
  const episode = begin(running.start, 'running', []);
  return { state: { ...state, episode }, findings: [told] };
}

function stepReading(state: State, value: number, bench: Bench): Step<State> {
  const { subject, at } = bench;
  const counted = countReading(state.hourly, { at, value }, limitsOf(subject.meter));
  if (counted.state === state.hourly) return { state, findings: [] };
  const findings: Finding[] = [];
  let current: State = { ...state, hourly: counted.state };
  for (const hour of counted.closed) {
    const step = closeHour(current, hour, bench);
    current = step.state;
    findings.push(...step.findings);
  }
  if (counted.closed.length > 0) {
    const local = bench.localHour(counted.state.open.start);
    current = { ...current, expected: expectedOf(current.baseline, local) ?? null };
  }
  const running = watchRunning(current, bench);
  return { state: running.state, findings: [...findings, ...running.findings] };
}

/**
 * A meter uses far more or far less than the same hours of its own past weeks. Judged when an hour is over, or before, when the running hour
 * has used far too much already. Hours that were not measured are not judged.
 */
export const consumptionAnomaly: RuleKind<Params, State> = {
  kind: 'energy.consumption-anomaly',
  version: 1,
  title: { zh: '用能异常', en: 'Consumption anomaly' },
  description: {
    zh: '表计用量明显高于或低于其自身过去数周同类日期同一时段的水平。',
    en: 'A meter uses far more or far less than at the same hours of like days in its own past weeks.',
  },
  severity: 'warning',
  params,
  appliesTo: (subject) => subject.type === 'meter' && counterOf[subject.meter.medium] !== null,
  initial: () => ({
    hourly: newHourly,
    baseline: newBaseline,
    expected: null,
    seen: [],
    episode: null,
  }),
  step(state, event, subject, params, around) {
    const metric = subject.type === 'meter' ? counterOf[subject.meter.medium] : null;
    if (event.type !== 'sample' || subject.type !== 'meter' || metric === null)
      return { state, findings: [] };
    const value = event.values[metric];
    return value === undefined
      ? { state, findings: [] }
      : stepReading(state, value, toBench(subject, params, around, event.at));
  },
};
