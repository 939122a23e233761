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

const within = (from: number, to: number, beyondMs = 0): string =>
  `at_ms >= ${from * dayMs - beyondMs} AND at_ms < ${to * dayMs + beyondMs}`;

async function numbers(connection: DuckDBConnection, sql: string): Promise<readonly number[][]> {
  return (await (await connection.run(sql)).getRows()).map((row) => row.map(Number));
}

/** Deletes the days before one. @returns in how many transactions */
async function drop(file: DuckDbFile, table: string, before: number): Promise<number> {
  const slices = await slicesOf(file, table, 0, before);
  for (const { rows } of slices)
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
  for (const slice of slices)
    await file.readers.run(({ connection }) => connection.run(thinning(family, slice)));
  return slices.length;
}

interface Slice {
  readonly from: number;
  to: number;
  rows: number;
}

/** Conditions in SQL. */
interface Condition {
  readonly rows: string;
  /** Those rows, and what lies shortly before and after them. */
  readonly around: string;
}

/** The rows of some days: days together while they are small, some devices of a day where it is large. */
async function slicesOf(
  file: DuckDbFile,
  table: string,
  from: number,
  before: number,
): Promise<readonly Condition[]> {
  if (from >= before) return [];
  const count = (by: string, where: string) =>
    file.readers.run(({ connection }) =>
      numbers(
        connection,
        `SELECT ${by} AS part, count(*) FROM ${table} WHERE ${where} GROUP BY part ORDER BY part`,
      ),
    );
  const conditions: Condition[] = [];
  for (const days of together(await count(`at_ms // ${dayMs}`, within(from, before)))) {
    const rows = within(days.from, days.to + 1);
    const around = within(days.from, days.to + 1, edgeMs);
    if (days.rows <= rowsAtOnce) conditions.push({ rows, around });
    else
      for (const devices of together(await count('device', rows))) {
        const those = `AND device BETWEEN ${devices.from} AND ${devices.to}`;
        conditions.push({ rows: `${rows} ${those}`, around: `${around} ${those}` });
      }
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

/** So many readings before a step back, and after it, may be those that a counter got wrong, or those that show it and how fast it went then. */
const nearby = 10;
/** Where fewer readings lie in it none is thinned. */
const edgeMs = 2 * hourMs;

/**
 * Of an hour of a device stay: its last row; of each counter the first and the last value, both ends of a step that is most of the hour’s, where a
 * counter was replaced, and the values around a step back, where it began anew or was wrong for a moment. From these each hour’s consumption is
 * what it was from all of them.
 */
function thinning(family: Family, { rows, around }: Condition): string {
  const table = `${family}_sorted`;
  const counters = metricsOf[family].filter((metric) => metrics[metric].kind === 'counter');
  const falls = counters.map((name) => `, ${name} < lag(${name}) OVER by_${name} AS ${name}_fell`);
  const courses = counters.map(
    (name) => `by_${name} AS (PARTITION BY device, ${name} IS NULL ORDER BY at_ms, seq)`,
  );
  const kept = counters.map((name) => {
    const isMost = (from: string, to: string) =>
      `2 * (${to} - ${from}) > max(${name}) OVER all_${name} - min(${name}) OVER all_${name}`;
    return `OR ${name} IS NOT NULL AND (
      lag(${name}) OVER in_${name} IS NULL OR lead(${name}) OVER in_${name} IS NULL
      OR ${isMost(`lag(${name}) OVER in_${name}`, name)} OR ${isMost(name, `lead(${name}) OVER in_${name}`)}
      OR bool_or(${name}_fell) OVER near_${name})`;
  });
  const hour = `device, at_ms // ${hourMs}`;
  const windows = counters.flatMap((name) => [
    `all_${name} AS (PARTITION BY ${hour}, ${name} IS NULL)`,
    `in_${name} AS (PARTITION BY ${hour}, ${name} IS NULL ORDER BY at_ms, seq)`,
    `near_${name} AS (PARTITION BY device, ${name} IS NULL ORDER BY at_ms, seq
      ROWS BETWEEN ${nearby} PRECEDING AND ${nearby} FOLLOWING)`,
  ]);
  const fallen = `
    SELECT rowid AS id, device, at_ms, seq, ${counters.join(', ')} ${falls.join('')}
    FROM ${table} WHERE ${around} WINDOW ${courses.join(', ')}`;
  return `
    DELETE FROM ${table} WHERE ${rows} AND rowid NOT IN (
      SELECT id FROM (${fallen})
      WINDOW ${windows.join(', ')}, by_row AS (PARTITION BY ${hour} ORDER BY at_ms DESC, seq DESC)
      QUALIFY row_number() OVER by_row = 1 ${kept.join(' ')})`;
}
