import { z } from 'zod';
import type { Entities } from '../model/entities.ts';
import { dailyMeanLimits } from '../model/weather.ts';
import { date, id } from './fields.ts';
import { month } from './goal-shapes.ts';
import type { Overlay } from './overlay.ts';
import { type Complaint, shown } from './wording.ts';

/** Outdoor temperatures as the inventory has them. */

const { minC, maxC } = dailyMeanLimits;

export const weather = z
  .strictObject({
    id,
    institution: id,
    month,
    dailyMeanC: z.record(z.string(), z.number().min(minC).max(maxC)),
    source: z.string().min(1).max(500).exactOptional(),
  })
  .superRefine((own, context) => {
    for (const day of Object.keys(own.dailyMeanC))
      if (!day.startsWith(`${own.month}-`) || !date.safeParse(day).success)
        context.addIssue({
          code: 'custom',
          path: ['dailyMeanC', day],
          message: `want days of ${own.month} as YYYY-MM-DD`,
        });
  }) satisfies z.ZodType<Entities['weather']>;

/** An institution's month is told in one place. */
export function checkWeather(overlay: Overlay): readonly Complaint[] {
  const named = overlay.entries.filter(({ kind }) => kind === 'weather');
  if (named.length === 0) return [];
  const keyOf = (fields: Readonly<Record<string, unknown>>) =>
    `${String(fields['institution'])} ${String(fields['month'])}`;
  const same = Map.groupBy(overlay.all('weather'), keyOf);
  return named.flatMap(({ path, fields }): readonly Complaint[] => {
    const rival = same.get(keyOf(fields))?.find((other) => other['id'] !== fields['id']);
    if (!rival) return [];
    const message = `is that of ${shown(rival['id'])} too; want one for each month of an institution`;
    return [{ path: [...path, 'month'], message }];
  });
}
