import type { Finding, Text } from '../../model/alert.ts';
import type { Institution, Meter } from '../../model/entities.ts';
import { counterOf, metrics } from '../../model/metrics.ts';
import { hoursWithin } from '../shared/flagged.ts';
import { amount, clock, duration } from './units.ts';

/**
 * Why a meter is held to be stuck. `flowing`: by its own power or flow its counter should have moved; `usual`: it always moved at these hours;
 * `rest`: it has stood longer than ever before; `frozen`: its momentary values are exactly the same.
 */
export type Cause = 'flowing' | 'usual' | 'rest' | 'frozen';

/** What is kept of a stretch that stands still. Plain JSON. */
export interface Episode {
  readonly cause: Cause;
  readonly from: number;
  readonly to: number;
  readonly value: number | null;
  readonly owed: number;
  readonly usualHours: number;
  /** Signs of life since. */
  readonly calm: number;
  readonly amendAt: number;
}

export interface About {
  readonly at: number;
  readonly subject: { readonly meter: Meter; readonly institution: Institution };
  readonly params: {
    readonly usualDays: number;
    readonly frozenFactor: number;
    readonly restFactor: number;
    readonly leastRestHours: number;
    readonly mostRestHours: number;
  };
}

const causes: Readonly<Record<Cause, Text>> = {
  flowing: {
    zh: '而表计自身显示有负荷或流量',
    en: 'while the meter itself says that something flows',
  },
  usual: {
    zh: '而以往这些时段读数总在变化：表计卡住、阀门或开关关闭，或无人使用',
    en: 'though at these hours it has always moved: stuck, shut off, or nobody there',
  },
  rest: {
    zh: '远长于以往任何一次停用：表计卡住、阀门关闭，或无人使用',
    en: 'far longer than it has ever rested: stuck, shut off, or nobody there',
  },
  frozen: { zh: '采集链路可能在重复旧值', en: 'something on the way may be repeating old values' },
};

/** What an energy officer needs to check that a meter was stuck. */
export function explainStuck(
  change: Finding['change'],
  episode: Episode,
  { at, subject, params }: About,
): Finding {
  const { meter, institution } = subject;
  const { usualDays, frozenFactor, restFactor, leastRestHours, mostRestHours } = params;
  const { cause, from, to, value, owed, usualHours } = episode;
  const metric = counterOf[meter.medium];
  const unit = metric === null ? '' : metrics[metric].unit;
  const since = clock(from, institution.timeZone);
  const long = duration(to - from);
  const [what, words]: [Text, Text] = [
    cause === 'frozen'
      ? { zh: '瞬时值', en: 'momentary values' }
      : {
          zh: `读数停在 ${amount(value ?? 0)} ${unit}`,
          en: `counter at ${amount(value ?? 0)} ${unit}`,
        },
    causes[cause],
  ];
  return {
    change,
    subject: { type: 'meter', id: meter.id },
    at,
    severity: cause === 'usual' || cause === 'rest' ? 'info' : 'warning',
    summary: {
      zh: `${meter.name}自 ${since} ${what.zh}，${long.zh}未变，${words.zh}`,
      en: `${meter.name}: ${what.en} unchanged for ${long.en} since ${since}, ${words.en}`,
    },
    evidence: {
      from,
      to,
      flagged: hoursWithin(from, to),
      observed: { cause, value, unit, stoodS: Math.round((to - from) / 1000) },
      expected: { used: Number(owed.toPrecision(4)), hoursThatAlwaysMoved: usualHours, unit },
      method: {
        zh: `四种依据之一：表计自身的功率或流量按时间累计已超过读数的若干步长而读数未变；读数停在此前连续 ${usualDays} 个同类日同一小时总在变化的时段（法定节假日不判断）；经常用水的水表停走时间达到近两月最长停用的 ${restFactor} 倍（至少 ${leastRestHours} 小时，超过 ${mostRestHours} 小时即告警，法定节假日不计）；电压、电流等瞬时值完全不变，且达到以往最长不变时间的 ${frozenFactor} 倍。数据中断的时段不计。`,
        en: `One of four: by the meter’s own power or flow several steps of its counter have passed and it did not move; it stood in hours in which it had moved on ${usualDays} like days running (statutory holidays are not judged); a water meter in use most days stood ${restFactor} times longer than ever within two months (${leastRestHours} h at least, and any time beyond ${mostRestHours} h, statutory holidays not counted); voltages, currents and the like were exactly the same for ${frozenFactor} times longer than ever before. Times without data do not count.`,
      },
      context: { medium: meter.medium, ...(meter.ratedKw && { ratedKw: meter.ratedKw }) },
      quality: {},
    },
  };
}
