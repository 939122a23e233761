import type { DuckDBConnection } from '@duckdb/node-api';
import type { Metric } from '../model/metrics.ts';
import type { Accepted } from '../model/observation.ts';
import { type Column, openTableWriter, put, putWide, type TableWriter } from './duckdb-columns.ts';
import { families, metricsOf, receiptFlag, resentFlag } from './duckdb-schema.ts';
import type { StoredFix, StoredSample } from './store.ts';

/** A table with its columns at hand. */
interface Rows {
  readonly writer: TableWriter;
  readonly device: Column;
  readonly at: Column;
  readonly seq: Column;
  readonly delay: Column;
  readonly flags: Column;
}

/** Where observations go: the tables of arrival, or those of the latest. */
export interface RowsWriter {
  put(device: number, observation: Accepted): void;
  flush(): void;
  close(): void;
}

async function openRows(connection: DuckDBConnection, table: string): Promise<Rows> {
  const writer = await openTableWriter(connection, table);
  const [device, at, seq, delay, flags] = ['device', 'at_ms', 'seq', 'delay_ms', 'flags'].map(
    writer.column,
  ) as [Column, Column, Column, Column, Column];
  return { writer, device, at, seq, delay, flags };
}

function beginRow(rows: Rows, device: number, observation: Accepted): number {
  const { at, seq, receivedAt, timeSource } = observation;
  const row = rows.writer.begin();
  put(rows.device, row, device);
  putWide(rows.at, row, at);
  putWide(rows.seq, row, seq);
  putWide(rows.delay, row, receivedAt - at);
  const isResent = observation.type === 'fix' && observation.resent === true;
  put(rows.flags, row, (timeSource === 'receipt' ? receiptFlag : 0) | (isResent ? resentFlag : 0));
  return row;
}

/** @param part which tables: '' for those of arrival, `_latest` for the latest */
export async function openRowsWriter(
  connection: DuckDBConnection,
  part: '' | '_latest',
): Promise<RowsWriter> {
  const samples = await openSamples(connection, part);
  const fixes = await openFixes(connection, part);
  return {
    put(device, observation) {
      if (observation.type === 'fix') fixes.put(device, observation);
      else samples.put(device, observation);
    },
    flush() {
      samples.flush();
      fixes.flush();
    },
    close() {
      samples.close();
      fixes.close();
    },
  };
}

interface Place {
  readonly family: number;
  readonly column: Column;
}

async function openSamples(connection: DuckDBConnection, part: string) {
  const tables: Rows[] = [];
  const places = new Map<string, Place>();
  for (const [index, family] of families.entries()) {
    const rows = await openRows(connection, family + part);
    tables.push(rows);
    for (const metric of metricsOf[family])
      places.set(metric, { family: index, column: rows.writer.column(metric) });
  }
  /** The row of the sample at hand in each table; -1 where it has none yet. */
  const rowIn = new Int32Array(tables.length);
  return {
    put(device: number, sample: StoredSample) {
      rowIn.fill(-1);
      for (const name in sample.values) {
        const place = places.get(name);
        const value = sample.values[name as Metric];
        const rows = tables[place?.family ?? -1];
        if (!place || !rows || value === undefined) continue;
        let row = rowIn[place.family] ?? -1;
        if (row < 0) {
          row = beginRow(rows, device, sample);
          rowIn[place.family] = row;
        }
        put(place.column, row, value);
      }
    },
    flush() {
      for (const { writer } of tables) writer.flush();
    },
    close() {
      for (const { writer } of tables) writer.close();
    },
  };
}

const fixNumbers = [
  ['lat', 'lat'],
  ['lon', 'lon'],
  ['speedKmh', 'speed_kmh'],
  ['headingDeg', 'heading_deg'],
  ['satellites', 'satellites'],
  ['odometerKm', 'odometer_km'],
  ['fuelL', 'fuel_l'],
  ['socPct', 'soc_pct'],
  ['altitudeM', 'altitude_m'],
  ['alarms', 'alarms'],
  ['status', 'status'],
  ['overspeedPlace', 'overspeed_place'],
  ['crossedPlace', 'crossed_place'],
] as const;

async function openFixes(connection: DuckDBConnection, part: string) {
  const rows = await openRows(connection, `fix${part}`);
  const { writer } = rows;
  const numbers = fixNumbers.map(([key, name]) => ({ key, column: writer.column(name) }));
  const [fixed, acc] = [writer.column('fixed'), writer.column('acc')];
  return {
    put(device: number, fix: StoredFix) {
      const row = beginRow(rows, device, fix);
      put(fixed, row, Number(fix.fixed));
      if (fix.acc !== undefined) put(acc, row, Number(fix.acc));
      for (const { key, column } of numbers) {
        const value = fix[key];
        if (value !== undefined) put(column, row, value);
      }
    },
    flush: writer.flush,
    close: writer.close,
  };
}
