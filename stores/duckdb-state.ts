import type { DuckDBConnection } from '@duckdb/node-api';
import { fixFields, readingFields, toFix, toReading } from './duckdb-schema.ts';
import { createLatest, type Latest } from './latest.ts';

/** The numbers that stand for device ids in the tables. */
export interface Dictionary {
  numberOf(name: string): number | undefined;
  nameOf(number: number): string;
  add(name: string): void;
  /** The number the next device gets; numbers count from 0. */
  size(): number;
}

/** What of the file is kept in memory. */
export interface State {
  readonly devices: Dictionary;
  readonly latest: Latest;
  /** Journal position up to which everything is in the tables. */
  position: number;
  /** Journal position up to which the latest values were last saved. */
  savedPosition: number;
  /** Rows written since the latest values were last saved. */
  rowsSinceSaved: number;
}

function createDictionary(names: readonly string[]): Dictionary {
  const known = [...names];
  const numbers = new Map(known.map((name, number) => [name, number]));
  return {
    numberOf: (name) => numbers.get(name),
    nameOf: (number) => known[number] ?? '',
    add(name) {
      numbers.set(name, known.length);
      known.push(name);
    },
    size: () => known.length,
  };
}

/** Reads the dictionary, the positions, the latest values as last saved, and the newer ones from the rows written since. */
export async function loadState(connection: DuckDBConnection): Promise<State> {
  const rows = async (sql: string) => (await connection.run(sql)).getRows();
  const names = await rows('SELECT name FROM device ORDER BY id');
  const devices = createDictionary(names.map(([name]) => String(name)));
  const positions = await rows('SELECT sink, seq::DOUBLE FROM position');
  const seqs = new Map(positions.map(([sink, seq]) => [sink, Number(seq)]));
  const savedPosition = seqs.get('latest') ?? 0;
  const latest = createLatest();
  const newer = `WHERE seq > ${savedPosition}`;
  const readingSources = [
    `SELECT ${readingFields} FROM latest_reading`,
    `SELECT DISTINCT ON (device, metric) ${readingFields} FROM readings ${newer} ORDER BY device, metric, at_ms DESC, seq`,
  ];
  for (const source of readingSources)
    for (const row of await rows(source)) {
      const reading = toReading(row, devices.nameOf(Number(row[0])));
      if (reading) latest.takeReading(reading);
    }
  const fixSources = [
    `SELECT ${fixFields} FROM latest_fix`,
    `SELECT DISTINCT ON (device) ${fixFields} FROM fixes ${newer} ORDER BY device, at_ms DESC, seq`,
  ];
  for (const source of fixSources)
    for (const row of await rows(source)) latest.take(toFix(row, devices.nameOf(Number(row[0]))));
  return { devices, latest, position: seqs.get('store') ?? 0, savedPosition, rowsSinceSaved: 0 };
}
