import {
  comparedDays,
  isRiseOver,
  type NetworkDay,
  type NetworkRise,
  networkRise,
} from '../../../energy/network-leak.ts';
import type { Finding, Opinion } from '../../../model/alert.ts';
import { dayMs, localTime } from '../../../model/time.ts';
import { type BalanceDay, type DayAround, type DayKind, ofDays } from '../../balance/kind.ts';
import { type MeterSubject, noFindings } from '../../rule.ts';
import { dayNumber, dayUseOf } from '../../shared/energy-days.ts';
import {
  type NetworkEpisode,
  type NetworkParams,
  networkParams,
} from '../../shared/network-episode.ts';
import { explainNetworkLeak } from '../../words/network-leak.ts';

interface Course {
  /** What later days are compared with. */
  readonly usual: readonly NetworkDay[];
  readonly members: readonly string[];
  readonly episode: NetworkEpisode | null;
  /** Newest episode that is over: its days count after all where a person holds that nothing was wrong. */
  readonly over: NetworkEpisode | null;
}

interface Bench {
  readonly subject: MeterSubject;
  readonly params: NetworkParams;
  readonly around: DayAround;
  /** What people held of alerts of the kind. */
  readonly opinions: readonly Opinion[];
}

/** Undefined where too little is known: silence, estimates and a counter that began anew would pass for a leak, or hide one. */
function toKnown(day: BalanceDay, { subject, around }: Bench): NetworkDay | undefined {
  const { from, to, own, below, difference, upper, quality } = day;
  const lower = day.lower ?? null;
  if (own === null || below === null || difference === null || upper === null) return undefined;
  if (lower === null || quality !== 'measured') return undefined;
  const { date } = localTime(from, subject.institution.timeZone);
  const { use } = dayUseOf(around, subject.institution, dayNumber(date));
  const doubt = Math.max(0, (upper - lower) / 2);
  return { from, to, use, own, below, unmetered: difference, doubt };
}

/** What was held of an episode by the end of a day; the newest counts. */
function verdictOn(
  { rise, days }: NetworkEpisode,
  at: number,
  { opinions }: Bench,
): Opinion['verdict'] | undefined {
  const end = days.at(-1)?.to ?? rise.since;
  return opinions
    .filter(({ givenAt, from, to }) => givenAt <= at && from < end && to > rise.since)
    .toSorted((a, b) => a.givenAt - b.givenAt)
    .at(-1)?.verdict;
}

/** `water.leak` saw the same water begin to run and tells of it already: one leak, one alert. */
function isToldElsewhere({ since }: NetworkRise, at: number, { subject, around }: Bench): boolean {
  const told = around.episodes('water.leak', subject.meter.id, since - dayMs);
  return told.some(
    ({ openedAt, clearedAt }) => openedAt <= at && (clearedAt === null || clearedAt > at),
  );
}

interface Move {
  readonly course: Course;
  readonly findings: readonly Finding[];
}

const quiet = (course: Course): Move => ({ course, findings: noFindings });

type Why = 'less' | 'adapted' | 'held' | 'tree';

/** @param usual what is compared with from now on */
function end(
  course: Course,
  episode: NetworkEpisode,
  { at, why }: { readonly at: number; readonly why: Why },
  usual: readonly NetworkDay[],
  { subject, params: asked, around }: Bench,
): Move {
  const told = { change: 'clear', episode, at, why, subject, params: asked, around } as const;
  return {
    course: { ...course, usual, episode: null, over: why === 'less' ? episode : null },
    findings: episode.isTold ? [explainNetworkLeak(told)] : [],
  };
}

function goOn(course: Course, before: NetworkEpisode, day: NetworkDay, bench: Bench): Move {
  const at = day.to;
  const episode = { ...before, days: [...before.days, day] };
  const { rise, days } = episode;
  const verdict = verdictOn(before, at, bench);
  // Since it began is how it is: as much is not told again.
  if (verdict === 'false-alarm' || verdict === 'explained')
    return end(course, before, { at, why: 'held' }, days, bench);
  if (isRiseOver(days, rise)) return end(course, episode, { at, why: 'less' }, course.usual, bench);
  if (at - rise.since >= bench.params.adaptDays * dayMs)
    return end(course, episode, { at, why: 'adapted' }, days, bench);
  return tell(course, episode, at, bench);
}

function tell(course: Course, episode: NetworkEpisode, at: number, bench: Bench): Move {
  const isTold = episode.isTold || !isToldElsewhere(episode.rise, at, bench);
  const next = { ...episode, isTold };
  const moved = { ...course, episode: next };
  if (!isTold) return quiet(moved);
  const { subject, params: asked, around } = bench;
  const change = episode.isTold ? 'amend' : 'open';
  const told = { change, episode: next, at, subject, params: asked, around } as const;
  return { course: moved, findings: [explainNetworkLeak(told)] };
}

/** Days of an episode that was a false alarm are as any other. */
function withForgiven(course: Course, at: number, bench: Bench): Course {
  const { over, usual } = course;
  if (!over || verdictOn(over, at, bench) !== 'false-alarm') return course;
  const days = [...usual, ...over.days].toSorted((a, b) => a.from - b.from);
  return { ...course, usual: days, over: null };
}

function learn(known: Course, day: NetworkDay, bench: Bench): Move {
  const course = withForgiven(known, day.to, bench);
  const days = [...course.usual, day].filter(({ from }) => from >= day.to - keptDays * dayMs);
  const rise = networkRise(days, bench.params);
  if (!rise) return quiet({ ...course, usual: days });
  const isBefore = ({ from }: NetworkDay) => from < rise.since;
  const episode = {
    rise,
    days: days.filter((each) => !isBefore(each)),
    members: course.members,
    isTold: false,
  };
  return tell({ ...course, usual: days.filter(isBefore) }, episode, day.to, bench);
}

/** The newest days, and those they are compared with. */
const keptDays = comparedDays + 14;

const sameMeters = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && a.every((id, index) => id === b[index]);

function step(course: Course, raw: BalanceDay, bench: Bench): Move {
  const members = raw.members ?? [];
  const day = toKnown(raw, bench);
  if (!day) return quiet(course);
  if (!sameMeters(members, course.members)) {
    // With other meters below another part is without one: nothing from before says what is usual.
    const anew: Course = { usual: [day], members, episode: null, over: null };
    const { episode } = course;
    return episode
      ? end(anew, episode, { at: day.to, why: 'tree' }, anew.usual, bench)
      : quiet(anew);
  }
  return course.episode ? goOn(course, course.episode, day, bench) : learn(course, day, bench);
}

function judge(
  days: readonly BalanceDay[],
  subject: MeterSubject,
  asked: NetworkParams,
  around: DayAround,
): readonly Finding[] {
  const [first] = days;
  if (!first) return [];
  const opinions = around.opinions?.('water.network-leak', subject.meter.id, first.from) ?? [];
  const bench: Bench = { subject, params: asked, around, opinions };
  let course: Course = { usual: [], members: [], episode: null, over: null };
  const findings: Finding[] = [];
  for (const day of days) {
    const move = step(course, day, bench);
    course = move.course;
    findings.push(...move.findings);
  }
  return findings;
}

/** A meter counts ever more than those below it: the water is lost between them. */
export const networkLeak: DayKind<NetworkParams> = {
  ...ofDays,
  kind: 'water.network-leak',
  version: 2,
  title: { zh: '管网漏损', en: 'Water lost between meters' },
  description: {
    zh: '总表所计而下级表未计的水量持续升高，超出偶然波动、读数分辨率与表计准确度所能解释的范围。',
    en: 'What a meter counts and those below it do not has risen and stays so, beyond what chance, resolution and the class of the meters explain.',
  },
  severity: 'warning',
  params: networkParams,
  judges: ({ medium }) => medium === 'water',
  judge,
};
