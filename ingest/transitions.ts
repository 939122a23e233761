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

/**
 * Hands changes of alerts on, in order, from where it stopped; tries again with growing pauses.
 * @param deliver must bear repetition: the place is kept after it
 */
export function followTransitions(
  book: Pick<AlertBook, 'transitions'>,
  place: Place,
  deliver: (transitions: readonly Transition[]) => Promise<void> | void,
  context: Context,
): { stop(): Promise<void> } {
  const stopping = new AbortController();
  const worker = { name: 'changes of alerts', trouble: null };

  async function step(): Promise<boolean> {
    const transitions = await book.transitions(place.load(), batchSize);
    const last = transitions.at(-1);
    if (!last) return false;
    await deliver(transitions);
    place.save(last.n);
    return transitions.length === batchSize;
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
