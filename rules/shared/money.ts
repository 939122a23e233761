import type { MeterSubject, Surroundings } from '../rule.ts';

export interface Amount {
  /** Unix ms UTC; its hour has one price. */
  readonly at: number;
  /** kWh, m³ or GJ; negative where less was used. */
  readonly amount: number;
}

/** What the amounts cost by the tariffs in force, in yuan; null where one of them has no price. */
export function yuanOf(
  { price }: Pick<Surroundings, 'price'>,
  { meter, institution }: MeterSubject,
  amounts: readonly Amount[],
): number | null {
  let yuan = 0;
  for (const { at, amount } of amounts) {
    const each = price?.(institution, meter.medium, at);
    if (each === undefined) return null;
    yuan += each * amount;
  }
  return yuan;
}
