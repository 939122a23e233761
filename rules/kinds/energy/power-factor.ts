import { z } from 'zod';
import { dayMs, hourMs, localTime } from '../../../model/time.ts';
import { type GaugeSight, type GaugeTold, gaugeKind } from '../../shared/gauge-kind.ts';
import { type GaugeSeen, isRight } from '../../shared/gauge-spell.ts';
import { limitsOf } from '../../shared/limits.ts';
import {
  addUsed,
  factorOf,
  meanFactor,
  newPowerMonth,
  type PowerMonth,
  type PowerReading,
  paceBetween,
  surchargePct,
  toPowerReading,
} from '../../shared/power-month.ts';
import { clock, duration } from '../../words/units.ts';

const params = z.strictObject({
  /** What the supplier wants: 0.90, 0.85 or 0.80 by the size and kind of the customer. */
  wantedFactor: z.number().min(0.5).max(1).default(0.9),
  /** Below it under load for so long. */
  heldHours: z.number().min(0.25).max(168).default(4),
  leaveHours: z.number().min(0.25).max(168).default(8),
  /** Of the rating; without one, in kW. Under it the power factor of the moment says nothing. */
  minLoadPct: z.number().min(0).max(100).default(20),
  minLoadKw: z.number().min(0).max(1e6).default(5),
  /** The mean of a month counts once so much of it is counted. */
  monthDays: z.number().min(1).max(28).default(5),
  monthKwh: z.number().min(1).max(1e6).default(200),
  /** Also meters that have another above them: the bill goes by the main meter. */
  branches: z.boolean().default(false),
});

type Params = z.output<typeof params>;

interface Memory {
  readonly month: PowerMonth | null;
  readonly last: PowerReading | null;
}

interface Detail {
  readonly cause: 'month' | 'held';
  readonly factor: number;
  readonly month: PowerMonth | null;
}

const hundredths = (value: number) => Math.round(value * 1000) / 1000;
/** So much above the limit it is right again. */
const returnBy = 0.01;
/** So much below, it is a warning. */
const graveBy = 0.1;

function count(before: Memory, sight: GaugeSight<Params>): Memory {
  const { month, last } = before;
  const { sample, subject, around } = sight;
  const { meter, institution } = subject;
  const reading = toPowerReading(sample);
  const hasNone = reading.kwh === null && reading.kw === null;
  if (hasNone || (reading.kvarh === null && reading.kvar === null)) return before;
  if (last && reading.at <= last.at) return before;
  const name = localTime(sample.at, institution.timeZone).date.slice(0, 7);
  if (!last || month?.month !== name) return { month: newPowerMonth(name), last: reading };
  const price = around.price?.(institution, meter.medium, sample.at);
  return { month: addUsed(month, last, reading, limitsOf(meter), price), last: reading };
}

/** Of the moment, or since the reading before where only counters say it; undefined under little load. */
function momentOf(
  before: PowerReading | null,
  { last }: Memory,
  { sample, subject, params: asked }: GaugeSight<Params>,
): number | undefined {
  const { ratedKw } = subject.meter;
  const least = ratedKw === undefined ? asked.minLoadKw : (asked.minLoadPct / 100) * ratedKw;
  const { power_kw: kw } = sample.values;
  const factor = factorOf(sample.values);
  if (kw !== undefined && factor !== null) return kw < least ? undefined : factor;
  const pace = before && last && paceBetween(before, last, limitsOf(subject.meter));
  return pace && pace.kw >= least ? pace.factor : undefined;
}

/** The mean of the month, where enough of it is counted. */
function countedMean(month: PowerMonth | null, { monthDays, monthKwh }: Params): number | null {
  if (!month || month.ms < monthDays * dayMs || month.kwh < monthKwh) return null;
  return meanFactor(month);
}

function judge(
  memory: Memory,
  moment: number | undefined,
  { params: asked }: GaugeSight<Params>,
): GaugeSeen<Detail> | undefined {
  if (moment === undefined) return undefined;
  const { wantedFactor: wanted } = asked;
  if (moment >= wanted) return moment >= wanted + returnBy ? isRight : undefined;
  const { month } = memory;
  const mean = countedMean(month, asked);
  // Bills round to hundredths.
  const isMonthLow = mean !== null && Math.round(mean * 100) < Math.round(wanted * 100);
  const value = hundredths(moment);
  const worse = wanted - moment;
  const cause = isMonthLow ? 'month' : 'held';
  const level = isMonthLow || worse >= graveBy ? 1 : 0;
  const detail = { cause, factor: value, month } as const;
  return { so: true, value, worse, level, detail, ...(isMonthLow && { enterMs: hourMs }) };
}

function see(before: Memory, sight: GaugeSight<Params>) {
  if (sight.subject.meter.parent !== undefined && !sight.params.branches) return { memory: before };
  const memory = count(before, sight);
  return { memory, seen: judge(memory, momentOf(before.last, memory, sight), sight) };
}

function tell({ spell, memory, subject, params: asked }: GaugeTold<Params, Memory, Detail>) {
  const { meter, institution } = subject;
  const { wantedFactor: limit } = asked;
  const { cause, factor } = spell.detail;
  const month =
    spell.detail.month?.month === memory.month?.month ? memory.month : spell.detail.month;
  const mean = month && countedMean(month, asked);
  const surcharge = mean ? surchargePct(mean, limit) : 0;
  const yuan = mean && month?.yuan ? Math.round((month.yuan * surcharge) / 100) : null;
  const since = clock(spell.since, institution.timeZone);
  const long = duration(spell.heldMs);
  const said = (limit - spell.worst).toFixed(2);
  const money = yuan ? { zh: `，约 ${yuan} 元`, en: `, about ${yuan} yuan` } : { zh: '', en: '' };
  const monthly = mean === null ? '' : mean.toFixed(2);
  return {
    summary:
      cause === 'month'
        ? {
            zh: `${meter.name} ${month?.month} 平均功率因数 ${monthly}，低于 ${limit.toFixed(2)}，力调电费加收约 ${surcharge}%${money.zh}`,
            en: `${meter.name}: mean power factor of ${month?.month} is ${monthly}, below ${limit.toFixed(2)}: about ${surcharge} % on the bill${money.en}`,
          }
        : {
            zh: `${meter.name}自 ${since} 带负荷时功率因数低至 ${said}（应不低于 ${limit.toFixed(2)}），累计 ${long.zh}`,
            en: `${meter.name}: power factor under load down to ${said} since ${since} (at least ${limit.toFixed(2)} wanted), for ${long.en}`,
          },
    observed: {
      cause,
      powerFactor: factor,
      lowestPowerFactor: Number(said),
      ...(month && {
        month: month.month,
        monthPowerFactor: mean === null ? null : hundredths(mean),
        monthEnergyKwh: Math.round(month.kwh),
        monthReactiveKvarh: Math.round(month.kvarh),
      }),
      surchargePct: surcharge,
      surchargeYuan: yuan,
    },
    expected: { powerFactor: limit },
    method: {
      zh: `月平均功率因数 = 有功电量 ÷ √(有功² + 无功²)，无功为正反向之和，取自电能表底度；没有无功底度时按功率和瞬时功率因数随时间累计。本月累计满 ${asked.monthDays} 天、${asked.monthKwh} kWh 后低于 ${limit.toFixed(2)}，且带负荷时仍偏低达 1 小时，即告警。另：功率不低于${meter.ratedKw === undefined ? ` ${asked.minLoadKw} kW` : `额定的 ${asked.minLoadPct}%`}时，瞬时功率因数低于限值累计 ${asked.heldHours} 小时告警。加收比例按《功率因数调整电费办法》〔83〕水电财字第 215 号的一般规则估算（转录，请以供电合同和账单为准）；有电价时按本月电度电费估算金额。`,
      en: `Mean power factor of the month = active ÷ √(active² + reactive²) energy, the reactive one in both directions, by the counters; without a reactive counter by power and power factor over time. Told below ${limit.toFixed(2)} once ${asked.monthDays} days and ${asked.monthKwh} kWh of the month are counted, while it has been low under load for an hour. Also told when the power factor of the moment is below for ${asked.heldHours} h at ${meter.ratedKw === undefined ? `${asked.minLoadKw} kW` : `${asked.minLoadPct} % of the rating`} or more. The surcharge follows the general rule of the 1983 measures on power factor adjustment (transcribed: the supply contract and the bill decide), in yuan of this month’s energy where a tariff is known.`,
    },
    context: { limitSource: '〔83〕水电财字第 215 号', verified: false },
  };
}

/** The power factor of a supply lies below what its supplier wants. */
export const powerFactor = gaugeKind<Params, Memory, Detail>({
  kind: 'energy.power-factor',
  version: 1,
  title: { zh: '功率因数偏低', en: 'Power factor too low' },
  description: {
    zh: '月平均功率因数低于考核值（力调电费），或带负荷时长时间偏低，疑似补偿装置失效。',
    en: 'The mean power factor of the month is below what the supplier wants, or it is low under load for long: compensation may have failed.',
  },
  params,
  value: 'powerFactor',
  memory: { month: null, last: null },
  appliesTo: ({ medium }) => medium === 'electricity',
  limits: ({ heldHours, leaveHours }) => ({
    enterMs: heldHours * hourMs,
    enterReadings: 3,
    leaveMs: leaveHours * hourMs,
    forgetMs: 96 * hourMs,
  }),
  see,
  tell,
});
