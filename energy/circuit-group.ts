import type { Meter } from '../model/entities.ts';
import type { CircuitKind } from '../model/meter-use.ts';

/** What has hours of its own. Machine rooms and kitchens run when nobody works, and are no waste then. */
export type CircuitGroup = 'lighting' | 'corridor' | 'landscape' | 'air' | 'lift' | 'boiler';

const byCircuit: Readonly<Partial<Record<CircuitKind, CircuitGroup>>> = {
  lighting: 'lighting',
  'corridor-lighting': 'corridor',
  'landscape-lighting': 'landscape',
  'air-conditioning': 'air',
  lift: 'lift',
  boiler: 'boiler',
};

/** By the beginning of the sub-item code; the longer first. */
const byCode: readonly (readonly [code: string, group: CircuitGroup])[] = [
  ['A2', 'corridor'],
  ['A3', 'landscape'],
  ['A', 'lighting'],
  ['B', 'air'],
  ['C1', 'lift'],
];

/** What hangs on a circuit, by what the registry says of it, else by its sub-item code; undefined where it has no hours of its own. */
export function groupOf({
  circuit,
  subItem,
}: Pick<Meter, 'circuit' | 'subItem'>): CircuitGroup | undefined {
  if (circuit !== undefined) return byCircuit[circuit];
  return byCode.find(([code]) => subItem?.startsWith(code))?.[1];
}
