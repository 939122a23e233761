import { type DuckDBAppender, type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { AppError, messageOf } from '../model/errors.ts';
import { openTableWriter, quietly } from './duckdb-columns.ts';
import { prepareTables } from './duckdb-prepare.ts';
import type { Reader } from './duckdb-queries.ts';
import { openRowsWriter, type RowsWriter } from './duckdb-row-writer.ts';
import { loadState, type State } from './duckdb-state.ts';
import { createLanes, type Lanes } from './lanes.ts';

export interface DuckDbOptions {
  /** DuckDB's own notation, such as `512MB`. */
  readonly memoryLimit?: string;
  readonly threads?: number;
}

/** The connection that writes. What is put into its tables belongs to the transaction that is open on it. */
export interface Writer {
  readonly connection: DuckDBConnection;
  readonly devices: DuckDBAppender;
  readonly rows: RowsWriter;
  readonly latest: RowsWriter;
}

/** An open file. */
export interface DuckDbFile {
  /** One connection: writes come one after the other. */
  readonly writer: Lanes<Writer>;
  readonly readers: Lanes<Reader>;
  /** What of the file is kept in memory; changed within `writer` only, after the commit. */
  readonly state: State;
  /** Waits for what is under way, lets go of the file, and changes nothing in it. */
  close(): Promise<void>;
}

/**
 * Each running query holds one of libuv's four threads, which the journal of the same process needs too: one writer and two readers
 * leave one free.
 */
const readerCount = 2;

/** WAL size at which a commit becomes a checkpoint, which takes 50–130 ms: seldom, while a WAL of this size is replayed in well under a second. */
export const checkpointThreshold = '64MB';

export const unavailable = (error: unknown): AppError =>
  new AppError('STORE_UNAVAILABLE', `the telemetry file: ${messageOf(error)}`, {
    retryable: true,
    cause: error,
  });

/** @throws Error of DuckDB: locked by another process, damaged, no room */
export async function openFile(path: string, options: DuckDbOptions): Promise<DuckDbFile> {
  // From the cache, because a second instance on a file that is still open here would diverge from the first without an error.
  const instance = await DuckDBInstance.fromCache(path, {
    threads: String(options.threads ?? 1),
    memory_limit: options.memoryLimit ?? '128MB',
    checkpoint_threshold: checkpointThreshold,
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
  });
  const connections: DuckDBConnection[] = [];
  try {
    const connection = await connect(instance, connections);
    await prepareTables(connection);
    const state = await loadState(connection);
    const readers: Reader[] = [];
    for (let n = 0; n < readerCount; n++)
      readers.push(await openReader(await connect(instance, connections)));
    const writer = await openWriter(connection);
    return handle(instance, writer, readers, state);
  } catch (error) {
    for (const connection of connections) connection.closeSync();
    instance.closeSync();
    throw error;
  }
}

async function connect(instance: DuckDBInstance, opened: DuckDBConnection[]) {
  const connection = await instance.connect();
  opened.push(connection);
  return connection;
}

async function openReader(connection: DuckDBConnection): Promise<Reader> {
  await connection.run('CREATE TEMP TABLE asked (device INTEGER NOT NULL, at_ms BIGINT NOT NULL)');
  return { connection, asked: await openTableWriter(connection, 'asked', 'main', 'temp') };
}

async function openWriter(connection: DuckDBConnection): Promise<Writer> {
  return {
    connection,
    devices: await connection.createAppender('device'),
    rows: await openRowsWriter(connection, ''),
    latest: await openRowsWriter(connection, '_latest'),
  };
}

function handle(
  instance: DuckDBInstance,
  writer: Writer,
  readers: readonly Reader[],
  state: State,
): DuckDbFile {
  const writerLane = createLanes([writer]);
  const readerLanes = createLanes(readers);
  let closing: Promise<void> | undefined;
  const close = async () => {
    const reason = unavailable('it is being closed');
    await Promise.all([writerLane.close(reason), readerLanes.close(reason)]);
    quietly(() => writer.devices.clear());
    quietly(() => writer.devices.closeSync());
    for (const table of [writer.rows, writer.latest, ...readers.map(({ asked }) => asked)])
      table.close();
    for (const { connection } of [writer, ...readers]) quietly(() => connection.closeSync());
    quietly(() => instance.closeSync());
  };
  return {
    writer: writerLane,
    readers: readerLanes,
    state,
    close: () => {
      closing ??= close();
      return closing;
    },
  };
}
