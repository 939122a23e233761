import { z } from 'zod';
import type { CounterLimits } from '../../../energy/counter.ts';
import type { Finding, Text } from '../../../model/alert.ts';
import type { Meter } from '../../../model/entities.ts';
import { counterOf, type Metric, metrics, type Unit } from '../../../model/metrics.ts';
import type { Sample } from '../../../model/observation.ts';
import { hourMs, minuteMs, secondMs } from '../../../model/time.ts';
import { type MeterSubject, noFindings, type RuleKind, type Step } from '../../rule.ts';
import { limitsOf } from '../../shared/limits.ts';
import { lowVolts, nearestNominal, nominalVoltages } from '../../shared/phases.ts';
import { look, type Streak } from '../../shared/streak.ts';
import { addUse, newUse, type UseState } from '../../shared/use-window.ts';
import { amount, clock } from '../../words/units.ts';

const params = z.strictObject({
  /** Of `ratedKw`: what a circuit may carry for a while. */
  factor: z.number().min(1).max(100).default(1.2),
  /** Wrong in at least so many readings running, and for so long. */
  readings: z.int().min(2).max(100).default(3),
  heldS: z.number().min(0).max(86_400).default(600),
  /** Flowing backwards for so long. */
  backwardsMinutes: z.number().min(5).max(1440).default(60),
  /** Of the nominal voltage, to both sides. */
  voltagePct: z.number().min(5).max(50).default(20),
});

type Params = z.output<typeof params>;

const problems = ['power', 'use', 'backwards', 'voltage'] as const;
type Problem = (typeof problems)[number];
type Streaks = Readonly<Partial<Record<Problem, Streak>>>;

interface State {
  readonly streaks: Streaks;
  readonly use: UseState;
  /** What was sent back has been counted at least once: the meter counts both ways. */
  readonly exported: { readonly last: number; readonly moved: boolean } | null;
  readonly open: Streaks | null;
}

const voltages = ['voltage_a_v', 'voltage_b_v', 'voltage_c_v'] as const;
const flowOf = {
  electricity: 'power_kw',
  water: 'flow_m3h',
  gas: 'flow_m3h',
  heat: 'heat_power_kw',
  environment: null,
} as const satisfies Record<Meter['medium'], Metric | null>;
/** Backwards by less than this is noise around zero. */
const leastBackwards = { share: 0.005, kw: 0.05, m3h: 0.01 };

/** How far a voltage lies from the nearest that there is; 0 within tolerance. A phase without voltage may not be wired. */
function offVoltage(volts: number, ptRatio: number, tolerancePct: number): number {
  if (volts === 0) return 0;
  for (const nominal of nominalVoltages(ptRatio))
    if (Math.abs(volts - nominal) <= (tolerancePct / 100) * nominal) return 0;
  return volts - nearestNominal(volts, ptRatio);
}

interface Bench {
  readonly meter: Meter;
  readonly asked: Params;
  readonly limits: CounterLimits;
  readonly at: number;
  readonly values: Sample['values'];
}

const heldOf = ({ readings, heldS }: Params) => ({ count: readings, ms: heldS * secondMs });

/** Each gives the streak as it stands after a sample; the one before where the sample says nothing of it. */
type Look = (streak: Streak | undefined, bench: Bench, state: State) => Streak | undefined;

const lookAtPower: Look = (streak, { meter, asked, at, values }) => {
  const power = values.power_kw;
  if (power === undefined || meter.ratedKw === undefined) return streak;
  const most = meter.ratedKw * asked.factor;
  const off = Math.abs(power) > most ? power - Math.sign(power) * most : 0;
  return look(streak, at, off, power, heldOf(asked));
};

const lookBackwards: Look = (streak, { meter, asked, at, values }, { exported }) => {
  const metric = flowOf[meter.medium];
  const flow = metric === null ? undefined : values[metric];
  if (flow === undefined || exported?.moved) return exported?.moved ? undefined : streak;
  if (flow >= 0 && !streak) return undefined;
  const { share, kw, m3h } = leastBackwards;
  const least = metric === 'flow_m3h' ? m3h : Math.max(kw, share * (meter.ratedKw ?? 0));
  const patience = { count: asked.readings, ms: asked.backwardsMinutes * minuteMs };
  return look(streak, at, flow < -least ? flow : 0, flow, patience);
};

const lookAtVoltage: Look = (streak, { meter, asked, at, values }) => {
  let worst: number | undefined;
  let worstOff = 0;
  for (const name of voltages) {
    const volts = values[name];
    if (volts === undefined) continue;
    const off = offVoltage(volts, meter.ptRatio, asked.voltagePct);
    if (worst !== undefined && Math.abs(off) <= Math.abs(worstOff)) continue;
    worst = volts;
    worstOff = off;
  }
  return worst === undefined ? streak : look(streak, at, worstOff, worst, heldOf(asked));
};

const looks = [
  ['power', lookAtPower],
  ['backwards', lookBackwards],
  ['voltage', lookAtVoltage],
] as const;

function withStreak(streaks: Streaks, problem: Problem, streak: Streak | undefined): Streaks {
  if (streaks[problem] === streak) return streaks;
  const { [problem]: _, ...others } = streaks;
  return streak ? { ...others, [problem]: streak } : others;
}

function watchUse(state: State, { meter, asked, limits, at, values }: Bench): State {
  const value = values.energy_import_kwh;
  if (value === undefined || meter.ratedKw === undefined || meter.medium !== 'electricity')
    return state;
  const use = addUse(state.use, { at, value }, limits, asked.factor * meter.ratedKw);
  return { ...state, use, streaks: withStreak(state.streaks, 'use', use.streak ?? undefined) };
}

function watchExport(state: State, value: number | undefined): State {
  if (value === undefined || value === state.exported?.last) return state;
  const moved = state.exported !== null && value > state.exported.last;
  return { ...state, exported: { last: value, moved: moved || state.exported?.moved === true } };
}

function watch(before: State, bench: Bench): State {
  const state = watchUse(watchExport(before, bench.values.energy_export_kwh), bench);
  let { streaks } = state;
  for (const [problem, lookAt] of looks)
    streaks = withStreak(streaks, problem, lookAt(streaks[problem], bench, state));
  return streaks === state.streaks ? state : { ...state, streaks };
}

const isAnyHeld = (streaks: Streaks): boolean =>
  problems.some((problem) => streaks[problem]?.isHeld);

const heldIn = (streaks: Streaks): Streaks =>
  Object.fromEntries(Object.entries(streaks).filter(([, { isHeld }]) => isHeld));

const texts: Readonly<Record<Problem, Text>> = {
  power: { zh: '功率超过额定', en: 'power above the rating' },
  use: { zh: '用量超过额定功率所能达到', en: 'more used than the rating allows' },
  backwards: { zh: '单向计量出现反向', en: 'flows backwards in a meter that counts one way' },
  voltage: { zh: '电压不在任何标称值附近', en: 'voltage near no nominal one' },
};

function unitOf(problem: Problem, { medium }: Meter): Unit {
  if (problem === 'voltage') return 'V';
  const flow = problem === 'backwards' ? flowOf[medium] : 'power_kw';
  return flow === null ? 'kW' : metrics[flow].unit;
}

function toFinding(
  change: Finding['change'],
  told: Streaks,
  at: number,
  { meter, institution }: MeterSubject,
  asked: Params,
): Finding {
  const found = problems.flatMap((problem) => {
    const streak = told[problem];
    return streak ? [{ problem, ...streak, unit: unitOf(problem, meter) }] : [];
  });
  const from = Math.min(...found.map(({ since }) => since));
  const to = Math.max(...found.map(({ lastAt }) => lastAt));
  const said = (language: 'zh' | 'en') =>
    found.map(({ problem, worst, unit }) => `${texts[problem][language]} ${amount(worst)} ${unit}`);
  const since = clock(from, institution.timeZone);
  return {
    change,
    subject: { type: 'meter', id: meter.id },
    at,
    severity: 'warning',
    summary: {
      zh: `${meter.name}自 ${since} 数值不合理：${said('zh').join('；')}`,
      en: `${meter.name}: implausible since ${since}: ${said('en').join('; ')}`,
    },
    evidence: {
      from,
      to,
      flagged: [...new Set(found.map(({ since }) => Math.floor(since / hourMs) * hourMs))].sort(
        (a, b) => a - b,
      ),
      observed: {
        problems: found.map(({ problem, since, lastAt, count, worst, unit }) => ({
          ...{ problem, from: since, to: lastAt, readings: count, worst, unit },
        })),
      },
      expected: {
        ...(meter.ratedKw !== undefined && { mostKw: meter.ratedKw * asked.factor }),
        nominalVolts: lowVolts,
        voltagePct: asked.voltagePct,
      },
      method: {
        zh: `连续至少 ${asked.readings} 个读数且持续 ${asked.heldS} 秒才判定：有功功率绝对值超过额定的 ${asked.factor} 倍；整小时用量超过额定的 ${asked.factor} 倍（两小时，或三倍以上的一小时，且其后读数延续）；从未计过反向的表反向 ${asked.backwardsMinutes} 分钟；电压偏离最近标称值 ${asked.voltagePct}% 以上（零视为未接）。常见原因：额定、变比、寄存器倍率或接线有误。`,
        en: `Told when wrong in at least ${asked.readings} readings running and for ${asked.heldS} s: power beyond ${asked.factor} times the rating; hours that used more than ${asked.factor} times the rating allows (two of them, or one of three times that, and the counter goes on from there); ${asked.backwardsMinutes} minutes backwards in a meter that never counted what goes out; a voltage more than ${asked.voltagePct} % from the nearest nominal one (zero is taken for not wired). Often the rating, a ratio, a register’s scale or the wiring is wrong.`,
      },
      context: { medium: meter.medium, ctRatio: meter.ctRatio, ptRatio: meter.ptRatio },
      quality: {},
    },
  };
}

const namesOf = (streaks: Streaks): string => Object.keys(streaks).sort().join();

/** An episode that begins, goes on or is over with what is held now. */
function follow(
  state: State,
  open: Streaks | null,
  at: number,
  subject: MeterSubject,
  asked: Params,
): Step<State> {
  const say = (change: Finding['change'], told: Streaks) =>
    toFinding(change, told, at, subject, asked);
  if (open && !isAnyHeld(state.streaks))
    return { state: { ...state, open: null }, findings: [say('amend', open), say('clear', open)] };
  const held = heldIn(state.streaks);
  if (!open) return { state: { ...state, open: held }, findings: [say('open', held)] };
  const both = { ...open, ...held };
  const isMore = namesOf(both) !== namesOf(open);
  return { state: { ...state, open: both }, findings: isMore ? [say('amend', both)] : noFindings };
}

/** A meter says what cannot be: beyond its rating, backwards, or voltages that there are not. */
export const meterImplausible: RuleKind<Params, State> = {
  kind: 'meter.implausible',
  version: 2,
  title: { zh: '数值不合理', en: 'Implausible values' },
  description: {
    zh: '功率或用量超过额定功率所能达到、单向计量出现反向，或电压不合常理，并持续一段时间。',
    en: 'Power or use beyond the rating, a flow backwards in a meter that counts one way, or voltages that there are not, for some time.',
  },
  severity: 'warning',
  params,
  appliesTo: (subject) => subject.type === 'meter' && counterOf[subject.meter.medium] !== null,
  initial: () => ({ streaks: {}, use: newUse, exported: null, open: null }),

  step(before, event, subject, asked): Step<State> {
    if (event.type !== 'sample' || subject.type !== 'meter')
      return { state: before, findings: noFindings };
    const { meter } = subject;
    const { at, values } = event;
    const state = watch(before, { meter, asked, limits: limitsOf(meter), at, values });
    const { open } = before;
    if (!open && !isAnyHeld(state.streaks)) return { state, findings: noFindings };
    return follow(state, open, at, subject, asked);
  },
};
