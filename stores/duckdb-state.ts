import type { DuckDBConnection } from '@duckdb/node-api';
import { fixesFrom, samplesFrom } from './duckdb-row-reader.ts';
import { families } from './duckdb-schema.ts';
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
  /** Journal position up to which the latest observations were last saved. */
  savedPosition: number;
  /** Observations written since the latest ones were last saved. */
  writtenSinceSaved: number;
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

/** Reads the dictionary, the positions, the latest observations as last saved, and those written since. */
export async function loadState(connection: DuckDBConnection): Promise<State> {
  const rows = async (sql: string) => (await connection.run(sql)).getRows();
  const names = await rows('SELECT name FROM device ORDER BY id');
  const devices = createDictionary(names.map(([name]) => String(name)));
  const positions = await rows('SELECT sink, seq::DOUBLE FROM position');
  const seqs = new Map(positions.map(([sink, seq]) => [sink, Number(seq)]));
  const savedPosition = seqs.get('latest') ?? 0;
  const latest = createLatest();
  let writtenSinceSaved = 0;
  const take = async (clauses: string, part: string): Promise<number> => {
    const { nameOf } = devices;
    const fixes = await fixesFrom(connection, clauses, nameOf, `fix${part}`);
    for (const fix of fixes) latest.take(fix);
    let count = fixes.length;
    for (const family of families) {
      const samples = await samplesFrom(connection, family, clauses, nameOf, family + part);
      for (const sample of samples) latest.take(sample);
      count += samples.length;
    }
    return count;
  };
  await take('', '_latest');
  writtenSinceSaved = await take(`WHERE seq > ${savedPosition}`, '_all');
  return {
    devices,
    latest,
    position: seqs.get('store') ?? 0,
    savedPosition,
    writtenSinceSaved,
  };
}
