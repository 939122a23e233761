import { z } from 'zod';
import { shiftMonth } from '../../../energy/standing/figure.ts';
import { calibreOf, capStanding, type GoalStanding } from '../../../energy/standing/goal.ts';
import type { Close } from '../../../energy/standing/institution.ts';
import type { Passing } from '../../../energy/standing/so-far.ts';
import type { Cap } from '../../../model/goals.ts';
import { type GoalTelling, goalFindings } from '../../standing/goals.ts';
import { type InstitutionKind, ofInstitutions, type Standing } from '../../standing/kind.ts';

const params = z.strictObject({
  /** Tells also where the forecast is above the cap and its interval reaches below. */
  tellUncertain: z.boolean().default(false),
});

type Params = z.output<typeof params>;

const telling: Omit<GoalTelling, 'tellUncertain'> = {
  name: { zh: '总量控制值', en: 'cap' },
  method: {
    zh: '本年已知各月之和（含分摊修正）与年度总量控制值比较；预测区间的下限超过控制值即提醒；实际累计超过的当日即为严重。',
    en: 'The sum of the year’s known months, corrections included, against the cap of the year. It is told once the whole interval of the forecast is above, and is critical from the day on which the year itself is.',
  },
  severityOf: (state) => {
    if (state === 'exceeded' || state === 'missed') return 'critical';
    return state === 'uncertain' ? 'info' : 'warning';
  },
};

/** The year is heading above a cap on energy, electricity, water, gas, heat or CO2, or is above it already. */
export const totalCap: InstitutionKind<Params> = {
  ...ofInstitutions,
  kind: 'energy.total-cap',
  version: 2,
  title: { zh: '总量控制将突破', en: 'Cap of the year at risk' },
  description: {
    zh: '按已知月份推算，全年能耗、用电、用水或碳排放总量将超过控制值，或已经超过；每月末判断，累计超过控制值的当日即告。',
    en: 'By the months that are over, energy, electricity, water or CO2 of the year will end above its cap, or is above it; judged at the end of each month, and told on the day on which the sum itself passes the cap.',
  },
  severity: 'warning',
  params,
  judge(standing, asked) {
    const passings = new Map(standing.caps.map((cap) => [cap.id, standing.passing(cap)]));
    const ends = new Set(standing.closes.map(({ at }) => at));
    const between = [...passings.values()].filter((each) => each !== null && !ends.has(each.at));
    const goalsAt = (close: Close, year: number) =>
      standing.caps
        .filter((cap) => cap.year === year)
        .map((cap) => ({
          id: cap.id,
          figure: cap.item,
          calibre: calibreOf(cap.item, cap.calibre),
          standing: standingAt(cap, close, standing, passings.get(cap.id) ?? null),
          source: cap.source ?? null,
        }));
    const days = between.flatMap((each) => (each ? [{ month: each.month, at: each.at }] : []));
    return goalFindings(standing, { ...telling, ...asked }, goalsAt, days);
  },
};

/** Within a month what was known at the end of the one before, but for the sum that has passed the cap. */
function standingAt(
  cap: Cap,
  { month, at }: Close,
  { closes, past }: Standing,
  passing: Passing | null,
): GoalStanding {
  const isEnd = closes.some((close) => close.month === month && close.at === at);
  if (isEnd) return capStanding(cap, past(month));
  const known = capStanding(cap, past(shiftMonth(month, -1)));
  if (passing === null || passing.at > at) return known;
  const { actual } = passing;
  return { ...known, actual, forecast: null, state: 'exceeded', reason: null };
}
