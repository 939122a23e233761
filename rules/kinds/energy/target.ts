import { z } from 'zod';
import { calibreOf, targetStanding } from '../../../energy/standing/goal.ts';
import { type GoalTelling, goalFindings } from '../../standing/goals.ts';
import { type InstitutionKind, ofInstitutions } from '../../standing/kind.ts';

const params = z.strictObject({
  /** Tells also where the forecast is above the target and its interval reaches below. */
  tellUncertain: z.boolean().default(false),
});

type Params = z.output<typeof params>;

const telling: Omit<GoalTelling, 'tellUncertain'> = {
  name: { zh: '目标', en: 'target' },
  method: {
    zh: '目标值 = 基准值 ×（1 + 变化率）；实际值为本年已知各月之和（含分摊修正）除以用能人数或建筑面积。预测区间的下限超过目标，或实际已超过，即提醒。',
    en: 'The target is the base value changed by its percentage; the actual value is the sum of the year’s known months, corrections included, by head count or floor area. It is told once the whole interval of the forecast is above, or the year is above already.',
  },
  severityOf: (state) => (state === 'uncertain' ? 'info' : 'warning'),
};

/** The year is heading above a target per head, per m² or in all, or is above it already. */
export const energyTarget: InstitutionKind<Params> = {
  ...ofInstitutions,
  kind: 'energy.target',
  version: 1,
  title: { zh: '节能目标难以完成', en: 'Target of the year at risk' },
  description: {
    zh: '按已知月份推算，全年人均或单位面积能耗（或用水、用电等）将超过年度目标，每月末判断。',
    en: 'By the months that are over, the year will end above a target per head, per m² or in all; judged at the end of each month.',
  },
  severity: 'warning',
  params,
  judge: (standing, asked) =>
    goalFindings(standing, { ...telling, ...asked }, ({ month }, year) =>
      standing.targets
        .filter((target) => target.year === year)
        .map((target) => ({
          id: target.id,
          figure: target.indicator,
          calibre: calibreOf(target.indicator, target.calibre),
          standing: targetStanding(target, standing.past(month)),
          source: target.source ?? null,
        })),
    ),
};
