import type { MeterTreeView } from '../../api/contract.ts';
import { dayMs, localTime, startOfDay, zoneOffsetMs } from '../../model/time.ts';

type Item = MeterTreeView['items'][number];

export type TreeLine =
  | { readonly type: 'meter'; readonly item: Item }
  | {
      readonly type: 'difference';
      /** The meter above. */
      readonly item: Item;
      readonly difference: NonNullable<Item['difference']>;
    };

/** Down the tree; what is not metered stands behind all that is below its meter. */
export function linesOf(items: readonly Item[]): readonly TreeLine[] {
  const lines: TreeLine[] = [];
  const waiting: Item[] = [];
  const settle = (depth: number) => {
    while ((waiting.at(-1)?.depth ?? -1) >= depth) {
      const item = waiting.pop();
      if (item?.difference) lines.push({ type: 'difference', item, difference: item.difference });
    }
  };
  for (const item of items) {
    settle(item.depth);
    lines.push({ type: 'meter', item });
    waiting.push(item);
  }
  settle(0);
  return lines;
}

export const treeRanges = ['yesterday', 'week', 'month', 'lastMonth', 'lastYear'] as const;
export type TreeRange = (typeof treeRanges)[number];

/** Whole days of the zone, Unix ms UTC; `to` may lie ahead. */
export function stretchOf(
  range: TreeRange,
  now: number,
  zone: string,
): { readonly from: number; readonly to: number } {
  const today = localTime(now, zone).date;
  const start = (date: string) => startOfDay(date, zone);
  const daysBefore = (days: number) =>
    new Date(Date.parse(`${today}T00:00:00Z`) - days * dayMs).toISOString().slice(0, 10);
  const month = `${today.slice(0, 7)}-01`;
  if (range === 'yesterday') return { from: start(daysBefore(1)), to: start(today) };
  if (range === 'week') return { from: start(daysBefore(7)), to: start(today) };
  if (range === 'month') return { from: start(month), to: now };
  const year = Number(today.slice(0, 4));
  if (range === 'lastYear') return { from: start(`${year - 1}-01-01`), to: start(`${year}-01-01`) };
  const before = new Date(Date.parse(`${month}T00:00:00Z`) - dayMs).toISOString().slice(0, 7);
  return { from: start(`${before}-01`), to: start(month) };
}

/** Meters with others of their medium below them, those with nothing above them first. */
export function topsOf<
  T extends {
    readonly id: string;
    readonly medium: string;
    readonly name: string;
    readonly parent?: string;
  },
>(meters: readonly T[]): readonly T[] {
  const byId = new Map(meters.map((meter) => [meter.id, meter]));
  const above = new Set(
    meters.flatMap(({ parent, medium }) =>
      parent !== undefined && byId.get(parent)?.medium === medium ? [parent] : [],
    ),
  );
  const isTop = ({ parent }: T) => parent === undefined || !byId.has(parent);
  const found = meters.filter(({ id }) => above.has(id));
  return [...found.filter(isTop), ...found.filter((meter) => !isTop(meter))];
}

/** `2026-11-22T08:05` or with seconds, as clocks of the zone show it → Unix ms UTC; undefined where it is no time. */
export function instantIn(text: string, zone: string): number | undefined {
  const guess = Date.parse(`${text}${text.length === 16 ? ':00' : ''}Z`);
  if (Number.isNaN(guess)) return undefined;
  const first = guess - zoneOffsetMs(guess, zone);
  return guess - zoneOffsetMs(first, zone);
}
