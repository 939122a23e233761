import type { Opinion } from '../../model/alert.ts';
import type { HourBench } from './closed-hours.ts';

/** What people have held by now of the meter’s alerts of a kind that opened since an instant; the newest last. */
export const heldSince = (
  kind: string,
  from: number,
  { around, subject, at }: HourBench<unknown>,
): readonly Opinion[] =>
  (around.opinions?.(kind, subject.meter.id, from) ?? [])
    .filter(({ givenAt }) => givenAt <= at)
    .toSorted((a, b) => a.givenAt - b.givenAt);

/** The newest that holds that it is to be so; undefined where there is none, or where it has been confirmed since. */
export function excuseSince(
  kind: string,
  from: number,
  bench: HourBench<unknown>,
): Opinion | undefined {
  const last = heldSince(kind, from, bench).at(-1);
  return last && last.verdict !== 'confirmed' ? last : undefined;
}
