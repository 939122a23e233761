import type { Readiness } from '../api/services.ts';
import type { SinkStatus } from '../ingest/ingest.ts';
import type { JournalStatus } from '../journal/journal.ts';
import { minuteMs, secondMs } from '../model/time.ts';
import type { Device } from '../registry/registry.ts';
import type { Counted } from './context.ts';

/** A door may be silent for so long whatever its devices promise. */
const silenceMs = 10 * minuteMs;
const intervalsMissed = 3;
const lagMost = 300;

export interface State {
  readonly journal: JournalStatus;
  readonly sinks: readonly SinkStatus[];
  /** Counters of the doors. */
  readonly heard: readonly Counted[];
  readonly devices: readonly Device[];
  /** Unix ms UTC. */
  readonly startedAt: number;
  readonly now: number;
}

type Check = Readiness['checks'][number];

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
    ...(['mqtt', 'modbus'] as const).flatMap((door) => doorCheck(door, state)),
  ];
  return { ready: checks.every(({ ok }) => ok), checks };
}

/** A door that should hear devices and hears none is no healthy door, however well everything behind it is. */
function doorCheck(
  door: 'mqtt' | 'modbus',
  { devices, heard, startedAt, now }: State,
): readonly Check[] {
  const intervals = devices.flatMap((device) => intervalOf(device, door));
  if (intervals.length === 0) return [];
  const counter = heard.find(({ name, labels }) => name === 'received' && labels['door'] === door);
  const silentMs = now - Math.max(startedAt, counter?.at ?? 0);
  const mostMs = Math.max(silenceMs, intervalsMissed * Math.min(...intervals) * secondMs);
  const detail = counter
    ? `last heard ${Math.round(silentMs / secondMs)} s ago`
    : 'nothing heard since the start';
  return [
    {
      name: `door ${door}`,
      ok: silentMs <= mostMs,
      detail: `${detail}, ${intervals.length} devices expected`,
    },
  ];
}

/** How often the device should be heard at the door, in seconds; empty where it should not. */
function intervalOf(device: Device, door: 'mqtt' | 'modbus'): readonly number[] {
  const { everyS, ...rest } = device.type === 'meter' ? device.meter : device.vehicle;
  return everyS !== undefined && door in rest ? [everyS] : [];
}
