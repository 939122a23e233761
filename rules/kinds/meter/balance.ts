import { z } from 'zod';
import type { Finding } from '../../../model/alert.ts';
import type { Meter } from '../../../model/entities.ts';
import { counterOf, metrics } from '../../../model/metrics.ts';
import { type BalanceDay, type DayKind, ofDays } from '../../balance/kind.ts';
import { amount } from '../../words/units.ts';

const params = z.strictObject({
  /** Of what the meter counted; for the accuracy classes of the meters. */
  tolerancePct: z.number().min(0).max(50).default(0),
});

type BalanceParams = z.output<typeof params>;

const isKnown = ({ difference, own, below, upper }: BalanceDay): boolean =>
  difference !== null && own !== null && below !== null && upper !== null;

/** The meters below say more than all of resolution, estimates and tolerance explains. */
export const isNegative = ({ upper, own }: BalanceDay, { tolerancePct }: BalanceParams): boolean =>
  upper !== null && own !== null && upper + (tolerancePct / 100) * own < 0;

const sum = (values: readonly (number | null)[]): number =>
  values.reduce<number>((total, value) => total + (value ?? 0), 0);

function toFinding(
  change: Finding['change'],
  at: number,
  days: readonly BalanceDay[],
  meter: Meter,
  { tolerancePct }: BalanceParams,
): Finding {
  const metric = counterOf[meter.medium];
  const unit = metric === null ? '' : metrics[metric].unit;
  const own = sum(days.map((day) => day.own));
  const below = sum(days.map((day) => day.below));
  const [first, last] = [days[0], days.at(-1)];
  const more = amount(below - own);
  return {
    change,
    subject: { type: 'meter', id: meter.id },
    at,
    severity: 'warning',
    summary: {
      zh: `${meter.name}的下级表合计多出 ${more} ${unit}（${days.length} 天）`,
      en: `Meters below ${meter.name} count ${more} ${unit} more than it does (${days.length} d)`,
    },
    evidence: {
      from: first?.from ?? at,
      to: last?.to ?? at,
      flagged: days.map(({ from }) => from),
      observed: { own, below, difference: own - below, unit, meters: last?.meters ?? 0 },
      expected: { leastDifference: 0, tolerancePct },
      method: {
        zh: '每个自然日：总表用量减去直接下级表用量之和。差值连同读数分辨率与估算区间仍为负，说明表计、接线、变比或隶属关系有误。',
        en: 'For each local day: what the meter counted less the sum of those directly below it. A difference below zero by more than the counters’ resolution and what is estimated means a wrong meter, wiring, ratio or tree.',
      },
      context: { days: days.map(({ from, difference, upper }) => ({ from, difference, upper })) },
      quality: { worst: days.map(({ quality }) => quality) },
    },
  };
}

/**
 * What days say together: an episode goes on from its first negative day to the first that is not; days of which too little is known decide nothing.
 *
 * @param days ascending
 */
export function balanceFindings(
  days: readonly BalanceDay[],
  meter: Meter,
  asked: BalanceParams,
): readonly Finding[] {
  const findings: Finding[] = [];
  /** Negative days of the episode that is open; none: none is open. */
  let negative: readonly BalanceDay[] = [];
  for (const day of days.filter(isKnown)) {
    if (isNegative(day, asked)) {
      const change = negative.length > 0 ? 'amend' : 'open';
      negative = [...negative, day];
      findings.push(toFinding(change, day.to, negative, meter, asked));
    } else if (negative.length > 0) {
      findings.push(toFinding('clear', day.to, negative, meter, asked));
      negative = [];
    }
  }
  return findings;
}

/** The sum of meters below another is more than it counted. */
export const meterBalance: DayKind<BalanceParams> = {
  ...ofDays,
  kind: 'meter.balance',
  version: 1,
  title: { zh: '分表之和大于总表', en: 'Sub-meters count more than their meter' },
  description: {
    zh: '某日下级表用量之和超过上级表，超出读数分辨率所能解释的范围。',
    en: 'On a day the meters directly below another counted more than it did, beyond what their resolution explains.',
  },
  severity: 'warning',
  params,
  judges: () => true,
  judge: (days, { meter }, asked) => balanceFindings(days, meter, asked),
};
