import type { SeenHour } from '../../energy/anomaly.ts';
import type { Expectation } from '../../energy/baseline.ts';
import { countOf, type Episode, flaggedOf, type Shape, shapeOf } from '../../energy/episode.ts';
import type { LocalHours } from '../../energy/local-hours.ts';
import { daysOf, type Reach, type Scatter } from '../../energy/scatter.ts';
import type { Finding, Text } from '../../model/alert.ts';
import type { Institution, Meter } from '../../model/entities.ts';
import { counterOf, metrics } from '../../model/metrics.ts';
import { hourMs, isoInZone } from '../../model/time.ts';
import type { Surroundings } from '../rule.ts';
import type { AnomalyParams } from '../shared/anomaly-params.ts';
import { severityOf } from '../shared/anomaly-severity.ts';
import { amount, clock } from './units.ts';

export interface Told {
  readonly change: Finding['change'];
  readonly episode: Episode;
  readonly seen: readonly SeenHour[];
  readonly subject: { readonly meter: Meter; readonly institution: Institution };
  readonly params: AnomalyParams;
  readonly around: Surroundings;
  readonly at: number;
  readonly local: LocalHours;
  /** Deviations that were enough for this meter. */
  readonly bounds: Reach;
  readonly scatter: Scatter;
  /** Newest expectation. */
  readonly ahead: { readonly expected: Expectation | null } | null;
}

/** What an energy officer needs to check that a consumption was not normal. */
export function explainAnomaly(told: Told): Finding {
  const { change, episode, seen, subject, params, at, bounds, scatter, ahead } = told;
  const { meter } = subject;
  const metric = counterOf[meter.medium];
  const unit = metric === null ? '' : metrics[metric].unit;
  const flagged = flaggedOf(episode);
  const last = flagged.at(-1) ?? episode.since;
  const days = ahead?.expected?.days ?? 0;
  const knownDays = daysOf(scatter);
  // A meter that counts nothing is worth a look.
  const severity = severityOf(episode, meter, params);
  const judged = seen.filter(({ expected }) => expected !== null);
  return {
    change,
    subject: { type: 'meter', id: meter.id },
    at,
    severity: severity === 'info' && episode.pattern === 'dead' ? 'warning' : severity,
    summary: toSummary(told, unit),
    evidence: {
      from: episode.since,
      to: Math.min(Math.max(at, episode.since), last + hourMs),
      flagged,
      observed: {
        unit,
        wasted: Number(episode.wasted.toPrecision(5)),
        wastedYuan: episode.wastedYuan === null ? null : Number(episode.wastedYuan.toPrecision(5)),
        hours: seen.map(({ start, value, quality }) => ({ start, value, quality })),
      },
      expected: {
        unit,
        hours: judged.map((hour) => toBand(hour, bounds)),
        days,
        certainty: certaintyOf(days, knownDays),
      },
      method: toMethod(told),
      context: {
        ...dayOf(told),
        medium: meter.medium,
        pattern: shapeOf(episode),
        adapted: episode.adapted,
      },
      quality: {
        notJudged: seen
          .filter(({ quality }) => quality !== 'measured')
          .map(({ start, quality }) => ({ start, quality })),
        runningHour: episode.pattern === 'running' && at < episode.since + hourMs,
      },
    },
  };
}

const toBand = ({ start, expected, spread }: SeenHour, { heldAbove, heldBelow }: Reach) => {
  const value = expected ?? 0;
  const deviation = spread ?? 0;
  return {
    start,
    value,
    low: Math.max(0, Number((value - heldBelow * deviation).toPrecision(5))),
    high: Number((value + heldAbove * deviation).toPrecision(5)),
  };
};

/** How well the meter is known: by the days that an hour rests on, and those in which its restlessness was seen. */
function certaintyOf(days: number, knownDays: number): 'low' | 'fair' | 'high' {
  if (days < 4 || knownDays < 10) return 'low';
  return days < 8 || knownDays < 28 ? 'fair' : 'high';
}

function dayOf({ episode, subject, around, local }: Told): Readonly<Record<string, unknown>> {
  const date = isoInZone(episode.since, subject.institution.timeZone).slice(0, 10);
  const day = around.day(date);
  const rest = local(episode.since).rest;
  return {
    date,
    dayKind: day?.kind ?? (rest ? 'weekend' : 'workday'),
    ...(day?.name === undefined ? {} : { dayName: day.name }),
    calendar: day ? 'published' : 'weekday-only',
    timeZone: subject.institution.timeZone,
  };
}

const patterns: Record<Shape, Text> = {
  spike: { zh: '用量突增', en: 'consumption spike' },
  high: { zh: '用量持续偏高', en: 'consumption too high' },
  low: { zh: '用量偏低', en: 'consumption too low' },
  dead: { zh: '几乎没有用量', en: 'almost no consumption' },
  running: { zh: '用量突增', en: 'consumption spike' },
  shift: { zh: '用量水平持续改变', en: 'consumption at another level' },
  shape: { zh: '用能时段异常', en: 'consumption at other hours than usual' },
};

function toSummary({ episode, subject, at }: Told, unit: string): Text {
  const { meter, institution } = subject;
  const isRunning = episode.pattern === 'running' && at < episode.since + hourMs;
  const used = `${amount(episode.used)} ${unit}`;
  const expected = `${amount(episode.used - episode.wasted)} ${unit}`;
  const since = clock(episode.since, institution.timeZone);
  const what = patterns[shapeOf(episode)];
  const hours = Math.max(1, countOf(episode));
  const cost = costOf(episode);
  const span: Text = isRunning
    ? { zh: '本小时尚未结束已用', en: 'used so far this hour' }
    : { zh: `${hours} 小时共用`, en: `used in ${hours} h` };
  return {
    zh: `${meter.name}自 ${since} ${what.zh}：${span.zh} ${used}，预期 ${expected}${cost.zh}`,
    en: `${meter.name}: ${what.en} since ${since}, ${used} ${span.en}, expected ${expected}${cost.en}`,
  };
}

/** What it cost, where that is known and anything was wasted. */
function costOf({ wasted, wastedYuan }: Episode): Text {
  if (wastedYuan === null || wastedYuan === 0 || wasted <= 0) return { zh: '', en: '' };
  const yuan = amount(wastedYuan);
  return { zh: `，多支出约 ${yuan} 元`, en: `, about ${yuan} yuan too much` };
}

const certainty: Record<ReturnType<typeof certaintyOf>, Text> = {
  low: { zh: '把握较低', en: 'little is known yet' },
  fair: { zh: '把握中等', en: 'fairly sure' },
  high: { zh: '把握较高', en: 'well known' },
};

function toMethod({ params, bounds, scatter, ahead, local, at }: Told): Text {
  const days = ahead?.expected?.days ?? 0;
  const known = daysOf(scatter);
  const sure = certainty[certaintyOf(days, known)];
  const one = amount(bounds.above);
  const held = amount(bounds.heldAbove);
  const isWarm = local(at).outdoorC !== undefined;
  const weather: Text = isWarm
    ? {
        zh: '，并按前一日平均室外温度折算',
        en: ', brought to the outdoor temperature of the day before',
      }
    : { zh: '，无室外温度可用', en: '; no outdoor temperature is known' };
  return {
    zh: `预期值为同类日期（工作日、休息日，含调休；节假日不计入周末）最近 ${days} 天同一小时及相邻小时用量的中位数${weather.zh}；偏差单位为其绝对中位差的 1.48 倍，且不小于预期值的 8% 和平均水平的 10%。本表在最近 ${known} 天中十天有九天不超出的偏差的 2 倍为限：单小时偏离 ${one} 倍（至少 ${params.spikeDeviations}），或四小时中三小时同向偏离 ${held} 倍（至少 ${params.heldDeviations}），或连续两小时几乎为零，或全天用量持平（相差不超过 15%）而三成以上用在了别的时段，即为异常；未结束的小时已超出也立即告警。连续 ${params.clearHours} 小时正常即解除；持续 ${params.adaptDays} 天视为新的常态。只判断实测小时，估算和缺失的不判断；节假日用量低不判断。${sure.zh}。`,
    en: `Expected is the median of the same hour and those beside it on the newest ${days} days of the same kind (working or rest day, transfers included; weekends not by holidays)${weather.en}; the unit of deviation is 1.48 times the median absolute deviation, at least 8 % of what is expected and 10 % of the mean level. The limits are twice what this meter stays within on nine of ten days, of the last ${known}: wrong is one hour ${one} deviations away (at least ${params.spikeDeviations}), three of four hours ${held} to one side (at least ${params.heldDeviations}), two hours of next to nothing, or a day that came to what it should within 15 % with 30 % of it used at other hours; a running hour already beyond is told at once. Over after ${params.clearHours} normal hours; after ${params.adaptDays} days it is taken for the new normal. Only measured hours are judged, not estimated or missing ones, and on a holiday nothing is too little. ${sure.en[0]?.toUpperCase()}${sure.en.slice(1)}.`,
  };
}
