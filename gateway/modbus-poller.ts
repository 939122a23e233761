import type { Context } from '../model/context.ts';
import type { Meter, ModbusAddress } from '../model/entities.ts';
import type { Accept } from '../model/envelope.ts';
import { messageOf } from '../model/errors.ts';
import type { PolledProtocol } from '../protocols/protocol.ts';
import { type Bus, startBus } from './modbus-bus.ts';
import { createModbusLink } from './modbus-link.ts';
import type { Unit } from './modbus-unit.ts';
import { firstDelayMs } from './poll-schedule.ts';

export interface ModbusPollerSettings {
  /** How long a slave may take to answer; default 1,500. */
  readonly timeoutMs?: number;
  /** How long a host may take to accept a connection; default 3,000. */
  readonly connectTimeoutMs?: number;
  /** Longest time between two probes of a slave that does not answer; default 300,000. */
  readonly maxBackoffMs?: number;
  /** A new meter is asked for the first time within this; default 5,000. */
  readonly firstPollWithinMs?: number;
}

export interface UnitStatus {
  readonly meter: string;
  readonly unit: number;
  readonly state: 'ok' | 'waiting' | 'failing';
  readonly polls: number;
  /** Polls in a row without an answer. */
  readonly failures: number;
  /** Our clock, Unix ms UTC. */
  readonly lastAnswerAt: number | null;
  /** Times each Modbus exception code was answered. */
  readonly exceptions: Readonly<Record<number, number>>;
  readonly trouble: string | null;
}

export interface BusStatus {
  readonly host: string;
  readonly port: number;
  readonly reachable: boolean;
  readonly units: readonly UnitStatus[];
}

export interface ModbusPoller {
  /** Takes over meters that were added, changed or removed; the others keep their place. */
  refresh(): void;
  status(): readonly BusStatus[];
  /** Resolves when nothing is under way any more. */
  stop(): Promise<void>;
}

interface PolledMeter extends Meter {
  readonly modbus: ModbusAddress;
}

interface Deps {
  readonly settings: Required<ModbusPollerSettings>;
  readonly protocol: PolledProtocol;
  readonly accept: Accept;
  readonly context: Context;
}

const defaults: Required<ModbusPollerSettings> = {
  timeoutMs: 1_500,
  connectTimeoutMs: 3_000,
  maxBackoffMs: 300_000,
  firstPollWithinMs: 5_000,
};
const defaultEveryS = 60;

/**
 * Asks every meter that has a Modbus address, every `everyS` (60) seconds. One connection and one request at a time per host and port;
 * buses know nothing of each other.
 * @param meters those of the registry now; asked again by `refresh`
 * @param protocol what to ask and how answers are written for the journal
 */
export function startModbusPoller(
  settings: ModbusPollerSettings,
  meters: () => readonly Meter[],
  protocol: PolledProtocol,
  accept: Accept,
  context: Context,
): ModbusPoller {
  const deps: Deps = { settings: { ...defaults, ...settings }, protocol, accept, context };
  const buses = new Map<string, Bus>();
  const leaving = new Set<Promise<void>>();
  const leave = (bus: Bus) => {
    const left = bus.stop().finally(() => leaving.delete(left));
    leaving.add(left);
  };
  const refresh = () => {
    for (const bus of regroup(buses, meters(), deps)) leave(bus);
  };
  refresh();
  return {
    refresh,
    status: () => [...buses].map(([name, bus]) => toBusStatus(name, bus)),
    async stop() {
      for (const bus of buses.values()) leave(bus);
      buses.clear();
      await Promise.all(leaving);
    },
  };
}

const isPolled = (meter: Meter): meter is PolledMeter => meter.modbus !== undefined;

const busName = ({ host, port }: ModbusAddress): string => `${host}:${port}`;

/** Brings buses and their units in line with the meters. @returns buses that nobody needs any more */
function regroup(buses: Map<string, Bus>, meters: readonly Meter[], deps: Deps): readonly Bus[] {
  const wanted = Map.groupBy(meters.filter(isPolled), ({ modbus }) => busName(modbus));
  for (const [name, members] of wanted) {
    const [first] = members;
    if (!first) continue;
    const bus = buses.get(name) ?? openBus(first.modbus, deps);
    buses.set(name, bus);
    updateUnits(bus, members, deps);
  }
  const unneeded = [...buses].filter(([name]) => !wanted.has(name));
  for (const [name] of unneeded) buses.delete(name);
  return unneeded.map(([, bus]) => bus);
}

function openBus(
  { host, port }: ModbusAddress,
  { settings, protocol, accept, context }: Deps,
): Bus {
  const { timeoutMs, connectTimeoutMs, maxBackoffMs } = settings;
  const link = createModbusLink({ host, port, timeoutMs, connectTimeoutMs });
  return startBus({
    name: busName({ host, port, unit: 0, profile: '' }),
    link,
    protocol,
    accept,
    context,
    maxBackoffMs,
  });
}

function updateUnits(bus: Bus, members: readonly PolledMeter[], deps: Deps): void {
  const ids = new Set(members.map(({ id }) => id));
  for (const id of bus.units.keys()) if (!ids.has(id)) bus.units.delete(id);
  for (const meter of members) {
    const known = bus.units.get(meter.id);
    if (known && isSame(known.meter, meter)) continue;
    const unit = toUnit(meter, deps);
    if (unit) bus.units.set(meter.id, unit);
    else bus.units.delete(meter.id);
  }
  bus.changed();
}

/** Whether both are polled alike; names and ratios do not matter here. */
const isSame = (a: Meter, b: Meter): boolean =>
  a.everyS === b.everyS && JSON.stringify(a.modbus) === JSON.stringify(b.modbus);

function toUnit(meter: PolledMeter, { settings, protocol, context }: Deps): Unit | undefined {
  const intervalMs = Math.max(1, meter.everyS ?? defaultEveryS) * 1_000;
  try {
    return {
      meter,
      intervalMs,
      address: meter.modbus.unit,
      blocks: protocol.plan(meter),
      dueMs:
        performance.now() +
        firstDelayMs(context.now(), intervalMs, meter.id, settings.firstPollWithinMs),
      failures: 0,
      known: false,
      polls: 0,
      lastAnswerAt: null,
      exceptions: new Map(),
      trouble: null,
    };
  } catch (error) {
    context.log('warn', 'meter cannot be polled', { device: meter.id, why: messageOf(error) });
    return undefined;
  }
}

function toBusStatus(name: string, bus: Bus): BusStatus {
  const colon = name.lastIndexOf(':');
  return {
    host: name.slice(0, colon),
    port: Number(name.slice(colon + 1)),
    reachable: bus.reachable(),
    units: [...bus.units.values()].map((unit) => ({
      meter: unit.meter.id,
      unit: unit.address,
      state: stateOf(unit),
      polls: unit.polls,
      failures: unit.failures,
      lastAnswerAt: unit.lastAnswerAt,
      exceptions: Object.fromEntries(unit.exceptions),
      trouble: unit.trouble,
    })),
  };
}

function stateOf({ failures, known }: Unit): UnitStatus['state'] {
  if (failures > 0) return 'failing';
  return known ? 'ok' : 'waiting';
}
