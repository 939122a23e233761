import { z } from 'zod';
import { createPlaceIndex, type PlaceIndex } from '../fleet/places.ts';
import type { Ground } from '../fleet/presence.ts';
import { type MotionState, type MotionStep, stepMotion, tripOf, unmoved } from '../fleet/trips.ts';
import type { Institution, Place } from '../model/entities.ts';
import { lineageOf } from '../model/lineage.ts';
import type { Accepted } from '../model/observation.ts';
import type { TripSoFar } from '../model/trip.ts';
import type { Directory } from '../registry/registry.ts';
import type { ToldTrip } from '../trips/trips.ts';
import { type Active, keyOf } from './instances.ts';
import { type Motion, noFindings, type RuleKind, type RuleSubject } from './rule.ts';
import type { Slot } from './subject.ts';

/**
 * A vehicle's motion, kept as one more state beside those of its rules: what brings them to disk, back after a restart, and to where they were for late
 * data brings it too. It finds nothing of its own.
 */
const motionKind: RuleKind<unknown, MotionState> = {
  kind: 'vehicle.motion',
  version: 1,
  title: { zh: '行驶', en: 'Motion' },
  description: { zh: '清洗后的行驶、停车与行程。', en: 'Cleaned motion, stops and trips.' },
  severity: 'info',
  params: z.object({}),
  appliesTo: ({ type }) => type === 'vehicle',
  initial: () => unmoved,
  step: (state) => ({ state, findings: noFindings }),
};

const rule = { id: motionKind.kind, version: motionKind.version, params: {} };

/** Comes before the rules of a vehicle. */
export const motionActive: Active = {
  kind: motionKind as RuleKind,
  rule,
  params: rule.params,
  severity: undefined,
  key: keyOf(rule),
};

export const isMotion = ({ active }: Slot): boolean => active === motionActive;

const indexes = new WeakMap<readonly Place[], PlaceIndex>();

/** Directories share the list while no place changes. */
function indexOf(places: readonly Place[]): PlaceIndex {
  const index = indexes.get(places) ?? createPlaceIndex(places);
  indexes.set(places, index);
  return index;
}

/** Its own institution, those above and those below: whose places a vehicle is seen in. */
const relatives = (directory: Directory, institution: Institution): ReadonlySet<string> =>
  new Set([
    ...directory.within(institution.id),
    ...lineageOf(institution, (id) => directory.institution(id)),
  ]);

const known = new WeakMap<Directory, GroundOf>();

export type GroundOf = (institution: Institution) => Ground;

/** Where the places lie that count for an institution's vehicles. */
export function groundsOf(directory: Directory): GroundOf {
  const grounds = known.get(directory) ?? createGrounds(directory);
  known.set(directory, grounds);
  return grounds;
}

function createGrounds(directory: Directory): GroundOf {
  const grounds = new Map<string, Ground>();
  return (institution) => {
    const made = grounds.get(institution.id);
    if (made) return made;
    const own = relatives(directory, institution);
    const places = indexOf(directory.all('places'));
    const ground: Ground = { places, isOwn: (id) => own.has(id) };
    grounds.set(institution.id, ground);
    return ground;
  };
}

/** Moves a vehicle on by one event. @param told takes what it shows of trips */
export function moveOn(
  slot: Slot,
  event: Accepted,
  device: RuleSubject,
  groundOf: GroundOf,
  told: ToldTrip[],
): Motion | undefined {
  if (event.type !== 'fix') return undefined;
  const ground = groundOf(device.institution);
  const step = stepMotion(slot.state as MotionState, event, event.device, ground);
  slot.state = step.state;
  const decidedAt = event.at;
  for (const trip of step.changes.ended) told.push({ trip, decidedAt });
  if (step.changes.told) told.push({ trip: step.changes.told, decidedAt });
  return toMotion(step, event.device);
}

/** The trip under way as the last event left it. */
export const tripUnderWay = ({ state }: Slot, vehicle: string): TripSoFar | null =>
  tripOf(state as MotionState, vehicle);

/** Most kinds look at little of it. */
function toMotion({ state, mark, standing, changes }: MotionStep, vehicle: string): Motion {
  const { rest } = state.course;
  let trip: TripSoFar | null | undefined;
  return {
    mark,
    standing,
    get trip() {
      if (trip === undefined) trip = tripOf(state, vehicle);
      return trip;
    },
    ended: changes.ended,
    rest: rest?.settled ? { lat: rest.lat, lon: rest.lon, since: rest.since } : null,
    at: state.presence.at ?? [],
    entered: changes.entered,
    left: changes.left,
  };
}
