import { type DuckDBAppender, type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { AppError, messageOf } from '../model/errors.ts';
import { prepareTables } from './duckdb-schema.ts';
import { loadState, type State } from './duckdb-state.ts';
import { createLanes, type Lanes } from './lanes.ts';

export interface DuckDbOptions {
  /** DuckDB's own notation, such as `512MB`. */
  readonly memoryLimit?: string;
  readonly threads?: number;
}

/** The connection that writes, with its appenders, which belong to whatever transaction is open on it. */
export interface Writer {
  readonly connection: DuckDBConnection;
  readonly appenders: Readonly<Record<AppendedTable, DuckDBAppender>>;
}

const appendedTables = ['device', 'reading', 'fix', 'latest_reading', 'latest_fix'] as const;
export type AppendedTable = (typeof appendedTables)[number];

/** An open file. */
export interface DuckDbFile {
  /** One connection: writes come one after the other. */
  readonly writer: Lanes<Writer>;
  readonly readers: Lanes<DuckDBConnection>;
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
const checkpointThreshold = '64MB';

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
    memory_limit: options.memoryLimit ?? '512MB',
    checkpoint_threshold: checkpointThreshold,
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
  });
  const connections: DuckDBConnection[] = [];
  try {
    const connection = await connect(instance, connections);
    await prepareTables(connection);
    const state = await loadState(connection);
    const readers: DuckDBConnection[] = [];
    for (let n = 0; n < readerCount; n++) readers.push(await connectReader(instance, connections));
    const writer = { connection, appenders: await openAppenders(connection) };
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

async function connectReader(instance: DuckDBInstance, opened: DuckDBConnection[]) {
  const connection = await connect(instance, opened);
  await connection.run('CREATE TEMP TABLE asked (device INTEGER NOT NULL, at_ms BIGINT NOT NULL)');
  return connection;
}

async function openAppenders(connection: DuckDBConnection): Promise<Writer['appenders']> {
  const appenders = {} as Record<AppendedTable, DuckDBAppender>;
  for (const table of appendedTables) appenders[table] = await connection.createAppender(table);
  return appenders;
}

/** What is left open keeps the file from being opened anew, so one that fails to close must not keep the others open. */
function quietly(close: () => void): void {
  try {
    close();
  } catch {
    // The file has failed already, and was let go for that.
  }
}

function handle(
  instance: DuckDBInstance,
  writer: Writer,
  readers: readonly DuckDBConnection[],
  state: State,
): DuckDbFile {
  const writerLane = createLanes([writer]);
  const readerLanes = createLanes(readers);
  let closing: Promise<void> | undefined;
  const close = async () => {
    const reason = unavailable('it is being closed');
    await Promise.all([writerLane.close(reason), readerLanes.close(reason)]);
    for (const appender of Object.values(writer.appenders)) {
      quietly(() => appender.clear());
      quietly(() => appender.closeSync());
    }
    for (const resource of [writer.connection, ...readers, instance])
      quietly(() => resource.closeSync());
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
