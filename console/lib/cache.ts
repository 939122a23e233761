/** What was loaded, by key, and the requests under way. */

interface Kept {
  readonly data: unknown;
  readonly at: number;
}

interface Flight {
  readonly abort: AbortController;
  readonly done: Promise<unknown>;
  users: number;
}

interface Cache {
  get(key: string): unknown;
  /** How long ago it was loaded, in ms; Infinity where it was not. */
  ageMs(key: string): number;
  /** Changes what is there; nothing where there is nothing. */
  change(key: string, change: (data: unknown) => unknown): void;
  /**
   * Loads, or joins who is loading the same. The request is given up when nobody wants it any more.
   * @param settled is told the error, or undefined where it went well
   * @returns what says that it is not wanted any more
   */
  fetch(
    key: string,
    load: (signal: AbortSignal) => Promise<unknown>,
    settled: (error: unknown) => void,
  ): () => void;
  /** @returns what stops it */
  onChange(key: string, listener: () => void): () => void;
  clear(): void;
}

/** @param most entries; the one not written for longest goes first */
export function createCache(most: number, now: () => number): Cache {
  const kept = new Map<string, Kept>();
  const flights = new Map<string, Flight>();
  const listeners = new Map<string, Set<() => void>>();

  const keep = (key: string, data: unknown, at: number) => {
    kept.delete(key);
    kept.set(key, { data, at });
    const oldest = kept.keys().next();
    if (kept.size > most && !oldest.done) kept.delete(oldest.value);
    for (const listener of listeners.get(key) ?? []) listener();
  };
  const depart = (key: string, load: (signal: AbortSignal) => Promise<unknown>): Flight => {
    const abort = new AbortController();
    const done = load(abort.signal).then((data) => {
      if (!abort.signal.aborted) keep(key, data, now());
    });
    const flight: Flight = { abort, done, users: 0 };
    const land = () => {
      if (flights.get(key) === flight) flights.delete(key);
    };
    done.then(land, land);
    flights.set(key, flight);
    return flight;
  };

  return {
    get: (key) => kept.get(key)?.data,
    ageMs: (key) => now() - (kept.get(key)?.at ?? -Infinity),
    change: (key, change) => {
      const known = kept.get(key);
      if (known) keep(key, change(known.data), known.at);
    },
    fetch: (key, load, settled) => {
      const flight = flights.get(key) ?? depart(key, load);
      flight.users++;
      flight.done.then(
        () => settled(undefined),
        (error: unknown) => {
          if (!flight.abort.signal.aborted) settled(error);
        },
      );
      let released = false;
      return () => {
        if (released) return;
        released = true;
        flight.users--;
        if (flight.users > 0) return;
        if (flights.get(key) === flight) flights.delete(key);
        flight.abort.abort();
      };
    },
    onChange: (key, listener) => {
      const set = listeners.get(key) ?? new Set();
      listeners.set(key, set.add(listener));
      return () => {
        set.delete(listener);
        if (set.size === 0) listeners.delete(key);
      };
    },
    clear: () => {
      for (const flight of flights.values()) flight.abort.abort();
      flights.clear();
      kept.clear();
    },
  };
}
