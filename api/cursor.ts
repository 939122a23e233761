import { AppError } from '../model/errors.ts';
import { dayMs } from '../model/time.ts';
import type { Range } from '../stores/store.ts';

/** Pages of a series that ascends by `at`: the cursor is where to go on and how many of that very instant were given. */

interface Place {
  readonly at: number;
  readonly skip: number;
}

function placeOf(cursor: string): Place {
  const match = /^(-?\d{1,15})(?:\.(\d{1,9}))?$/.exec(cursor);
  if (match) return { at: Number(match[1]), skip: Number(match[2] ?? 0) };
  const faults = [{ path: 'cursor', message: 'got something else than a `next` of this list' }];
  throw new AppError('INPUT_MALFORMED', 'cursor: not one of this list', { faults });
}

/** @throws AppError `INPUT_MALFORMED` */
export function checkOrder({ from, to }: Pick<Range, 'from' | 'to'>): void {
  if (to >= from) return;
  const faults = [{ path: 'to', message: 'got an instant before `from`' }];
  throw new AppError('INPUT_MALFORMED', 'to: before from', { faults });
}

/** @throws AppError `INPUT_MALFORMED` for `to` before `from`, or too long after it */
export function checkLength({ from, to }: Pick<Range, 'from' | 'to'>, longestDays: number): void {
  checkOrder({ from, to });
  if (to - from > longestDays * dayMs)
    throw new AppError('INPUT_MALFORMED', `to: want at most ${longestDays} days after from`);
}

interface SeriesQuery extends Range {
  readonly cursor?: string | undefined;
}

/**
 * Where a page of the series begins.
 *
 * @throws AppError `INPUT_MALFORMED` for `to` before `from`, or a cursor that is none
 */
export function beginOf({ from, to, cursor }: SeriesQuery): Place {
  checkOrder({ from, to });
  const place = cursor === undefined ? { at: from, skip: 0 } : placeOf(cursor);
  return place.at < from ? { at: from, skip: 0 } : place;
}

/** @throws AppError `INPUT_MALFORMED`, and those of `read` */
export async function pageOfSeries<T extends { readonly at: number }>(
  query: SeriesQuery,
  read: (range: Range) => Promise<readonly T[]>,
): Promise<{ readonly items: readonly T[]; readonly next: string | null }> {
  const { at, skip } = beginOf(query);
  const { to, limit } = query;
  const got = await read({ from: at, to, limit: skip + limit + 1 });
  const items = got.slice(skip, skip + limit);
  const following = got[skip + limit];
  if (!following) return { items, next: null };
  const same = items.filter((item) => item.at === following.at).length;
  return { items, next: `${following.at}.${same + (following.at === at ? skip : 0)}` };
}
