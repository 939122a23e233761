import { z } from 'zod';
import { hourMs, minuteMs } from '../../../model/time.ts';
import { type GaugeSight, type GaugeTold, gaugeKind } from '../../shared/gauge-kind.ts';
import { type GaugeSeen, isRight } from '../../shared/gauge-spell.ts';
import { phases, phaseValues } from '../../shared/phases.ts';
import { amount, clock, duration } from '../../words/units.ts';

const percent = z.number().min(1).max(200);

const params = z.strictObject({
  /** Of the currents of a meter without one above it, and of the others. */
  mainPct: percent.default(15),
  branchPct: percent.default(30),
  /** Of the voltages. */
  voltageImbalancePct: percent.default(3),
  minutes: z.number().min(1).max(1440).default(60),
  leaveMinutes: z.number().min(1).max(2880).default(240),
  /** Of the rating; under it the currents are not judged. */
  minLoadPct: z.number().min(0).max(100).default(20),
  /** Mean of the phases; under it the currents are not judged. */
  minCurrentA: z.number().min(0).max(1e5).default(10),
});

type Params = z.output<typeof params>;

interface Memory {
  /** In how many readings each phase carried current, up to `known`: a phase that never did is not there. */
  readonly carried: readonly [number, number, number];
}

interface Detail {
  readonly what: 'current' | 'voltage';
  readonly pct: number;
  readonly limitPct: number;
  readonly values: readonly [number, number, number];
  readonly powerKw: number | null;
}

type Three = readonly [number, number, number];

const known = 12;
/** Of the mean: less is noise of a phase that carries nothing. */
const carriesShare = 0.02;
/** A phase with so much less voltage than another is dead, which is another rule's matter. */
const deadShare = 0.5;
/** Inside the limit by this share it is right again. */
const returnShare = 0.1;

function allThree([a, b, c]: readonly (number | null)[]): Three | null {
  const isNone = a === null || b === null || c === null;
  return isNone || a === undefined || b === undefined || c === undefined ? null : [a, b, c];
}

const meanOf = ([a, b, c]: Three): number => (a + b + c) / 3;

function noteCarried(memory: Memory, currents: Three): Memory {
  const least = carriesShare * meanOf(currents);
  const next = (n: number, current: number) => (current > least && n < known ? n + 1 : n);
  const [a, b, c] = memory.carried;
  const carried = [next(a, currents[0]), next(b, currents[1]), next(c, currents[2])] as const;
  return carried.every((n, phase) => n === memory.carried[phase]) ? memory : { carried };
}

function isLoaded(currents: Three, { sample, subject, params: asked }: GaugeSight<Params>) {
  if (meanOf(currents) < asked.minCurrentA) return false;
  const { ratedKw } = subject.meter;
  const { power_kw: powerKw } = sample.values;
  if (ratedKw === undefined || powerKw === undefined) return true;
  return Math.abs(powerKw) >= (asked.minLoadPct / 100) * ratedKw;
}

function compare(
  what: Detail['what'],
  values: Three,
  limitPct: number,
  powerKw: number | null,
): GaugeSeen<Detail> | undefined {
  const mean = meanOf(values);
  if (mean === 0) return undefined;
  const highest = Math.max(...values) - mean;
  const farthest = what === 'current' ? highest : Math.max(highest, mean - Math.min(...values));
  const pct = Math.round((1000 * farthest) / mean) / 10;
  if (pct <= limitPct) return pct <= (1 - returnShare) * limitPct ? isRight : undefined;
  const detail = { what, pct, limitPct, values, powerKw };
  const level = pct >= 2 * limitPct ? 1 : 0;
  return { so: true, value: pct, worse: pct / 100, level, detail };
}

function see(before: Memory, sight: GaugeSight<Params>) {
  const { sample, subject, params: asked } = sight;
  const volts = allThree(phaseValues(sample.values, 'voltage'));
  const currents = allThree(phaseValues(sample.values, 'current'));
  const memory = currents ? noteCarried(before, currents) : before;
  const isDead = volts !== null && Math.min(...volts) < deadShare * Math.max(...volts);
  if (isDead) return { memory };
  const powerKw = sample.values.power_kw ?? null;
  const limitPct = subject.meter.parent === undefined ? asked.mainPct : asked.branchPct;
  const isThreePhase = memory.carried.every((n) => n >= known);
  const byCurrent =
    currents && isThreePhase && isLoaded(currents, sight)
      ? compare('current', currents, limitPct, powerKw)
      : undefined;
  const byVoltage = volts
    ? compare('voltage', volts, asked.voltageImbalancePct, powerKw)
    : undefined;
  if (byCurrent?.so) return { memory, seen: byCurrent };
  if (byVoltage?.so) return { memory, seen: byVoltage };
  return { memory, seen: currents ? byCurrent : byVoltage };
}

function tell({ spell, subject, params: asked }: GaugeTold<Params, Memory, Detail>) {
  const { meter, institution } = subject;
  const { what, pct, limitPct, values, powerKw } = spell.detail;
  const since = clock(spell.since, institution.timeZone);
  const long = duration(spell.lastAt - spell.since);
  const unit = what === 'current' ? 'A' : 'V';
  const said = values.map((value) => amount(value)).join(' / ');
  const [zh, en] = what === 'current' ? ['电流', 'currents'] : ['电压', 'voltages'];
  const worst = phases[values.indexOf(Math.max(...values))]?.toUpperCase() ?? '';
  return {
    summary: {
      zh: `${meter.name}自 ${since} 三相${zh}不平衡 ${pct}%（${said} ${unit}，${worst} 相最高），限值 ${limitPct}%，已 ${long.zh}`,
      en: `${meter.name}: ${en} of the phases unbalanced by ${pct} % since ${since} (${said} ${unit}, phase ${worst} highest), limit ${limitPct} %, for ${long.en}`,
    },
    observed: {
      what,
      imbalancePct: pct,
      [what === 'current' ? 'currentsA' : 'voltagesV']: values,
      powerKw,
    },
    expected: { imbalancePct: limitPct },
    method: {
      zh: `电流不平衡度 =（最大相 − 三相平均）÷ 三相平均；总表限 ${asked.mainPct}%，支路限 ${asked.branchPct}%（本系统默认值，常见运行规程取 15%–30%，未核实出处）；三相平均不足 ${asked.minCurrentA} A 或功率不足额定的 ${asked.minLoadPct}% 时不判断电流。电压按偏离三相平均的最大值计，限 ${asked.voltageImbalancePct}%（GB/T 15543 的 2% 指负序，仅由三相电压大小无法准确求得）。累计 ${asked.minutes} 分钟超限即告警。只有一相或两相有过电流的表不判断；缺相由电压规则说明。`,
      en: `Imbalance of currents = (highest phase − mean) ÷ mean; limit ${asked.mainPct} % for main meters and ${asked.branchPct} % for others (defaults of this system; operating rules commonly name 15 to 30 %, source not verified). Currents are not judged with less than ${asked.minCurrentA} A in the mean or less than ${asked.minLoadPct} % of the rating. Voltages: greatest distance from their mean, limit ${asked.voltageImbalancePct} % (the 2 % of GB/T 15543 are of the negative sequence, which magnitudes alone do not give). Told after ${asked.minutes} minutes. Meters on which only one or two phases ever carried current are not judged; dead phases are told by the voltage rule.`,
    },
    context: {
      isMain: meter.parent === undefined,
      ...(meter.ratedKw && { ratedKw: meter.ratedKw }),
    },
  };
}

/** The phases of a three-phase circuit are loaded, or supplied, unevenly. */
export const phaseImbalance = gaugeKind<Params, Memory, Detail>({
  kind: 'energy.phase-imbalance',
  version: 1,
  title: { zh: '三相不平衡', en: 'Phases unbalanced' },
  description: {
    zh: '有负荷时三相电流（或电压）长时间不平衡；单相表从不判断。',
    en: 'Under load the currents of three phases, or their voltages, differ for long; single-phase meters are never judged.',
  },
  params,
  value: 'imbalancePct',
  memory: { carried: [0, 0, 0] },
  appliesTo: ({ medium }) => medium === 'electricity',
  limits: ({ minutes, leaveMinutes }) => ({
    enterMs: minutes * minuteMs,
    enterReadings: 3,
    leaveMs: leaveMinutes * minuteMs,
    forgetMs: 96 * hourMs,
  }),
  see,
  tell,
});
