import type { DuckDBConnection } from '@duckdb/node-api';
import type { Metric } from '../model/metrics.ts';
import type { Accepted } from '../model/observation.ts';
import { type Answer, type AnswerChunk, chunksOf, get, getWide } from './duckdb-columns.ts';
import {
  columnsIn,
  type Family,
  headWidth,
  type Measured,
  metricsOf,
  namesIn,
  receiptFlag,
  resentFlag,
} from './duckdb-schema.ts';
import type { StoredFix, StoredSample } from './store.ts';

/** @param clauses what follows the table: conditions, order, limit */
export async function samplesFrom(
  connection: DuckDBConnection,
  family: Family,
  clauses: string,
  nameOf: (device: number) => string,
  table = `${family}_all`,
): Promise<StoredSample[]> {
  const samples: StoredSample[] = [];
  const sql = `SELECT ${namesIn(family)} FROM ${table} ${clauses}`;
  for await (const chunk of chunksOf(connection, sql, typesIn(family)))
    takeSamples(chunk, metricsOf[family], nameOf, samples);
  return samples;
}

export async function fixesFrom(
  connection: DuckDBConnection,
  clauses: string,
  nameOf: (device: number) => string,
  table = 'fix_all',
): Promise<StoredFix[]> {
  const fixes: StoredFix[] = [];
  const sql = `SELECT ${namesIn('fix')} FROM ${table} ${clauses}`;
  for await (const chunk of chunksOf(connection, sql, typesIn('fix')))
    takeFixes(chunk, nameOf, fixes);
  return fixes;
}

const typesIn = (table: Measured): readonly string[] => columnsIn[table].map(([, type]) => type);

type Head = Pick<Accepted, 'device' | 'at' | 'timeSource' | 'seq' | 'receivedAt'>;

function headAt(columns: readonly Answer[], row: number, nameOf: (device: number) => string): Head {
  const [device, atMs, seq, delayMs, flags] = columns as [Answer, Answer, Answer, Answer, Answer];
  const at = getWide(atMs, row);
  return {
    device: nameOf(get(device, row) ?? 0),
    at,
    timeSource: timeSourceOf(get(flags, row) ?? 0),
    seq: getWide(seq, row),
    receivedAt: at + getWide(delayMs, row),
  };
}

export const timeSourceOf = (flags: number): Accepted['timeSource'] =>
  flags & receiptFlag ? 'receipt' : 'device';

function takeSamples(
  { rows, columns }: AnswerChunk,
  names: readonly Metric[],
  nameOf: (device: number) => string,
  into: StoredSample[],
): void {
  const said = names
    .map((metric, index) => ({ metric, column: columns[headWidth + index] }))
    .filter(({ column }) => column !== undefined && hasSome(column, rows)) as {
    readonly metric: Metric;
    readonly column: Answer;
  }[];
  for (let row = 0; row < rows; row++) {
    const values: Partial<Record<Metric, number>> = {};
    for (const { metric, column } of said) {
      const value = get(column, row);
      if (value !== undefined) values[metric] = value;
    }
    const { device, at, timeSource, seq, receivedAt } = headAt(columns, row, nameOf);
    into.push({ type: 'sample', device, at, timeSource, values, seq, receivedAt });
  }
}

/** Whether the column has a value in any of its rows. */
function hasSome({ validity }: Answer, rows: number): boolean {
  if (!validity) return true;
  for (let byte = 0; byte < Math.ceil(rows / 8); byte++) if (validity[byte] !== 0) return true;
  return false;
}

/** Columns that may be NULL, by their place among the table's own. */
const fixNumbers = [
  ['speedKmh', 3],
  ['headingDeg', 4],
  ['satellites', 6],
  ['odometerKm', 7],
  ['fuelL', 8],
  ['socPct', 9],
  ['altitudeM', 10],
  ['alarms', 11],
  ['status', 12],
  ['overspeedPlace', 13],
  ['crossedPlace', 14],
] as const;
const accAt = 5;
/** Among all of the table. */
const flagsAt = 4;

type Writable<T> = { -readonly [Key in keyof T]: T[Key] };

function takeFixes(
  { rows, columns }: AnswerChunk,
  nameOf: (device: number) => string,
  into: StoredFix[],
): void {
  const own = columns.slice(headWidth);
  const flags = columns[flagsAt];
  const at = (index: number, row: number): number | undefined => {
    const column = own[index];
    return column && get(column, row);
  };
  for (let row = 0; row < rows; row++) {
    const fix: Writable<StoredFix> = {
      type: 'fix',
      ...headAt(columns, row, nameOf),
      lat: at(0, row) ?? 0,
      lon: at(1, row) ?? 0,
      fixed: at(2, row) === 1,
    };
    for (const [key, index] of fixNumbers) {
      const value = at(index, row);
      if (value !== undefined) fix[key] = value;
    }
    const acc = at(accAt, row);
    if (acc !== undefined) fix.acc = acc === 1;
    if (flags && (get(flags, row) ?? 0) & resentFlag) fix.resent = true;
    into.push(fix);
  }
}
