import { type CounterLimits, limitsOf as workOut } from '../../energy/counter.ts';
import type { Meter } from '../../model/entities.ts';

const known = new WeakMap<Meter, CounterLimits>();

/** What is plausible for the counter of a meter. Remembered: several rules ask with every reading, and a meter as the registry knows it does not change. */
export function limitsOf(meter: Meter): CounterLimits {
  const before = known.get(meter);
  if (before) return before;
  const limits = workOut(meter);
  known.set(meter, limits);
  return limits;
}
