import type { City, SimulatedMeter } from './city.ts';
import { type Fault, type FaultKind, faultKinds, type Label } from './simulator.ts';
import { findersOf } from './terminal-faults.ts';

/** What is, was and will be wrong. Devices ask it; nothing they said before changes when a fault is added that begins later. */
export interface FaultBook {
  of(device: string): readonly Fault[];
  /** Every fault, by `from`. */
  all(): readonly Fault[];
  /** Whether something is wrong with the device at any time of `from <= t < to`. */
  isTaken(device: string, from: number, to: number): boolean;
  add(fault: Fault): void;
}

const none: readonly Fault[] = [];

export function createFaultBook(known: readonly Fault[] = []): FaultBook {
  const byDevice = new Map<string, readonly Fault[]>();
  const of = (device: string) => byDevice.get(device) ?? none;
  const add = (fault: Fault) => {
    const others = of(fault.device).filter(
      ({ fault: kind, from }) => kind !== fault.fault || from !== fault.from,
    );
    byDevice.set(
      fault.device,
      [...others, fault].sort((a, b) => a.from - b.from),
    );
  };
  known.forEach(add);
  return {
    of,
    all: () => [...byDevice.values()].flat().sort((a, b) => a.from - b.from),
    isTaken: (device, from, to) => of(device).some((fault) => fault.from < to && from < fault.to),
    add,
  };
}

const finders: Readonly<Partial<Record<FaultKind, readonly string[]>>> = {
  spike: ['energy.consumption-anomaly'],
  'night-load': ['energy.consumption-anomaly'],
  leak: ['water.leak'],
  stuck: ['energy.consumption-anomaly'],
  frozen: ['meter.stuck', 'energy.consumption-anomaly'],
  swap: ['meter.counter-drop'],
  silence: ['device.silent', 'vehicle.offline'],
  'off-route': ['vehicle.off-route'],
};

/** Faults of a load or a leak; the meters above measure them too. */
const flowing: ReadonlySet<FaultKind> = new Set(['spike', 'night-load', 'leak']);

export const addsLoad = ({ fault }: Fault): boolean => flowing.has(fault);

export function toLabel(fault: Fault, city: City): Label {
  const alsoOn = addsLoad(fault) ? ancestorsOf(fault.device, city) : [];
  return { ...fault, expect: finders[fault.fault] ?? findersOf(fault), alsoOn };
}

function ancestorsOf(device: string, { meters }: City): readonly string[] {
  const byId = new Map(meters.map((meter) => [meter.id, meter]));
  const above: string[] = [];
  let next: SimulatedMeter | undefined = byId.get(device);
  while (next?.parent !== undefined) {
    above.push(next.parent);
    next = byId.get(next.parent);
  }
  return above;
}

/** Faults of a labels file. Lines that are cut off or foreign are left out. */
export function readLabels(text: string): readonly Fault[] {
  return text.split('\n').flatMap((line): readonly Fault[] => {
    const label = parse(line);
    return isFault(label) ? [label] : [];
  });
}

function parse(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

function isFault(value: unknown): value is Fault {
  if (typeof value !== 'object' || value === null) return false;
  const { fault, device, from, to, magnitude } = value as Record<keyof Fault, unknown>;
  return (
    typeof fault === 'string' &&
    faultKinds.some((kind) => kind === fault) &&
    typeof device === 'string' &&
    [from, to, magnitude].every((number) => Number.isFinite(number))
  );
}
