import type { Profiles } from '../protocols/profile.ts';
import { adw300Topic, toAdw300 } from './adw300.ts';
import type { City, SimulatedMeter, SimulatedVehicle } from './city.ts';
import type { FaultBook } from './faults.ts';
import type { Meters, Values } from './meter.ts';
import { hash } from './noise.ts';
import { throughRegisters } from './slave.ts';
import type { SimulatedTerminal, TerminalReport } from './terminal.ts';
import { alarmsAt, isAlarmed } from './terminal-faults.ts';
import type { Fleet } from './vehicle.ts';

/** A device as the network sees it: what it says, at which instants, and on whose connection. */
export interface Device {
  readonly id: string;
  readonly topic: string;
  /** Client id and owner of the secret: the device itself, or a gateway. */
  readonly login: string;
  /** How far apart the instants at which it may say something are, and where between whole ones they lie, ms. */
  readonly stepMs: number;
  readonly phaseMs: number;
  /** What it says at an instant in real time; undefined: nothing. */
  message(at: number): object | undefined;
  /** Speaks JT/T 808 by it: what it says is a `TerminalReport`. */
  readonly terminal?: SimulatedTerminal;
  /** What is kept of an instant for later; shorter. */
  record(at: number): object | undefined;
}

/** A device of the history's kind: other instants than in real time. */
export interface Recorded extends Device {
  readonly historyStepMs: number;
}

export interface Town {
  readonly city: City;
  readonly faults: FaultBook;
  readonly meters: Meters;
  readonly fleet: Fleet;
  readonly profiles: Profiles;
}

export const isSilent = (id: string, at: number, faults: FaultBook): boolean =>
  faults.of(id).some(({ fault, from, to }) => fault === 'silence' && from <= at && at < to);

/** Positions of the past come less often: it is they that make a history large. */
export const recordedPositionsMs = 10_000;
/** A vehicle that stands says so now and then. */
const parkedMs = { live: 60_000, recorded: 300_000 };

const time = (at: number): { at: string } => ({ at: new Date(at).toISOString() });

function toMeterDevice(meter: SimulatedMeter, login: string, everyS: number, town: Town): Recorded {
  const { meters, faults, profiles } = town;
  const { id, modbus, seed, speaks } = meter;
  const registers = (modbus && profiles.get(modbus.profile)?.registers) ?? [];
  const shown = (values: Values): Values =>
    modbus ? throughRegisters(registers, values, modbus.ctRatio) : values;
  const phrase = (at: number, values: Values) =>
    speaks ? toAdw300(speaks.serial, at, values) : { ...time(at), values };
  const say = (at: number, read: Meters['read']) =>
    isSilent(id, at, faults) ? undefined : phrase(at, shown(read(id, at)));
  const stepMs = meter.everyS * 1000;
  return {
    id,
    topic: speaks ? adw300Topic : `v1/meters/${id}/readings`,
    login,
    stepMs,
    phaseMs: Math.floor((hash(seed, -4) % stepMs) / 1000) * 1000,
    historyStepMs: everyS * 1000,
    message: (at) => say(at, meters.read),
    record: (at) => say(at, meters.readShort),
  };
}

/** What a terminal would report at an instant. */
export const reportAt = ({ fleet, faults }: Town, id: string, at: number): TerminalReport => ({
  at,
  position: fleet.positionAt(id, at),
  alarms: alarmsAt(faults.of(id), at),
});

function toVehicleDevice(vehicle: SimulatedVehicle, town: Town): Recorded {
  const { fleet, faults } = town;
  const { id, everyS, seed, terminal } = vehicle;
  const stepMs = everyS * 1000;
  // With the ignition off it says so once more.
  const isOnWay = (at: number, sinceMs: number) =>
    fleet.isUnderWay(id, at) || fleet.isUnderWay(id, at - sinceMs);
  const say = (at: number, standingMs: number, sinceMs: number) => {
    const isDue = at % standingMs < stepMs || isOnWay(at, sinceMs) || isAlarmed(faults.of(id), at);
    if (!isDue || isSilent(id, at, faults)) return undefined;
    return terminal ? reportAt(town, id, at) : { ...time(at), ...fleet.positionAt(id, at) };
  };
  return {
    id,
    topic: `v1/vehicles/${id}/positions`,
    login: id,
    ...(terminal && { terminal }),
    stepMs,
    phaseMs: Math.floor((hash(seed, -4) % stepMs) / 1000) * 1000,
    historyStepMs: recordedPositionsMs,
    message: (at) => say(at, parkedMs.live, stepMs),
    record: (at) => say(at, parkedMs.recorded, recordedPositionsMs),
  };
}

/** Slaves of gateways first: they are to be polled as soon as their past is known. */
export function toDevices(town: Town, everyS: number): readonly Recorded[] {
  const { city } = town;
  const gateways = new Map(
    city.gateways.flatMap(({ id, devices }) => devices.map((device) => [device, id] as const)),
  );
  const meters = city.meters.map((meter) =>
    toMeterDevice(meter, gateways.get(meter.id) ?? meter.id, everyS, town),
  );
  const isSlave = ({ id }: Device) => gateways.has(id);
  return [
    ...meters.filter(isSlave),
    ...meters.filter((device) => !isSlave(device)),
    ...city.vehicles.map((vehicle) => toVehicleDevice(vehicle, town)),
  ];
}

/** The first instant after another at which a device may say something. */
export const nextAfter = (at: number, stepMs: number, phaseMs: number): number =>
  (Math.floor((at - phaseMs) / stepMs) + 1) * stepMs + phaseMs;
