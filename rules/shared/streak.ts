/** Something that is wrong time and again. Plain JSON. */
export interface Streak {
  readonly since: number;
  /** When it was wrong last. */
  readonly lastAt: number;
  /** How often it was wrong. */
  readonly count: number;
  /** The value farthest from what is right. */
  readonly worst: number;
  /** Wrong for long enough to be told. */
  readonly isHeld: boolean;
  /** How often it was right since. */
  readonly calm: number;
}

/** How often and how long something must be wrong to be told, and right to be over. */
export interface Patience {
  readonly count: number;
  readonly ms: number;
}

/**
 * One more look.
 *
 * @param off how far from right, 0 where it is right; the sign says to which side
 * @returns undefined where nothing is wrong, or no longer
 */
export function look(
  streak: Streak | undefined,
  at: number,
  off: number,
  value: number,
  patience: Patience,
): Streak | undefined {
  if (off === 0) return streak?.isHeld ? calmDown(streak, at, patience) : undefined;
  const since = streak?.since ?? at;
  const count = (streak?.count ?? 0) + 1;
  const isWorse = !streak || Math.abs(off) >= Math.abs(streak.worst - (value - off));
  return {
    since,
    lastAt: at,
    count,
    worst: isWorse ? value : streak.worst,
    isHeld: streak?.isHeld === true || (count >= patience.count && at - since >= patience.ms),
    calm: 0,
  };
}

function calmDown(streak: Streak, at: number, { count, ms }: Patience): Streak | undefined {
  const calm = streak.calm + 1;
  return calm >= count && at - streak.lastAt >= ms ? undefined : { ...streak, calm };
}
