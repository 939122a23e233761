import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { quiet } from '../model/context.ts';
import { AppError } from '../model/errors.ts';
import { dayMs } from '../model/time.ts';
import { loadProfiles } from '../protocols/profile.ts';
import { isSilent, type Recorded, reportAt, type Town, toDevices } from './device.ts';
import { createFaultBook } from './faults.ts';
import { deliverHistory } from './history.ts';
import { type Live, startLive } from './live.ts';
import { createMeters } from './meter.ts';
import { type ModbusServer, startModbusServer } from './modbus.ts';
import { connectDevice, type DeviceLink } from './mqtt.ts';
import { createSchedule, type Schedule } from './schedule.ts';
import type { AcknowledgedReport, RunningCity, StartOptions } from './simulator.ts';
import type { TerminalReport } from './terminal.ts';
import type { TerminalUnit } from './terminal-link.ts';
import { createTerminals, type TerminalCrowd } from './terminals.ts';
import { createFleet } from './vehicle.ts';

/** Devices that deliver their history at the same time. */
const atOnce = 8;
const defaultEveryS = 900;
const saveMs = 10_000;

/**
 * Lets a city speak: first its history, as fast as the broker acknowledges it, then, at speed 1, in real time until it is stopped.
 * Every device has its own connection and goes over to real time as soon as its own history is delivered. Resolves when all have.
 *
 * @throws AppError `DEVICE_REFUSED`, `PORT_UNAVAILABLE`, `INPUT_INVALID`; the reason of `signal`
 */
export async function startCity(options: StartOptions): Promise<RunningCity> {
  const run = createRun(options);
  try {
    await deliverAll(run);
    run.complete = true;
  } catch (error) {
    await stopRun(run);
    throw error;
  }
  if (options.speed === 'fast') await stopRun(run);
  else run.schedule.begin(run.now());
  return {
    modbusPort: run.modbus?.port ?? null,
    sent: () => run.readings,
    inject: (kind, device) => run.schedule.inject(kind, device, run.now()),
    faults: () => run.town.faults.all(),
    stop: () => stopRun(run),
  };
}

interface Run {
  readonly options: StartOptions;
  readonly town: Town;
  readonly now: () => number;
  readonly schedule: Schedule;
  readonly live: Live;
  readonly links: Map<string, Promise<DeviceLink>>;
  readonly terminals: TerminalCrowd | undefined;
  /** When the past begins, of meters and of vehicles. */
  readonly from: { readonly meters: number; readonly vehicles: number };
  modbus: ModbusServer | null;
  messages: number;
  readings: number;
  /** Every device is in real time. */
  complete: boolean;
  savedAt: number;
  stopping: Promise<void> | null;
}

function createRun(options: StartOptions): Run {
  const { city, speed, pastFaults = [], context = quiet } = options;
  const { now } = context;
  if (speed === 'fast' && !options.backfill && options.from === undefined)
    throw new AppError('INPUT_INVALID', 'speed fast delivers history alone: say how many days');
  const faults = createFaultBook(pastFaults);
  const meters = createMeters(city, faults);
  const fleet = createFleet(city, faults);
  const town: Town = { city, faults, meters, fleet, profiles: loadProfiles() };
  const startedAt = now();
  const resumed = readState(options.stateFile);
  const from = startOf(options, resumed, startedAt);
  const schedule = createSchedule(options.faults, town, options.labels, startedAt);
  // A first run that was cut off has planted its faults: what was delivered must be delivered again unchanged.
  if (resumed === undefined && pastFaults.length === 0)
    schedule.plantHistory(from.meters, startedAt);
  const live = startLive(
    (id, at) => isSilent(id, at, faults),
    now,
    (at) => {
      schedule.tick(at);
      if (at - run.savedAt > saveMs) saveState(run);
    },
  );
  const run: Run = {
    options,
    town,
    now,
    schedule,
    live,
    links: new Map(),
    terminals:
      options.jt808 &&
      openTerminals(options, options.jt808, now, (readings) => {
        run.messages += 1;
        run.readings += readings;
      }),
    from,
    modbus: null,
    messages: 0,
    readings: 0,
    complete: false,
    savedAt: startedAt,
    stopping: null,
  };
  return run;
}

function startOf({ from, backfill }: StartOptions, resumed: number | undefined, now: number) {
  const meters = from ?? resumed ?? now - (backfill?.days ?? 0) * dayMs;
  const vehicles = from ?? Math.max(meters, now - (backfill?.vehicleDays ?? 1) * dayMs);
  return { meters, vehicles };
}

function readState(file: string | undefined): number | undefined {
  if (file === undefined) return undefined;
  try {
    const { until } = JSON.parse(readFileSync(file, 'utf8')) as { until?: unknown };
    return typeof until === 'number' && Number.isFinite(until) ? until : undefined;
  } catch {
    // Not there yet, or cut off by a crash of the machine: the history is delivered again, which changes nothing.
    return undefined;
  }
}

function saveState(run: Run): void {
  const { stateFile } = run.options;
  run.savedAt = run.now();
  const until = run.live.safeUntil();
  if (stateFile === undefined || until === undefined || !run.complete) return;
  writeFileSync(`${stateFile}.new`, JSON.stringify({ until }));
  renameSync(`${stateFile}.new`, stateFile);
}

/** Slaves first, so that the server is there when their past is known; then the others, several at a time. */
async function deliverAll(run: Run): Promise<void> {
  const { options, town } = run;
  const all = toDevices(town, options.backfill?.everyS ?? defaultEveryS);
  const devices = all.filter(({ terminal }) => (terminal ? options.jt808 : options.mqttUrl));
  const slaves = devices.filter(({ login, id }) => login !== id);
  const others = devices.filter(({ login, id }) => login === id);
  const progress = startProgress(run, devices);
  await inTurn(slaves, (device) => deliver(run, device, progress));
  if (options.modbusPort !== undefined) run.modbus = await serveSlaves(run);
  await inTurn(others, (device) => deliver(run, device, progress));
  options.onProgress?.({ fraction: 1, messages: run.messages, readings: run.readings });
}

async function inTurn<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const queue = items.values();
  const worker = async () => {
    for (const item of queue) await work(item);
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
}

const startOfDevice = ({ topic }: Recorded, { from }: Run): number =>
  topic.startsWith('v1/vehicles/') ? from.vehicles : from.meters;

function startProgress(run: Run, devices: readonly Recorded[]): (instants: number) => void {
  const now = run.now();
  const total = devices
    .map((device) => (now - startOfDevice(device, run)) / device.historyStepMs)
    .reduce((a, b) => a + b, 0);
  let done = 0;
  return (instants) => {
    done += instants;
    const fraction = total === 0 ? 1 : Math.min(1, done / total);
    run.options.onProgress?.({ fraction, messages: run.messages, readings: run.readings });
  };
}

async function deliver(
  run: Run,
  device: Recorded,
  progress: (instants: number) => void,
): Promise<void> {
  const { signal, speed, modbusPort } = run.options;
  signal?.throwIfAborted();
  const link = await linkOf(run, device);
  const until = await deliverHistory(
    device,
    startOfDevice(device, run),
    run.now,
    link,
    progress,
    signal,
  );
  const isPolled = device.login !== device.id && modbusPort !== undefined;
  if (speed === 1 && !isPolled) run.live.add(device, link, until);
}

function linkOf(run: Run, device: Recorded): Promise<DeviceLink> {
  const known = run.links.get(device.login);
  if (known !== undefined) return known;
  const unit = unitOf(run.town, device.id);
  const link = unit && run.terminals ? run.terminals.connect(unit) : dialBroker(run, device.login);
  run.links.set(device.login, link);
  return link;
}

/** A vehicle with its terminal. */
function unitOf(town: Town, id: string): TerminalUnit | undefined {
  const vehicle = town.city.vehicles.find((each) => each.id === id);
  if (!vehicle?.terminal) return undefined;
  const { plate, seed, everyS, terminal } = vehicle;
  return {
    ...{ id, plate, seed, everyS, terminal },
    faults: () => town.faults.of(id),
    reportAt: (at) => reportAt(town, id, at),
  };
}

function openTerminals(
  { acknowledged, signal }: StartOptions,
  place: NonNullable<StartOptions['jt808']>,
  now: () => number,
  onAcknowledged: (readings: number) => void,
): TerminalCrowd {
  return createTerminals({
    ...place,
    now,
    signal,
    onAcknowledged({ id: device }, reports) {
      if (acknowledged && reports.length > 0)
        acknowledged.write(reports.map((report) => lineOf(device, report)).join(''));
      onAcknowledged(reports.length);
    },
  });
}

function lineOf(device: string, { at, alarms, position }: TerminalReport): string {
  const { lat, lon, odometer_km: odometerKm } = position;
  const line: AcknowledgedReport = { device, at, lat, lon, odometerKm, alarms };
  return `${JSON.stringify(line)}\n`;
}

function dialBroker(run: Run, id: string): Promise<DeviceLink> {
  const { mqttUrl = '', login, city, signal } = run.options;
  return connectDevice({
    url: mqttUrl,
    id,
    password: login?.password ?? city.secretOf(id),
    signal,
    ...(login && { user: login.user }),
    onAcknowledged(readings) {
      run.messages += 1;
      run.readings += readings;
    },
  });
}

function serveSlaves({ options, town, now }: Run): Promise<ModbusServer> {
  const { city, meters, faults, profiles } = town;
  const slaves = city.meters.flatMap((meter) => {
    const { id, modbus } = meter;
    const profile = modbus && profiles.get(modbus.profile);
    if (!profile) return [];
    const values = () => (isSilent(id, now(), faults) ? undefined : meters.read(id, now()));
    return [{ unit: modbus.unit, ctRatio: modbus.ctRatio, profile, values }];
  });
  const { modbusPort = 0, modbusHost = '127.0.0.1' } = options;
  return startModbusServer({ host: modbusHost, port: modbusPort }, slaves);
}

function stopRun(run: Run): Promise<void> {
  run.stopping ??= (async () => {
    run.live.stop();
    run.terminals?.stop();
    saveState(run);
    await run.modbus?.stop();
    const links = await Promise.allSettled(run.links.values());
    await Promise.all(
      links.map((link) => (link.status === 'fulfilled' ? link.value.close() : undefined)),
    );
  })();
  return run.stopping;
}
