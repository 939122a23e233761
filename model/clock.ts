import { dayMs } from './time.ts';

/**
 * No device keeps back for so long what it saw. A time this far before receipt comes from a clock that was never set, or from a receiver whose
 * count of weeks began anew after 1024, some twenty years behind.
 */
const lostAfterMs = 366 * dayMs;

/** Whether a time cannot be the one at which the device saw what it says. It is kept as it came, and says nothing of now. */
export const isClockLost = ({
  at,
  receivedAt,
}: {
  readonly at: number;
  readonly receivedAt: number;
}): boolean => receivedAt - at > lostAfterMs;
