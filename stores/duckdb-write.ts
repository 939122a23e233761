import type { Accepted } from '../model/observation.ts';
import type { Writer } from './duckdb-file.ts';
import type { State } from './duckdb-state.ts';

/** So many observations are read again at most when the file is opened; saving costs about as much as writing what is saved. */
const saveEvery = 250_000;

async function transaction(writer: Writer, work: () => Promise<void> | void): Promise<void> {
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
  const { devices } = state;
  const added = new Map<string, number>();
  const add = (device: string): number => {
    const number = devices.size() + added.size;
    added.set(device, number);
    writer.devices.appendInteger(number);
    writer.devices.appendVarchar(device);
    writer.devices.endRow();
    return number;
  };
  await transaction(writer, async () => {
    for (const observation of observations) {
      const { device } = observation;
      writer.rows.put(devices.numberOf(device) ?? added.get(device) ?? add(device), observation);
    }
    writer.rows.flush();
    if (added.size > 0) writer.devices.flushSync();
    await writer.connection.run(`UPDATE position SET seq = ${position} WHERE sink = 'store'`);
  });
  for (const device of added.keys()) devices.add(device);
  for (const observation of observations) state.latest.take(observation);
  state.position = position;
  state.writtenSinceSaved += observations.length;
}

export const isSaveDue = ({ writtenSinceSaved, latest }: State): boolean =>
  writtenSinceSaved > Math.max(saveEvery, latest.size() * 4);

/** Saves the latest observations, so that opening the file need not look for them. After an error the file must be closed. */
export async function saveLatest(writer: Writer, state: State): Promise<void> {
  if (state.savedPosition === state.position) return;
  const { devices, latest, position } = state;
  await transaction(writer, async () => {
    await writer.connection.run(
      'DELETE FROM electric_latest; DELETE FROM fluid_latest; DELETE FROM fix_latest',
    );
    for (const observation of latest.observations())
      writer.latest.put(devices.numberOf(observation.device) ?? 0, observation);
    writer.latest.flush();
    await writer.connection.run(`UPDATE position SET seq = ${position} WHERE sink = 'latest'`);
  });
  state.savedPosition = position;
  state.writtenSinceSaved = 0;
}
