import { dayMs } from '../model/time.ts';

/*
 * A terminal sleeps while its vehicle stands with the ignition off: how often it speaks then is nobody's promise, and nothing of it is missing. The
 * newest fix of a vehicle is kept for that; late ones change nothing.
 */

export interface Newest {
  /** Unix ms UTC. */
  readonly at: number;
  readonly isOff: boolean;
}

/** Longer than that it was laid up, or its clock was wrong. */
const longestMs = 62 * dayMs;

/** The rest that ended with a fix; undefined where there was none. */
export function restBefore(newest: Newest | undefined, at: number): Newest['at'] | undefined {
  return newest?.isOff && at > newest.at && at - newest.at <= longestMs ? newest.at : undefined;
}

/** In one number. */
export const packNewest = ({ at, isOff }: Newest): number => 2 * at + (isOff ? 1 : 0);
export const unpackNewest = (packed: number): Newest => ({
  at: Math.floor(packed / 2),
  isOff: packed % 2 === 1,
});
