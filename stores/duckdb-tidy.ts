import type { DuckDBConnection } from '@duckdb/node-api';
import { dayMs, hourMs } from '../model/time.ts';
import type { DuckDbFile } from './duckdb-file.ts';
import { type Measured, measured, namesIn } from './duckdb-schema.ts';

/** A day of UTC is sealed so long after it ended. */
const sealedAfterMs = 36 * hourMs;

/** Rows sorted and moved in one transaction, for the memory it takes. */
const rowsAtOnce = 250_000;

/**
 * Moves sealed days to the sorted tables, some devices of a day in a transaction. A day whose late rows come afterwards gets a second,
 * small piece. Writes go on meanwhile, but for the checkpoint at the end.
 */
export async function sortSealedDays(file: DuckDbFile, now: number): Promise<void> {
  const sealedBefore = Math.floor((now - sealedAfterMs) / dayMs) * dayMs;
  let moved = 0;
  for (const table of measured) {
    const slices = await file.readers.run(({ connection }) =>
      unsortedSlices(connection, table, sealedBefore),
    );
    for (const slice of slices)
      await file.readers.run(({ connection }) => moveSlice(connection, table, slice));
    moved += slices.length;
  }
  if (moved > 0) await file.writer.run(({ connection }) => connection.run('CHECKPOINT'));
}

/** Some devices of a day; numbers of devices, both ends included. */
interface Slice {
  readonly day: number;
  readonly first: number;
  last: number;
  rows: number;
}

async function unsortedSlices(
  connection: DuckDBConnection,
  table: Measured,
  before: number,
): Promise<readonly Slice[]> {
  const result = await connection.run(
    `SELECT at_ms // ${dayMs} AS day, device, count(*)::INTEGER FROM ${table} WHERE at_ms < ${before}
     GROUP BY day, device ORDER BY day, device`,
  );
  const slices: Slice[] = [];
  for (const row of await result.getRows()) {
    const [day, device, rows] = row.map(Number) as [number, number, number];
    const slice = slices.at(-1);
    if (slice?.day === day && slice.rows + rows <= rowsAtOnce) {
      slice.last = device;
      slice.rows += rows;
    } else slices.push({ day, first: device, last: device, rows });
  }
  return slices;
}

async function moveSlice(
  connection: DuckDBConnection,
  table: Measured,
  { day, first, last }: Slice,
): Promise<void> {
  const within = `at_ms >= ${day * dayMs} AND at_ms < ${(day + 1) * dayMs} AND device BETWEEN ${first} AND ${last}`;
  const names = namesIn(table);
  await connection.run('BEGIN TRANSACTION');
  try {
    await connection.run(
      `INSERT INTO ${table}_sorted (${names}) SELECT ${names} FROM ${table} WHERE ${within} ORDER BY device, at_ms`,
    );
    await connection.run(`DELETE FROM ${table} WHERE ${within}`);
    await connection.run('COMMIT');
  } catch (error) {
    await connection.run('ROLLBACK').catch(() => {});
    throw error;
  }
}
