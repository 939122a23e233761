import { z } from 'zod';
import type { CircuitGroup } from '../../energy/circuit-group.ts';
import type { Levels } from '../../energy/circuit-use.ts';
import { stepOf } from '../../energy/counter.ts';
import { type Quarter, quarterMs } from '../../energy/quarters.ts';
import {
  type Evening,
  type HourRow,
  noHours,
  type SeenLevels,
  type Stretch,
  withQuarterOf,
} from './after-episode.ts';
import type { Phase } from './circuit-hours.ts';
import type { HourBench } from './closed-hours.ts';
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

/** What is on now. */
export interface Run extends Stretch, SeenLevels {
  readonly nightMinutes: number;
  /** By night since it was last seen on: none, unless it is on again. */
  readonly unsureMinutes: number;
  readonly hours: HourRow;
  readonly isTold: boolean;
}

export interface AfterBench extends HourBench<AfterParams> {
  readonly group: CircuitGroup;
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
    unsureMinutes: 0,
    hours: noHours,
    isTold: false,
  };
  for (const { start, kwh, phase } of quarters) {
    const wastedKwh = kwh - levels.standbyKw / 4;
    const yuan = yuanOf(around, subject, [{ at: start, amount: wastedKwh }]);
    const unsureMinutes = next.unsureMinutes + (phase === 'night' ? 15 : 0);
    const isSure = kwh * 4 > levels.onKw || run === null;
    next = {
      ...next,
      ...(isSure
        ? {
            to: start + quarterMs,
            nightMinutes: next.nightMinutes + unsureMinutes,
            unsureMinutes: 0,
          }
        : { unsureMinutes }),
      wastedKwh: next.wastedKwh + wastedKwh,
      yuan: next.yuan === null || yuan === null ? null : next.yuan + yuan,
      hours: withQuarterOf(next.hours, start, kwh),
    };
  }
  return next;
}

export const worksByNight = ({ subject: { institution }, params }: AfterBench): boolean =>
  institution.kind !== undefined && params.exemptKinds.includes(institution.kind);

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
