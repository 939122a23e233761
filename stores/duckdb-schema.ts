import type { DuckDBConnection, DuckDBValue } from '@duckdb/node-api';
import { type Metric, metricOfCode, metrics } from '../model/metrics.ts';
import type { Accepted } from '../model/observation.ts';
import type { LatestReading, StoredFix } from './store.ts';

/**
 * The tables. Readings and fixes come into `reading` and `fix` in order of arrival; `tidy` moves sealed days to `reading_sorted` and
 * `fix_sorted`, in order of day, device, metric and time, where one device's month touches few row groups. The views hold both.
 * No table has a key: identity is kept by the position written in the same transaction, and by the judgement of duplicates before.
 */

/** Raised whenever the tables change. */
const formatVersion = 1;

const readingColumns = `
  device INTEGER NOT NULL, metric UTINYINT NOT NULL, at_ms BIGINT NOT NULL, value DOUBLE NOT NULL,
  seq BIGINT NOT NULL, delay_ms BIGINT NOT NULL, flags UTINYINT NOT NULL`;

const fixColumns = `
  device INTEGER NOT NULL, at_ms BIGINT NOT NULL, lat DOUBLE NOT NULL, lon DOUBLE NOT NULL,
  fixed BOOLEAN NOT NULL, speed_kmh DOUBLE, heading_deg DOUBLE, acc BOOLEAN, satellites DOUBLE,
  odometer_km DOUBLE, fuel_l DOUBLE, soc_pct DOUBLE,
  seq BIGINT NOT NULL, delay_ms BIGINT NOT NULL, flags UTINYINT NOT NULL`;

const tables = `
  CREATE TABLE IF NOT EXISTS format (version INTEGER NOT NULL);
  INSERT INTO format SELECT ${formatVersion} WHERE NOT EXISTS (FROM format);
  CREATE TABLE IF NOT EXISTS device (id INTEGER NOT NULL, name VARCHAR NOT NULL);
  CREATE TABLE IF NOT EXISTS position (sink VARCHAR NOT NULL, seq BIGINT NOT NULL);
  INSERT INTO position SELECT name, 0 FROM (VALUES ('store'), ('latest')) AS wanted(name)
    WHERE NOT EXISTS (FROM position);
  CREATE TABLE IF NOT EXISTS reading (${readingColumns});
  CREATE TABLE IF NOT EXISTS reading_sorted (${readingColumns});
  CREATE TABLE IF NOT EXISTS fix (${fixColumns});
  CREATE TABLE IF NOT EXISTS fix_sorted (${fixColumns});
  CREATE TABLE IF NOT EXISTS latest_reading (${readingColumns});
  CREATE TABLE IF NOT EXISTS latest_fix (${fixColumns});
  CREATE VIEW IF NOT EXISTS readings AS FROM reading UNION ALL FROM reading_sorted;
  CREATE VIEW IF NOT EXISTS fixes AS FROM fix UNION ALL FROM fix_sorted;`;

/** Makes what is missing. @throws Error for a file of a later version */
export async function prepareTables(connection: DuckDBConnection): Promise<void> {
  await connection.run('BEGIN TRANSACTION');
  await connection.run(tables);
  const [[version] = []] = await (await connection.run('SELECT version FROM format')).getRows();
  if (version !== formatVersion)
    throw new Error(`got a file of format ${String(version)}, want ${formatVersion}`);
  await connection.run('COMMIT');
}

const receiptFlag = 1;
const flagsOf = ({ timeSource }: Pick<Accepted, 'timeSource'>): number =>
  timeSource === 'receipt' ? receiptFlag : 0;
const timeSourceOf = (flags: number): Accepted['timeSource'] =>
  flags & receiptFlag ? 'receipt' : 'device';

type Row = readonly DuckDBValue[];

/** Columns of `reading`, for one value of a sample. */
export const readingRow = (
  device: number,
  code: number,
  value: number,
  { at, seq, receivedAt, timeSource }: Pick<Accepted, 'at' | 'seq' | 'receivedAt' | 'timeSource'>,
): Row => [
  device,
  code,
  BigInt(at),
  value,
  BigInt(seq),
  BigInt(receivedAt - at),
  flagsOf({ timeSource }),
];

/** Columns of `fix`. */
export const fixRow = (device: number, fix: StoredFix): Row => [
  device,
  BigInt(fix.at),
  fix.lat,
  fix.lon,
  fix.fixed,
  fix.speedKmh ?? null,
  fix.headingDeg ?? null,
  fix.acc ?? null,
  fix.satellites ?? null,
  fix.odometerKm ?? null,
  fix.fuelL ?? null,
  fix.socPct ?? null,
  BigInt(fix.seq),
  BigInt(fix.receivedAt - fix.at),
  flagsOf(fix),
];

/** What `toReading` takes, in this order; big integers as doubles, exact up to 2^53. */
export const readingFields =
  'device, metric, at_ms::DOUBLE, value, seq::DOUBLE, delay_ms::DOUBLE, flags';

/** What `toFix` takes, in this order. */
export const fixFields = `device, at_ms::DOUBLE, lat, lon, fixed, speed_kmh, heading_deg, acc, satellites, odometer_km, fuel_l, soc_pct,
   seq::DOUBLE, delay_ms::DOUBLE, flags`;

/** One row of `readingFields`. */
export interface ReadingRow extends LatestReading {
  readonly seq: number;
  readonly receivedAt: number;
}

/** @returns undefined for a metric the catalogue does not have */
export function toReading(row: Row, device: string): ReadingRow | undefined {
  const [, code, at, value, seq, delayMs, flags] = row as readonly number[];
  const metric = metricOfCode(code ?? 0);
  if (metric === undefined) return undefined;
  return {
    device,
    metric,
    at: at ?? 0,
    value: value ?? 0,
    seq: seq ?? 0,
    receivedAt: (at ?? 0) + (delayMs ?? 0),
    timeSource: timeSourceOf(flags ?? 0),
  };
}

type FixRow = readonly [
  device: number,
  at: number,
  lat: number,
  lon: number,
  fixed: boolean,
  speedKmh: number | null,
  headingDeg: number | null,
  acc: boolean | null,
  satellites: number | null,
  odometerKm: number | null,
  fuelL: number | null,
  socPct: number | null,
  seq: number,
  delayMs: number,
  flags: number,
];

export function toFix(row: Row, device: string): StoredFix {
  const [
    ,
    at,
    lat,
    lon,
    fixed,
    speedKmh,
    headingDeg,
    acc,
    satellites,
    odometerKm,
    fuelL,
    socPct,
    seq,
    delayMs,
    flags,
  ] = row as unknown as FixRow;
  return {
    type: 'fix',
    device,
    at,
    timeSource: timeSourceOf(flags),
    lat,
    lon,
    fixed,
    ...(speedKmh === null ? {} : { speedKmh }),
    ...(headingDeg === null ? {} : { headingDeg }),
    ...(acc === null ? {} : { acc }),
    ...(satellites === null ? {} : { satellites }),
    ...(odometerKm === null ? {} : { odometerKm }),
    ...(fuelL === null ? {} : { fuelL }),
    ...(socPct === null ? {} : { socPct }),
    seq,
    receivedAt: at + delayMs,
  };
}

export const codeOf = (metric: Metric): number => metrics[metric].code;
