import { DuckDBDataChunkWriter } from '@duckdb/node-api';
import type { Metric } from '../model/metrics.ts';
import type { Accepted } from '../model/observation.ts';
import type { AppendedTable, Writer } from './duckdb-file.ts';
import { codeOf, fixRow, readingRow } from './duckdb-schema.ts';
import type { State } from './duckdb-state.ts';

/** Latest values are saved after this many rows, and no more often than a quarter of what they are themselves: so many rows are read again at most when the file is opened. */
const saveEveryRows = 1_000_000;

type Rows = Record<AppendedTable, DuckDBDataChunkWriter>;

const rowsOf = ({ appenders }: Writer): Rows => ({
  device: DuckDBDataChunkWriter.forAppender(appenders.device),
  reading: DuckDBDataChunkWriter.forAppender(appenders.reading),
  fix: DuckDBDataChunkWriter.forAppender(appenders.fix),
  latest_reading: DuckDBDataChunkWriter.forAppender(appenders.latest_reading),
  latest_fix: DuckDBDataChunkWriter.forAppender(appenders.latest_fix),
});

function flush(writer: Writer, rows: Rows): void {
  for (const table of Object.keys(rows) as AppendedTable[]) {
    rows[table].flush();
    writer.appenders[table].flushSync();
  }
}

async function transaction(writer: Writer, work: () => Promise<void>): Promise<void> {
  await writer.connection.run('BEGIN TRANSACTION');
  await work();
  await writer.connection.run('COMMIT');
}

/** Writes observations and the position in one transaction, then takes them into `state`. After an error the file must be closed. */
export async function writeRows(
  writer: Writer,
  state: State,
  observations: readonly Accepted[],
  position: number,
): Promise<void> {
  const rows = rowsOf(writer);
  const added = new Map<string, number>();
  let count = 0;
  const numberOf = (device: string): number => {
    const known = state.devices.numberOf(device) ?? added.get(device);
    if (known !== undefined) return known;
    const number = state.devices.size() + added.size;
    added.set(device, number);
    rows.device.appendRow([number, device]);
    return number;
  };
  await transaction(writer, async () => {
    for (const observation of observations) count += append(rows, numberOf, observation);
    flush(writer, rows);
    await writer.connection.run(`UPDATE position SET seq = ${position} WHERE sink = 'store'`);
  });
  for (const device of added.keys()) state.devices.add(device);
  for (const observation of observations) state.latest.take(observation);
  state.position = position;
  state.rowsSinceSaved += count;
}

/** The observation has been admitted: its metrics are in the catalogue. @returns how many rows it made */
function append(rows: Rows, numberOf: (device: string) => number, observation: Accepted): number {
  const device = numberOf(observation.device);
  if (observation.type === 'fix') {
    rows.fix.appendRow(fixRow(device, observation));
    return 1;
  }
  let count = 0;
  for (const metric in observation.values) {
    const value = observation.values[metric as Metric];
    if (value === undefined) continue;
    rows.reading.appendRow(readingRow(device, codeOf(metric as Metric), value, observation));
    count++;
  }
  return count;
}

export const isSaveDue = ({ rowsSinceSaved, latest }: State): boolean =>
  rowsSinceSaved > Math.max(saveEveryRows, latest.size() / 4);

/** Saves the latest values, so that opening the file need not look for them. After an error the file must be closed. */
export async function saveLatest(writer: Writer, state: State): Promise<void> {
  if (state.savedPosition === state.position) return;
  const rows = rowsOf(writer);
  const { devices, latest, position } = state;
  await transaction(writer, async () => {
    await writer.connection.run('DELETE FROM latest_reading; DELETE FROM latest_fix');
    for (const reading of latest.readings()) {
      const device = devices.numberOf(reading.device) ?? 0;
      const { metric, value, at, timeSource } = reading;
      const whence = { at, timeSource, seq: position, receivedAt: at };
      rows.latest_reading.appendRow(readingRow(device, codeOf(metric), value, whence));
    }
    for (const fix of latest.fixes())
      rows.latest_fix.appendRow(fixRow(devices.numberOf(fix.device) ?? 0, fix));
    flush(writer, rows);
    await writer.connection.run(`UPDATE position SET seq = ${position} WHERE sink = 'latest'`);
  });
  state.savedPosition = position;
  state.rowsSinceSaved = 0;
}
