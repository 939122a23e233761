import type { Context } from '../model/context.ts';
import { AppError, messageOf } from '../model/errors.ts';
import { createDirectory } from './directory.ts';
import type { Knowledge } from './field-checks.ts';
import type { Existing } from './overlay.ts';
import { isFields, type Lookup } from './references.ts';
import type { Directory } from './registry.ts';
import { keyMark } from './server-key.ts';
import { advance, bodyOf, emptySnapshot, type Snapshot } from './snapshot.ts';
import type { Tables } from './tables.ts';

/** What the parts of the registry share. */
export interface Core {
  readonly tables: Tables;
  readonly knowledge: Knowledge;
  readonly serverKey: Uint8Array;
  readonly context: Context;
  snapshot(): Snapshot;
  directory(): Directory;
  existing(): Existing;
  /** Writers that look, hash and then write have their turn one after another. */
  inTurn<T>(work: () => Promise<T>): Promise<T>;
  /** Writes all of it or nothing, under the number of the next change, and tells who listens. */
  commit(write: (changed: number) => void): void;
  onChange(listener: (version: number) => void): () => void;
}

/** One after another, whatever becomes of the one before. */
function createTurns(): Core['inTurn'] {
  let last: Promise<unknown> = Promise.resolve();
  return <T>(work: () => Promise<T>): Promise<T> => {
    const mine = last.then(work, work);
    last = mine.catch(() => undefined);
    return mine;
  };
}

function checkKey(tables: Tables, serverKey: Uint8Array): void {
  const mark = keyMark(serverKey);
  const known = tables.meta('key_mark');
  if (known === undefined) tables.transaction(() => tables.putMeta('key_mark', mark));
  else if (known !== mark) {
    const message =
      'The server key does not belong to this registry, so no device could get in: restore the two from the same backup.';
    throw new AppError('DATA_DIR_UNUSABLE', message);
  }
}

/** @throws AppError `DATA_DIR_UNUSABLE` where the registry was written under another server key */
export function createCore(
  tables: Tables,
  knowledge: Knowledge,
  serverKey: Uint8Array,
  context: Context,
): Core {
  checkKey(tables, serverKey);
  const listeners = new Set<(version: number) => void>();
  let snapshot = advance(emptySnapshot, tables);
  let directory: Directory | undefined;
  const currentDirectory = () => {
    directory ??= createDirectory({ snapshot, past: tables.past, serverKey });
    return directory;
  };
  const tell = (listener: (version: number) => void) => {
    try {
      listener(snapshot.version);
    } catch (error) {
      context.log('error', 'a listener of the registry failed', {
        room: 'registry',
        error: messageOf(error),
      });
    }
  };
  const lookup: Lookup = (kind, id) => {
    const body: unknown = bodyOf(snapshot.rows[kind].get(id));
    return isFields(body) ? body : undefined;
  };
  const all: Existing['all'] = (kind) => {
    const bodies: readonly unknown[] = currentDirectory().all(kind);
    return bodies.filter(isFields);
  };
  return {
    tables,
    knowledge,
    serverKey,
    context,
    snapshot: () => snapshot,
    directory: currentDirectory,
    existing: () => ({ lookup, all }),
    inTurn: createTurns(),
    commit(write) {
      tables.transaction(() => {
        write(snapshot.version + 1);
        tables.putMeta('version', String(snapshot.version + 1));
      });
      snapshot = advance(snapshot, tables);
      directory = undefined;
      for (const listener of listeners) tell(listener);
    },
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
