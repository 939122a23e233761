import type { Text } from '../../model/alert.ts';
import type { Meter } from '../../model/entities.ts';
import type { Surroundings } from '../rule.ts';
import { dateOfDay } from '../shared/energy-days.ts';
import { round, type Totals } from '../shared/load-totals.ts';
import { amount } from './units.ts';

/* What findings about load that should not be there have in common. */

/** As evidence has them; without money where there is no price. */
export const totalsSeen = ({ wastedKwh, yuan }: Totals) => ({
  wastedKwh: round(wastedKwh),
  ...(yuan === null ? {} : { yuan: round(yuan) }),
});

export const moneyWords = ({ yuan }: Totals): Text =>
  yuan === null
    ? { zh: '', en: '' }
    : { zh: `、约 ${amount(yuan)} 元`, en: `, about ${amount(yuan)} yuan` };

/** What the calendar says of a day. */
export function dayWords(day: number, { day: kindOf }: Surroundings) {
  const date = dateOfDay(day);
  const known = kindOf(date);
  return { date, ...(known && { dayKind: known.kind, dayName: known.name }) };
}

export const subItemOf = ({ subItem }: Meter) => (subItem === undefined ? {} : { subItem });

export const measuredHour = (start: number, value: number) => ({
  start,
  value: round(value),
  quality: 'measured' as const,
});
