import { secondMs } from '../model/time.ts';
import type { Position } from './geo.ts';
import type { Area, PlaceIndex } from './places.ts';
import type { Rest } from './resting.ts';

/** Which places a vehicle is in. Plain JSON. */
export interface Presence {
  /** Ids, ascending; null before that is known. */
  readonly at: readonly string[] | null;
  /** How much speaks for having entered a place, or having left it. */
  readonly doubts: Readonly<Record<string, number>>;
}

export const unplaced: Presence = { at: null, doubts: {} };

/** Which places count, and where they lie. */
export interface Ground {
  readonly places: PlaceIndex;
  /** Whether the places of an institution are this vehicle's too. */
  isOwn(institution: string): boolean;
}

/** With the reasons in `docs/trips.md`. */
export const presenceLimits = {
  /** So near the edge a fix speaks neither way. */
  marginM: 15,
  /** No single fix speaks for more, or against. */
  forMostM: 70,
  againstMostM: 40,
  /** Metres beyond the margin, added up: so much is believed. */
  believedM: 70,
  /** A fix speaks for as long, seconds; denser ones for less. */
  fixS: 10,
  /** Standing for five minutes: the mean of its fixes may be so far off. */
  restM: 30,
  restS: 300,
  restLeastM: 6,
} as const;

interface Seen {
  readonly presence: Presence;
  readonly entered: readonly string[];
  readonly left: readonly string[];
}

const same = (presence: Presence): Seen => ({ presence, entered: [], left: [] });
const none: Readonly<Record<string, number>> = {};

/** Ids of the areas a position lies in, whatever was before. */
export const placesAt = ({ places, isOwn }: Ground, position: Position): readonly string[] =>
  places
    .around(position)
    .filter((area) => isOwn(area.institution) && area.depthM(position) >= 0)
    .map(({ id }) => id)
    .sort();

function concerned(at: readonly string[], ground: Ground, position: Position): readonly Area[] {
  const around = ground.places
    .around(position)
    .filter((area) => ground.isOwn(area.institution) && !at.includes(area.id));
  const here = at.map((id) => ground.places.area(id)).filter((area) => area !== undefined);
  return [...here, ...around];
}

/** A place that is gone from the list has not been left. */
const withoutGone = (at: readonly string[], { places }: Ground): readonly string[] =>
  at.every((id) => places.area(id)) ? at : at.filter((id) => places.area(id));

function changed(
  at: readonly string[],
  doubts: Presence['doubts'],
  flipped: readonly string[],
): Seen {
  if (flipped.length === 0) return same({ at, doubts });
  const left = flipped.filter((id) => at.includes(id));
  const entered = flipped.filter((id) => !at.includes(id)).sort();
  const now = [...at.filter((id) => !left.includes(id)), ...entered].sort();
  return { presence: { at: now, doubts }, entered, left };
}

/** One more fix of a vehicle under way. @param sinceMs since the one before */
export function passThrough(
  presence: Presence,
  position: Position,
  sinceMs: number,
  ground: Ground,
): Seen {
  if (!presence.at) return same({ at: placesAt(ground, position), doubts: none });
  const { marginM, forMostM, againstMostM, believedM, fixS } = presenceLimits;
  const at = withoutGone(presence.at, ground);
  const weight = Math.min(1, sinceMs / (fixS * secondMs));
  const doubts: Record<string, number> = {};
  const flipped: string[] = [];
  for (const area of concerned(at, ground, position)) {
    const depthM = area.depthM(position);
    const outM = at.includes(area.id) ? -depthM : depthM;
    const beyondM = outM - Math.min(marginM, area.halfM / 3);
    const speaks = Math.min(forMostM, Math.max(-againstMostM, beyondM)) * weight;
    const sum = (presence.doubts[area.id] ?? 0) + speaks;
    if (sum >= believedM) flipped.push(area.id);
    else if (sum > 0) doubts[area.id] = Math.round(sum * 10) / 10;
  }
  return changed(at, Object.keys(doubts).length === 0 ? none : doubts, flipped);
}

/** One more fix of a vehicle that stands: the mean of them speaks, and the longer it stands the nearer to the edge. */
export function standIn(presence: Presence, rest: Rest, ground: Ground): Seen {
  if (!presence.at) return same({ at: placesAt(ground, rest), doubts: none });
  const { restM, restS, restLeastM } = presenceLimits;
  const at = withoutGone(presence.at, ground);
  const stoodS = Math.min((rest.lastAt - rest.since) / secondMs, 60 * rest.weight);
  const offM = Math.max(restLeastM, restM / Math.sqrt(Math.max(1, stoodS / restS)));
  const flipped = concerned(at, ground, rest)
    .filter((area) => {
      const depthM = area.depthM(rest);
      const outM = at.includes(area.id) ? -depthM : depthM;
      return outM >= Math.min(offM, area.halfM / 2);
    })
    .map(({ id }) => id);
  if (flipped.length === 0 && at === presence.at && presence.doubts === none) return same(presence);
  return changed(at, none, flipped);
}
