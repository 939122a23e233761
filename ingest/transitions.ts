import type { AlertBook } from '../alerts/alerts.ts';
import type { Context } from '../model/context.ts';
import type { Transition } from '../stores/store.ts';
import { pause, persevere } from './persevere.ts';

const batchSize = 500;
const idleMs = 500;

/** Where a follower of alerts keeps how far it has come. */
export interface Place {
  load(): number;
  save(n: number): void;
}

/** Changes that are numbered ascending. */
interface Numbered<T> {
  /** For the log. */
  readonly name: string;
  /** Those behind a number, the first so many. */
  read(after: number, limit: number): Promise<readonly T[]>;
}

/** Hands changes of alerts on; see `followChanges`. */
export const followTransitions = (
  book: Pick<AlertBook, 'transitions'>,
  place: Place,
  deliver: (transitions: readonly Transition[]) => Promise<void> | void,
  context: Context,
): { stop(): Promise<void> } =>
  followChanges({ name: 'changes of alerts', read: book.transitions }, place, deliver, context);

/**
 * Hands changes on, in order, from where it stopped; tries again with growing pauses.
 * @param deliver must bear repetition: the place is kept after it
 */
export function followChanges<T extends { readonly n: number }>(
  { name, read }: Numbered<T>,
  place: Place,
  deliver: (changes: readonly T[]) => Promise<void> | void,
  context: Context,
): { stop(): Promise<void> } {
  const stopping = new AbortController();
  const worker = { name, trouble: null };

  async function step(): Promise<boolean> {
    const changes = await read(place.load(), batchSize);
    const last = changes.at(-1);
    if (!last) return false;
    await deliver(changes);
    place.save(last.n);
    return changes.length === batchSize;
  }

  async function run({ signal }: AbortController): Promise<void> {
    while (!signal.aborted)
      if (!(await persevere(step, worker, signal, context))) await pause(idleMs, signal);
  }

  const running = run(stopping).catch((error: unknown) => {
    if (!stopping.signal.aborted) throw error;
  });
  return {
    async stop() {
      stopping.abort();
      await running;
    },
  };
}
