import type { Dispatch } from '../../model/entities.ts';
import { hourMs, minuteMs } from '../../model/time.ts';
import type { Surroundings } from '../rule.ts';

/** How far a trip may begin before its order, and end after it. */
export interface OrderTolerance {
  readonly earlyMinutes: number;
  readonly lateMinutes: number;
}

/** An order filed after the trip it covers counts only so long after its start. */
export const filingMs = 24 * hourMs;

/** Whether an order was filed in time for a trip that began at an instant; one without a time of filing was there before. */
export const isFiledInTime = ({ filedAt }: Dispatch, startedAt: number): boolean =>
  filedAt === undefined || filedAt - startedAt <= filingMs;

/** Orders of the vehicle that cover the instant, with tolerance at both ends, ascending by `from`. */
export function ordersAt(
  around: Surroundings,
  vehicle: string,
  at: number,
  { earlyMinutes, lateMinutes }: OrderTolerance,
): readonly Dispatch[] {
  const all = around.dispatchesOf?.(vehicle) ?? around.dispatches(vehicle, at);
  return all.filter(
    ({ from, to }) => from - earlyMinutes * minuteMs <= at && at < to + lateMinutes * minuteMs,
  );
}

/** An order as evidence has it. */
export const orderContext = ({
  id,
  driver,
  from,
  to,
  route,
  area,
  purpose,
  filedAt,
}: Dispatch) => ({
  id,
  driver,
  from,
  to,
  route,
  area,
  purpose,
  filedAt,
});
