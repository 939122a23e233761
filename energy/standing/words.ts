import type { Text } from '../../model/alert.ts';

/** Why something cannot be told. */

const most = 4;

/** A few months by name, the others by number. */
export function monthWords(months: readonly string[]): Text {
  const named = months.slice(0, most).join(', ');
  const left = months.length - most;
  if (left <= 0) return { zh: named, en: named };
  return { zh: `${named} 等 ${months.length} 个月`, en: `${named} and ${left} more` };
}

export const figuresList = {
  noMonth: { zh: '该年度尚无完整的月份。', en: 'No month of the year is known yet.' },
  notWhole: {
    zh: '年度数据不全，无法定论。',
    en: 'The year is not known in full, and what is missing decides.',
  },
  tooFew: (months: number): Text => ({
    zh: `已知月份不足 ${months} 个。`,
    en: `Fewer than ${months} months are known.`,
  }),
} as const;
