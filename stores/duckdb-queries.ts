import type { DuckDBConnection } from '@duckdb/node-api';
import type { Metric } from '../model/metrics.ts';
import type { Accepted } from '../model/observation.ts';
import {
  type Answer,
  chunksOf,
  get,
  getWide,
  put,
  putWide,
  type TableWriter,
} from './duckdb-columns.ts';
import { fixesFrom, samplesFrom, timeSourceOf } from './duckdb-row-reader.ts';
import { families, familyOf } from './duckdb-schema.ts';
import type { Dictionary } from './duckdb-state.ts';
import type { Range, StoredFix, StoredGauges, StoredReading, StoredSample } from './store.ts';

/**
 * The questions, one statement a table, which sees one state of it. Numbers stand in the text, where they exclude row groups before these
 * are read; names never do.
 */

/** A connection for questions, with its table of what is asked for. */
export interface Reader {
  readonly connection: DuckDBConnection;
  readonly asked: TableWriter;
}

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

const first = ({ limit }: Range): string => `ORDER BY at_ms, seq LIMIT ${whole(limit)}`;

export async function readingsOf(
  { connection }: Reader,
  device: number,
  metric: Metric,
  range: Range,
): Promise<StoredReading[]> {
  const readings: StoredReading[] = [];
  const sql = `SELECT at_ms, ${metric}, flags FROM ${familyOf(metric)}_all
    WHERE ${within(device, range)} AND ${metric} IS NOT NULL ${first(range)}`;
  for await (const { rows, columns } of chunksOf(connection, sql, [
    'BIGINT',
    'DOUBLE',
    'UTINYINT',
  ])) {
    for (let row = 0; row < rows; row++) readings.push(readingAt(columns, row));
  }
  return readings;
}

/** Each device's ascending by `at`; undefined where they are more than `range.limit` together. */
export async function readingsOfMany(
  { connection }: Reader,
  devices: Dictionary,
  asked: readonly number[],
  metric: Metric,
  { from, to, limit }: Range,
): Promise<ReadonlyMap<string, readonly StoredReading[]> | undefined> {
  const readings = new Map<number, StoredReading[]>();
  let count = 0;
  const sql = `SELECT device, at_ms, ${metric}, flags FROM ${familyOf(metric)}_all
    WHERE device IN (${asked.map(whole).join()}) AND at_ms >= ${whole(from)} AND at_ms < ${whole(to)}
    AND ${metric} IS NOT NULL LIMIT ${whole(limit + 1)}`;
  const types = ['INTEGER', 'BIGINT', 'DOUBLE', 'UTINYINT'];
  for await (const { rows, columns } of chunksOf(connection, sql, types)) {
    const [device, ...reading] = columns;
    if (!device) continue;
    for (let row = 0; row < rows; row++) {
      const number = get(device, row) ?? 0;
      const own = readings.get(number);
      if (own) own.push(readingAt(reading, row));
      else readings.set(number, [readingAt(reading, row)]);
    }
    count += rows;
  }
  if (count > limit) return undefined;
  // In order already but for what came late: sorted sooner here than by DuckDB.
  for (const own of readings.values()) own.sort((a, b) => a.at - b.at);
  return new Map([...readings].map(([number, own]) => [devices.nameOf(number), own]));
}

function readingAt(columns: readonly Answer[], row: number): StoredReading {
  const [at, value, flags] = columns as [Answer, Answer, Answer];
  return {
    at: getWide(at, row),
    value: get(value, row) ?? 0,
    timeSource: timeSourceOf(get(flags, row) ?? 0),
  };
}

export function trackOf(
  { connection }: Reader,
  device: number,
  name: string,
  range: Range,
): Promise<StoredFix[]> {
  return fixesFrom(connection, `WHERE ${within(device, range)} ${first(range)}`, () => name);
}

export async function gaugesOf(
  { connection }: Reader,
  device: number,
  range: Range,
  everyMs: number,
): Promise<StoredGauges[]> {
  const gauges: StoredGauges[] = [];
  const sql = `SELECT max(at_ms) AS last_ms, arg_max(odometer_km, at_ms), median(fuel_l) FILTER (WHERE fuel_l > 0), median(soc_pct)
    FROM fix_all WHERE ${within(device, range)} GROUP BY at_ms // ${whole(everyMs)} ORDER BY last_ms LIMIT ${whole(range.limit)}`;
  const types = ['BIGINT', 'DOUBLE', 'DOUBLE', 'DOUBLE'];
  for await (const { rows, columns } of chunksOf(connection, sql, types)) {
    const [at, odometer, fuel, soc] = columns;
    if (!at || !odometer || !fuel || !soc) continue;
    for (let row = 0; row < rows; row++)
      gauges.push({
        at: getWide(at, row),
        odometerKm: get(odometer, row) ?? null,
        fuelL: get(fuel, row) ?? null,
        socPct: get(soc, row) ?? null,
      });
  }
  return gauges;
}

/** Ascending by `at`; at most `range.limit` samples. */
export async function samplesOf(
  reader: Reader,
  device: number,
  name: string,
  range: Range,
): Promise<StoredSample[]> {
  const clauses = `WHERE ${within(device, range)} ${first(range)}`;
  const samples = await samplesWith(reader, clauses, () => name, byAt);
  return samples.slice(0, range.limit);
}

/** Everything of the journal positions `after < seq <= upTo`, ascending by `seq`. */
export async function acceptedIn(
  reader: Reader,
  devices: Dictionary,
  after: number,
  upTo: number,
): Promise<Accepted[]> {
  const clauses = `WHERE seq > ${whole(after)} AND seq <= ${whole(upTo)}`;
  const samples = await samplesWith(reader, clauses, devices.nameOf, bySeq);
  const fixes = await fixesFrom(reader.connection, clauses, devices.nameOf);
  return merged<Accepted>(samples, fixes.sort(bySeq), bySeq);
}

/** Everything of exactly these instants of these devices. */
export async function keptOf(
  reader: Reader,
  devices: Dictionary,
  asked: readonly { readonly device: number; readonly at: number }[],
): Promise<Accepted[]> {
  const { connection, asked: table } = reader;
  await connection.run('DELETE FROM asked');
  const [device, at] = [table.column('device'), table.column('at_ms')];
  for (const one of asked) {
    const row = table.begin();
    put(device, row, one.device);
    putWide(at, row, one.at);
  }
  table.flush();
  const clauses = 'SEMI JOIN asked USING (device, at_ms)';
  const samples = await samplesWith(reader, clauses, devices.nameOf, bySeq);
  return [...samples, ...(await fixesFrom(connection, clauses, devices.nameOf))];
}

type Compare = (a: Accepted, b: Accepted) => number;

export const byAt: Compare = (a, b) => a.at - b.at || a.seq - b.seq;

/** Within one message by device and time, since it may hold several. */
const bySeq: Compare = (a, b) =>
  a.seq - b.seq || Number(a.device > b.device) - Number(a.device < b.device) || a.at - b.at;

/** Samples of all families, in order; what is of one sample in two tables is put together. */
async function samplesWith(
  { connection }: Reader,
  clauses: string,
  nameOf: (device: number) => string,
  compare: Compare,
): Promise<StoredSample[]> {
  let all: StoredSample[] = [];
  for (const family of families) {
    const some = (await samplesFrom(connection, family, clauses, nameOf)).sort(compare);
    all = merged(all, some, compare, (a, b) => ({ ...a, values: { ...a.values, ...b.values } }));
  }
  return all;
}

/** Two ascending lists as one; of what `compare` holds to be equal, `join` makes one. */
export function merged<T extends Accepted>(
  left: readonly T[],
  right: readonly T[],
  compare: Compare,
  join?: (a: T, b: T) => T,
): T[] {
  if (left.length === 0 || right.length === 0) return [...left, ...right];
  const all: T[] = [];
  let [i, j] = [0, 0];
  for (;;) {
    const a = left[i];
    const b = right[j];
    if (!a || !b) return all.concat(left.slice(i), right.slice(j));
    const order = compare(a, b);
    if (order === 0 && join) {
      all.push(join(a, b));
      i++;
      j++;
    } else if (order <= 0) {
      all.push(a);
      i++;
    } else {
      all.push(b);
      j++;
    }
  }
}
