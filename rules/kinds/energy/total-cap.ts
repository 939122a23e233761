import { z } from 'zod';
import { calibreOf, capStanding } from '../../../energy/standing/goal.ts';
import { type GoalTelling, goalFindings } from '../../standing/goals.ts';
import { type InstitutionKind, ofInstitutions } from '../../standing/kind.ts';

const params = z.strictObject({
  /** Tells also where the forecast is above the cap and its interval reaches below. */
  tellUncertain: z.boolean().default(false),
});

type Params = z.output<typeof params>;

const telling: Omit<GoalTelling, 'tellUncertain'> = {
  name: { zh: '总量控制值', en: 'cap' },
  method: {
    zh: '本年已知各月之和（含分摊修正）与年度总量控制值比较；预测区间的下限超过控制值即提醒，实际超过为严重。',
    en: 'The sum of the year’s known months, corrections included, against the cap of the year. It is told once the whole interval of the forecast is above, and is critical once the year itself is.',
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
  version: 1,
  title: { zh: '总量控制将突破', en: 'Cap of the year at risk' },
  description: {
    zh: '按已知月份推算，全年能耗、用电、用水或碳排放总量将超过控制值，或已经超过；每月末判断。',
    en: 'By the months that are over, energy, electricity, water or CO2 of the year will end above its cap, or is above it; judged at the end of each month.',
  },
  severity: 'warning',
  params,
  judge: (standing, asked) =>
    goalFindings(standing, { ...telling, ...asked }, ({ month }, year) =>
      standing.caps
        .filter((cap) => cap.year === year)
        .map((cap) => ({
          id: cap.id,
          figure: cap.item,
          calibre: calibreOf(cap.item, cap.calibre),
          standing: capStanding(cap, standing.past(month)),
          source: cap.source ?? null,
        })),
    ),
};
