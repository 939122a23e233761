import { dayMs, hourMs } from '../../model/time.ts';
import type { Register } from './meter-registers.ts';

/** What is to happen to a meter in its year. */

export type Fault =
  | 'gap'
  | 'wrong-readings'
  | 'reset'
  | 'swap'
  | 'swap-recorded'
  | 'ratio'
  | 'backwards'
  /** It wrapped and showed nothing but zeros: as a counter does that began anew. */
  | 'wrap-onto-zero';

export interface Planned {
  readonly fault: Exclude<Fault, 'wrap-onto-zero'>;
  /** Whole days from the start, and a time of day in ms. */
  readonly at: number;
  readonly ms: number;
}

/** A fault every two weeks or so, of every kind, far enough apart for each to be told by itself. */
export function planOf(
  random: () => number,
  days: number,
  { about }: Register,
): readonly Planned[] {
  const often = ['gap', 'wrong-readings', 'gap', 'swap-recorded'] as const;
  const faults: Planned['fault'][] = [...often, ...often, 'reset', 'swap', 'backwards'];
  if (about.modbus) faults.push('ratio');
  const plan: Planned[] = [];
  for (let day = 5; day < days - 6; day += 8 + Math.floor(random() * 14)) {
    const fault = faults[Math.floor(random() * faults.length)] ?? 'gap';
    const ms = fault === 'gap' ? (1 + 80 * random()) * hourMs : (0.5 + 30 * random()) * hourMs;
    plan.push({ fault, at: (day + random()) * dayMs, ms });
  }
  return plan;
}
