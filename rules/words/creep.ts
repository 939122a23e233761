import type { Creep } from '../../energy/creep.ts';
import type { Finding, Text } from '../../model/alert.ts';
import type { Institution, Meter, Severity } from '../../model/entities.ts';
import { counterOf, metrics } from '../../model/metrics.ts';
import { dayMs, startOfDay } from '../../model/time.ts';
import { amount } from './units.ts';

export interface ToldCreep {
  readonly change: Finding['change'];
  readonly creep: Creep;
  /** In yuan; null where no price is known. */
  readonly wastedYuan: number | null;
  readonly severity: Severity;
  readonly subject: { readonly meter: Meter; readonly institution: Institution };
  readonly creepPct: number;
  readonly at: number;
}

/** What an energy officer needs to check that use has grown. */
export function explainCreep(told: ToldCreep): Finding {
  const { change, creep, wastedYuan, severity, subject, creepPct, at } = told;
  const { meter, institution } = subject;
  const metric = counterOf[meter.medium];
  const unit = metric === null ? '' : metrics[metric].unit;
  const date = new Date(creep.fromDay * dayMs).toISOString().slice(0, 10);
  const from = startOfDay(date, institution.timeZone);
  return {
    change,
    subject: { type: 'meter', id: meter.id },
    at,
    severity,
    summary: summaryOf(told, unit),
    evidence: {
      from,
      to: at,
      flagged: [],
      observed: {
        unit,
        used: round(creep.used),
        wasted: round(creep.wasted),
        wastedYuan: wastedYuan === null ? null : round(wastedYuan),
        risePct: round(creep.rise * 100),
        days: creep.days,
      },
      expected: {
        unit,
        used: round(creep.used - creep.wasted),
        referenceDays: creep.referenceDays,
      },
      method: {
        zh: `最近两周的每一天与四周以前最多七周内同类日期（工作日、休息日，不含节假日）的中位数比较，均按前一日平均室外温度折算；中位涨幅达到 ${creepPct}% 即告警，低于其一半即解除。判为异常的小时、超出已知温度范围的日子、实测不足 20 小时的日子不参与比较。`,
        en: `Each day of the last two weeks is compared with the median of like days (working or rest, no holidays) of up to seven weeks that end four weeks ago, brought to the outdoor temperature of the day before; told when the median rise is ${creepPct} %, over below half of it. Hours held wrong, days beyond the temperatures known and days with under 20 measured hours are left out.`,
      },
      context: { medium: meter.medium, pattern: 'creep', timeZone: institution.timeZone },
      quality: { comparedDays: creep.days, ofDays: 14 },
    },
  };
}

const round = (value: number): number => Number(value.toPrecision(5));

function summaryOf({ subject, creep, wastedYuan }: ToldCreep, unit: string): Text {
  const rise = amount(creep.rise * 100);
  const wasted = `${amount(creep.wasted)} ${unit}`;
  const cost: Text =
    wastedYuan === null
      ? { zh: '', en: '' }
      : { zh: `，约 ${amount(wastedYuan)} 元`, en: `, about ${amount(wastedYuan)} yuan` };
  return {
    zh: `${subject.meter.name}用量缓慢上升：最近两周比此前同类日期高 ${rise}%，多用 ${wasted}${cost.zh}`,
    en: `${subject.meter.name}: consumption creeps up, ${rise} % above like days before in the last two weeks, ${wasted} more${cost.en}`,
  };
}
