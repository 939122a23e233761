import type { Meter } from '../model/entities.ts';
import { type Baseline, type LocalHour, likeDays, referenceDays, valuesOf } from './baseline.ts';
import { groupOf } from './circuit-group.ts';
import { decodeAmount } from './letters.ts';
import { quantileOf } from './robust.ts';

/*
 * What follows the weather or orders instead of office hours says little of itself before it has been on for a while: on the first warm days it runs for
 * an hour or two at a fraction of what the summer takes.
 */

/** Vehicles are charged by night, landscape lights are on when nobody works, and air conditioning follows the weather: `energy.after-hours` judges them. */
export function hasOwnTimes(meter: Pick<Meter, 'circuit' | 'subItem'>): boolean {
  const group = groupOf(meter);
  return group === 'landscape' || group === 'air' || meter.circuit === 'charging';
}

/** Where water or such a circuit runs at random, nothing is known better than this share of the largest hour. */
const leastOfPeak = 0.15;

export const leastOfPeakOf = (meter: Meter): number =>
  meter.medium === 'water' || hasOwnTimes(meter) ? leastOfPeak : 0;

/** On is what lies above this share of the way from idle to the largest hour; it must have been on at that hour on such a share of like days. */
const on = { ofPeak: 0.25, ofDays: 0.8 };
/** Idle is what it draws in its quietest hours; less than so many times that as its largest hour, and it has not been on at all. */
const idle = { ofHours: 0.1, timesToPeak: 2 };

/** Whether it is known what a circuit uses in that hour when it is on. */
export function isUsuallyOn({ days, peak }: Baseline, at: LocalHour): boolean {
  const alike = likeDays(days, at).slice(0, referenceDays);
  const all = alike.flatMap(({ hours }) => valuesOf(hours, 0));
  const standby = quantileOf(all, idle.ofHours);
  const most = peak ?? 0;
  if (most < idle.timesToPeak * standby) return false;
  const used = alike.flatMap(({ hours }) => decodeAmount(hours, at.hour) ?? []);
  const isOn = used.filter((each) => each >= standby + on.ofPeak * (most - standby));
  return isOn.length >= on.ofDays * used.length;
}
