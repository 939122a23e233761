import type { Text } from '../../model/alert.ts';
import type { PeakDetail, PeakParams } from '../kinds/energy/peak-demand.ts';
import type { MeterSubject } from '../rule.ts';
import type { GaugeWords } from '../shared/gauge-kind.ts';
import type { GaugeSpell } from '../shared/gauge-spell.ts';
import { amount, clock } from './units.ts';

interface Told {
  readonly spell: GaugeSpell<PeakDetail>;
  readonly isOver: boolean;
  readonly subject: MeterSubject;
  readonly params: PeakParams;
  readonly monthKw: number | null;
  readonly earlier: readonly { readonly name: string; readonly kw: number }[];
}

const basisWords: Readonly<Record<PeakDetail['basis'], Text>> = {
  contract: { zh: '合同需量', en: 'contract' },
  rating: { zh: '额定限值', en: 'rating' },
  history: { zh: '近一年最大值允许上浮', en: 'the year’s greatest with its margin' },
};

/** Above the contract the excess costs once, above 105 % of it twice. */
function excessYuan({ basis, demandKw, limitKw, stage }: PeakDetail, { yuanPerKw }: PeakParams) {
  if (basis !== 'contract' || yuanPerKw === 0 || stage !== 'reached') return null;
  const twice = Math.max(0, demandKw - 1.05 * limitKw);
  return Math.round((demandKw - limitKw + twice) * yuanPerKw);
}

function summaryOf({ spell, isOver, subject, params }: Told): Text {
  const { meter, institution } = subject;
  const { basis, limitKw, stage, demandKw, quarterTo } = spell.detail;
  const until = clock(quarterTo, institution.timeZone);
  const over = ((100 * demandKw) / limitKw - 100).toFixed(1);
  const { zh, en } = basisWords[basis];
  const [kw, limit] = [amount(demandKw), amount(limitKw)];
  if (stage === 'coming')
    return isOver
      ? {
          zh: `${meter.name}截至 ${until} 的 15 分钟需量曾预计达 ${kw} kW（${zh} ${limit} kW），实际未超`,
          en: `${meter.name}: demand of the quarter to ${until} was heading for ${kw} kW (${en} ${limit} kW) and did not get there`,
        }
      : {
          zh: `${meter.name}按当前负荷，截至 ${until} 的 15 分钟需量将达 ${kw} kW，超过${zh} ${limit} kW（${over}%），请立即错峰或减载`,
          en: `${meter.name}: at this load the quarter to ${until} comes to ${kw} kW, above the ${en} of ${limit} kW (${over} %): shed load now`,
        };
  const yuan = excessYuan(spell.detail, params);
  const money =
    yuan === null
      ? { zh: '', en: '' }
      : { zh: `，本月约多付 ${yuan} 元`, en: `, about ${yuan} yuan this month` };
  return {
    zh: `${meter.name} ${until} 的 15 分钟需量 ${kw} kW，超过${zh} ${limit} kW（${over}%）${money.zh}`,
    en: `${meter.name}: demand of ${kw} kW in the quarter to ${until}, above the ${en} of ${limit} kW (${over} %)${money.en}`,
  };
}

/** What an energy officer needs to act on a demand above its limit. */
export function tellPeak(told: Told): GaugeWords {
  const { spell, subject, params, monthKw, earlier } = told;
  const { basis, limitKw, stage, demandKw, source, quarterTo } = spell.detail;
  const greatest = earlier.length > 0 ? Math.max(...earlier.map(({ kw }) => kw)) : null;
  return {
    summary: summaryOf(told),
    observed: {
      basis,
      stage,
      demandKw,
      source,
      quarterTo,
      monthPeakKw: monthKw,
      excessYuan: excessYuan(spell.detail, params),
    },
    expected: { demandKw: Math.round(limitKw * 100) / 100, yearPeakKw: greatest },
    method: {
      zh: '需量为每 15 分钟（整刻）的平均功率，由电能表底度之差或功率按时间平均得出；表计自带需量的用其值。当前刻钟过 5 分钟后，以已用电量加上最近两次读数中较低的功率乘剩余时间预计本刻钟需量。有合同需量时按合同需量比较，当月只在超过已告警值 2% 以上时再次告警（基本电费按当月最大需量计；超过合同值 105% 的部分加一倍，国家电网财〔2016〕633 号）；否则按额定容量；两者都没有的总表，与满 11 个月后的近一年最大值比较。有缺口的刻钟不判断。',
      en: 'Demand is the mean power of each quarter of an hour, by the counter or by power over time; the meter’s own figure where it gives one. From its fifth minute on a quarter is foreseen: what it has used, and the lower power of the last two readings for the rest. Compared with the contract where there is one, and told again in a month only when 2 % above what was told (the bill goes by the month’s greatest; what lies above 105 % of the contract is billed twice, by the measures of 2016); otherwise with the rating; for main meters with neither, with the greatest of the last twelve months once eleven are known. Quarters with gaps are not judged.',
    },
    context: {
      ...(params.contractKw > 0 && { contractKw: params.contractKw }),
      ...(subject.meter.ratedKw && { ratedKw: subject.meter.ratedKw }),
      monthsKnown: earlier.length,
    },
  };
}
