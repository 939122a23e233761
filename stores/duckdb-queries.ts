import { type DuckDBConnection, DuckDBDataChunkWriter, type DuckDBValue } from '@duckdb/node-api';
import { type Metric, metricNames } from '../model/metrics.ts';
import type { Accepted, Sample } from '../model/observation.ts';
import {
  codeOf,
  fixFields,
  type ReadingRow,
  readingFields,
  toFix,
  toReading,
} from './duckdb-schema.ts';
import type { Dictionary } from './duckdb-state.ts';
import type { Range, StoredFix, StoredReading } from './store.ts';

/**
 * The questions, one statement a table, which sees one state of it. Numbers stand in the text, where they exclude row groups before these
 * are read; names never do.
 */

/** Whole numbers only: nothing else may get into the text of a statement. */
const whole = (value: number): string => {
  if (Number.isNaN(value)) throw new RangeError('got NaN, want a whole number');
  const bounded = Math.min(
    Math.max(Math.ceil(value), -Number.MAX_SAFE_INTEGER),
    Number.MAX_SAFE_INTEGER,
  );
  return bounded.toFixed(0);
};

const within = (device: number, { from, to }: Range): string =>
  `device = ${whole(device)} AND at_ms >= ${whole(from)} AND at_ms < ${whole(to)}`;

type Row = readonly DuckDBValue[];

const rowsOf = async (connection: DuckDBConnection, sql: string): Promise<Row[]> =>
  (await connection.run(sql)).getRows();

export async function readingsOf(
  connection: DuckDBConnection,
  device: number,
  metric: Metric,
  range: Range,
): Promise<StoredReading[]> {
  const rows = await rowsOf(
    connection,
    `SELECT ${readingFields} FROM readings WHERE ${within(device, range)} AND metric = ${codeOf(metric)}
     ORDER BY at_ms, seq LIMIT ${whole(range.limit)}`,
  );
  return rows.flatMap((row) => {
    const { at, value, timeSource } = toReading(row, '') ?? {};
    return at === undefined || value === undefined || timeSource === undefined
      ? []
      : [{ at, value, timeSource }];
  });
}

export async function trackOf(
  connection: DuckDBConnection,
  device: number,
  name: string,
  range: Range,
): Promise<StoredFix[]> {
  const rows = await rowsOf(
    connection,
    `SELECT ${fixFields} FROM fixes WHERE ${within(device, range)} ORDER BY at_ms, seq LIMIT ${whole(range.limit)}`,
  );
  return rows.map((row) => toFix(row, name));
}

/** Ascending by `at`; at most `range.limit` samples. */
export async function samplesOf(
  connection: DuckDBConnection,
  device: number,
  name: string,
  range: Range,
): Promise<Accepted[]> {
  const rows = await rowsOf(
    connection,
    `SELECT ${readingFields} FROM readings WHERE ${within(device, range)}
     ORDER BY at_ms, seq LIMIT ${whole(range.limit * metricNames.length)}`,
  );
  return samplesFrom(rows, () => name).slice(0, range.limit);
}

/** Everything of the journal positions `after < seq <= upTo`, ascending by `seq`. */
export async function acceptedIn(
  connection: DuckDBConnection,
  devices: Dictionary,
  after: number,
  upTo: number,
): Promise<Accepted[]> {
  const where = `WHERE seq > ${whole(after)} AND seq <= ${whole(upTo)} ORDER BY seq, device, at_ms`;
  const readings = await rowsOf(connection, `SELECT ${readingFields} FROM readings ${where}`);
  const fixes = await rowsOf(connection, `SELECT ${fixFields} FROM fixes ${where}`);
  const all = [...samplesFrom(readings, devices.nameOf), ...fixesFrom(fixes, devices.nameOf)];
  return all.sort((a, b) => a.seq - b.seq);
}

/** Everything of exactly these instants of these devices. */
export async function keptOf(
  connection: DuckDBConnection,
  devices: Dictionary,
  asked: readonly { readonly device: number; readonly at: number }[],
): Promise<Accepted[]> {
  await connection.run('DELETE FROM asked');
  const appender = await connection.createAppender('asked', 'main', 'temp');
  const writer = new DuckDBDataChunkWriter(
    [appender.columnType(0), appender.columnType(1)],
    (chunk) => appender.appendDataChunk(chunk),
  );
  for (const { device, at } of asked) writer.appendRow([device, BigInt(at)]);
  writer.flush();
  appender.closeSync();
  const where = 'SEMI JOIN asked USING (device, at_ms) ORDER BY seq, device, at_ms';
  const readings = await rowsOf(connection, `SELECT ${readingFields} FROM readings ${where}`);
  const fixes = await rowsOf(connection, `SELECT ${fixFields} FROM fixes ${where}`);
  return [...samplesFrom(readings, devices.nameOf), ...fixesFrom(fixes, devices.nameOf)];
}

const fixesFrom = (rows: readonly Row[], nameOf: (device: number) => string): StoredFix[] =>
  rows.map((row) => toFix(row, nameOf(Number(row[0]))));

/** Puts together what came in one sample: rows of one device, instant and journal position, which stand side by side. */
function samplesFrom(rows: readonly Row[], nameOf: (device: number) => string): Accepted[] {
  const samples: Accepted[] = [];
  let last: ReadingRow | undefined;
  let values: Partial<Record<Metric, number>> = {};
  for (const row of rows) {
    const reading = toReading(row, nameOf(Number(row[0])));
    if (!reading) continue;
    const { device, at, seq, receivedAt, timeSource } = reading;
    if (last?.at !== at || last.seq !== seq || last.device !== device) {
      values = {};
      samples.push({
        type: 'sample',
        device,
        at,
        timeSource,
        values,
        seq,
        receivedAt,
      } satisfies Sample & Accepted);
    }
    values[reading.metric] = reading.value;
    last = reading;
  }
  return samples;
}
