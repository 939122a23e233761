import { z } from 'zod';
import { stepOf } from '../../../energy/counter.ts';
import type { Hour } from '../../../energy/hourly.ts';
import { baseOf, type Nights, nightHours, usualOf, withNight } from '../../../energy/night-base.ts';
import type { Finding } from '../../../model/alert.ts';
import { minutesOf } from '../../../model/office-hours.ts';
import { localTime, startOfDay } from '../../../model/time.ts';
import type { RuleKind, RuleSubject, Step, Surroundings } from '../../rule.ts';
import {
  type DayUse,
  dateOfDay,
  dayNumber,
  dayUseOf,
  hasOwnTimes,
  hasVacations,
  isInSeason,
  officeHoursOf,
} from '../../shared/energy-days.ts';
import { limitsOf } from '../../shared/limits.ts';
import { yuanOf } from '../../shared/money.ts';
import { explainNights, type HighNight, type NightEpisode } from '../../words/night-load.ts';

const amount = z.number().min(0).max(1e9);
const monthDay = z.string().regex(/^(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$/);

const params = z.strictObject({
  /** Nights running that must be too high. */
  nights: z.int().min(1).max(14).default(3),
  /** Above what is usual by at least so much. */
  risePct: z.number().min(5).max(1000).default(25),
  riseKw: z.number().min(0).max(1e6).default(0.5),
  /** And by so many deviations of the nights compared. */
  riseDeviations: z.number().min(1).max(100).default(4),
  /** Of the floor area that the meter stands for; 0: none. No source gives one. */
  limitWPerM2: z.number().min(0).max(1000).default(0),
  clearNights: z.int().min(1).max(14).default(2),
  adaptDays: z.int().min(14).max(90).default(28),
  /** Pumps that run by night belong to the season: nights of the one are not compared with those of the other. */
  heatingFrom: monthDay.default('11-15'),
  heatingTo: monthDay.default('03-15'),
  warningKwh: amount.default(50),
  criticalKwh: amount.default(2000),
  warningYuan: amount.default(50),
  criticalYuan: amount.default(2000),
});

type Params = z.output<typeof params>;
type MeterSubject = Extract<RuleSubject, { type: 'meter' }>;

interface State {
  /** Measured hours of the newest night so far. */
  readonly running: { readonly day: number; readonly hours: HighNight['hours'] } | null;
  /** Nights after a working day, and after one of rest; without those held to be too high. */
  readonly work: Nights;
  readonly rest: Nights;
  /** First night of the season. */
  readonly season: number;
  readonly heating: boolean | null;
  /** Nights running that were too high, while they are too few to be told. */
  readonly pending: readonly HighNight[];
  readonly episode: NightEpisode | null;
}

interface Bench {
  readonly subject: MeterSubject;
  readonly params: Params;
  readonly around: Surroundings;
  /** `at` of the reading. */
  readonly at: number;
}

const initial: State = {
  running: null,
  work: [],
  rest: [],
  season: 0,
  heating: null,
  pending: [],
  episode: null,
};

/** What the evening was before the night; by the weekday alone where the calendar is not known. */
const eveningOf = (day: number, { around, subject }: Bench): DayUse['use'] =>
  dayUseOf(around, subject.institution, day - 1).use;

const outdoorOf = (day: number, { around, subject }: Bench): number | null =>
  around.outdoorC?.(subject.institution, day - 1) ?? null;

/** Hours from closing to opening; a base load runs through all of them. */
function closedHours({ subject }: Bench): number {
  const { from, to } = officeHoursOf(subject.institution);
  return Math.max(nightHours, 24 - (minutesOf(to) - minutesOf(from)) / 60);
}

interface SeenNight {
  readonly day: number;
  readonly kw: number;
  readonly hours: HighNight['hours'];
}

/** `unknown`: too few like nights to say. */
type Verdict = HighNight | 'usual' | 'unknown';

function judgeNight(state: State, { day, kw, hours: seen }: SeenNight, bench: Bench): Verdict {
  const { params, subject, around, at } = bench;
  const evening = eveningOf(day, bench);
  const after = evening === 'work' ? 'work' : 'rest';
  const vacations = hasVacations(subject.institution);
  const usual = usualOf(state[after], after, {
    from: state.season,
    // What had begun to rise before the pumps did goes on being compared with the nights before them.
    heating: state.heating === true && state.pending.length === 0,
    vacations,
    outdoorC: outdoorOf(day, bench),
  });
  const step = stepOf(0, limitsOf(subject.meter)) / (nightHours - 1);
  const areaM2 = around.floorAreaM2?.(subject.meter);
  const hours = closedHours(bench);
  const night = (limitKw: number, usualKw: number, cause: HighNight['cause']): HighNight => {
    const wastedKwh = Math.max(0, kw - usualKw) * hours;
    const start = startOfDay(dateOfDay(day), subject.institution.timeZone);
    const yuan = yuanOf(around, subject, [{ at: Math.min(start, at), amount: wastedKwh }]);
    const nights = usual?.nights ?? 0;
    return { day, kw, usualKw, limitKw, wastedKwh, yuan, nights, after, cause, hours: seen };
  };
  if (usual) {
    const least = Math.max(
      (params.risePct / 100) * usual.kw,
      params.riseKw,
      params.riseDeviations * usual.spreadKw,
      2 * step,
    );
    const limitKw = usual.kw + (state.episode?.cause === 'rise' ? least / 2 : least);
    if (kw > limitKw) return night(limitKw, usual.kw, 'rise');
  }
  if (params.limitWPerM2 === 0 || areaM2 === undefined) return usual ? 'usual' : 'unknown';
  const limitKw = (params.limitWPerM2 * areaM2) / 1000;
  return kw > limitKw ? night(limitKw, limitKw, 'limit') : 'usual';
}

/** Takes a night into what is usual; those after statutory holidays are like no others. */
function learnNight(state: State, day: number, kw: number, bench: Bench): State {
  const evening = eveningOf(day, bench);
  if (evening === 'holiday') return state;
  const night = { day, kw, outdoorC: outdoorOf(day, bench) };
  return { ...state, [evening]: withNight(state[evening], night, evening) };
}

const learnAll = (state: State, nights: readonly HighNight[], bench: Bench): State =>
  nights.reduce((current, { day, kw }) => learnNight(current, day, kw, bench), state);

const tell = (change: Finding['change'], episode: NightEpisode, bench: Bench): Finding =>
  explainNights({ change, episode, ...bench });

function open(state: State, high: HighNight, bench: Bench): Step<State> {
  const pending = [...state.pending, high];
  if (pending.length < bench.params.nights) return { state: { ...state, pending }, findings: [] };
  const episode: NightEpisode = { cause: high.cause, nights: pending, calm: [], adapted: false };
  return { state: { ...state, pending: [], episode }, findings: [tell('open', episode, bench)] };
}

/** Whether people hold that it is to be so. */
function isExplained(first: number, { around, subject, at }: Bench): boolean {
  const from = startOfDay(dateOfDay(first), subject.institution.timeZone);
  const opinions = around.opinions?.(nightLoad.kind, subject.meter.id, from) ?? [];
  return opinions.some(({ givenAt, verdict }) => givenAt <= at && verdict !== 'confirmed');
}

function goOn(
  state: State,
  episode: NightEpisode,
  night: { readonly day: number; readonly kw: number },
  high: HighNight | 'usual',
  bench: Bench,
): Step<State> {
  const { params } = bench;
  if (high === 'usual') {
    const calm = [...episode.calm, night];
    if (calm.length < params.clearNights)
      return { state: { ...state, episode: { ...episode, calm } }, findings: [] };
    const ended: State = { ...state, episode: null };
    const over = calm.reduce((current, { day, kw }) => learnNight(current, day, kw, bench), ended);
    return { state: over, findings: [tell('clear', episode, bench)] };
  }
  const nights = [...episode.nights, high];
  const lasting: NightEpisode = { ...episode, nights, calm: [] };
  const first = nights[0]?.day ?? high.day;
  const isNormal = high.day - first >= params.adaptDays || isExplained(first, bench);
  if (lasting.cause === 'limit' || !isNormal)
    return {
      state: { ...state, episode: withinBounds(lasting) },
      findings: [tell('amend', lasting, bench)],
    };
  const adapted = { ...lasting, adapted: true };
  const anew = learnAll({ ...state, work: [], rest: [], episode: null }, nights, bench);
  return { state: anew, findings: [tell('amend', adapted, bench), tell('clear', adapted, bench)] };
}

/** Nights of an episode that are remembered one by one; what is above a limit may stay there for years. */
const mostNights = 90;
/** And so many with their hours. */
const mostWithHours = 4;
const withinBounds = (episode: NightEpisode): NightEpisode => {
  const nights = episode.nights.slice(-mostNights);
  const from = nights.length - mostWithHours;
  return {
    ...episode,
    nights: nights.map((night, index) => (index < from ? { ...night, hours: [] } : night)),
  };
};

/** A night is over. */
function closeNight(state: State, day: number, hours: HighNight['hours'], bench: Bench) {
  const { heatingFrom, heatingTo } = bench.params;
  const heating = isInSeason(dateOfDay(day), heatingFrom, heatingTo);
  const isNewSeason = state.heating !== null && heating !== state.heating;
  const seasonal = { ...state, heating, season: isNewSeason ? day : state.season };
  const kw = baseOf(hours.map(([, kwh]) => kwh));
  if (kw === undefined) return { state: seasonal, findings: [] };
  const verdict = judgeNight(seasonal, { day, kw, hours }, bench);
  if (verdict === 'unknown') return { state: learnNight(seasonal, day, kw, bench), findings: [] };
  if (seasonal.episode) return goOn(seasonal, seasonal.episode, { day, kw }, verdict, bench);
  if (verdict !== 'usual') return open(seasonal, verdict, bench);
  const learned = learnAll({ ...seasonal, pending: [] }, state.pending, bench);
  return { state: learnNight(learned, day, kw, bench), findings: [] };
}

function takeHour(state: State, { start, value, quality }: Hour, bench: Bench): Step<State> {
  const { date, hour } = localTime(start, bench.subject.institution.timeZone);
  if (hour >= nightHours) return { state, findings: [] };
  const day = dayNumber(date);
  const before = state.running?.day === day ? state.running.hours : [];
  const isKnown = quality === 'measured' && value !== null;
  const hours = isKnown ? [...before, [start, value] as const] : before;
  if (hour < nightHours - 1) return { state: { ...state, running: { day, hours } }, findings: [] };
  return closeNight({ ...state, running: null }, day, hours, bench);
}

/**
 * The base load of the night is above what it is on like nights of the meter's own past weeks, several nights running. Nights that are told are not
 * learned; after four weeks they are taken for the new normal.
 */
export const nightLoad: RuleKind<Params, State> = {
  kind: 'energy.night-load',
  version: 1,
  title: { zh: '夜间基础负荷偏高', en: 'Night load too high' },
  description: {
    zh: '无人的夜间（0 至 5 时）基础负荷连续数晚高于该表自身以往同类夜晚，或超过按建筑面积设定的限值。',
    en: 'On several nights running the base load (0:00 to 5:00) is above that of like nights in the meter’s own past weeks, or above a limit by floor area.',
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
