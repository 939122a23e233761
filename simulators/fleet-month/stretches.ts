import type { Moment } from './course.ts';

export type Stretch = readonly [from: number, to: number];

/** Stretches of the track in which something is so; a pause of so long ends one. */
export function stretchesOf(
  track: readonly Moment[],
  isSo: (moment: Moment) => boolean,
  pauseMs = 300_000,
): readonly Stretch[] {
  const found: [number, number][] = [];
  for (const moment of track) {
    if (!isSo(moment)) continue;
    const last = found.at(-1);
    if (last && moment.at - last[1] <= pauseMs) last[1] = moment.at;
    else found.push([moment.at, moment.at]);
  }
  return found;
}
