import type { Context } from '../model/context.ts';
import { AppError, isAppError, messageOf } from '../model/errors.ts';
import { type DuckDbFile, type DuckDbOptions, openFile, unavailable } from './duckdb-file.ts';

/** The file, opened anew after a failure. Every error is an AppError `STORE_UNAVAILABLE`. */
export interface Keeper {
  /** Work that only reads: DuckDB must say itself that it can go on no more before the file is let go. */
  use<Result>(work: (file: DuckDbFile) => Promise<Result>): Promise<Result>;
  /** Work that writes: whatever fails, the file is let go, and with it what was not committed. */
  change<Result>(work: (file: DuckDbFile) => Promise<Result>): Promise<Result>;
  /** @param last what to do before the file is let go, if it can be done */
  close(last: (file: DuckDbFile) => Promise<void>): Promise<void>;
}

const isFatal = (error: unknown): boolean => /fatal|invalidated/i.test(messageOf(error));

/** @throws AppError `DATA_DIR_UNUSABLE` where the file cannot be opened the first time */
export async function keepOpen(
  path: string,
  options: DuckDbOptions,
  context: Context,
): Promise<Keeper> {
  let current: Promise<DuckDbFile> | undefined = openFirst(path, options);
  await current;
  let lettingGo = Promise.resolve();
  let isClosed = false;
  let isFailing = false;

  const open = async (): Promise<DuckDbFile> => {
    await lettingGo;
    try {
      const file = await openFile(path, options);
      context.log('info', 'telemetry file opened again', { room: 'stores' });
      isFailing = false;
      return file;
    } catch (error) {
      current = undefined;
      throw unavailable(error);
    }
  };

  const letGo = (from: Promise<DuckDbFile>, file: DuckDbFile, error: unknown) => {
    if (current !== from) return;
    current = undefined;
    lettingGo = file.close();
    if (!isFailing)
      context.log('warn', 'telemetry file let go', { room: 'stores', error: messageOf(error) });
    isFailing = true;
  };

  async function attempt<Result>(
    work: (file: DuckDbFile) => Promise<Result>,
    endsIt: (error: unknown) => boolean,
  ): Promise<Result> {
    if (isClosed) throw unavailable('it is closed');
    current ??= open();
    const from = current;
    const file = await from;
    try {
      return await work(file);
    } catch (error) {
      if (isAppError(error)) throw error;
      if (endsIt(error)) letGo(from, file, error);
      throw unavailable(error);
    }
  }

  return {
    use: (work) => attempt(work, isFatal),
    change: (work) => attempt(work, () => true),
    async close(last) {
      if (isClosed) return;
      await attempt(last, () => true).catch((error: unknown) =>
        context.log('warn', 'telemetry file closed without its last save', {
          room: 'stores',
          error: messageOf(error),
        }),
      );
      isClosed = true;
      await (await current?.catch(() => undefined))?.close();
      await lettingGo;
    },
  };
}

async function openFirst(path: string, options: DuckDbOptions): Promise<DuckDbFile> {
  try {
    return await openFile(path, options);
  } catch (error) {
    throw new AppError('DATA_DIR_UNUSABLE', `the telemetry file ${path}: ${messageOf(error)}`, {
      cause: error,
    });
  }
}
