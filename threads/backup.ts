import { type ChildProcess, fork } from 'node:child_process';
import { PassThrough, type Readable } from 'node:stream';
import type { Frozen } from '../backup/take.ts';
import type { Context } from '../model/context.ts';
import { AppError, type ErrorCode, isAppError, messageOf } from '../model/errors.ts';
import { putBehind } from './priority.ts';

interface Failure {
  readonly code: ErrorCode;
  readonly message: string;
}

/** What the process that makes a backup says, in this order. */
export type BackupStep =
  | { readonly step: 'freeze' }
  | { readonly step: 'ready'; readonly bytes: number }
  | { readonly step: 'done' }
  | { readonly step: 'failed'; readonly error: Failure };

export interface BackupReply {
  readonly frozen?: Frozen;
  readonly error?: Failure;
}

export interface BackupStream {
  /** The archive. Ends where it is whole; breaks off with an error where it is not. To be destroyed where nobody wants it any more. */
  readonly stream: Readable;
  /** Of its parts, before compression. */
  readonly bytes: number;
}

interface Held {
  freeze(): Promise<Frozen>;
  thaw(): Promise<void>;
}

/** @returns what makes a backup of the data directory of this service, one at a time */
export function createBackup(
  dataDir: string,
  { freeze, thaw }: Held,
  { log, now }: Pick<Context, 'log' | 'now'>,
): () => Promise<BackupStream> {
  let busy = false;
  return async () => {
    if (busy)
      throw new AppError('SERVICE_BUSY', '另一备份正在进行。 Another backup is being made.');
    busy = true;
    const startedAt = now();
    const child = startProcess(dataDir);
    /** Settles when nothing is being frozen any more. */
    let freezing: Promise<unknown> | undefined;
    const ended = async (failure?: Failure) => {
      const isFrozen = await freezing?.then(
        () => true,
        () => false,
      );
      if (isFrozen)
        await thaw().catch((error) => log('error', 'backup', { error: messageOf(error) }));
      busy = false;
      const seconds = Math.round((now() - startedAt) / 1000);
      if (failure) log('warn', 'backup failed', { ...failure, seconds });
      else log('info', 'backup made', { seconds });
    };
    return follow(child, ended, () => {
      const frozen = freeze();
      freezing = frozen;
      return frozen;
    });
  };
}

function startProcess(dataDir: string): ChildProcess {
  const program = new URL('./backup-process.ts', import.meta.url);
  const child = fork(program, [dataDir], { stdio: ['ignore', 'pipe', 'inherit', 'ipc'] });
  putBehind(child);
  return child;
}

/** @returns the stream as soon as its first byte may follow */
function follow(
  child: ChildProcess,
  ended: (failure?: Failure) => Promise<void>,
  freeze: () => Promise<Frozen>,
): Promise<BackupStream> {
  const stream = new PassThrough();
  let failure: Failure | undefined = { code: 'INTERNAL', message: 'the process ended too early' };
  child.stdout?.pipe(stream, { end: false });
  stream.once('close', () => child.kill('SIGKILL'));
  return new Promise((resolve, reject) => {
    const fail = ({ code, message }: Failure) => {
      const error = new AppError(code, message);
      reject(error);
      stream.destroy(error);
    };
    stream.once('error', () => {});
    // One that has ended meanwhile hears nothing any more.
    const reply = (said: BackupReply) => child.connected && child.send(said);
    child.on('message', (said: BackupStep) => {
      if (said.step === 'freeze')
        void freeze().then(
          (frozen) => reply({ frozen }),
          (error) => reply({ error: toFailure(error) }),
        );
      else if (said.step === 'ready') resolve({ stream, bytes: said.bytes });
      else failure = said.step === 'failed' ? said.error : undefined;
    });
    child.once('error', (error) => fail(toFailure(error)));
    child.once('close', async () => {
      await ended(failure);
      if (failure) fail(failure);
      else stream.end();
    });
  });
}

const toFailure = (error: unknown): Failure => ({
  code: isAppError(error) ? error.code : 'INTERNAL',
  message: messageOf(error),
});
