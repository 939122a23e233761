import { combine, type Use } from './virtual.ts';

/** A meter against those below it. */
export interface Balance {
  /** Of the meters below, together. */
  readonly below: Use;
  /** What the meter counted and those below did not: losses, and what is not metered. Below 0 where they say more than it. */
  readonly difference: Use;
  /** Those below say more than all their counters' resolution and gaps can explain. */
  readonly isNegative: boolean;
}

/**
 * What is not metered between a meter and those directly below it.
 * @param below at least one
 */
export function balanceOf(own: Use, below: readonly Use[]): Balance {
  const difference = combine([
    { use: own, factor: 1 },
    ...below.map((use) => ({ use, factor: -1 })),
  ]);
  return {
    below: combine(below.map((use) => ({ use, factor: 1 }))),
    difference,
    isNegative: difference.upper !== null && difference.upper < 0,
  };
}

/** A meter with those below it. */
export interface TreeNode<T> {
  readonly meter: T;
  readonly below: readonly TreeNode<T>[];
}

/** A node and how far it is from the top. */
export interface TreeRow<T> {
  readonly node: TreeNode<T>;
  readonly depth: number;
}

/** Down the tree, each meter before those below it. */
export const rowsOf = <T>(node: TreeNode<T>, depth = 0): readonly TreeRow<T>[] => [
  { node, depth },
  ...node.below.flatMap((child) => rowsOf(child, depth + 1)),
];

/** The tree below a meter. What would hang below itself is left out: the registry refuses it. */
export function treeOf<T extends { readonly id: string; readonly parent?: string }>(
  top: T,
  meters: readonly T[],
): TreeNode<T> {
  const byParent = Map.groupBy(meters, ({ parent }) => parent);
  const grow = (meter: T, above: ReadonlySet<string>): TreeNode<T> => ({
    meter,
    below: (byParent.get(meter.id) ?? [])
      .filter(({ id }) => !above.has(id))
      .map((child) => grow(child, new Set([...above, child.id]))),
  });
  return grow(top, new Set([top.id]));
}
