/** A place in a terminal's own list that an alarm of it is about, by its number there. */
export interface AlarmPlace {
  readonly kind: 'circle' | 'rectangle' | 'polygon' | 'route';
  readonly number: number;
  /** Of a place that was crossed: out of it, not into it. */
  readonly leaving: boolean;
}

/** As JT/T 808 numbers them. */
const kinds = [undefined, 'circle', 'rectangle', 'polygon', 'route'] as const;
const kindFactor = 2 ** 32;
const leavingFactor = 2 ** 40;

/**
 * A place of JT/T 808 as one number, as fixes carry it and stores keep it: number, kind in the bits above 32, direction in bit 40.
 *
 * @param kind 1 circle, 2 rectangle, 3 polygon, 4 route or segment
 */
export const packAlarmPlace = (kind: number, number: number, leaving: boolean): number =>
  (leaving ? leavingFactor : 0) + kind * kindFactor + number;

/** @returns undefined for a kind that the standard does not have */
export function unpackAlarmPlace(packed: number): AlarmPlace | undefined {
  const leaving = packed >= leavingFactor;
  const kind = kinds[Math.floor((packed % leavingFactor) / kindFactor)];
  return kind && { kind, number: packed % kindFactor, leaving };
}
