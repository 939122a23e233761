import type { Interval } from '../energy/consumption/interval.ts';
import type { By } from '../energy/consumption/periods.ts';
import type { Meter } from '../model/entities.ts';
import type { Range, StoredReading } from '../stores/store.ts';
import { consumptionOf } from './consumption.ts';

/**
 * Marks periods in which a meter counted nothing while it counted what was fed out.
 *
 * @param items of one page, in order
 * @param readExport its counter of what was fed out, ascending by `at`
 */
export async function noteExports(
  items: readonly Interval[],
  by: By,
  meter: Meter,
  zone: string,
  readExport: (range: Range) => Promise<readonly StoredReading[]>,
): Promise<readonly Interval[]> {
  const still = items.filter(({ value }) => value === 0);
  const [first, last] = [still[0], still.at(-1)];
  if (!first || !last) return items;
  const range = { from: first.from, to: last.to, limit: items.length };
  const exported = await consumptionOf(by, range, meter, zone, readExport);
  const moved = exported.items.filter(({ value, knownValue }) => (value ?? knownValue ?? 0) > 0);
  const marked = new Set(moved.map(({ from }) => from));
  return items.map((item) =>
    item.value === 0 && marked.has(item.from)
      ? { ...item, notes: [...item.notes, 'export-only' as const].sort() }
      : item,
  );
}
