import type { Context } from '../model/context.ts';
import type { Accepted } from '../model/observation.ts';
import { admit } from './admit.ts';
import type { DuckDbFile, DuckDbOptions, Writer } from './duckdb-file.ts';
import { createFreezer, type Freezable } from './duckdb-freeze.ts';
import { keepOpen } from './duckdb-keeper.ts';
import {
  acceptedIn,
  byAt,
  gaugesOf,
  keptOf,
  merged,
  type Reader,
  readingsOf,
  readingsOfMany,
  samplesOf,
  trackOf,
} from './duckdb-queries.ts';
import { type Retention, retain } from './duckdb-retain.ts';
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
): Promise<Store & Freezable & { retain(retention: Retention, now: number): Promise<void> }> {
  const files = await keepOpen(path, options, context);
  const { use } = files;
  const { upkeep, ...freezing } = createFreezer(files);
  const read = <Result>(work: (reader: Reader, file: DuckDbFile) => Promise<Result>) =>
    use((file) => file.readers.run((reader) => work(reader, file)));
  const written = <Result>(work: (writer: Writer, file: DuckDbFile) => Promise<Result>) =>
    files.change((file) => file.writer.run((writer) => work(writer, file)));

  return {
    name: 'store',
    position: () => use(async ({ state }) => state.position),
    write: (batch, setAside) =>
      written(async (writer, { state }) => {
        if (batch.upTo <= state.position) return [];
        if (isSaveDue(state)) await saveLatest(writer, state);
        const { kept, refused } = admit(batch, state.position);
        if (refused.length > 0) await setAside?.(refused);
        await writeRows(writer, state, kept, batch.upTo);
        return refused;
      }),
    ...ofOneDevice(use),
    readingsOfMany: (devices, metric, range) =>
      read(async (reader, { state }) => {
        const numbers = devices.flatMap((device) => state.devices.numberOf(device) ?? []);
        if (numbers.length === 0) return new Map();
        return readingsOfMany(reader, state.devices, numbers, metric, range);
      }),
    latestFixes: (devices) => use(async ({ state }) => state.latest.fixes(devices)),
    latestReadings: (devices) => use(async ({ state }) => state.latest.readings(devices)),
    newest: () => use(async ({ state }) => state.latest.newest()),
    known: (asked) =>
      read((reader, { state }) => {
        const numbers = asked.flatMap(({ device, at }) => {
          const number = state.devices.numberOf(device);
          return number === undefined || !Number.isSafeInteger(at) ? [] : [{ device: number, at }];
        });
        return numbers.length === 0 ? Promise.resolve([]) : keptOf(reader, state.devices, numbers);
      }),
    accepted: (after, upTo) =>
      read((reader, { state }) => acceptedIn(reader, state.devices, after, upTo)),
    ...freezing,
    tidy: (now) =>
      upkeep(async () => {
        await written((writer, { state }) => saveLatest(writer, state));
        await files.change((file) => sortSealedDays(file, now));
      }),
    /** Upkeep: deletes what has been kept long enough. Never holds up `write` for long. */
    retain: (retention, now) => upkeep(() => files.change((file) => retain(file, retention, now))),
    close: () => files.close((file) => file.writer.run((writer) => saveLatest(writer, file.state))),
  };
}

/** What is asked about one device; nothing is known of one that never wrote. */
function ofOneDevice(
  use: Awaited<ReturnType<typeof keepOpen>>['use'],
): Pick<Store, 'readings' | 'track' | 'gauges' | 'history'> {
  const ofDevice = <Item>(
    device: string,
    work: (reader: Reader, number: number, file: DuckDbFile) => Promise<Item[]>,
  ): Promise<Item[]> =>
    use(async (file) => {
      const number = file.state.devices.numberOf(device);
      if (number === undefined) return [];
      return file.readers.run((reader) => work(reader, number, file));
    });
  return {
    readings: (device, metric, range) =>
      ofDevice(device, (reader, number) => readingsOf(reader, number, metric, range)),
    track: (device, range) =>
      ofDevice(device, (reader, number) => trackOf(reader, number, device, range)),
    gauges: (device, range, everyMs) =>
      ofDevice(device, (reader, number) => gaugesOf(reader, number, range, everyMs)),
    history: (device, range) =>
      ofDevice(device, (reader, number, file) => historyOf(reader, number, device, range, file)),
  };
}

/** Samples and fixes of a device, whichever it sends. */
async function historyOf(
  reader: Reader,
  number: number,
  device: string,
  range: Range,
  { state }: DuckDbFile,
): Promise<Accepted[]> {
  const has = state.latest.has(device);
  const samples = has.readings ? await samplesOf(reader, number, device, range) : [];
  const fixes = has.fixes ? await trackOf(reader, number, device, range) : [];
  return merged<Accepted>(samples, fixes, byAt).slice(0, range.limit);
}
