import { hourMs } from '../../model/time.ts';

/** Enough for evidence; a stretch that is longer is told by its ends. */
const most = 200;

/** Starts of the whole hours within a stretch, at most 200. */
export function hoursWithin(from: number, to: number): readonly number[] {
  const first = Math.ceil(from / hourMs) * hourMs;
  const count = Math.max(0, Math.floor((to - first) / hourMs));
  return Array.from({ length: Math.min(most, count) }, (_, i) => first + i * hourMs);
}
