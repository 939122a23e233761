import type { DuckDBConnection } from '@duckdb/node-api';
import { columnsOf } from './duckdb-columns.ts';
import { fromFirstFormat } from './duckdb-migrate.ts';
import { columnsIn, headWidth, type Measured, measured, namesIn } from './duckdb-schema.ts';

/** Raised whenever the tables change, but for columns of new metrics. */
const formatVersion = 3;

/** Makes what is missing, and brings a file of an earlier format up to date: one of format 2 lacks columns of fixes. @throws Error for a file of a later one */
export async function prepareTables(connection: DuckDBConnection): Promise<void> {
  await connection.run('BEGIN TRANSACTION');
  await connection.run(`
    CREATE TABLE IF NOT EXISTS format (version INTEGER NOT NULL);
    INSERT INTO format SELECT ${formatVersion} WHERE NOT EXISTS (FROM format);`);
  const [[version] = []] = await (await connection.run('SELECT version FROM format')).getRows();
  if (!(Number(version) >= 1 && Number(version) <= formatVersion))
    throw new Error(`got a file of format ${String(version)}, want at most ${formatVersion}`);
  await connection.run(`
    CREATE TABLE IF NOT EXISTS device (id INTEGER NOT NULL, name VARCHAR NOT NULL);
    CREATE TABLE IF NOT EXISTS position (sink VARCHAR NOT NULL, seq BIGINT NOT NULL);
    INSERT INTO position SELECT name, 0 FROM (VALUES ('store'), ('latest')) AS wanted(name)
      WHERE NOT EXISTS (FROM position);`);
  for (const table of measured) await prepareTable(connection, table);
  if (version === 1) await fromFirstFormat(connection);
  await connection.run(`UPDATE format SET version = ${formatVersion}`);
  await connection.run('COMMIT');
}

async function prepareTable(connection: DuckDBConnection, table: Measured): Promise<void> {
  const declared = columnsIn[table].map(
    ([name, type], index) => `${name} ${type}${index < headWidth ? ' NOT NULL' : ''}`,
  );
  for (const part of [table, `${table}_sorted`, `${table}_latest`]) {
    await connection.run(`CREATE TABLE IF NOT EXISTS ${part} (${declared.join(', ')})`);
    const there = new Set((await columnsOf(connection, part)).map(([name]) => name));
    for (const [name, type] of columnsIn[table])
      if (!there.has(name)) await connection.run(`ALTER TABLE ${part} ADD COLUMN ${name} ${type}`);
  }
  await connection.run(`
    CREATE OR REPLACE VIEW ${table}_all AS
      SELECT ${namesIn(table)} FROM ${table} UNION ALL SELECT ${namesIn(table)} FROM ${table}_sorted`);
}
