import { z } from 'zod';
import type { CircuitGroup } from '../../energy/circuit-group.ts';
import type { Levels } from '../../energy/circuit-use.ts';
import { stepOf } from '../../energy/counter.ts';
import { type Quarter, quarterMs } from '../../energy/quarters.ts';
import { hourMs } from '../../model/time.ts';
import type { RuleSubject, Surroundings } from '../rule.ts';
import type { AfterEpisode, Stretch } from '../words/after-hours.ts';
import type { Phase } from './circuit-hours.ts';
import { limitsOf } from './limits.ts';
import { yuanOf } from './money.ts';

const amount = z.number().min(0).max(1e9);
const clockTime = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/);
const monthDay = z.string().regex(/^(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$/);

export const afterParams = z.strictObject({
  /** On for at least so long. */
  heldMinutes: z.int().min(15).max(240).default(60),
  /** Drawn by what is off; 0: learned. */
  standbyKw: z.number().min(0).max(1e6).default(0),
  /** On is so much of the way from standby to what is drawn in office hours, */
  onPct: z.number().min(5).max(100).default(30),
  /** and at least so much above it. */
  onKw: z.number().min(0.01).max(1e6).default(0.3),
  /** Before opening and after closing. */
  graceMinutes: z.number().min(0).max(360).default(60),
  /** What one lift draws at most, where a meter counts several; 0: what the meter itself draws by night. */
  oneLiftKw: z.number().min(0).max(1000).default(0),
  /** Air conditioning comes on so long after opening and goes off so long before closing. */
  acLateMinutes: z.number().min(-240).max(240).default(60),
  acEarlyMinutes: z.number().min(-240).max(240).default(60),
  /** Pumps run by night against frost: twice as much is needed to be on. */
  heatingFrom: monthDay.default('11-15'),
  heatingTo: monthDay.default('03-15'),
  /** Lights and lifts: nobody works late any more. */
  nightFrom: clockTime.default('23:00'),
  nightTo: clockTime.default('05:00'),
  /** Before that an evening of overtime is told only if it comes to so much; 0: never. */
  overtimeKwh: amount.default(500),
  overtimeYuan: amount.default(500),
  /** On holidays, and on days named as YYYY-MM-DD or MM-DD. */
  landscapeUntil: clockTime.default('23:00'),
  landscapeDates: z.array(z.string().regex(/^(\d{4}-)?\d{2}-\d{2}$/)).default([]),
  /** Kinds of institutions that work by night: of these only lights and landscape lights are judged. */
  exemptKinds: z.array(z.string()).default(['medical']),
  leastKwh: amount.default(5),
  warningEvenings: z.int().min(1).max(100).default(3),
  warningKwh: amount.default(100),
  criticalKwh: amount.default(2000),
  warningYuan: amount.default(100),
  criticalYuan: amount.default(2000),
});

export type AfterParams = z.output<typeof afterParams>;
export type MeterSubject = Extract<RuleSubject, { type: 'meter' }>;

/** On without a break, when it should be off. */
export interface Run extends Stretch {
  readonly nightMinutes: number;
  /** Newest hours of it, with what they came to in kWh. */
  readonly hours: AfterEpisode['hours'];
  readonly isTold: boolean;
}

export interface AfterBench {
  readonly subject: MeterSubject;
  readonly group: CircuitGroup;
  readonly params: AfterParams;
  readonly around: Surroundings;
  /** `at` of the reading. */
  readonly at: number;
}

/** A quarter with its place in the calendar. */
export interface Moment extends Quarter {
  readonly day: number;
  readonly minute: number;
  readonly phase: Phase;
  readonly works: boolean;
  /** Whether its year has a calendar. */
  readonly isKnown: boolean;
}

/** Of an episode, so many stretches are remembered one by one. */
const mostStretches = 24;

/**
 * Whether the newest quarters show that it is on: each by itself, and all of them together; while it is on, either the newest or all of them. A counter with
 * coarse steps may show one too many or too few.
 */
export function isOn(
  window: readonly Quarter[],
  goesOn: boolean,
  { onKw }: Levels,
  { subject, params }: AfterBench,
): boolean {
  const count = quartersOf(params);
  const step = stepOf(0, limitsOf(subject.meter));
  const newest = window.slice(-count);
  const kwh = newest.reduce((sum, each) => sum + each.kwh, 0);
  const isWhole = newest.length === count && kwh - step > (onKw * count) / 4;
  const isEach = (each: Quarter) => each.kwh + step > onKw / 4;
  return goesOn ? isWhole || newest.slice(-1).some(isEach) : isWhole && newest.every(isEach);
}

/** Quarters of an hour that it must be on. */
export const quartersOf = ({ heldMinutes }: Pick<AfterParams, 'heldMinutes'>): number =>
  Math.ceil(heldMinutes / 15);

/** With quarters in which it was on. */
export function withOn(
  run: Run | null,
  quarters: readonly Moment[],
  levels: Levels,
  bench: AfterBench,
): Run {
  const { around, subject } = bench;
  let next: Run = run ?? {
    from: quarters[0]?.start ?? bench.at,
    to: quarters[0]?.start ?? bench.at,
    wastedKwh: 0,
    yuan: 0,
    standbyKw: levels.standbyKw,
    onKw: levels.onKw,
    officeKw: levels.officeKw,
    nightMinutes: 0,
    hours: [],
    isTold: false,
  };
  for (const { start, kwh, phase } of quarters) {
    const wastedKwh = kwh - levels.standbyKw / 4;
    const yuan = yuanOf(around, subject, [{ at: start, amount: wastedKwh }]);
    next = {
      ...next,
      to: kwh * 4 > levels.onKw || run === null ? start + quarterMs : next.to,
      wastedKwh: next.wastedKwh + wastedKwh,
      yuan: next.yuan === null || yuan === null ? null : next.yuan + yuan,
      nightMinutes: next.nightMinutes + (phase === 'night' ? 15 : 0),
      hours: withHour(next.hours, start, kwh),
    };
  }
  return next;
}

export const worksByNight = ({ subject: { institution }, params }: AfterBench): boolean =>
  institution.kind !== undefined && params.exemptKinds.includes(institution.kind);

/** Of a run, so many hours are remembered one by one. */
const mostHours = 30;

function withHour(hours: AfterEpisode['hours'], quarter: number, kwh: number) {
  const start = Math.floor(quarter / hourMs) * hourMs;
  const last = hours.at(-1);
  const goesOn = last?.[0] === start;
  const sum = goesOn ? last[1] + kwh : kwh;
  return [...(goesOn ? hours.slice(0, -1) : hours), [start, sum] as const].slice(-mostHours);
}

/** Whether people may yet be at work there; what one lift draws tells two from one at once. */
const mayBeOvertime = ({ group, params }: AfterBench): boolean =>
  group === 'lighting' || group === 'corridor' || (group === 'lift' && params.oneLiftKw === 0);

export function isToBeTold(
  { wastedKwh, yuan, nightMinutes }: Run,
  evening: Evening,
  bench: AfterBench,
): boolean {
  const { params } = bench;
  if (wastedKwh < params.leastKwh) return false;
  if (!mayBeOvertime(bench) || nightMinutes >= params.heldMinutes) return true;
  const { overtimeKwh, overtimeYuan } = params;
  if (!evening.works || worksByNight(bench)) return false;
  return (
    (overtimeKwh > 0 && wastedKwh >= overtimeKwh) ||
    (overtimeYuan > 0 && (yuan ?? 0) >= overtimeYuan)
  );
}

const toStretch = ({ from, to, wastedKwh, yuan, standbyKw, onKw, officeKw }: Run): Stretch => ({
  from,
  to,
  wastedKwh,
  yuan,
  standbyKw,
  onKw,
  officeKw,
});

/** From noon to noon, of air conditioning from midnight to midnight; of the local day that it begins in. */
export interface Evening {
  readonly day: number;
  readonly works: boolean;
  /** How many quarters of an hour of it were judged, and whether it was told of. */
  readonly judged: number;
  readonly isTold: boolean;
}

/** The run as part of the episode: as a stretch of its own, or grown. */
export function withStretch(
  episode: AfterEpisode | null,
  run: Run,
  evening: Evening,
): AfterEpisode {
  const stretch = toStretch(run);
  if (!episode)
    return {
      first: evening.day,
      evenings: 1,
      newest: evening.day,
      works: evening.works,
      earlier: { kwh: 0, yuan: 0 },
      stretches: [stretch],
      hours: run.hours,
    };
  const isSame = episode.stretches.at(-1)?.from === run.from;
  const all = [...(isSame ? episode.stretches.slice(0, -1) : episode.stretches), stretch];
  const dropped = all.length > mostStretches ? all[0] : undefined;
  const { kwh, yuan } = episode.earlier;
  return {
    ...episode,
    evenings: episode.evenings + (episode.newest === evening.day ? 0 : 1),
    newest: evening.day,
    works: evening.works,
    hours: run.hours,
    stretches: dropped ? all.slice(1) : all,
    earlier: dropped
      ? {
          kwh: kwh + dropped.wastedKwh,
          yuan: yuan === null || dropped.yuan === null ? null : yuan + dropped.yuan,
        }
      : episode.earlier,
  };
}
