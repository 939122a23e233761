import type { Readiness } from '../api/services.ts';
import type { SinkStatus } from '../ingest/ingest.ts';
import type { JournalStatus } from '../journal/journal.ts';
import { minuteMs, secondMs } from '../model/time.ts';
import type { Device } from '../registry/registry.ts';
import type { Counted } from './context.ts';

/** A door may be silent for three intervals of one of its devices, but at least so long. Vehicles that are parked say little. */
const intervalsMissed = 3;
const silenceMs = { meter: minuteMs, vehicle: 10 * minuteMs };
const lagMost = 300;

export interface State {
  readonly journal: JournalStatus;
  readonly sinks: readonly SinkStatus[];
  /** Counters of the doors. */
  readonly heard: readonly Counted[];
  readonly devices: readonly Device[];
  /** Whether a terminal has registered for the vehicle: before that none is expected. */
  hasTerminal(vehicle: string): boolean;
  /** Whether the JT/T 808 door lets in whoever names the phone of a vehicle. */
  readonly isOpen: boolean;
  /** Unix ms UTC. */
  readonly startedAt: number;
  readonly now: number;
}

type Check = Readiness['checks'][number];
type HeardDoor = 'mqtt' | 'modbus' | 'serial' | 'jt808';

/** How devices of a door are reached, as the registry names it. */
const waysOf: Readonly<Record<HeardDoor, readonly string[]>> = {
  mqtt: ['mqtt'],
  jt808: ['jt808'],
  modbus: ['modbus'],
  serial: ['dlt645', 'cjt188'],
};

/** Ready means: takes data, keeps it, and hears those it should hear. */
export function readinessOf(state: State): Readiness {
  const { journal, sinks } = state;
  const checks: Check[] = [
    {
      name: 'journal',
      ok: journal.state === 'ok',
      detail: `${journal.state}, ${journal.bytes} bytes, ${journal.corrupt} damaged records`,
    },
    ...sinks.map(({ name, trouble, lagS, position }) => ({
      name,
      ok: trouble === null && lagS < lagMost,
      detail: trouble ?? `at ${position} of ${journal.head}, ${lagS} s behind`,
    })),
    ...(['mqtt', 'modbus', 'serial', 'jt808'] as const).flatMap((door) => doorCheck(door, state)),
    ...(state.isOpen ? [openness] : []),
  ];
  return { ready: checks.every((check) => check.ok || check === openness), checks };
}

/** Asked for by a setting: it is shown in red, and the service is no less ready. */
const openness: Check = {
  name: 'door jt808 open',
  ok: false,
  detail:
    'open: whoever names the phone of a vehicle is let in as its terminal; unset jt808Open after the trial',
};

/** A door that should hear devices and hears none is no healthy door, however well everything behind it is. */
function doorCheck(door: HeardDoor, state: State): readonly Check[] {
  const { devices, heard, startedAt, now } = state;
  const silences = devices
    .filter((device) => door !== 'jt808' || hasTerminal(device, state))
    .flatMap((device) => silenceOf(device, door));
  if (silences.length === 0) return [];
  const counter = heard.find(({ name, labels }) => name === 'received' && labels['door'] === door);
  const silentMs = now - Math.max(startedAt, counter?.at ?? 0);
  const mostMs = silences.reduce((least, silence) => Math.min(least, silence));
  const heardSAgo = counter ? Math.round(silentMs / secondMs) : null;
  const detail = counter ? `last heard ${heardSAgo} s ago` : 'nothing heard since the start';
  return [
    {
      name: `door ${door}`,
      ok: silentMs <= mostMs,
      detail: `${detail}, ${silences.length} devices expected, silent for ${mostMs / secondMs} s at most`,
      door: { heardSAgo, devices: silences.length, silentMostS: mostMs / secondMs },
    },
  ];
}

const hasTerminal = (device: Device, state: State): boolean =>
  device.type === 'vehicle' && state.hasTerminal(device.vehicle.id);

/** How long the door may be silent for this device alone, in ms; empty where it should not hear it. */
function silenceOf(device: Device, door: HeardDoor): readonly number[] {
  const { everyS, ...rest } = device.type === 'meter' ? device.meter : device.vehicle;
  if (everyS === undefined || !waysOf[door].some((way) => way in rest)) return [];
  return [Math.max(silenceMs[device.type], intervalsMissed * everyS * secondMs)];
}
