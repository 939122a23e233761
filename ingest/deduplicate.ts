import type { Metric } from '../model/metrics.ts';
import type { Accepted, Fix, Observation, Sample } from '../model/observation.ts';
import type { Aside, Part, Passage } from './passage.ts';

/** How many of a device's last instants stay in memory: a reading split over messages, a packet sent twice. Older ones are looked up. */
const instantsKept = 2;

/** What is kept of one instant of a device. */
interface Instant {
  readonly at: number;
  /** Shared with the sample they came in, as long as it is one: never changed in place. */
  values: Sample['values'];
  fixes: readonly Fix[];
}

/** What is remembered of a device. */
interface Known {
  newest: number;
  /** Its last instants. Complete for every instant in it; within a run of entries none is forgotten. */
  readonly recent: Instant[];
}

/** Device → what is remembered of it. */
export type Memory = Map<string, Known>;

export const createMemory = (newest: ReadonlyMap<string, number>): Memory =>
  new Map(Array.from(newest, ([device, at]) => [device, { newest: at, recent: [] }]));

/** Newest `at` of the device, Unix ms UTC; undefined where it was never heard. */
export const newestOf = (memory: Memory, device: string): number | undefined =>
  memory.get(device)?.newest;

type Look = (
  asked: readonly { readonly device: string; readonly at: number }[],
) => Promise<readonly Accepted[]>;

/** Instants of the past that this run of entries speaks of, by `keyOf`. */
type Late = Map<string, Instant>;

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
): Promise<Pick<Passage, 'accepted' | 'continued'>> {
  const devices = parts.map(({ observation }) => knownOf(memory, observation.device));
  const late = await lookUp(parts, devices, look);
  const verdicts = { accepted: [], continued: new Set<Accepted>(), repeated, aside };
  for (let index = 0; index < parts.length; index++) {
    const part = parts[index];
    const known = devices[index];
    if (part && known) judge(part, known, late, verdicts);
  }
  for (const { recent } of devices)
    if (recent.length > instantsKept) recent.splice(0, recent.length - instantsKept);
  return verdicts;
}

function knownOf(memory: Memory, device: string): Known {
  const there = memory.get(device);
  if (there) return there;
  const made: Known = { newest: Number.NEGATIVE_INFINITY, recent: [] };
  memory.set(device, made);
  return made;
}

function toAccepted(observation: Observation, { seq, receivedAt }: Part['entry']): Accepted {
  if (observation.type === 'fix') return { ...observation, seq, receivedAt };
  // Written out, which takes a third of the time: nearly everything there is passes here.
  const { device, at, timeSource, values } = observation;
  return { type: 'sample', device, at, timeSource, values, seq, receivedAt };
}

export const keyOf = (device: string, at: number): string => `${at} ${device}`;

/** Asks the store for every instant that is neither new nor in memory. */
async function lookUp(
  parts: readonly Part[],
  devices: readonly Known[],
  look: Look,
): Promise<Late> {
  const late: Late = new Map();
  const asked: { device: string; at: number }[] = [];
  for (let index = 0; index < parts.length; index++) {
    const { device, at } = parts[index]?.observation ?? { device: '', at: 0 };
    const known = devices[index];
    if (!known || at > known.newest || recentOf(known, at)) continue;
    const key = keyOf(device, at);
    if (late.has(key)) continue;
    late.set(key, emptyInstant(at));
    asked.push({ device, at });
  }
  if (asked.length === 0) return late;
  for (const found of await look(asked)) {
    const instant = late.get(keyOf(found.device, found.at));
    if (!instant) continue;
    if (found.type === 'sample') instant.values = { ...instant.values, ...found.values };
    else instant.fixes = [...instant.fixes, found];
  }
  return late;
}

const noFixes: readonly Fix[] = [];
const emptyInstant = (at: number): Instant => ({ at, values: {}, fixes: noFixes });

function isEmpty({ values, fixes }: Instant): boolean {
  for (const _ in values) return false;
  return fixes.length === 0;
}

function recentOf({ recent }: Known, at: number): Instant | undefined {
  for (let index = recent.length - 1; index >= 0; index--)
    if (recent[index]?.at === at) return recent[index];
  return undefined;
}

interface Verdicts {
  readonly accepted: Accepted[];
  readonly continued: Set<Accepted>;
  readonly repeated: Part[];
  readonly aside: Aside;
}

function judge(
  part: Part,
  known: Known,
  late: Late,
  { accepted, continued, repeated, aside }: Verdicts,
): void {
  const { entry, observation } = part;
  const instant = instantOf(observation, known, late);
  if (!instant) {
    accepted.push(toAccepted(observation, entry));
    return;
  }
  const isContinued = !isEmpty(instant);
  const fresh = newTo(instant, part, aside);
  if (fresh === undefined) repeated.push(part);
  if (!fresh) return;
  const one = toAccepted(fresh, entry);
  accepted.push(one);
  if (isContinued) continued.add(one);
}

/** @returns what is kept of its instant; undefined where it is newer than anything of its device, and remembered now */
function instantOf(observation: Observation, known: Known, late: Late): Instant | undefined {
  const { at } = observation;
  if (at <= known.newest) return recentOf(known, at) ?? lateInstant(late, observation);
  known.newest = at;
  known.recent.push(
    observation.type === 'sample'
      ? { at, values: observation.values, fixes: noFixes }
      : { at, values: {}, fixes: [observation] },
  );
  return undefined;
}

/** @returns the observation or what of it is new; undefined when nothing is; null when all of it was set aside */
function newTo(instant: Instant, part: Part, aside: Aside): Observation | undefined | null {
  const { observation } = part;
  if (observation.type === 'sample') return newValues(part, observation, instant, aside);
  if (instant.fixes.some((fix) => isSame(fix, observation))) return undefined;
  instant.fixes = [...instant.fixes, observation];
  return observation;
}

function lateInstant(late: Late, { device, at }: Observation): Instant {
  const key = keyOf(device, at);
  const instant = late.get(key) ?? emptyInstant(at);
  late.set(key, instant);
  return instant;
}

function newValues(
  { entry }: Part,
  sample: Sample,
  instant: Instant,
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
    const before = instant.values[metric];
    if (before === undefined) {
      fresh[metric] = value;
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
  if (count === 0) return conflicts > 0 ? null : undefined;
  instant.values = { ...instant.values, ...fresh };
  return known + conflicts === 0 ? sample : { ...sample, values: fresh };
}

/** The whole of a fix but its device, time, and how often it was sent: two that differ in anything are two. */
const isSame = (a: Fix, b: Fix): boolean =>
  a.lat === b.lat &&
  a.lon === b.lon &&
  a.fixed === b.fixed &&
  a.speedKmh === b.speedKmh &&
  a.headingDeg === b.headingDeg &&
  a.acc === b.acc &&
  a.satellites === b.satellites &&
  a.odometerKm === b.odometerKm &&
  a.fuelL === b.fuelL &&
  a.socPct === b.socPct &&
  a.altitudeM === b.altitudeM &&
  a.alarms === b.alarms &&
  a.status === b.status &&
  a.overspeedPlace === b.overspeedPlace &&
  a.crossedPlace === b.crossedPlace;
