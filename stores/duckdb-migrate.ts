import type { DuckDBConnection } from '@duckdb/node-api';
import { metrics } from '../model/metrics.ts';
import { dayMs } from '../model/time.ts';
import { columnsOf } from './duckdb-columns.ts';
import { type Family, families, metricsOf, namesIn } from './duckdb-schema.ts';

/** In format 1 each value of a sample had a row of its own, in `reading`; the tables of fixes have stayed. */
export async function fromFirstFormat(connection: DuckDBConnection): Promise<void> {
  for (const family of families) {
    await widen(connection, family, 'reading', family, 'seq, device, at_ms');
    await widen(connection, family, 'reading_sorted', `${family}_sorted`, 'device, at_ms');
    await widen(connection, family, 'latest_reading', `${family}_latest`, 'device, at_ms');
  }
  const fix = (await columnsOf(connection, 'latest_fix')).map(([name]) => name).join(', ');
  await connection.run(`
    INSERT INTO fix_latest (${fix}) SELECT ${fix} FROM latest_fix;
    DROP VIEW readings; DROP VIEW fixes;
    DROP TABLE reading; DROP TABLE reading_sorted; DROP TABLE latest_reading; DROP TABLE latest_fix`);
}

/** A day after the other, so that grouping and sorting need the memory of one day. */
async function widen(
  connection: DuckDBConnection,
  family: Family,
  from: string,
  into: string,
  order: string,
): Promise<void> {
  const values = metricsOf[family].map(
    (metric) => `max(value) FILTER (metric = ${metrics[metric].code})`,
  );
  const codes = metricsOf[family].map((metric) => metrics[metric].code);
  const days = await connection.run(
    `SELECT DISTINCT at_ms // ${dayMs} AS day FROM ${from} ORDER BY day`,
  );
  for (const [day] of await days.getRows())
    await connection.run(`
      INSERT INTO ${into} (${namesIn(family)})
      SELECT device, at_ms, seq, any_value(delay_ms), any_value(flags), ${values.join(', ')} FROM ${from}
      WHERE at_ms // ${dayMs} = ${Number(day)} AND metric IN (${codes.join(', ')})
      GROUP BY device, at_ms, seq ORDER BY ${order}`);
}
