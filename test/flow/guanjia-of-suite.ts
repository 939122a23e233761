import { afterAll, beforeAll } from 'vitest';
import { folderOfSuite } from './folders.ts';
import { type Guanjia, type StartOptions, startGuanjia } from './guanjia.ts';

interface HeldGuanjia extends Guanjia {
  /** Starts it where it ended, in the same folder. */
  start(options?: StartOptions): Promise<void>;
}

/**
 * The service for the tests of the file or `describe` that calls it: started before them, stopped after them.
 * @param options asked for at the start, where they are a function
 */
export function guanjiaOfSuite(
  options: StartOptions | (() => StartOptions) = {},
  folder = folderOfSuite(),
): HeldGuanjia {
  let running: Guanjia | undefined;
  const now = (): Guanjia => {
    if (!running) throw new Error('Guanjia was not started');
    return running;
  };
  const start = async (more: StartOptions = {}) => {
    running = await startGuanjia(folder, more);
  };
  beforeAll(() => start(typeof options === 'function' ? options() : options));
  afterAll(() => running?.stop());
  return {
    folder,
    start,
    get child() {
      return now().child;
    },
    get ports() {
      return now().ports;
    },
    get: (path) => now().get(path),
    fetch: (path, init) => now().fetch(path, init),
    settled: () => now().settled(),
    output: () => now().output(),
    kill: () => now().kill(),
    stop: () => now().stop(),
  };
}
