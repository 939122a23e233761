import { type Quarter, quarterMs } from '../../energy/quarters.ts';

/** Newest quarters of an hour that were measured, one after the other. Plain JSON. */
export interface QuarterWindow {
  /** Of the first, Unix ms UTC. */
  readonly start: number;
  readonly kwh: readonly number[];
}

export const noWindow: QuarterWindow = { start: 0, kwh: [] };

/** Where one is missing it begins anew. */
export function withNewest(
  { start, kwh }: QuarterWindow,
  quarter: Quarter,
  most: number,
): QuarterWindow {
  const isNext = start + kwh.length * quarterMs === quarter.start;
  const all = [...(isNext ? kwh : []), Number(quarter.kwh.toPrecision(6))].slice(-most);
  return { start: quarter.start - (all.length - 1) * quarterMs, kwh: all };
}

export const quartersIn = ({ start, kwh }: QuarterWindow): readonly Quarter[] =>
  kwh.map((each, place) => ({ start: start + place * quarterMs, kwh: each, isMeasured: true }));

/** What the newest hour came to; null where not all of it is known. */
export function newestHour({ kwh }: QuarterWindow): number | null {
  const last = kwh.slice(-4);
  return last.length < 4 ? null : last.reduce((sum, each) => sum + each, 0);
}
