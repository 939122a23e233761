import { type DuckDBAppender, type DuckDBConnection, DuckDBDataChunk } from '@duckdb/node-api';
import duckdb from '@duckdb/node-bindings';

/**
 * Rows of a table as columns of numbers, which DuckDB takes and gives as they lie in memory: a tenth of the time that values one by one
 * take. Whole numbers of 64 bits are pairs of 32, exact up to 2^53.
 */

const chunkRows = duckdb.vector_size();
const validityBytes = chunkRows / 8;
/** DuckDB reads validity in words of 64 rows. */
const wordsOf = (rows: number): number => Math.ceil(rows / 64) * 8;

type Numbers =
  | Float64Array<ArrayBuffer>
  | Int32Array<ArrayBuffer>
  | Uint32Array<ArrayBuffer>
  | Uint8Array<ArrayBuffer>;

interface Kind {
  readonly bytes: number;
  readonly view: (buffer: ArrayBuffer, at: number, rows: number) => Numbers;
}

const kinds: Readonly<Record<string, Kind>> = {
  INTEGER: { bytes: 4, view: (buffer, at, rows) => new Int32Array(buffer, at, rows) },
  UINTEGER: { bytes: 4, view: (buffer, at, rows) => new Uint32Array(buffer, at, rows) },
  BIGINT: { bytes: 8, view: (buffer, at, rows) => new Int32Array(buffer, at, rows * 2) },
  DOUBLE: { bytes: 8, view: (buffer, at, rows) => new Float64Array(buffer, at, rows) },
  UTINYINT: { bytes: 1, view: (buffer, at, rows) => new Uint8Array(buffer, at, rows) },
  BOOLEAN: { bytes: 1, view: (buffer, at, rows) => new Uint8Array(buffer, at, rows) },
};

function kindOf(type: string): Kind {
  const kind = kinds[type];
  if (!kind) throw new Error(`got a column of type ${type}, want one of numbers`);
  return kind;
}

const two32 = 2 ** 32;

/** A column that is being filled, a chunk at a time. Rows that nothing is put in are NULL. */
export interface Column {
  readonly bytes: number;
  readonly data: Numbers;
  readonly validity: Uint8Array<ArrayBuffer>;
  filled: number;
}

function fill(column: Column, row: number): void {
  const byte = row >> 3;
  column.validity[byte] = (column.validity[byte] ?? 0) | (1 << (row & 7));
  column.filled++;
}

/** A DOUBLE, INTEGER, UINTEGER or UTINYINT. */
export function put(column: Column, row: number, value: number): void {
  column.data[row] = value;
  fill(column, row);
}

/** A BIGINT, from a whole number. */
export function putWide(column: Column, row: number, value: number): void {
  const high = Math.floor(value / two32);
  column.data[2 * row] = value - high * two32;
  column.data[2 * row + 1] = high;
  fill(column, row);
}

/** What is left open keeps the file from being opened anew, so one that fails to close must not keep the others open. */
export function quietly(close: () => void): void {
  try {
    close();
  } catch {
    // The file has failed already, and was let go for that.
  }
}

/** Rows on their way into a table. */
export interface TableWriter {
  column(name: string): Column;
  /** @returns the number of a new row, for `put`, good until the next */
  begin(): number;
  /** Hands everything to the transaction that is open on the connection. */
  flush(): void;
  /** Forgets what was not committed. Throws nothing. */
  close(): void;
}

/** @throws Error of DuckDB where there is no such table */
export async function openTableWriter(
  connection: DuckDBConnection,
  table: string,
  schema?: string,
  catalog?: string,
): Promise<TableWriter> {
  const names = await columnsOf(connection, table);
  const appender = await connection.createAppender(table, schema, catalog);
  const columns = names.map(([, type]): Column => {
    const { bytes, view } = kindOf(type);
    const data = view(new ArrayBuffer(bytes * chunkRows), 0, chunkRows);
    return { bytes, data, validity: new Uint8Array(validityBytes), filled: 0 };
  });
  const byName = new Map(names.map(([name], index) => [name, columns[index]]));
  const chunk = DuckDBDataChunk.create(names.map((_, index) => appender.columnType(index)));
  let rows = 0;
  const emit = () => {
    if (rows > 0) appendChunk(appender, chunk, columns, rows);
    rows = 0;
  };
  return {
    column(name) {
      const column = byName.get(name);
      if (!column) throw new Error(`got no column ${name} in ${table}`);
      return column;
    },
    begin() {
      if (rows === chunkRows) emit();
      return rows++;
    },
    flush() {
      emit();
      appender.flushSync();
    },
    close() {
      quietly(() => appender.clear());
      quietly(() => appender.closeSync());
    },
  };
}

/** Names and types in the order of the table. */
export async function columnsOf(
  connection: DuckDBConnection,
  table: string,
): Promise<(readonly [name: string, type: string])[]> {
  const result = await connection.run(
    'SELECT column_name, data_type FROM duckdb_columns() WHERE table_name = $table ORDER BY column_index',
    { table },
  );
  return (await result.getRows()).map(([name, type]) => [String(name), String(type)] as const);
}

function appendChunk(
  appender: DuckDBAppender,
  chunk: DuckDBDataChunk,
  columns: readonly Column[],
  rows: number,
): void {
  chunk.reset();
  chunk.rowCount = rows;
  for (let index = 0; index < columns.length; index++) {
    const column = columns[index];
    if (!column) continue;
    const vector = duckdb.data_chunk_get_vector(chunk.chunk, index);
    const { data, validity, filled, bytes } = column;
    if (filled > 0) duckdb.copy_data_to_vector(vector, 0, data.buffer, 0, rows * bytes);
    if (filled < rows) {
      duckdb.vector_ensure_validity_writable(vector);
      duckdb.copy_data_to_vector_validity(vector, 0, validity.buffer, 0, wordsOf(rows));
    }
    if (filled > 0) validity.fill(0);
    column.filled = 0;
  }
  appender.appendDataChunk(chunk);
}

/** A column of an answer; numbers as `put` takes them. */
export interface Answer {
  readonly data: Numbers;
  /** Absent where every row has a value. */
  readonly validity: Uint8Array | undefined;
}

/** @returns undefined for NULL */
export function get({ data, validity }: Answer, row: number): number | undefined {
  if (validity && ((validity[row >> 3] ?? 0) & (1 << (row & 7))) === 0) return undefined;
  return data[row];
}

/** A BIGINT that is not NULL. */
export const getWide = ({ data }: Answer, row: number): number =>
  ((data[2 * row] ?? 0) >>> 0) + (data[2 * row + 1] ?? 0) * two32;

/** Part of an answer; good until the next one is asked for. */
export interface AnswerChunk {
  readonly rows: number;
  readonly columns: readonly Answer[];
}

/** @param types of the columns, which the statement must give in this order */
export async function* chunksOf(
  connection: DuckDBConnection,
  sql: string,
  types: readonly string[],
): AsyncGenerator<AnswerChunk> {
  const result = await connection.run(sql);
  const wanted = types.map(kindOf);
  for (;;) {
    const chunk = await result.fetchChunk();
    const rows = chunk?.rowCount ?? 0;
    if (!chunk || rows === 0) return;
    yield { rows, columns: wanted.map((kind, index) => answerOf(chunk, index, kind, rows)) };
  }
}

function answerOf(chunk: DuckDBDataChunk, index: number, kind: Kind, rows: number): Answer {
  const vector = duckdb.data_chunk_get_vector(chunk.chunk, index);
  const bytes = duckdb.vector_get_data(vector, rows * kind.bytes);
  const data = kind.view(bytes.buffer as ArrayBuffer, bytes.byteOffset, rows);
  // DuckDB has no mask where nothing is NULL, which the types of the package leave out.
  const mask: Uint8Array | null = duckdb.vector_get_validity(vector, wordsOf(rows));
  return { data, validity: mask ?? undefined };
}
