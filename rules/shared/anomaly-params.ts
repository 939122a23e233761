import { z } from 'zod';
import type { Measure } from '../../energy/anomaly.ts';
import { groupOf } from '../../energy/circuit-group.ts';
import { hasOwnTimes } from '../../energy/own-times.ts';
import type { Meter } from '../../model/entities.ts';

const amount = z.number().min(0).max(1e9);

export const anomalyParams = z.strictObject({
  spikeDeviations: z.number().min(2).max(100).default(7),
  heldDeviations: z.number().min(1).max(100).default(5.5),
  runningDeviations: z.number().min(2).max(100).default(7),
  clearHours: z.int().min(1).max(48).default(6),
  adaptDays: z.int().min(14).max(56).default(14),
  shiftPct: z.number().min(5).max(200).default(25),
  creepPct: z.number().min(5).max(200).default(15),
  leastKwh: amount.default(5),
  leastM3: amount.default(0.5),
  leastGj: amount.default(0.05),
  warningKwh: amount.default(20),
  criticalKwh: amount.default(1000),
  warningM3: amount.default(2),
  criticalM3: amount.default(100),
  warningGj: amount.default(1),
  criticalGj: amount.default(50),
  warningYuan: amount.default(20),
  criticalYuan: amount.default(1000),
});

export type AnomalyParams = z.output<typeof anomalyParams>;

/**
 * Water runs in a few hours at random, and air conditioning, landscape lights and charging by their own times: an hour is measured by the largest of
 * all and as of a restless meter, and nothing is too little; rules of their own tell of stuck meters, of leaks, and of what is on after hours. Lights of
 * corridors that were left on for days and are off again use what they should: too little of them is nothing to tell either, and heat ends with its season.
 */
interface Manner extends Pick<Measure, 'isLowTold' | 'dead'> {
  readonly isMeasuredByItself: boolean;
}

const others: Manner = {
  isLowTold: true,
  dead: 'next-to-nothing',
  isMeasuredByItself: true,
};
const lit: Manner = { ...others, isLowTold: false };
const heat: Manner = { ...lit, dead: 'never' };
const water: Manner = { ...lit, isMeasuredByItself: false };
const timed: Manner = { ...water, dead: 'nothing' };

export function mannerOf(meter: Meter): Manner {
  if (meter.medium === 'water') return water;
  if (meter.medium === 'heat') return heat;
  if (hasOwnTimes(meter)) return timed;
  return groupOf(meter) === 'corridor' ? lit : others;
}

/** Less than this is not worth telling, in the unit of the counter. */
export function leastOf({ medium }: Meter, { leastKwh, leastM3, leastGj }: AnomalyParams): number {
  if (medium === 'electricity') return leastKwh;
  return medium === 'heat' ? leastGj : leastM3;
}
