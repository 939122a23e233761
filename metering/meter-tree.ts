import { balanceOf, rowsOf, treeOf } from '../energy/tree.ts';
import type { Use } from '../energy/virtual.ts';
import type { Meter } from '../model/entities.ts';
import { createMeterUse, type MeterUseSources, type Stretch } from './meter-use.ts';

/** Meters against those below them. */

export interface MeterRow {
  readonly meter: Meter;
  /** 0 for the meter at the top. */
  readonly depth: number;
  readonly use: Use;
  /** How many are directly below. */
  readonly children: number;
  /** Against those directly below; null where none is. */
  readonly difference: (Use & { readonly isNegative: boolean }) | null;
}

const below = ({ medium }: Meter, meters: readonly Meter[]): readonly Meter[] =>
  meters.filter((meter) => meter.parent !== undefined && meter.medium === medium);

/** How many meters the tree below and with this one has. */
export const sizeOfTree = (top: Meter, meters: readonly Meter[]): number =>
  rowsOf(treeOf(top, below(top, meters))).length;

/**
 * Down the tree, each meter before those below it.
 *
 * @param zone of the days and months of the stretch
 */
export async function meterTree(
  sources: MeterUseSources,
  top: Meter,
  zone: string,
  stretch: Stretch,
): Promise<readonly MeterRow[]> {
  const tree = treeOf(top, below(top, sources.directory.all('meters')));
  const usedBy = createMeterUse(sources);
  const rows: MeterRow[] = [];
  for (const { node, depth } of rowsOf(tree)) {
    const use = await usedBy(node.meter, zone, stretch);
    const children: Use[] = [];
    for (const { meter } of node.below) children.push(await usedBy(meter, zone, stretch));
    const balance = children.length === 0 ? null : balanceOf(use, children);
    rows.push({
      meter: node.meter,
      depth,
      use,
      children: children.length,
      difference: balance && { ...balance.difference, isNegative: balance.isNegative },
    });
  }
  return rows;
}

/** What one meter and those directly below it came to; undefined where none is below. */
export async function balanceWithin(
  sources: MeterUseSources,
  meter: Meter,
  zone: string,
  stretch: Stretch,
) {
  const children = below(meter, sources.directory.all('meters')).filter(
    ({ parent, id }) => parent === meter.id && id !== meter.id,
  );
  if (children.length === 0) return undefined;
  const usedBy = createMeterUse(sources);
  const own = await usedBy(meter, zone, stretch);
  const uses: Use[] = [];
  for (const child of children) uses.push(await usedBy(child, zone, stretch));
  const { below: together, difference } = balanceOf(own, uses);
  return {
    own: own.value,
    below: together.value,
    difference: difference.value,
    lower: difference.lower,
    upper: difference.upper,
    quality: difference.quality,
    meters: children.length,
    members: children.map(({ id }) => id).toSorted(),
  };
}
