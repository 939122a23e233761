import type { EntityView, TripView } from '../../api/contract.ts';
import type { TripVerdict } from '../../model/trip.ts';

/** Trips against the orders they were driven under. */

/** Driven as it was ordered, if need be by a slip that was filed afterwards. */
const inOrder: ReadonlySet<TripVerdict> = new Set(['matched', 'slip']);

export const isInOrder = ({ verdicts: said }: Pick<TripView, 'verdicts'>): boolean =>
  said.every((verdict) => inOrder.has(verdict));

export const toneOf = (verdict: TripVerdict): 'good' | 'critical' | 'warning' => {
  if (inOrder.has(verdict)) return 'good';
  return verdict === 'no-dispatch' || verdict === 'wrong-area' ? 'critical' : 'warning';
};

export type DispatchView = EntityView<'dispatches'> & { readonly id: string };

interface Range {
  /** Unix ms UTC, `from` inclusive, `to` exclusive. */
  readonly from: number;
  readonly to: number;
}

/**
 * Orders of the range that are over and that no trip was driven under.
 * @param trips of the range and of the day before and after it
 */
export function neverDriven(
  dispatches: readonly DispatchView[],
  trips: readonly Pick<TripView, 'dispatch'>[],
  { from, to }: Range,
  now: number,
): DispatchView[] {
  const driven = new Set(trips.map(({ dispatch }) => dispatch));
  return dispatches
    .filter((order) => {
      const [begins, ends] = [Date.parse(order.from), Date.parse(order.to)];
      return begins >= from && begins < to && ends < now && !driven.has(order.id);
    })
    .sort((a, b) => Date.parse(b.from) - Date.parse(a.from));
}

/** Which trips a person wants to see. */
export type Wanted = 'all' | 'not-in-order' | TripVerdict;

export const filterTrips = (trips: readonly TripView[], wanted: Wanted): readonly TripView[] =>
  trips.filter((trip) => {
    if (wanted === 'all') return true;
    return wanted === 'not-in-order' ? !isInOrder(trip) : trip.verdicts.includes(wanted);
  });

/** Newest first. */
export const newestFirst = (trips: readonly TripView[]): TripView[] =>
  trips.toSorted((a, b) => Date.parse(b.startedAt) - Date.parse(a.startedAt));
