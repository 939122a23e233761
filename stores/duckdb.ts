import type { DuckDBConnection } from '@duckdb/node-api';
import type { Context } from '../model/context.ts';
import type { Accepted } from '../model/observation.ts';
import { admit } from './admit.ts';
import type { DuckDbFile, DuckDbOptions, Writer } from './duckdb-file.ts';
import { keepOpen } from './duckdb-keeper.ts';
import { acceptedIn, keptOf, readingsOf, samplesOf, trackOf } from './duckdb-queries.ts';
import { sortSealedDays } from './duckdb-tidy.ts';
import { isSaveDue, saveLatest, writeRows } from './duckdb-write.ts';
import type { Range, Store } from './store.ts';

/**
 * Opens or makes the telemetry file. Exactly one thread of one process may have it open. After a full disk or another failure the file is
 * opened anew with the next call, so that the store works again as soon as the cause is gone.
 *
 * @throws AppError `DATA_DIR_UNUSABLE` where the file cannot be opened: held by another process, damaged, of a later version
 */
export async function openDuckDbStore(
  path: string,
  options: DuckDbOptions,
  context: Context,
): Promise<Store> {
  const files = await keepOpen(path, options, context);
  const { use } = files;
  const read = <Result>(
    work: (connection: DuckDBConnection, file: DuckDbFile) => Promise<Result>,
  ) => use((file) => file.readers.run((connection) => work(connection, file)));
  const written = <Result>(work: (writer: Writer, file: DuckDbFile) => Promise<Result>) =>
    files.change((file) => file.writer.run((writer) => work(writer, file)));

  /** Asks about one device; nothing is known of one that never wrote. */
  const ofDevice = <Item>(
    device: string,
    work: (connection: DuckDBConnection, number: number, file: DuckDbFile) => Promise<Item[]>,
  ): Promise<Item[]> =>
    use(async (file) => {
      const number = file.state.devices.numberOf(device);
      if (number === undefined) return [];
      return file.readers.run((connection) => work(connection, number, file));
    });

  return {
    name: 'store',
    position: () => use(async ({ state }) => state.position),
    write: (batch) =>
      written(async (writer, { state }) => {
        if (batch.upTo <= state.position) return [];
        if (isSaveDue(state)) await saveLatest(writer, state);
        const { kept, refused } = admit(batch, state.position);
        await writeRows(writer, state, kept, batch.upTo);
        return refused;
      }),
    readings: (device, metric, range) =>
      ofDevice(device, (connection, number) => readingsOf(connection, number, metric, range)),
    track: (device, range) =>
      ofDevice(device, (connection, number) => trackOf(connection, number, device, range)),
    history: (device, range) =>
      ofDevice(device, (connection, number, file) =>
        historyOf(connection, number, device, range, file),
      ),
    latestFixes: (devices) => use(async ({ state }) => state.latest.fixes(devices)),
    latestReadings: (devices) => use(async ({ state }) => state.latest.readings(devices)),
    newest: () => use(async ({ state }) => state.latest.newest()),
    known: (asked) =>
      read((connection, { state }) => {
        const numbers = asked.flatMap(({ device, at }) => {
          const number = state.devices.numberOf(device);
          return number === undefined || !Number.isSafeInteger(at) ? [] : [{ device: number, at }];
        });
        return numbers.length === 0
          ? Promise.resolve([])
          : keptOf(connection, state.devices, numbers);
      }),
    accepted: (after, upTo) =>
      read((connection, { state }) => acceptedIn(connection, state.devices, after, upTo)),
    async tidy(now) {
      await written((writer, { state }) => saveLatest(writer, state));
      await files.change((file) => sortSealedDays(file, now));
    },
    close: () => files.close((file) => file.writer.run((writer) => saveLatest(writer, file.state))),
  };
}

/** Samples and fixes of a device, whichever it sends. */
async function historyOf(
  connection: DuckDBConnection,
  number: number,
  device: string,
  range: Range,
  { state }: DuckDbFile,
): Promise<Accepted[]> {
  const has = state.latest.has(device);
  const samples = has.readings ? await samplesOf(connection, number, device, range) : [];
  const fixes = has.fixes ? await trackOf(connection, number, device, range) : [];
  if (fixes.length === 0) return samples;
  return [...samples, ...fixes].sort((a, b) => a.at - b.at || a.seq - b.seq).slice(0, range.limit);
}
