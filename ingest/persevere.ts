import type { Context } from '../model/context.ts';
import { isAppError, messageOf } from '../model/errors.ts';

const firstPauseMs = 200;
const longestPauseMs = 10_000;

/** Who is at work, and what is wrong with it while it is. */
export interface Worker {
  readonly name: string;
  trouble: string | null;
}

/** Trouble is the same whatever counts, times and sizes stand in its words. */
const kindOf = (trouble: string): string => trouble.replace(/\d+/g, '0');

/**
 * Tries until it works, with growing pauses; trouble is logged when it begins, when it becomes another and when it ends.
 * @throws the reason of `stopping` when told to stop meanwhile
 */
export async function persevere<T>(
  work: () => Promise<T>,
  worker: Worker,
  stopping: AbortSignal,
  { log }: Pick<Context, 'log'>,
): Promise<T> {
  const told = new Set<string>();
  for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(pauseMs * 2, longestPauseMs)) {
    try {
      const result = await work();
      if (worker.trouble) log('info', 'sink recovered', { sink: worker.name });
      worker.trouble = null;
      return result;
    } catch (error) {
      if (stopping.aborted) throw stopping.reason;
      const code = isAppError(error) ? error.code : 'INTERNAL';
      const trouble = messageOf(error);
      if (!told.has(kindOf(trouble)))
        log('error', 'sink in trouble', { sink: worker.name, code, error: trouble });
      told.add(kindOf(trouble));
      worker.trouble = trouble;
      await pause(pauseMs, stopping);
    }
  }
}

/** @throws the reason of `stopping` when told to stop meanwhile */
export function pause(ms: number, stopping: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer);
      reject(stopping.reason);
    };
    const timer = setTimeout(() => {
      stopping.removeEventListener('abort', stop);
      resolve();
    }, ms);
    if (stopping.aborted) stop();
    else stopping.addEventListener('abort', stop, { once: true });
  });
}
