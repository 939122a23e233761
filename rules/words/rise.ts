import { leastHoursOfDay } from '../../energy/baseline.ts';
import { coldBelowC, hotAboveC } from '../../energy/day-model.ts';
import { type Rise, referenceDays, riseErrors, windows } from '../../energy/rise.ts';
import type { Finding, Text } from '../../model/alert.ts';
import type { Institution, Meter, Severity } from '../../model/entities.ts';
import { counterOf, metrics } from '../../model/metrics.ts';
import { startOfDay } from '../../model/time.ts';
import type { AnomalyParams } from '../shared/anomaly-params.ts';
import { dateOfDay } from '../shared/energy-days.ts';
import { amount } from './units.ts';

export interface ToldRise {
  readonly change: Finding['change'];
  readonly rise: Rise;
  /** In yuan; null where no price is known. */
  readonly wastedYuan: number | null;
  readonly severity: Severity;
  readonly subject: { readonly meter: Meter; readonly institution: Institution };
  readonly params: AnomalyParams;
  readonly at: number;
}

/** What an energy officer needs to check that use has risen for days. */
export function explainRise(told: ToldRise): Finding {
  const { change, rise, wastedYuan, severity, subject, at } = told;
  const { meter, institution } = subject;
  const metric = counterOf[meter.medium];
  const unit = metric === null ? '' : metrics[metric].unit;
  return {
    change,
    subject: { type: 'meter', id: meter.id },
    at,
    severity,
    summary: summaryOf(told, unit),
    evidence: {
      from: startOfDay(dateOfDay(rise.fromDay), institution.timeZone),
      to: at,
      flagged: [],
      observed: {
        unit,
        used: round(rise.used),
        wasted: round(rise.wasted),
        wastedYuan: wastedYuan === null ? null : round(wastedYuan),
        risePct: round(rise.rise * 100),
        errorPct: round(rise.error * 100),
        days: rise.days,
      },
      expected: {
        unit,
        used: round(rise.used - rise.wasted),
        referenceDays: rise.referenceDays,
      },
      method: methodOf(told),
      context: { medium: meter.medium, pattern: rise.pattern, timeZone: institution.timeZone },
      quality: { comparedDays: rise.days },
    },
  };
}

const round = (value: number): number => Number(value.toPrecision(5));

function summaryOf({ subject, rise, wastedYuan }: ToldRise, unit: string): Text {
  const share = amount(rise.rise * 100);
  const wasted = `${amount(rise.wasted)} ${unit}`;
  const since = dateOfDay(rise.fromDay).slice(5);
  const cost: Text =
    wastedYuan === null
      ? { zh: '', en: '' }
      : { zh: `，约 ${amount(wastedYuan)} 元`, en: `, about ${amount(wastedYuan)} yuan` };
  const { name } = subject.meter;
  return rise.pattern === 'shift'
    ? {
        zh: `${name}自 ${since} 用量水平升高：比此前同类日期高 ${share}%，多用 ${wasted}${cost.zh}`,
        en: `${name}: consumption at a higher level since ${since}, ${share} % above like days before, ${wasted} more${cost.en}`,
      }
    : {
        zh: `${name}用量缓慢上升：自 ${since} 比更早的同类日期高 ${share}%，多用 ${wasted}${cost.zh}`,
        en: `${name}: consumption creeps up, since ${since} ${share} % above like days of earlier weeks, ${wasted} more${cost.en}`,
      };
}

function methodOf({ rise, params }: ToldRise): Text {
  const { days, gap } = windows[rise.pattern];
  const limit = rise.pattern === 'shift' ? params.shiftPct : params.creepPct;
  const before: Text =
    gap === 0
      ? { zh: '此前', en: 'before' }
      : { zh: `再往前 ${gap} 天以前`, en: `that end ${gap} days before these` };
  return {
    zh: `最近 ${days} 天逐日与${before.zh}最多 ${referenceDays} 天内同类日期（工作日、休息日、放假时段；法定节假日不参与）比较；有室外温度时，同类日期的用量按当日平均室外温度拟合为折线（${coldBelowC.join('、')} ℃ 以下及 ${hotAboveC.join('、')} ℃ 以上各有斜率）。中位涨幅达到 ${limit}% 且不小于其标准误差的 ${riseErrors} 倍即告警，低于其一半即解除；持续 ${params.adaptDays} 天视为新的常态。实测不足 ${leastHoursOfDay} 小时的日子不参与比较。`,
    en: `Each of the last ${days} days is compared with like days (working, rest, vacation) of up to ${referenceDays} days ${before.en}; where the outdoor temperature is known, these are fitted by a line over the mean of the day with bends at ${coldBelowC.join(' and ')} °C and ${hotAboveC.join(' and ')} °C. Told when the median rise is ${limit} % and at least ${riseErrors} times its standard error, over below half of it; after ${params.adaptDays} days it is taken for the new normal. Statutory holidays and days with under ${leastHoursOfDay} measured hours are left out.`,
  };
}
