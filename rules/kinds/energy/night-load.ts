import { z } from 'zod';
import { stepOf } from '../../../energy/counter.ts';
import type { Hour } from '../../../energy/hourly.ts';
import {
  baseOf,
  type Nights,
  nightHours,
  noNights,
  usualOf,
  withNight,
} from '../../../energy/night-base.ts';
import type { Finding } from '../../../model/alert.ts';
import { minutesOf } from '../../../model/office-hours.ts';
import { localTime, startOfDay } from '../../../model/time.ts';
import { noFindings, type RuleKind, type Step } from '../../rule.ts';
import { byClosedHours, goesByOfficeHours, type HourBench } from '../../shared/closed-hours.ts';
import {
  type DayUse,
  dateOfDay,
  dayNumber,
  dayUseOf,
  hasVacations,
  isInSeason,
  officeHoursOf,
} from '../../shared/energy-days.ts';
import { excuseSince } from '../../shared/held.ts';
import { limitsOf } from '../../shared/limits.ts';
import { yuanOf } from '../../shared/money.ts';
import {
  beginNights,
  type HighNight,
  type KeptNight,
  type NightCause,
  type NightEpisode,
  toKeptNight,
  withNightAdded,
} from '../../shared/night-episode.ts';
import { explainNights } from '../../words/night-load.ts';

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
type Bench = HourBench<Params>;

interface Tonight {
  readonly day: number;
  /** kWh from midnight on, null where not measured. */
  readonly kwh: readonly (number | null)[];
}

interface State {
  /** The newest night so far. */
  readonly running: Tonight | null;
  /** Nights after a working day, and after one of rest; without those held to be too high. */
  readonly work: Nights;
  readonly rest: Nights;
  /** First night of the season. */
  readonly season: number;
  readonly heating: boolean | null;
  /** First night of a heating season of which it is open whether it makes a difference here, and how many of its nights made none. */
  readonly trial: { readonly from: number; readonly usual: number } | null;
  /** Nights running that were too high, while they are too few to be told. */
  readonly pending: readonly KeptNight[];
  readonly episode: NightEpisode | null;
}

const initial: State = {
  running: null,
  work: noNights,
  rest: noNights,
  season: 0,
  heating: null,
  trial: null,
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

interface SeenNight extends Pick<HighNight, 'day' | 'kw' | 'hours'> {}

interface High {
  readonly cause: NightCause;
  readonly night: KeptNight;
}

/** `unknown`: too few like nights to say. */
type Verdict = High | 'usual' | 'unknown';

function judgeNight(state: State, { day, kw, hours: seen }: SeenNight, bench: Bench): Verdict {
  const { params, subject, around, at } = bench;
  const evening = eveningOf(day, bench);
  const after = evening === 'work' ? 'work' : 'rest';
  const vacations = hasVacations(subject.institution);
  const usual = usualOf(state[after], after, {
    from: state.season,
    // What had begun to rise before the pumps did goes on being compared with the nights before them.
    heating: state.heating === true && state.trial === null && state.pending.length === 0,
    vacations,
    outdoorC: outdoorOf(day, bench),
  });
  const step = stepOf(0, limitsOf(subject.meter)) / (nightHours - 1);
  const areaM2 = around.floorAreaM2?.(subject.meter);
  const hours = closedHours(bench);
  const high = (limitKw: number, usualKw: number, cause: NightCause): High => {
    const wastedKwh = Math.max(0, kw - usualKw) * hours;
    const start = startOfDay(dateOfDay(day), subject.institution.timeZone);
    const yuan = yuanOf(around, subject, [{ at: Math.min(start, at), amount: wastedKwh }]);
    const nights = usual?.nights ?? 0;
    const night = {
      day,
      kw,
      usualKw,
      limitKw,
      wastedKwh,
      yuan,
      nights,
      after,
      hours: seen,
    } as const;
    return { cause, night: toKeptNight(night) };
  };
  if (usual) {
    const least = Math.max(
      (params.risePct / 100) * usual.kw,
      params.riseKw,
      params.riseDeviations * usual.spreadKw,
      2 * step,
    );
    const limitKw = usual.kw + (state.episode?.cause === 'rise' ? least / 2 : least);
    if (kw > limitKw) return high(limitKw, usual.kw, 'rise');
  }
  if (params.limitWPerM2 === 0 || areaM2 === undefined) return usual ? 'usual' : 'unknown';
  const limitKw = (params.limitWPerM2 * areaM2) / 1000;
  return kw > limitKw ? high(limitKw, limitKw, 'limit') : 'usual';
}

/** Takes a night into what is usual; those after statutory holidays are like no others. */
function learnNight(state: State, day: number, kw: number, bench: Bench): State {
  const evening = eveningOf(day, bench);
  if (evening === 'holiday') return state;
  const night = { day, kw, outdoorC: outdoorOf(day, bench) };
  return { ...state, [evening]: withNight(state[evening], night, evening) };
}

const learnAll = (state: State, nights: readonly KeptNight[], bench: Bench): State =>
  nights.reduce((current, [day, kw]) => learnNight(current, day, kw, bench), state);

const tell = (
  change: Finding['change'],
  episode: NightEpisode,
  bench: Bench,
  adapted = false,
): Finding => explainNights({ change, episode, adapted, ...bench });

function open(state: State, { cause, night }: High, bench: Bench): Step<State> {
  const pending = [...state.pending, night];
  if (pending.length < bench.params.nights)
    return { state: { ...state, pending }, findings: noFindings };
  const episode = beginNights(cause, pending);
  return { state: { ...state, pending: [], episode }, findings: [tell('open', episode, bench)] };
}

/** Whether people hold that it is to be so. */
function isExplained(first: number, bench: Bench): boolean {
  const from = startOfDay(dateOfDay(first), bench.subject.institution.timeZone);
  return excuseSince(nightLoad.kind, from, bench) !== undefined;
}

function goOn(
  state: State,
  episode: NightEpisode,
  night: { readonly day: number; readonly kw: number },
  high: High | 'usual',
  bench: Bench,
): Step<State> {
  const { params } = bench;
  if (high === 'usual') {
    const calm = [...episode.calm, night];
    if (calm.length < params.clearNights)
      return { state: { ...state, episode: { ...episode, calm } }, findings: noFindings };
    const ended: State = { ...state, episode: null };
    const over = calm.reduce((current, { day, kw }) => learnNight(current, day, kw, bench), ended);
    return { state: over, findings: [tell('clear', episode, bench)] };
  }
  const lasting = withNightAdded(episode, high.night);
  const isNormal =
    night.day - lasting.first >= params.adaptDays || isExplained(lasting.first, bench);
  if (lasting.cause === 'limit' || !isNormal)
    return { state: { ...state, episode: lasting }, findings: [tell('amend', lasting, bench)] };
  const anew: State = { ...state, work: noNights, rest: noNights, episode: null };
  return {
    state: learnAll(anew, lasting.nights, bench),
    findings: [tell('amend', lasting, bench, true), tell('clear', lasting, bench, true)],
  };
}

/** Pumps that come with the heating season come with its beginning. */
const trialNights = 2;

/** A heating season is tried first, any other begins at once: the night may be like those before it. */
function turnSeason(state: State, day: number, { params }: Bench): State {
  const heating = isInSeason(dateOfDay(day), params.heatingFrom, params.heatingTo);
  if (state.heating === null || heating === state.heating) return { ...state, heating };
  if (heating) return { ...state, heating, trial: { from: day, usual: 0 } };
  return { ...state, heating, trial: null, season: day };
}

/** What the night says of a season that is being tried. */
function tryNight(state: State, verdict: Verdict): State {
  const { trial } = state;
  if (!trial || verdict === 'unknown' || state.episode || state.pending.length > 0) return state;
  if (verdict !== 'usual') return { ...state, trial: null, season: trial.from };
  const usual = trial.usual + 1;
  return { ...state, trial: usual < trialNights ? { ...trial, usual } : null };
}

/** A night is over. */
function closeNight(state: State, { day, kwh }: Tonight, bench: Bench): Step<State> {
  const turned = turnSeason(state, day, bench);
  const kw = baseOf(kwh.filter((each) => each !== null));
  if (kw === undefined) return { state: turned, findings: noFindings };
  const night = { day, kw, hours: kwh.map((each) => each ?? undefined) };
  const first = judgeNight(turned, night, bench);
  const seasonal = tryNight(turned, first);
  const verdict = seasonal.season === turned.season ? first : judgeNight(seasonal, night, bench);
  if (verdict === 'unknown')
    return { state: learnNight(seasonal, day, kw, bench), findings: noFindings };
  if (seasonal.episode) return goOn(seasonal, seasonal.episode, night, verdict, bench);
  if (verdict !== 'usual') return open(seasonal, verdict, bench);
  const learned = learnAll({ ...seasonal, pending: [] }, state.pending, bench);
  return { state: learnNight(learned, day, kw, bench), findings: noFindings };
}

function takeHour(state: State, { start, value, quality }: Hour, bench: Bench): Step<State> {
  const { date, hour } = localTime(start, bench.subject.institution.timeZone);
  if (hour >= nightHours) return { state, findings: noFindings };
  const day = dayNumber(date);
  const before = state.running?.day === day ? state.running.kwh : [];
  const now = quality === 'measured' ? value : null;
  const kwh = Array.from({ length: hour + 1 }, (_, at) =>
    at === hour ? now : (before[at] ?? null),
  );
  if (hour < nightHours - 1)
    return { state: { ...state, running: { day, kwh } }, findings: noFindings };
  return closeNight({ ...state, running: null }, { day, kwh }, bench);
}

/**
 * The base load of the night is above what it is on like nights of the meter's own past weeks, several nights running. Nights that are told are not
 * learned; after four weeks they are taken for the new normal.
 */
export const nightLoad: RuleKind<Params, State> = {
  kind: 'energy.night-load',
  version: 2,
  title: { zh: '夜间基础负荷偏高', en: 'Night load too high' },
  description: {
    zh: '无人的夜间（0 至 5 时）基础负荷连续数晚高于该表自身以往同类夜晚，或超过按建筑面积设定的限值。',
    en: 'On several nights running the base load (0:00 to 5:00) is above that of like nights in the meter’s own past weeks, or above a limit by floor area.',
  },
  severity: 'warning',
  params,
  appliesTo: goesByOfficeHours,
  initial: () => initial,
  step: byClosedHours(takeHour),
};
