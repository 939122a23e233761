import { useCallback, useEffect, useState } from 'react';
import { useApp } from './app-context.ts';
import { createCache } from './cache.ts';

export interface Loaded<T> {
  readonly data: T | undefined;
  readonly error: unknown;
  reload(): void;
  /** Puts what is known to have changed in the place of what was loaded. */
  set(change: (data: T) => T): void;
}

export interface LoadOptions {
  /** Load again every so many ms. */
  readonly everyMs?: number;
  /** What was loaded less than so many ms ago is taken as it is. */
  readonly freshMs?: number;
}

const cache = createCache(60, Date.now);

export const forgetLoaded = (): void => cache.clear();

/**
 * Loads when `key` changes, when asked to, when events may have been missed, and every `everyMs`. Whoever uses the same key shares one request
 * and one result; going back to a screen shows what was loaded before at once, and loads it again.
 * @param key says what is loaded; undefined loads nothing
 * @param load is not a dependency: everything it depends on stands in `key`
 */
export function useLoad<T>(
  key: string | undefined,
  load: (signal: AbortSignal) => Promise<T>,
  options: LoadOptions = {},
): Loaded<T> {
  const { live } = useApp();
  const { everyMs, freshMs = 0 } = options;
  const [, redraw] = useState(0);
  const [turn, setTurn] = useState(0);
  const [failed, setFailed] = useState<{ key: string; error: unknown }>();
  const reload = useCallback(() => setTurn((n) => n + 1), []);

  useEffect(() => live.onResume(reload), [live, reload]);
  useEffect(() => {
    if (everyMs === undefined) return undefined;
    const timer = setInterval(reload, everyMs);
    return () => clearInterval(timer);
  }, [everyMs, reload]);
  useEffect(
    () => (key === undefined ? undefined : cache.onChange(key, () => redraw((n) => n + 1))),
    [key],
  );

  // biome-ignore lint/correctness/useExhaustiveDependencies: `load` is made anew on every render; `key` names it
  useEffect(() => {
    if (key === undefined || (turn === 0 && cache.ageMs(key) < freshMs)) return undefined;
    let current = true;
    const release = cache.fetch(key, load, (error) => {
      if (current) setFailed(error === undefined ? undefined : { key, error });
    });
    return () => {
      current = false;
      release();
    };
  }, [key, turn, freshMs]);

  const set = useCallback(
    (change: (data: T) => T) => {
      if (key !== undefined) cache.change(key, (data) => change(data as T));
    },
    [key],
  );

  return {
    data: key === undefined ? undefined : (cache.get(key) as T | undefined),
    error: failed !== undefined && failed.key === key ? failed.error : undefined,
    reload,
    set,
  };
}
