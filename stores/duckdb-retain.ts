import type { DuckDBConnection } from '@duckdb/node-api';
import { metrics } from '../model/metrics.ts';
import { dayMs, hourMs } from '../model/time.ts';
import type { DuckDbFile } from './duckdb-file.ts';
import { type Family, families, metricsOf } from './duckdb-schema.ts';

/** How long the store keeps what, days; 0 is for ever. */
export interface Retention {
  /** Readings in full; of older ones stays what consumption is computed from. */
  readonly readingsDays: number;
  /** What stays of older readings. */
  readonly rollupsDays: number;
  /** Fixes of vehicles. */
  readonly positionsDays: number;
}

/** Rows looked at in one transaction, for the memory it takes. */
const rowsAtOnce = 250_000;

/** How far readings were thinned, as a row of `position`: the number of a day of UTC, 0 for not at all. */
const thinnedMark = 'thinned';

/**
 * Deletes what has been kept long enough, in whole days of UTC, of days that were sorted. Writes go on meanwhile, but for the checkpoint at the
 * end, after which the room is used again by new rows.
 *
 * @param now Unix ms UTC
 */
export async function retain(file: DuckDbFile, retention: Retention, now: number): Promise<void> {
  const { readingsDays, rollupsDays, positionsDays } = retention;
  const firstKept = (days: number) => (days === 0 ? 0 : Math.floor(now / dayMs) - days);
  let changed = 0;
  for (const family of families)
    changed += await drop(file, `${family}_sorted`, firstKept(rollupsDays));
  changed += await drop(file, 'fix_sorted', firstKept(positionsDays));
  changed += await thinAll(file, firstKept(readingsDays));
  if (changed > 0) await file.writer.run(({ connection }) => connection.run('CHECKPOINT'));
}

const within = (from: number, to: number): string =>
  `at_ms >= ${from * dayMs} AND at_ms < ${to * dayMs}`;

async function numbers(connection: DuckDBConnection, sql: string): Promise<readonly number[][]> {
  return (await (await connection.run(sql)).getRows()).map((row) => row.map(Number));
}

/** Deletes the days before one. @returns in how many transactions */
async function drop(file: DuckDbFile, table: string, before: number): Promise<number> {
  const slices = await slicesOf(file, table, 0, before);
  for (const rows of slices)
    await file.readers.run(({ connection }) =>
      connection.run(`DELETE FROM ${table} WHERE ${rows}`),
    );
  return slices.length;
}

/** Thins the days before one that were not thinned yet. @returns in how many transactions */
async function thinAll(file: DuckDbFile, before: number): Promise<number> {
  const [mark] = await file.readers.run(({ connection }) =>
    numbers(connection, `SELECT max(seq)::DOUBLE FROM position WHERE sink = '${thinnedMark}'`),
  );
  const done = mark?.[0] ?? 0;
  if (before <= done) return 0;
  let count = 0;
  for (const family of families) count += await thinFamily(file, family, done, before);
  await file.writer.run(({ connection }) =>
    connection.run(`
      BEGIN TRANSACTION;
      DELETE FROM position WHERE sink = '${thinnedMark}';
      INSERT INTO position VALUES ('${thinnedMark}', ${before});
      COMMIT`),
  );
  return count;
}

async function thinFamily(
  file: DuckDbFile,
  family: Family,
  from: number,
  before: number,
): Promise<number> {
  const slices = await slicesOf(file, `${family}_sorted`, from, before);
  for (const rows of slices)
    await file.readers.run(({ connection }) => connection.run(thinning(family, rows)));
  return slices.length;
}

interface Slice {
  readonly from: number;
  to: number;
  rows: number;
}

/** The rows of some days, as conditions: days together while they are small, some devices of a day where it is large. */
async function slicesOf(
  file: DuckDbFile,
  table: string,
  from: number,
  before: number,
): Promise<readonly string[]> {
  if (from >= before) return [];
  const count = (by: string, where: string) =>
    file.readers.run(({ connection }) =>
      numbers(
        connection,
        `SELECT ${by} AS part, count(*) FROM ${table} WHERE ${where} GROUP BY part ORDER BY part`,
      ),
    );
  const conditions: string[] = [];
  for (const days of together(await count(`at_ms // ${dayMs}`, within(from, before)))) {
    const where = within(days.from, days.to + 1);
    if (days.rows <= rowsAtOnce) conditions.push(where);
    else
      for (const devices of together(await count('device', where)))
        conditions.push(`${where} AND device BETWEEN ${devices.from} AND ${devices.to}`);
  }
  return conditions;
}

/** Neighbours together, up to `rowsAtOnce`. */
function together(counted: readonly (readonly number[])[]): readonly Slice[] {
  const slices: Slice[] = [];
  for (const [part = 0, rows = 0] of counted) {
    const slice = slices.at(-1);
    if (slice && slice.rows + rows <= rowsAtOnce) {
      slice.to = part;
      slice.rows += rows;
    } else slices.push({ from: part, to: part, rows });
  }
  return slices;
}

/**
 * Of an hour of a device stay: its last row; of each counter the first and the last value, and both ends of every step back and of a step that is
 * most of the hour's, where a counter began anew or was replaced. From these each hour's consumption is what it was from all of them.
 */
function thinning(family: Family, where: string): string {
  const counters = metricsOf[family].filter((metric) => metrics[metric].kind === 'counter');
  const kept = counters.map((name) => {
    const step = (from: string, to: string) =>
      `${to} < ${from} OR 2 * (${to} - ${from}) > max(${name}) OVER of_${name} - min(${name}) OVER of_${name}`;
    return `${name} IS NOT NULL AND (
      lag(${name}) OVER by_${name} IS NULL OR lead(${name}) OVER by_${name} IS NULL
      OR ${step(`lag(${name}) OVER by_${name}`, name)} OR ${step(name, `lead(${name}) OVER by_${name}`)})`;
  });
  const hour = `device, at_ms // ${hourMs}`;
  const windows = counters.flatMap((name) => [
    `of_${name} AS (PARTITION BY ${hour}, ${name} IS NULL)`,
    `by_${name} AS (PARTITION BY ${hour}, ${name} IS NULL ORDER BY at_ms, seq)`,
  ]);
  return `
    DELETE FROM ${family}_sorted WHERE ${where} AND rowid NOT IN (
      SELECT rowid FROM ${family}_sorted WHERE ${where}
      WINDOW ${windows.join(', ')}, by_row AS (PARTITION BY ${hour} ORDER BY at_ms DESC, seq DESC)
      QUALIFY row_number() OVER by_row = 1 OR ${kept.join(' OR ')})`;
}
