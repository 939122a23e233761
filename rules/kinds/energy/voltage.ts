import { z } from 'zod';
import type { Text } from '../../../model/alert.ts';
import { hourMs, minuteMs } from '../../../model/time.ts';
import { type GaugeSight, type GaugeTold, gaugeKind } from '../../shared/gauge-kind.ts';
import { type GaugeSeen, isRight } from '../../shared/gauge-spell.ts';
import { nearestNominal, type Phase, phases, phaseValues } from '../../shared/phases.ts';
import { amount, clock, duration } from '../../words/units.ts';

const percent = z.number().min(1).max(50);

const params = z.strictObject({
  /** As the meter shows it; 0: the standard voltage nearest to most readings. */
  nominalV: z.number().min(0).max(1e6).default(0),
  /** Beyond the nominal voltage. */
  abovePct: percent.default(7),
  /** Of any but 220 V. */
  belowPct: percent.default(7),
  below220Pct: percent.default(10),
  minutes: z.number().min(1).max(1440).default(30),
  /** Under this share of the nominal voltage a phase is dead, while another is not. */
  deadPct: z.number().min(5).max(70).default(50),
  deadMinutes: z.number().min(0).max(1440).default(2),
  leaveMinutes: z.number().min(1).max(1440).default(30),
});

type Params = z.output<typeof params>;

interface Memory {
  /** The nominal voltage most readings speak for, and by how many more. */
  readonly nominal: number | null;
  readonly votes: number;
  /** In how many readings each phase had voltage, up to `known`. */
  readonly alive: readonly [number, number, number];
}

type Cause = 'dead-phase' | 'neutral' | 'high' | 'low';

interface Detail {
  readonly cause: Cause;
  readonly phase: Phase;
  readonly nominalV: number;
  readonly volts: readonly (number | null)[];
}

const known = 12;
const mostVotes = 48;
/** A reading so far from any nominal voltage speaks for none. */
const voteWithin = 0.15;
/** So near to a nominal voltage it is nearest to that. */
const surelyWithin = 0.015;
const aliveShare = 0.7;
/** A little inside the limits it is neither wrong nor right. */
const returnShare = 0.005;

function vote(memory: Memory, volts: number, ptRatio: number): Memory {
  const { nominal, votes } = memory;
  if (nominal !== null && votes >= mostVotes && Math.abs(volts / nominal - 1) < surelyWithin)
    return memory;
  const found = nearestNominal(volts, ptRatio);
  if (Math.abs(volts / found - 1) > voteWithin) return memory;
  if (found === nominal) return votes < mostVotes ? { ...memory, votes: votes + 1 } : memory;
  return votes <= 1
    ? { nominal: found, votes: 1, alive: [0, 0, 0] }
    : { ...memory, votes: votes - 1 };
}

function noteAlive(memory: Memory, volts: readonly (number | null)[], nominal: number): Memory {
  const [a, b, c] = memory.alive;
  if (Math.min(a, b, c) >= known) return memory;
  const least = aliveShare * nominal;
  const nextA = oneMore(a, volts[0], least);
  const nextB = oneMore(b, volts[1], least);
  const nextC = oneMore(c, volts[2], least);
  if (nextA === a && nextB === b && nextC === c) return memory;
  return { ...memory, alive: [nextA, nextB, nextC] };
}

const oneMore = (n: number, volts: number | null | undefined, least: number): number =>
  n < known && (volts ?? 0) >= least ? n + 1 : n;

/** GB/T 12325: 220 V between phase and neutral may be further below than the others; above 20 kV it is the spread that is limited, to 10 %. */
function allowedOf(nominalV: number, ptRatio: number, asked: Params) {
  const { abovePct, belowPct, below220Pct } = asked;
  if (nominalV >= 20_000) return { above: 0.1, below: 0.1 };
  const is220 = ptRatio === 1 && Math.abs(nominalV - 220) < 10;
  return { above: abovePct / 100, below: (is220 ? below220Pct : belowPct) / 100 };
}

interface Look {
  readonly volts: readonly (number | null)[];
  readonly nominalV: number;
  readonly allowed: { readonly above: number; readonly below: number };
}

const gravest = 1;
/** Half as far again beyond the limit worries more. */
const graveFactor = 1.5;

/** Of the phases that are used, the one with the least voltage and the one with the most; undefined where none has any. */
function extremesOf({ volts }: Look, alive: Memory['alive']) {
  let lowest = -1;
  let highest = -1;
  let least = Number.POSITIVE_INFINITY;
  let most = Number.NEGATIVE_INFINITY;
  for (let phase = 0; phase < phases.length; phase++) {
    const each = volts[phase] ?? null;
    if (each === null || (alive[phase] ?? 0) < known) continue;
    if (each < least) {
      least = each;
      lowest = phase;
    }
    if (each > most) {
      most = each;
      highest = phase;
    }
  }
  return lowest < 0 ? undefined : { lowest, highest, least, most };
}

type Extremes = NonNullable<ReturnType<typeof extremesOf>>;

function toSeen(
  cause: Cause,
  worse: number,
  level: number,
  { volts, nominalV }: Look,
  extremes: Extremes,
) {
  const isLeast = cause === 'dead-phase' || cause === 'low';
  const value = Math.round((isLeast ? extremes.least : extremes.most) * 10) / 10;
  const phase = phases[isLeast ? extremes.lowest : extremes.highest] ?? 'a';
  return { so: true, value, worse, level, detail: { cause, phase, nominalV, volts } } as const;
}

function judge(look: Look, alive: Memory['alive'], asked: Params): GaugeSeen<Detail> | undefined {
  const { nominalV, allowed } = look;
  const extremes = extremesOf(look, alive);
  if (!extremes || extremes.most < aliveShare * nominalV) return undefined;
  const above = extremes.most / nominalV - 1;
  const below = 1 - extremes.least / nominalV;
  if (extremes.least < (asked.deadPct / 100) * nominalV) {
    const seen = toSeen('dead-phase', gravest, 2, look, extremes);
    return { ...seen, enterMs: asked.deadMinutes * minuteMs };
  }
  if (above <= allowed.above - returnShare && below <= allowed.below - returnShare) return isRight;
  const isHigh = above > allowed.above;
  const isLow = below > allowed.below;
  if (isHigh && isLow) return toSeen('neutral', above + below, 2, look, extremes);
  const level = Math.max(above / allowed.above, below / allowed.below) > graveFactor ? 1 : 0;
  if (isHigh) return toSeen('high', above, level, look, extremes);
  return isLow ? toSeen('low', below, level, look, extremes) : undefined;
}

function see(before: Memory, { sample, subject, params: asked }: GaugeSight<Params>) {
  const volts = phaseValues(sample.values, 'voltage');
  const highest = Math.max(volts[0] ?? 0, volts[1] ?? 0, volts[2] ?? 0);
  if (highest === 0) return { memory: before };
  const { ptRatio } = subject.meter;
  const voted = asked.nominalV === 0 ? vote(before, highest, ptRatio) : before;
  const learned = voted.votes >= known ? voted.nominal : null;
  const nominalV = asked.nominalV > 0 ? asked.nominalV : learned;
  if (nominalV === null) return { memory: voted };
  const memory = noteAlive(voted, volts, nominalV);
  const allowed = allowedOf(nominalV, ptRatio, asked);
  return { memory, seen: judge({ volts, nominalV, allowed }, memory.alive, asked) };
}

const words: Readonly<Record<Cause, Text>> = {
  'dead-phase': { zh: '缺相（断相）', en: 'dead' },
  neutral: {
    zh: '偏高而另有一相偏低，疑似中性线断线',
    en: 'high while another is low: neutral broken?',
  },
  high: { zh: '电压偏高', en: 'too high' },
  low: { zh: '电压偏低', en: 'too low' },
};

function tell({ spell, subject, params: asked }: GaugeTold<Params, Memory, Detail>) {
  const { meter, institution } = subject;
  const { cause, phase, nominalV, volts } = spell.detail;
  const since = clock(spell.since, institution.timeZone);
  const long = duration(spell.lastAt - spell.since);
  const letter = phase.toUpperCase();
  const value = volts[phases.indexOf(phase)] ?? 0;
  const shift = (100 * (value / nominalV - 1)).toFixed(1);
  const { above, below } = allowedOf(nominalV, meter.ptRatio, asked);
  const [abovePct, belowPct] = [Math.round(above * 100), Math.round(below * 100)];
  const range = `${amount(nominalV * (1 - below))}–${amount(nominalV * (1 + above))} V`;
  return {
    summary: {
      zh: `${meter.name}自 ${since} ${letter} 相${words[cause].zh}：${amount(value)} V（标称 ${amount(nominalV)} V，偏差 ${shift}%），已 ${long.zh}`,
      en: `${meter.name}: phase ${letter} ${words[cause].en} since ${since}: ${amount(value)} V (nominal ${amount(nominalV)} V, ${shift} %), for ${long.en}`,
    },
    observed: {
      cause,
      phase,
      voltagesV: volts,
      deviationPct: Number(shift),
    },
    expected: {
      nominalV,
      abovePct,
      belowPct,
      lowestV: nominalV * (1 - below),
      highestV: nominalV * (1 + above),
    },
    method: {
      zh: `标称电压${asked.nominalV === 0 ? '取与多数读数最接近的标准电压' : '由参数给定'}（${amount(nominalV)} V），允许 +${abovePct}% / −${belowPct}%（GB/T 12325：220 V 单相 +7%/−10%，三相 ±7%），即 ${range}；持续 ${asked.minutes} 分钟超出即告警。曾有电压的一相低于标称的 ${asked.deadPct}% 而其他相正常，持续 ${asked.deadMinutes} 分钟为缺相；从未有电压的相不判断，三相同时无电压视为停电或停用。数据中断不计入时长。`,
      en: `The nominal voltage ${asked.nominalV === 0 ? 'is the standard one nearest to most readings' : 'is a parameter'} (${amount(nominalV)} V); +${abovePct} % / −${belowPct} % are allowed (GB/T 12325: single-phase 220 V +7 %/−10 %, three-phase ±7 %), which is ${range}; told when outside for ${asked.minutes} minutes. A phase that has had voltage and is under ${asked.deadPct} % of it for ${asked.deadMinutes} minutes while another is not is dead; a phase that never had any is not judged, and all three without are a circuit switched off. Times without data do not count.`,
    },
    context: { ptRatio: meter.ptRatio, source: 'GB/T 12325-2008' },
  };
}

/** A phase voltage outside what the standard allows, a dead phase, or signs of a broken neutral. */
export const voltage = gaugeKind<Params, Memory, Detail>({
  kind: 'energy.voltage',
  version: 1,
  title: { zh: '电压偏差', en: 'Voltage outside limits' },
  description: {
    zh: '相电压持续超出标称电压的允许偏差；缺相和疑似中性线断线单独说明。',
    en: 'A phase voltage stays outside the deviation allowed from the nominal voltage; dead phases and a broken neutral are told apart.',
  },
  params,
  value: 'voltageV',
  memory: { nominal: null, votes: 0, alive: [0, 0, 0] },
  appliesTo: ({ medium }) => medium === 'electricity',
  limits: ({ minutes, leaveMinutes }) => ({
    enterMs: minutes * minuteMs,
    enterReadings: 2,
    leaveMs: leaveMinutes * minuteMs,
    forgetMs: 24 * hourMs,
  }),
  see,
  tell,
});
