import type { Metric } from '../model/metrics.ts';
import type { Accepted, Fix, Observation, Sample } from '../model/observation.ts';
import type { Aside, Part } from './passage.ts';

/** How many of a device's last instants are kept in memory: a reading split over messages, a packet sent twice. */
const instantsKept = 4;

/** What is kept of one instant of a device. */
interface Instant {
  readonly at: number;
  readonly values: Partial<Record<Metric, number>>;
  readonly bodies: Set<string>;
}

/** Device → its newest `at` and its last instants. Complete for every instant in it. */
export interface Memory {
  readonly newest: Map<string, number>;
  readonly recent: Map<string, Instant[]>;
}

export const createMemory = (newest: ReadonlyMap<string, number>): Memory => ({
  newest: new Map(newest),
  recent: new Map(),
});

type Look = (
  asked: readonly { readonly device: string; readonly at: number }[],
) => Promise<readonly Accepted[]>;

/**
 * Lets each identity through once (promise P2): (device, at, metric) for values, where the first one wins and a different later one is
 * a conflict; (device, at, body) for fixes. What is newer than anything of its device is new without a question; only late data is looked up.
 */
export async function deduplicate(
  parts: readonly Part[],
  memory: Memory,
  look: Look,
  aside: Aside,
  repeated: Part[],
): Promise<readonly Accepted[]> {
  const late = await lookUp(parts, memory, look);
  const accepted: Accepted[] = [];
  for (const part of parts) {
    const instant = instantOf(part.observation, memory, late);
    const fresh = keepNew(part, instant, aside);
    if (fresh) accepted.push({ ...fresh, seq: part.entry.seq, receivedAt: part.entry.receivedAt });
    else if (fresh === undefined) repeated.push(part);
  }
  return accepted;
}

const keyOf = (device: string, at: number): string => `${at} ${device}`;

/** Asks the store for every instant that is neither new nor in memory. */
async function lookUp(
  parts: readonly Part[],
  memory: Memory,
  look: Look,
): Promise<Map<string, Instant>> {
  const late = new Map<string, Instant>();
  const asked: { device: string; at: number }[] = [];
  for (const { observation } of parts) {
    const { device, at } = observation;
    const key = keyOf(device, at);
    if (at > newestOf(memory, device) || late.has(key) || isRecent(memory, device, at)) continue;
    late.set(key, { at, values: {}, bodies: new Set() });
    asked.push({ device, at });
  }
  if (asked.length === 0) return late;
  for (const known of await look(asked)) {
    const instant = late.get(keyOf(known.device, known.at));
    if (!instant) continue;
    if (known.type === 'sample') Object.assign(instant.values, known.values);
    else instant.bodies.add(bodyOf(known));
  }
  return late;
}

const newestOf = (memory: Memory, device: string): number =>
  memory.newest.get(device) ?? Number.NEGATIVE_INFINITY;

const isRecent = (memory: Memory, device: string, at: number): boolean =>
  memory.recent.get(device)?.some((instant) => instant.at === at) ?? false;

function instantOf(
  { device, at }: Observation,
  memory: Memory,
  late: Map<string, Instant>,
): Instant {
  const recent = memory.recent.get(device) ?? [];
  const known = recent.find((instant) => instant.at === at) ?? late.get(keyOf(device, at));
  if (known) return known;
  const made: Instant = { at, values: {}, bodies: new Set() };
  if (at > newestOf(memory, device)) {
    memory.newest.set(device, at);
    recent.push(made);
    if (recent.length > instantsKept) recent.shift();
    memory.recent.set(device, recent);
  } else {
    late.set(keyOf(device, at), made);
  }
  return made;
}

/** @returns the observation or what of it is new; undefined when nothing is; null when all of it was set aside */
function keepNew(
  { entry, observation }: Part,
  instant: Instant,
  aside: Aside,
): Observation | undefined | null {
  if (observation.type === 'sample') return newValues(entry, observation, instant, aside);
  const body = bodyOf(observation);
  if (instant.bodies.has(body)) return undefined;
  instant.bodies.add(body);
  return observation;
}

function newValues(
  entry: Part['entry'],
  sample: Sample,
  { values }: Instant,
  aside: Aside,
): Sample | undefined | null {
  const fresh: Partial<Record<Metric, number>> = {};
  let count = 0;
  let known = 0;
  let conflicts = 0;
  for (const name in sample.values) {
    const metric = name as Metric;
    const value = sample.values[metric];
    if (value === undefined) continue;
    const before = values[metric];
    if (before === undefined) {
      fresh[metric] = value;
      values[metric] = value;
      count++;
    } else if (before === value) {
      known++;
    } else {
      conflicts++;
      aside.put(
        entry,
        'conflict',
        `got ${metric} ${value} at ${new Date(sample.at).toISOString()}, kept is ${before}`,
      );
    }
  }
  if (count > 0) return known + conflicts === 0 ? sample : { ...sample, values: fresh };
  return conflicts > 0 ? null : undefined;
}

/** The whole of a fix but its device and time: two that differ in anything are two. */
const bodyOf = (fix: Fix): string =>
  [
    fix.lat,
    fix.lon,
    fix.fixed,
    fix.speedKmh,
    fix.headingDeg,
    fix.acc,
    fix.satellites,
    fix.odometerKm,
    fix.fuelL,
    fix.socPct,
  ].join(' ');
