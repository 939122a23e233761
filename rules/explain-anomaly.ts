import type { Pattern, SeenHour, Totals } from '../energy/anomaly.ts';
import type { LocalHour } from '../energy/baseline.ts';
import type { Finding, Text } from '../model/alert.ts';
import type { Institution, Meter, Severity } from '../model/entities.ts';
import { counterOf, metrics } from '../model/metrics.ts';
import { hourMs, isoInZone } from '../model/time.ts';
import type { Surroundings } from './rule.ts';
import { amount, clock } from './words.ts';

/** What is kept of a stretch of wrong hours. Plain JSON. */
export interface Episode extends Totals {
  /** Start of its first hour. */
  readonly since: number;
  /** `running`: decided before the hour was over. */
  readonly pattern: Pattern | 'running';
  /** Hours held to be wrong. */
  readonly flagged: number;
  /** Normal hours since. */
  readonly calm: number;
  /** It has lasted so long that it is taken for the new normal. */
  readonly adapted: boolean;
}

export interface Told {
  readonly change: Finding['change'];
  readonly episode: Episode;
  readonly seen: readonly SeenHour[];
  readonly subject: { readonly meter: Meter; readonly institution: Institution };
  readonly params: Limits;
  readonly around: Surroundings;
  readonly at: number;
  readonly localHour: (start: number) => LocalHour;
}

interface Limits {
  readonly spikeDeviations: number;
  readonly heldDeviations: number;
  readonly runningDeviations: number;
  readonly clearHours: number;
  readonly adaptDays: number;
  readonly warningKwh: number;
  readonly criticalKwh: number;
  readonly warningM3: number;
  readonly criticalM3: number;
  readonly warningGj: number;
  readonly criticalGj: number;
}

/** What an energy officer needs to check that a consumption was not normal. */
export function explainAnomaly(told: Told): Finding {
  const { change, episode, seen, subject, params, at } = told;
  const { meter } = subject;
  const metric = counterOf[meter.medium];
  const unit = metric === null ? '' : metrics[metric].unit;
  const flagged = seen.filter((hour) => hour.flagged);
  const last = flagged.at(-1)?.start ?? episode.since;
  const judged = seen.filter(({ expected }) => expected !== null);
  return {
    change,
    subject: { type: 'meter', id: meter.id },
    at,
    severity: severityOf(episode, unit, params),
    summary: toSummary(told, unit),
    evidence: {
      from: episode.since,
      to: Math.min(Math.max(at, episode.since), last + hourMs),
      flagged: flagged.map(({ start }) => start),
      observed: {
        unit,
        wasted: Number(episode.wasted.toPrecision(5)),
        hours: seen.map(({ start, value, quality }) => ({ start, value, quality })),
      },
      expected: {
        unit,
        hours: judged.map((hour) => toBand(hour, params)),
      },
      method: toMethod(params),
      context: {
        ...dayOf(told),
        medium: meter.medium,
        pattern: episode.pattern,
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

const toBand = ({ start, expected, spread }: SeenHour, { heldDeviations }: Limits) => {
  const value = expected ?? 0;
  const margin = heldDeviations * (spread ?? 0);
  return {
    start,
    value,
    low: Math.max(0, Number((value - margin).toPrecision(5))),
    high: Number((value + margin).toPrecision(5)),
  };
};

/** Severity goes by what was wasted; a meter that counts nothing is worth a look. */
function severityOf({ wasted, pattern }: Episode, unit: string, params: Limits): Severity {
  const limits: Record<string, readonly [warning: number, critical: number]> = {
    kWh: [params.warningKwh, params.criticalKwh],
    'm³': [params.warningM3, params.criticalM3],
    GJ: [params.warningGj, params.criticalGj],
  };
  const [warning, critical] = limits[unit] ?? [0, Number.POSITIVE_INFINITY];
  if (wasted >= critical) return 'critical';
  return wasted >= warning || pattern === 'dead' ? 'warning' : 'info';
}

function dayOf({ episode, subject, around, localHour }: Told): Readonly<Record<string, unknown>> {
  const date = isoInZone(episode.since, subject.institution.timeZone).slice(0, 10);
  const day = around.day(date);
  const rest = localHour(episode.since).rest;
  return {
    date,
    dayKind: day?.kind ?? (rest ? 'weekend' : 'workday'),
    ...(day?.name === undefined ? {} : { dayName: day.name }),
    calendar: day ? 'published' : 'weekday-only',
    timeZone: subject.institution.timeZone,
  };
}

const patterns: Record<Episode['pattern'], Text> = {
  spike: { zh: '用量突增', en: 'consumption spike' },
  high: { zh: '用量持续偏高', en: 'consumption too high' },
  low: { zh: '用量偏低', en: 'consumption too low' },
  dead: { zh: '几乎没有用量', en: 'almost no consumption' },
  running: { zh: '用量突增', en: 'consumption spike' },
};

function toSummary({ episode, subject, at }: Told, unit: string): Text {
  const { meter, institution } = subject;
  const isRunning = episode.pattern === 'running' && at < episode.since + hourMs;
  const used = `${amount(episode.used)} ${unit}`;
  const expected = `${amount(episode.used - episode.wasted)} ${unit}`;
  const since = clock(episode.since, institution.timeZone);
  const what = patterns[episode.pattern];
  const hours = Math.max(1, episode.flagged);
  const span: Text = isRunning
    ? { zh: '本小时尚未结束已用', en: 'used so far this hour' }
    : { zh: `${hours} 小时共用`, en: `used in ${hours} h` };
  return {
    zh: `${meter.name}自 ${since} ${what.zh}：${span.zh} ${used}，预期 ${expected}`,
    en: `${meter.name}: ${what.en} since ${since}, ${used} ${span.en}, expected ${expected}`,
  };
}

const toMethod = (params: Limits): Text => ({
  zh: `预期值为同类日期（工作日或休息日，含调休）最近 10 天同一小时及相邻小时用量的中位数；偏差单位为其绝对中位差的 1.48 倍，且不小于预期值的 8% 和平均水平的 10%。单小时偏离 ${params.spikeDeviations} 倍，或四小时中三小时同向偏离 ${params.heldDeviations} 倍，或连续两小时几乎为零，即为异常；未结束的小时已超出 ${params.runningDeviations} 倍也立即告警。连续 ${params.clearHours} 小时正常即解除；持续 ${params.adaptDays} 天视为新的常态。只判断实测小时，估算和缺失的不判断。`,
  en: `Expected is the median of the same hour and those beside it on the newest 10 days of the same kind (working or rest day, transfers included); the unit of deviation is 1.48 times the median absolute deviation, at least 8 % of what is expected and 10 % of the mean level. Wrong is one hour ${params.spikeDeviations} deviations away, three of four hours ${params.heldDeviations} to one side, or two hours of next to nothing; a running hour already ${params.runningDeviations} above is told at once. Over after ${params.clearHours} normal hours; after ${params.adaptDays} days it is taken for the new normal. Only measured hours are judged, not estimated or missing ones.`,
});
