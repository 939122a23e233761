import type { Institution } from '../model/entities.ts';
import { lastMonthAt } from '../model/form.ts';
import type { Services } from './services.ts';

/**
 * The first month of which a form is owed, YYYY-MM: the first that meters tell of, or that was begun; of an institution without either, the month
 * that is due next.
 */
export async function firstOwed(
  { standing, forms }: Pick<Services, 'standing' | 'forms'>,
  { id, timeZone }: Institution,
  now: number,
): Promise<string> {
  const figures = (await standing.figures([id])).get(id) ?? [];
  const begun = forms.book.ofInstitution(id, '').map(({ period }) => period);
  const months = [...figures.map(({ month }) => month), ...begun].filter((name) => name.length > 4);
  return months.sort()[0] ?? lastMonthAt(now, timeZone);
}
