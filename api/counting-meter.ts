import type { Meter } from '../model/entities.ts';
import { AppError } from '../model/errors.ts';
import { counterOf, type Metric } from '../model/metrics.ts';

/** @throws AppError `INPUT_INVALID` for a meter that counts nothing */
export function counterFor(meter: Meter): Metric {
  const counter = counterOf[meter.medium];
  if (counter === null)
    throw new AppError('INPUT_INVALID', `${meter.id} counts nothing: it is of the ${meter.medium}`);
  return counter;
}
