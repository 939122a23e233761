import type { ItemKind } from '../item.ts';

/** A quantity of a position that a maker's item holds. */
export type Quantity = 'odometerKm' | 'fuelL' | 'fuelPct' | 'satellites';

/** An item of a maker; `quantity`: believed where the standard's own item is not there. */
export interface VendorItem extends ItemKind<number> {
  readonly quantity?: Quantity;
}

/** What makers put where the standard leaves room. Named by the inventory (`jt808.profile`). */
export interface VendorProfile {
  readonly name: string;
  /** Where it is from. */
  readonly source: string;
  readonly items: readonly VendorItem[];
}
