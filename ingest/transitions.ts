import type { AlertBook } from '../alerts/alerts.ts';
import type { Context } from '../model/context.ts';
import { messageOf } from '../model/errors.ts';
import type { Transition } from '../stores/store.ts';

const batchSize = 500;
const idleMs = 500;
const longestPauseMs = 30_000;

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
  let stopped = false;
  let wake = () => {};
  const pause = (ms: number) =>
    new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms);
      wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });

  async function step(): Promise<boolean> {
    const transitions = await book.transitions(place.load(), batchSize);
    const last = transitions.at(-1);
    if (!last) return false;
    await deliver(transitions);
    place.save(last.n);
    return transitions.length === batchSize;
  }

  async function run(): Promise<void> {
    let pauseMs = idleMs;
    while (!stopped) {
      try {
        if (await step()) continue;
        pauseMs = idleMs;
      } catch (error) {
        if (pauseMs === idleMs)
          context.log('warn', 'changes of alerts wait', { error: messageOf(error) });
        pauseMs = Math.min(pauseMs * 2, longestPauseMs);
      }
      if (!stopped) await pause(pauseMs);
    }
  }

  const running = run();
  return {
    async stop() {
      stopped = true;
      wake();
      await running;
    },
  };
}
