import { writeSync } from 'node:fs';
import { MessageChannel, type MessagePort, type ResourceLimits, Worker } from 'node:worker_threads';
import type { Context } from '../model/context.ts';
import { AppError, type ErrorCode, isAppError, messageOf } from '../model/errors.ts';
import { collectLeftovers } from './leftovers.ts';
import { type Remote, remote } from './messages.ts';
import type { ThreadData } from './service.ts';

/** What a thread says of its start. */
export type Started =
  | 'ready'
  | { readonly failed: { readonly code: ErrorCode; readonly message: string } };

type Stoppable = { readonly thread: { stop(): Promise<void> } };

export interface Thread<T> {
  readonly ask: Remote<T>;
  /** Lets it finish what is at hand. */
  stop(): Promise<void>;
}

/**
 * Young generations, MB, at most. What ingest makes of a message lives until the rules have seen it: in a small one it would be old by then, and be
 * looked for among all there is. What the doors make is gone with its acknowledgement.
 */
const semiSpaceMb = { doors: 8, ingest: 64 } as const;

/** V8 counts two halves, and as much as one for large objects. */
const youngParts = 3;

/** Where V8 may take gigabytes it lets garbage grow to several times of what is in use before it collects it. */
const limitsOf = (part: ThreadData['part']): ResourceLimits => ({
  maxOldGenerationSizeMb: 768,
  maxYoungGenerationSizeMb: youngParts * semiSpaceMb[part],
});

/**
 * Starts a part of `main.ts` in a thread of its own. A thread that dies later takes the process with it: the journal makes a restart safe.
 * @throws AppError what kept it from starting
 */
export async function startThread<T extends Stoppable>(
  data: Omit<ThreadData, 'service'>,
  { log }: Pick<Context, 'log'>,
): Promise<Thread<T>> {
  const { port1, port2 } = new MessageChannel();
  const optional = [data.news, data.registrar].filter((port) => port !== undefined);
  const transferList: MessagePort[] = [port1, data.between, ...optional];
  const worker = new Worker(new URL('../main.ts', import.meta.url), {
    workerData: { ...data, service: port1 } satisfies ThreadData,
    transferList,
    resourceLimits: limitsOf(data.part),
  });
  let stopping = false;
  let tellsItself = false;
  const died = (error: unknown) => {
    if (stopping) return;
    const why = error instanceof Error ? error.stack : messageOf(error);
    if (!tellsItself || isOutOfMemory(error))
      log('error', 'a thread ended', { part: data.part, error: why });
    process.exit(1);
  };
  worker.on('error', died);
  const exited = new Promise<void>((resolve) => worker.once('exit', () => resolve()));
  worker.on('exit', (code) => died(`exit code ${code}`));
  const started = await new Promise<Started>((resolve) => port2.once('message', resolve));
  if (started !== 'ready') {
    stopping = true;
    await worker.terminate();
    throw new AppError(started.failed.code, started.failed.message);
  }
  tellsItself = true;
  const ask = remote<T>(port2);
  return {
    ask,
    async stop() {
      stopping = true;
      // One that dies of stopping is not waited for.
      await Promise.race([(ask as Remote<Stoppable>).thread.stop(), exited]);
      await worker.terminate();
    },
  };
}

const isOutOfMemory = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'ERR_WORKER_OUT_OF_MEMORY';

/**
 * Writes why a thread ends while it still can: a native module that was at work in it may abort the process before the main thread hears of it,
 * and what a thread writes to its stderr goes through the main thread.
 */
function tellDeath(part: ThreadData['part']): void {
  let error = 'it ended itself';
  process.on('uncaughtExceptionMonitor', ({ stack, message }) => {
    error = stack ?? message;
  });
  process.on('exit', () => {
    const time = new Date().toISOString();
    const line = { time, level: 'error', thread: part, message: 'a thread ended', part, error };
    writeSync(2, `${JSON.stringify(line)}\n`);
  });
}

/** Runs a part and tells the service how its start went. */
export async function report(
  { service, part }: ThreadData,
  start: () => Promise<void>,
): Promise<void> {
  tellDeath(part);
  // Waiting for another thread (`Atomics.waitAsync`) does not keep a thread alive.
  service.ref();
  try {
    await start();
    // With less room the doors would have to collect more often while devices wait.
    if (part !== 'doors') collectLeftovers();
    service.postMessage('ready' satisfies Started);
  } catch (error) {
    const code = isAppError(error) ? error.code : 'INTERNAL';
    const message = isAppError(error)
      ? error.message
      : ((error as Error).stack ?? messageOf(error));
    service.postMessage({ failed: { code, message } } satisfies Started);
  }
}
