import type { Context } from '../model/context.ts';
import type { Meter } from '../model/entities.ts';
import type { Accept, ProtocolName } from '../model/envelope.ts';
import { AppError, messageOf } from '../model/errors.ts';
import type { FramedProtocol, PolledProtocol } from '../protocols/protocol.ts';
import { type Bus, startBus } from './bus.ts';
import type { DialIns } from './dial-in.ts';
import { createFramedAsker } from './framed-unit.ts';
import { createModbusAsker } from './modbus-unit.ts';
import { firstDelayMs } from './poll-schedule.ts';
import type { Asker, Unit } from './unit.ts';
import {
  createWire,
  keyOf,
  nameOf,
  type Place,
  placeOf,
  type Wire,
  type WireSettings,
} from './wire.ts';

export interface PollerSettings extends Partial<WireSettings> {
  /** Longest time between two probes of a meter that does not answer; default 300,000. */
  readonly maxBackoffMs?: number;
  /** A new meter is asked for the first time within this; default 5,000, longer where many are new at once. */
  readonly firstPollWithinMs?: number;
}

/** The languages in which meters are asked. */
export interface Languages {
  readonly modbus: PolledProtocol;
  readonly dlt645?: FramedProtocol;
  readonly cjt188?: FramedProtocol;
}

export interface UnitStatus {
  readonly meter: string;
  readonly protocol: ProtocolName;
  /** On the bus: the unit of a Modbus slave, the address of other meters. */
  readonly address: string;
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
  readonly kind: Place['kind'];
  /** `host:port`, the serial port, or the DTU that dials in. */
  readonly name: string;
  readonly reachable: boolean;
  readonly units: readonly UnitStatus[];
}

export interface Poller {
  /** Takes over meters that were added, changed or removed; the others keep their place. */
  refresh(): void;
  status(): readonly BusStatus[];
  /** Resolves when nothing is under way any more. */
  stop(): Promise<void>;
}

interface Deps {
  readonly settings: Required<PollerSettings>;
  readonly languages: Languages;
  readonly accept: Accept;
  readonly context: Context;
  readonly dialIns: DialIns | undefined;
}

interface OpenBus extends Bus {
  readonly place: Place;
  readonly wire: Wire;
}

const defaults: Required<PollerSettings> = {
  timeoutMs: 1_500,
  dtuTimeoutMs: 3_000,
  dtuGapMs: 50,
  connectTimeoutMs: 3_000,
  maxBackoffMs: 300_000,
  firstPollWithinMs: 5_000,
};
const defaultEveryS = 60;
/** Meters that are new at the same time, as all are at a start, come no closer to each other on average. */
const betweenNewMs = 5;

/**
 * Asks every meter that is reached by Modbus, DL/T 645 or CJ/T 188, every `everyS` (60) seconds. One connection and one request at a time per
 * host and port, or serial port, whatever languages its meters speak; only Modbus TCP cannot share a connection with the others.
 * Buses know nothing of each other.
 * @param meters those of the registry now; asked again by `refresh`
 * @param languages what to ask and how answers are written for the journal
 * @param dialIns without, meters behind a DTU that dials in are out of reach
 */
export function startPoller(
  settings: PollerSettings,
  meters: () => readonly Meter[],
  languages: Languages,
  accept: Accept,
  context: Context,
  dialIns?: DialIns,
): Poller {
  const deps: Deps = {
    settings: { ...defaults, ...settings },
    languages,
    accept,
    context,
    dialIns,
  };
  const buses = new Map<string, OpenBus>();
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
    status: () => [...buses.values()].map(toBusStatus),
    async stop() {
      for (const bus of buses.values()) leave(bus);
      buses.clear();
      await Promise.all(leaving);
    },
  };
}

interface Placed {
  readonly meter: Meter;
  readonly place: Place;
}

/** Brings buses and their units in line with the meters. @returns buses that nobody needs any more */
function regroup(
  buses: Map<string, OpenBus>,
  meters: readonly Meter[],
  deps: Deps,
): readonly Bus[] {
  const placed = meters.flatMap((meter): readonly Placed[] => {
    const place = placeOf(meter);
    return place ? [{ meter, place }] : [];
  });
  const wanted = Map.groupBy(placed, ({ place }) => keyOf(place));
  const unneeded = [...buses].filter(([key]) => !wanted.has(key));
  for (const [key] of unneeded) buses.delete(key);
  const known = [...buses.values()].reduce((sum, { units }) => sum + units.size, 0);
  const withinMs = Math.max(
    deps.settings.firstPollWithinMs,
    (placed.length - known) * betweenNewMs,
  );
  for (const [key, members] of wanted) {
    const [first] = members;
    if (!first) continue;
    const bus = buses.get(key) ?? openBus(first.place, deps);
    buses.set(key, bus);
    updateUnits(bus, members, withinMs, deps);
  }
  return unneeded.map(([, bus]) => bus);
}

function openBus(place: Place, { settings, accept, context, dialIns }: Deps): OpenBus {
  const wire = createWire(place, settings, dialIns, () => bus.retry());
  const { maxBackoffMs } = settings;
  const bus: Bus = startBus({
    name: nameOf(place),
    accept,
    context,
    maxBackoffMs,
    close: wire.close,
  });
  return { ...bus, place, wire };
}

function updateUnits(bus: OpenBus, members: readonly Placed[], withinMs: number, deps: Deps): void {
  const ids = new Set(members.map(({ meter }) => meter.id));
  for (const id of bus.units.keys()) if (!ids.has(id)) bus.units.delete(id);
  for (const { meter } of members) {
    const known = bus.units.get(meter.id);
    if (known && isSame(known.meter, meter)) continue;
    const unit = toUnit(meter, bus.wire, withinMs, deps);
    if (unit) bus.units.set(meter.id, unit);
    else bus.units.delete(meter.id);
  }
  bus.changed();
}

/** Whether both are polled alike; names and ratios do not matter here. */
const isSame = (a: Meter, b: Meter): boolean => wayOf(a) === wayOf(b);
const wayOf = ({ everyS, modbus, dlt645, cjt188 }: Meter): string =>
  JSON.stringify([everyS, modbus, dlt645, cjt188]);

function toUnit(
  meter: Meter,
  wire: Wire,
  withinMs: number,
  { languages, context }: Deps,
): Unit | undefined {
  const intervalMs = Math.max(1, meter.everyS ?? defaultEveryS) * 1_000;
  try {
    return {
      meter,
      asker: toAsker(meter, wire, languages),
      intervalMs,
      dueMs: performance.now() + firstDelayMs(context.now(), intervalMs, meter.id, withinMs),
      failures: 0,
      known: false,
      polls: 0,
      lastAnswerAt: null,
      trouble: null,
    };
  } catch (error) {
    context.log('warn', 'meter cannot be polled', { device: meter.id, why: messageOf(error) });
    return undefined;
  }
}

/** @throws AppError `DECODE_UNSUPPORTED` */
function toAsker(meter: Meter, { line, link }: Wire, { modbus, dlt645, cjt188 }: Languages): Asker {
  if (meter.modbus) return createModbusAsker(meter, meter.modbus.unit, link, modbus);
  if (meter.dlt645 && dlt645 && line)
    return createFramedAsker(meter, meter.dlt645.address, line, dlt645);
  if (meter.cjt188 && cjt188 && line)
    return createFramedAsker(meter, meter.cjt188.address, line, cjt188);
  throw new AppError('DECODE_UNSUPPORTED', `the language of meter ${meter.id} is not spoken here`);
}

const toBusStatus = (bus: OpenBus): BusStatus => ({
  kind: bus.place.kind,
  name: nameOf(bus.place),
  reachable: bus.reachable(),
  units: [...bus.units.values()].map(toUnitStatus),
});

const toUnitStatus = (unit: Unit): UnitStatus => ({
  meter: unit.meter.id,
  protocol: unit.asker.protocol,
  address: unit.asker.address,
  state: stateOf(unit),
  polls: unit.polls,
  failures: unit.failures,
  lastAnswerAt: unit.lastAnswerAt,
  exceptions: Object.fromEntries(unit.asker.exceptions),
  trouble: unit.trouble,
});

function stateOf({ failures, known }: Unit): UnitStatus['state'] {
  if (failures > 0) return 'failing';
  return known ? 'ok' : 'waiting';
}
