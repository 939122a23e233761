import type { EntityView } from '../../api/contract.ts';
import { dayMs } from '../../model/time.ts';

export type WeatherMonth = EntityView<'weather'>;

/** A month of imported temperatures at a glance. */
export function monthAtGlance({ month, dailyMeanC }: WeatherMonth) {
  const means = Object.values(dailyMeanC);
  const next = new Date(`${month}-01T00:00:00Z`);
  next.setUTCMonth(next.getUTCMonth() + 1);
  return {
    days: means.length,
    of: new Date(next.getTime() - dayMs).getUTCDate(),
    meanC: means.length === 0 ? null : means.reduce((sum, value) => sum + value, 0) / means.length,
    coldestC: means.length === 0 ? null : Math.min(...means),
    warmestC: means.length === 0 ? null : Math.max(...means),
  };
}

/** Of an institution, the newest first. */
export const monthsOf = (
  months: readonly WeatherMonth[],
  institution: string,
): readonly WeatherMonth[] =>
  months
    .filter((each) => each.institution === institution)
    .toSorted((a, b) => (a.month < b.month ? 1 : -1));
