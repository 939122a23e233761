import { z } from 'zod';
import type { LocalHour } from '../../../energy/baseline.ts';
import {
  type Burst,
  burstOfHour,
  burstOfMean,
  burstOfPair,
  isDoubtful,
  longBursts,
  newestMean,
  newestPair,
} from '../../../energy/burst.ts';
import type { Hour } from '../../../energy/hourly.ts';
import {
  areNightsOver,
  continuousLeak,
  isOver,
  leastDays,
  leastFlows,
  leastOfNight,
  nightLeak,
} from '../../../energy/leak.ts';
import { localHoursOf } from '../../../energy/local-hours.ts';
import {
  type FlowMemory,
  keptHours,
  learnFlow,
  learnNight,
  markNights,
  newFlowMemory,
  noteBurst,
  remember,
  startAnew,
  usualFlow,
} from '../../../energy/water-flow.ts';
import type { Finding } from '../../../model/alert.ts';
import { dayMs, hourMs } from '../../../model/time.ts';
import { noFindings, type RuleKind, type Step } from '../../rule.ts';
import { stepThrough } from '../../shared/closed-hours.ts';
import {
  added,
  beginBurst,
  beginLeak,
  costOf,
  type Episode,
  type LeakBench,
  lostIn,
} from '../../shared/leak-episode.ts';
import { explainLeak } from '../../words/leak.ts';

const params = z.strictObject({
  leastLitresPerHour: z.number().min(0).max(100_000).default(1),
  leastSharePct: z.number().min(0).max(50).default(0.5),
  nightDeviations: z.number().min(2).max(50).default(4),
  burstFactor: z.number().min(1.1).max(20).default(1.5),
  burstLitresPerHour: z.number().min(0).max(1_000_000).default(50),
  adaptDays: z.int().min(14).max(365).default(60),
  warningM3: z.number().min(0).max(1e6).default(1),
  criticalM3: z.number().min(0).max(1e6).default(50),
  warningYuan: z.number().min(0).max(1e7).default(5),
  criticalYuan: z.number().min(0).max(1e7).default(250),
});

type Params = z.output<typeof params>;

interface State {
  readonly flow: FlowMemory;
  readonly episode: Episode | null;
  /** Start of the hour with which the newest episode ended. */
  readonly endedAt: number | null;
}

interface Bench extends LeakBench {
  readonly params: Params;
}

/** At an hour that is over. */
interface HourBench extends Bench {
  readonly local: LocalHour;
}

const isNight = ({ hour }: LocalHour): boolean => hour >= 22 || hour < 6;

/** The nights are looked at when the day begins. */
const morning = 8;

function localHourOf(start: number, { subject, around }: Bench): LocalHour {
  return localHoursOf(subject.institution, around.day)(start);
}

const tell = (
  change: Finding['change'],
  { flow }: State,
  episode: Episode,
  bench: Bench,
): Finding => explainLeak({ change, episode, flow, ...bench });

function isJudging({ since }: FlowMemory, today: number): boolean {
  return since !== null && today - since >= leastDays;
}

/** No hour of an episode that is over is among the newest so many. */
const isClear = ({ endedAt }: State, { start }: Hour, hours: number): boolean =>
  endedAt === null || start - endedAt >= hours * hourMs;

/** A burst, and over how many hours it shows. */
function burstOf(state: State, hour: Hour, { local, params: asked }: HourBench) {
  const { flow } = state;
  const pair = burstOfPair(flow, isNight(local), asked);
  const burst = burstOfHour(hour.value ?? 0, flow, asked) ?? pair;
  if (burst) return { burst, hours: pair ? 2 : 1 };
  for (const long of longBursts) {
    const { hours } = long;
    const mean = isClear(state, hour, hours) && burstOfMean(flow, long, isNight(local), asked);
    if (mean) return { burst: mean, hours };
  }
  return undefined;
}

function watch(state: State, hour: Hour, bench: HourBench): Step<State> {
  const { flow } = state;
  const found = burstOf(state, hour, bench);
  if (found) {
    const since = hour.start - (found.hours - 1) * hourMs;
    return open(state, beginBurst(found.burst, state, since, bench), bench);
  }
  const isAfter = state.endedAt !== null && hour.start - state.endedAt < keptHours * hourMs;
  const leak = continuousLeak(flow, bench.params, isAfter);
  return leak
    ? open(state, beginLeak(leak, state.flow, hour.start, bench), bench)
    : { state, findings: noFindings };
}

function open(state: State, episode: Episode, bench: Bench): Step<State> {
  const change = state.episode ? 'amend' : 'open';
  const next = { ...state, episode };
  return { state: next, findings: [tell(change, next, episode, bench)] };
}

function end(state: State, episode: Episode, bench: Bench): Step<State> {
  const findings = (['amend', 'clear'] as const).map((change) =>
    tell(change, state, episode, bench),
  );
  return { state: { ...state, episode: null, endedAt: state.flow.newest }, findings };
}

/** So many hours that are no burst end it. */
const calmHours = 2;

function goOn(state: State, episode: Episode, hour: Hour, bench: HourBench): Step<State> {
  const burst = episode.burst
    ? { ...episode.burst, calm: nextCalm(episode.burst, hour) }
    : burstDuringLeak(state, hour, bench);
  if (burst && burst.calm >= calmHours && !episode.leak) {
    const flow = noteBurst(state.flow, bench.local.day, burst.flow);
    return end({ ...state, flow }, episode, bench);
  }
  if (!burst && episode.leak && isOver(state.flow, episode.leak)) return end(state, episode, bench);
  const isWrong = !burst || burst.calm === 0;
  const lostM3 = isWrong ? lostIn(hour, { ...episode, burst }, state.flow) : 0;
  const next: Episode = {
    ...episode,
    burst: burst && burst.calm < calmHours ? burst : null,
    flaggedTo: isWrong ? hour.start + hourMs : episode.flaggedTo,
    lostM3: episode.lostM3 + lostM3,
    yuan: added(episode.yuan, costOf(hour.start, lostM3, bench)),
  };
  if (hour.start - episode.since >= bench.params.adaptDays * dayMs) {
    const from = localHourOf(episode.since, bench).day;
    const flow = startAnew(state.flow, from);
    return end({ ...state, flow }, { ...next, adapted: true }, bench);
  }
  const isNews = Boolean(next.burst) !== Boolean(episode.burst);
  if (!isNews && hour.start < episode.amendAt)
    return { state: { ...state, episode: next }, findings: noFindings };
  return open(state, { ...next, amendAt: hour.start + dayMs }, bench);
}

const nextCalm = (burst: Burst & { readonly calm: number }, { value, quality }: Hour): number =>
  quality !== 'measured' || value === null || value > burst.limit / 2 ? 0 : burst.calm + 1;

function burstDuringLeak({ flow }: State, { value }: Hour, { params: asked, local }: HourBench) {
  const burst = burstOfHour(value ?? 0, flow, asked) ?? burstOfPair(flow, isNight(local), asked);
  return burst ? { ...burst, calm: 0 } : null;
}

/** An hour is over. */
function closeHour(state: State, hour: Hour, about: Bench): Step<State> {
  const local = localHourOf(hour.start, about);
  const bench = { ...about, local };
  const seen: State = { ...state, flow: remember(state.flow, hour) };
  const isKnown = hour.quality === 'measured' || hour.quality === 'estimated';
  const step =
    isKnown && isJudging(seen.flow, local.day)
      ? judge(seen, hour, bench)
      : { state: seen, findings: noFindings };
  const after = { ...step.state, flow: learnHour(step.state, hour, bench) };
  if (local.hour !== morning - 1) return { state: after, findings: step.findings };
  const night = lookAtNight(after, hour, local, bench);
  return { state: night.state, findings: [...step.findings, ...night.findings] };
}

/** What is normal is learned: not while water is lost, and not from a single hour that is out of all proportion. */
function learnHour(state: State, hour: Hour, { local }: HourBench) {
  const { flow, episode } = state;
  const value = hour.value ?? 0;
  if (hour.quality !== 'measured' || episode !== null) return learnFlow(flow, local.day, {}, null);
  const pair = newestPair(flow) ?? 0;
  const meanOf = (hours: number) => (isClear(state, hour, hours) && newestMean(flow, hours)) || 0;
  const [three, six] = [meanOf(3), meanOf(6)];
  const night = isNight(local) ? { nightPair: pair, nightSix: six } : {};
  const busy = { topPair: pair, topThree: three, topSix: six, ...night };
  return isDoubtful(value, usualFlow(flow))
    ? learnFlow(flow, local.day, busy, null)
    : learnFlow(flow, local.day, { ...leastFlows(flow), ...busy, top: value }, value);
}

const judge = (state: State, hour: Hour, bench: HourBench): Step<State> =>
  state.episode ? goOn(state, state.episode, hour, bench) : watch(state, hour, bench);

/** The quietest hours of the day that is over. */
function lookAtNight(state: State, hour: Hour, local: LocalHour, bench: Bench): Step<State> {
  const least = leastOfNight(state.flow, bench.params);
  if (!least) return { state, findings: noFindings };
  const { episode } = state;
  const night = { day: local.day, ...least, leaking: episode !== null };
  const flow = learnNight(state.flow, night);
  const next = { ...state, flow };
  if (episode) {
    const isCalm = episode.leak?.pattern === 'nights' && areNightsOver(flow.nights, episode.leak);
    return isCalm ? end(next, episode, bench) : { state: next, findings: noFindings };
  }
  const leak = isJudging(flow, local.day) ? nightLeak(flow, bench.params) : undefined;
  if (!leak) return { state: next, findings: noFindings };
  const marked = { ...next, flow: markNights(flow, leak.overHours / 24) };
  return open(marked, beginLeak(leak, marked.flow, hour.start, bench), bench);
}

/** The hour is not over, but what has flowed in it already says enough. */
function watchRunning(state: State, bench: Bench): Step<State> {
  const running = bench.around.hours?.running;
  if (state.episode || running?.quality !== 'measured' || state.flow.since === null)
    return { state, findings: noFindings };
  if (!isJudging(state.flow, localHourOf(running.start, bench).day))
    return { state, findings: noFindings };
  const burst = burstOfHour(running.value, state.flow, bench.params);
  if (!burst) return { state, findings: noFindings };
  const soFar = beginBurst(burst, state, running.start, bench);
  // What has flowed is counted when the hour is over.
  const episode = { ...soFar, lostM3: 0, yuan: 0 };
  return { state: { ...state, episode }, findings: [tell('open', state, soFar, bench)] };
}

/** Water flows that never rests, or far more than ever before. */
export const waterLeak: RuleKind<Params, State> = {
  kind: 'water.leak',
  version: 4,
  title: { zh: '漏水', en: 'Water leak' },
  description: {
    zh: '用水昼夜不停，夜间最小流量连续升高，或流量远超以往最大值。',
    en: 'Water flows day and night without a rest, the least flow of the nights has risen, or more flows than ever before.',
  },
  severity: 'warning',
  params,
  appliesTo: (subject) => subject.type === 'meter' && subject.meter.medium === 'water',
  initial: () => ({ flow: newFlowMemory, episode: null, endedAt: null }),
  step(state, event, subject, asked, around) {
    if (subject.type !== 'meter' || !around.hours) return { state, findings: noFindings };
    const bench: Bench = { subject, params: asked, around, at: event.at };
    const closed = stepThrough(state, around.hours.closed, (before, hour) =>
      closeHour(before, hour, bench),
    );
    const running = watchRunning(closed.state, bench);
    return { state: running.state, findings: [...closed.findings, ...running.findings] };
  },
};
