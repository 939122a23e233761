import type { Context, Level } from '../model/context.ts';

/** A counter with its labels, as another thread may ask for it. */
export interface Counted {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
  /** When it last rose, Unix ms UTC. */
  readonly at: number;
}

const order: Readonly<Record<Level, number>> = { debug: 0, info: 1, warn: 2, error: 3 };

/** What a thread's rooms are handed: JSON lines on stderr, counters in memory, the system's clock. */
export function createContext(
  thread: string,
  least: Level,
): { readonly context: Context; counted(): readonly Counted[] } {
  const counters = new Map<
    string,
    { name: string; labels: Readonly<Record<string, string>>; value: number; at: number }
  >();
  const context: Context = {
    log(level, message, fields = {}) {
      if (order[level] < order[least]) return;
      const line = { time: new Date().toISOString(), level, thread, message, ...fields };
      process.stderr.write(`${JSON.stringify(line)}\n`);
    },
    count(name, labels = {}, by = 1) {
      let key = name;
      for (const label in labels) key += ` ${labels[label]}`;
      const counter = counters.get(key);
      if (counter) {
        counter.value += by;
        counter.at = Date.now();
      } else counters.set(key, { name, labels, value: by, at: Date.now() });
    },
    now: () => Date.now(),
  };
  return { context, counted: () => [...counters.values()] };
}
