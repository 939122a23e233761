import type { Meter } from '../../model/entities.ts';
import { counterOf, type Metric } from '../../model/metrics.ts';
import type { Accepted } from '../../model/observation.ts';
import { dayMs, localTime, minuteMs, startOfDay } from '../../model/time.ts';
import type { Directory } from '../../registry/registry.ts';
import type { Mark } from './tables.ts';

/** Which days of which meters are to be looked at, by what is said of them and of those below them. */

/** A gap that is longer is looked at from its end only. */
const longestGapDays = 40;
/** No day of any zone begins within. */
const dayPartMs = 15 * minuteMs;

/** A meter that has others below it, or is below one. */
interface Member {
  readonly counter: Metric;
  /** Itself or the one above it, or both. */
  readonly tops: readonly { readonly meter: string; readonly zone: string }[];
}

type Members = () => ReadonlyMap<string, Member>;

/** @returns what gives the days that replacements recorded or taken back since it was last asked have changed */
export function followReplacements(
  directory: () => Directory,
  members: Members,
): () => readonly Mark[] {
  const now = () =>
    new Map(
      directory()
        .all('replacements')
        .map((record) => [record.id, record]),
    );
  let known = now();
  return () => {
    const before = known;
    known = now();
    const added = [...known.values()].filter(({ id }) => !before.has(id));
    const gone = [...before.values()].filter(({ id }) => !known.has(id));
    return [...added, ...gone].flatMap(({ meter, at }) =>
      (members().get(meter)?.tops ?? []).flatMap((top) =>
        daysBetween(at - dayMs, at + dayMs, top.zone, top.meter),
      ),
    );
  };
}

/** Worked out anew when the directory is another. */
export function createMembers(directory: () => Directory): Members {
  let of: Directory | undefined;
  let members: ReadonlyMap<string, Member> = new Map();
  return () => {
    const now = directory();
    if (now !== of) members = membersOf(now);
    of = now;
    return members;
  };
}

/** Meters of which a virtual one is made, down to those that count. */
function sourcesOf(meter: Meter, byId: ReadonlyMap<string, Meter>): readonly string[] {
  if (!meter.virtual) return [meter.id];
  return meter.virtual.parts.flatMap((part) => {
    const found = byId.get(part.meter);
    return found ? sourcesOf(found, byId) : [];
  });
}

function membersOf(directory: Directory): ReadonlyMap<string, Member> {
  const meters = directory.all('meters');
  const byId = new Map(meters.map((meter) => [meter.id, meter]));
  const tops = new Map<string, Map<string, string>>();
  const add = (meter: Meter, top: string) => {
    const zone = directory.device(top)?.institution.timeZone ?? 'Asia/Shanghai';
    for (const id of sourcesOf(meter, byId)) {
      const known = tops.get(id) ?? new Map<string, string>();
      tops.set(id, known.set(top, zone));
    }
  };
  for (const meter of meters) {
    const parent = meter.parent === undefined ? undefined : byId.get(meter.parent);
    if (!parent) continue;
    add(meter, parent.id);
    add(parent, parent.id);
  }
  const members = new Map<string, Member>();
  for (const [id, above] of tops) {
    const counter = counterOf[byId.get(id)?.medium ?? 'environment'];
    const list = [...above].map(([meter, zone]) => ({ meter, zone }));
    if (counter !== null) members.set(id, { counter, tops: list });
  }
  return members;
}

/** Days whose consumption a reading decides: its own, and those back to the reading before it. */
export function marksOf(
  observation: Accepted,
  members: Members,
  lastAt: Map<string, number>,
): readonly Mark[] {
  const { device, at } = observation;
  const member = observation.type === 'sample' ? members().get(device) : undefined;
  if (!member || observation.type !== 'sample') return [];
  if (observation.values[member.counter] === undefined) return [];
  const last = lastAt.get(device);
  lastAt.set(device, Math.max(last ?? at, at));
  const isNewer = last !== undefined && at > last;
  // The reading before it has marked the same days.
  if (isNewer && Math.floor(at / dayPartMs) === Math.floor(last / dayPartMs)) return [];
  const { from, to } = reachOf(at, last);
  return member.tops.flatMap(({ meter, zone }) => daysBetween(from, to, zone, meter));
}

/** A late reading also takes part in the day before and the day after; the first one of a meter in its own alone. */
function reachOf(at: number, last: number | undefined) {
  if (last === undefined) return { from: at, to: at };
  if (at > last) return { from: Math.max(last, at - longestGapDays * dayMs), to: at };
  return { from: at - dayMs, to: at + dayMs };
}

function daysBetween(from: number, to: number, zone: string, meter: string): readonly Mark[] {
  const days: Mark[] = [];
  let start = startOfDay(localTime(from, zone).date, zone);
  while (start <= to) {
    // Half a day beyond its end lies in the next one, whatever the clocks do.
    const end = startOfDay(localTime(start + 1.5 * dayMs, zone).date, zone);
    days.push({ meter, from: start, to: end });
    start = end;
  }
  return days;
}
