import type { DuckDBConnection } from '@duckdb/node-api';
import { dayMs, hourMs } from '../model/time.ts';
import type { DuckDbFile } from './duckdb-file.ts';

/** A day of UTC is sealed so long after it ended. */
const sealedAfterMs = 36 * hourMs;

const sorted = [
  { table: 'reading', order: 'device, metric, at_ms' },
  { table: 'fix', order: 'device, at_ms' },
] as const;

/**
 * Moves sealed days to the sorted tables, a day in a transaction. A day whose late rows come afterwards gets a second, small piece.
 * Writes go on meanwhile, but for the checkpoint at the end.
 */
export async function sortSealedDays(file: DuckDbFile, now: number): Promise<void> {
  const sealedBefore = Math.floor((now - sealedAfterMs) / dayMs) * dayMs;
  let moved = 0;
  for (const { table, order } of sorted) {
    const days = await file.readers.run((reader) => unsortedDays(reader, table, sealedBefore));
    for (const day of days) await file.readers.run((reader) => moveDay(reader, table, order, day));
    moved += days.length;
  }
  if (moved > 0) await file.writer.run(({ connection }) => connection.run('CHECKPOINT'));
}

async function unsortedDays(
  connection: DuckDBConnection,
  table: string,
  before: number,
): Promise<number[]> {
  const result = await connection.run(
    `SELECT DISTINCT at_ms // ${dayMs} AS day FROM ${table} WHERE at_ms < ${before} ORDER BY day`,
  );
  return (await result.getRows()).map(([day]) => Number(day));
}

async function moveDay(
  connection: DuckDBConnection,
  table: string,
  order: string,
  day: number,
): Promise<void> {
  const within = `at_ms >= ${day * dayMs} AND at_ms < ${(day + 1) * dayMs}`;
  await connection.run('BEGIN TRANSACTION');
  try {
    await connection.run(
      `INSERT INTO ${table}_sorted SELECT * FROM ${table} WHERE ${within} ORDER BY ${order}`,
    );
    await connection.run(`DELETE FROM ${table} WHERE ${within}`);
    await connection.run('COMMIT');
  } catch (error) {
    await connection.run('ROLLBACK').catch(() => {});
    throw error;
  }
}
