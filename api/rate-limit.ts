/** Counts failures by key, such as wrong passwords by user and address. */
export interface FailureLimit {
  /** How long the key has to wait, in ms; 0 when it need not. */
  waitMs(key: string): number;
  failed(key: string): void;
  /** It was none after all: takes back one failure. */
  passed(key: string): void;
}

const mostKeys = 20_000;

/**
 * A key may fail `limit` times within `windowMs` of its first failure, and then waits for the window to end.
 *
 * @param now our clock, Unix ms UTC
 */
export function createFailureLimit(
  limit: number,
  windowMs: number,
  now: () => number,
): FailureLimit {
  const failures = new Map<string, { since: number; times: number }>();

  function current(key: string) {
    const known = failures.get(key);
    if (known && now() - known.since >= windowMs) {
      failures.delete(key);
      return undefined;
    }
    return known;
  }

  /** In order of their first failure, so the oldest go first: those that are over, and with a flood of names others too. */
  function makeRoom(): void {
    for (const [key, { since }] of failures) {
      if (failures.size < mostKeys && now() - since < windowMs) return;
      failures.delete(key);
    }
  }

  return {
    waitMs(key) {
      const known = current(key);
      return known && known.times >= limit ? known.since + windowMs - now() : 0;
    },
    failed(key) {
      const known = current(key);
      if (known) known.times++;
      else {
        makeRoom();
        failures.set(key, { since: now(), times: 1 });
      }
    },
    passed(key) {
      const known = current(key);
      if (known && known.times > 0) known.times--;
    },
  };
}
