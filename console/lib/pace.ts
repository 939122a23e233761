/**
 * For receivers that take their time: each key gets its next value only when the one before is settled,
 * and what came meanwhile is replaced by what came last. Without it, a slow machine is given new work before it has shown the old, and shows nothing.
 */
export interface Pacer<K, V> {
  offer(key: K, value: V): void;
  /** The value given last is done with. */
  settled(key: K): void;
  /** Nothing is under way any more, of any key. */
  reset(): void;
}

/** @param patienceMs a value that is not settled by then is not waited for any longer */
export function createPacer<K, V>(
  put: (key: K, value: V) => void,
  patienceMs: number,
  now: () => number,
): Pacer<K, V> {
  const busySince = new Map<K, number>();
  const waiting = new Map<K, V>();
  const give = (key: K, value: V) => {
    waiting.delete(key);
    busySince.set(key, now());
    put(key, value);
  };
  return {
    offer: (key, value) => {
      const since = busySince.get(key);
      if (since !== undefined && now() - since < patienceMs) waiting.set(key, value);
      else give(key, value);
    },
    settled: (key) => {
      busySince.delete(key);
      const next = waiting.get(key);
      if (next !== undefined) give(key, next);
    },
    reset: () => {
      busySince.clear();
      waiting.clear();
    },
  };
}
