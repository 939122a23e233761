import { AppError } from '../model/errors.ts';

/** Asks until the request is over: nobody waits for what is found out afterwards. @throws AppError `SERVICE_BUSY` */
export function heedful<Args extends readonly unknown[], Result>(
  signal: AbortSignal,
  ask: (...args: Args) => Promise<Result>,
): (...args: Args) => Promise<Result> {
  return async (...args) => {
    if (signal.aborted) throw new AppError('SERVICE_BUSY', 'nobody waits for the answer any more');
    return ask(...args);
  };
}
