import type { Baseline, BaselineDay, LocalHour } from './baseline.ts';

/* Hours of the baseline that are held to be wrong, and by whom. */

const withDay = (
  baseline: Baseline,
  day: number,
  change: (day: BaselineDay) => BaselineDay,
): Baseline => ({
  ...baseline,
  days: baseline.days.map((each) => (each.day === day ? change(each) : each)),
});

/** With an hour that was learned held to be wrong. */
export const flag = (baseline: Baseline, at: LocalHour): Baseline =>
  withDay(baseline, at.day, (each) => ({
    ...each,
    flagged: (each.flagged ?? 0) | (1 << at.hour),
  }));

/** With an hour that a person holds to be wrong: it is never learned. */
export const confirm = (baseline: Baseline, at: LocalHour): Baseline =>
  withDay(flag(baseline, at), at.day, (each) => ({
    ...each,
    confirmed: (each.confirmed ?? 0) | (1 << at.hour),
  }));

/** With an hour that a person holds to be right: it is learned as any other. */
export const clearFlag = (baseline: Baseline, at: LocalHour): Baseline =>
  withDay(baseline, at.day, (each) => ({
    ...each,
    flagged: (each.flagged ?? 0) & ~(1 << at.hour),
    confirmed: (each.confirmed ?? 0) & ~(1 << at.hour),
  }));
