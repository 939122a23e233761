import type { Context } from '../model/context.ts';
import type { KeptTrip, Trip, TripSoFar } from '../model/trip.ts';
import { idOf, type TripTables } from './database.ts';
import type { ToldTrip, TripChange, TripOwner, TripReport } from './trips.ts';

interface Desk {
  readonly tables: TripTables;
  readonly context: Context;
}

const endOf = (trip: Trip | TripSoFar): Pick<KeptTrip, 'endedAt' | 'endedBy'> =>
  'endedAt' in trip
    ? { endedAt: trip.endedAt, endedBy: trip.endedBy }
    : { endedAt: null, endedBy: null };

/** What is said of a trip, without what the book adds. */
function said({
  id: _,
  institution: _1,
  firstStartedAt: _2,
  revision: _3,
  revisedAt: _4,
  ...rest
}: KeptTrip) {
  return rest;
}

function isSame(a: KeptTrip, b: KeptTrip): boolean {
  return a.institution === b.institution && JSON.stringify(said(a)) === JSON.stringify(said(b));
}

/** @param known the trip as it was, whose id and first start stay */
function toKept(owner: TripOwner, { trip }: ToldTrip, known: KeptTrip | undefined): KeptTrip {
  return {
    ...trip,
    ...endOf(trip),
    id: known?.id ?? idOf(owner.vehicle, trip.startedAt),
    institution: owner.institutionAt(trip.startedAt),
    firstStartedAt: known?.firstStartedAt ?? trip.startedAt,
    revision: known?.revision ?? 0,
    revisedAt: known?.revisedAt ?? 0,
  };
}

function keep(
  { tables, context }: Desk,
  change: TripChange['change'],
  trip: KeptTrip,
  decidedAt: number,
): void {
  const at = context.now();
  const revised = { ...trip, revision: trip.revision + 1, revisedAt: at };
  tables.put(revised, decidedAt);
  tables.note(at, change, revised);
  context.count('trip_changes', { change });
}

const changeOf = ({ endedAt }: KeptTrip): 'begun' | 'ended' =>
  endedAt === null ? 'begun' : 'ended';

/** In order: a new trip, the end of one, or more of one under way, which is no change to be told. */
function recordOne(desk: Desk, owner: TripOwner, told: ToldTrip): void {
  const { tables } = desk;
  const known = tables.startedAt(owner.vehicle, told.trip.startedAt);
  const trip = toKept(owner, told, known);
  if (!known) {
    closeOpen(desk, owner.vehicle, told.decidedAt);
    keep(desk, changeOf(trip), unused(tables, trip), told.decidedAt);
    return;
  }
  // What is judged once more after a restart does not reopen what is over.
  if (trip.endedAt !== null || known.endedAt === null) amend(desk, known, trip, told.decidedAt);
}

/** One is under way at a time; where the vehicle's motion was forgotten, the one before has not been ended. */
function closeOpen(desk: Desk, vehicle: string, decidedAt: number): void {
  for (const open of desk.tables.open(vehicle))
    keep(desk, 'ended', { ...open, endedAt: open.now.at, endedBy: 'silence' }, decidedAt);
}

const overlapMs = (a: KeptTrip, b: KeptTrip): number =>
  Math.min(a.endedAt ?? a.now.at, b.endedAt ?? b.now.at) - Math.max(a.startedAt, b.startedAt);

/** Pairs those that overlap, the greatest overlap first. */
function matched(
  known: readonly KeptTrip[],
  found: readonly KeptTrip[],
): ReadonlyMap<KeptTrip, KeptTrip> {
  const pairs = found
    .flatMap((made) => known.map((old) => ({ old, made, ms: overlapMs(old, made) })))
    .filter(({ ms }) => ms > 0);
  const byMade = new Map<KeptTrip, KeptTrip>();
  const taken = new Set<KeptTrip>();
  for (const { old, made } of pairs.sort((a, b) => b.ms - a.ms)) {
    if (byMade.has(made) || taken.has(old)) continue;
    byMade.set(made, old);
    taken.add(old);
  }
  return byMade;
}

/** Trips that the stretch judged again may have changed: those it said something of, and the one that was under way when it began. */
function knownOf(
  tables: TripTables,
  vehicle: string,
  from: number,
  told: readonly ToldTrip[],
): readonly KeptTrip[] {
  const decided = tables.decidedFrom(vehicle, from);
  const begun = told
    .map(({ trip }) => tables.startedAt(vehicle, trip.startedAt))
    .filter((trip) => trip !== undefined);
  return [...new Map([...decided, ...begun].map((trip) => [trip.id, trip])).values()];
}

function rejudge(desk: Desk, owner: TripOwner, from: number, told: readonly ToldTrip[]): void {
  const { tables, context } = desk;
  // Of what is told of a trip the last word counts.
  const last = [...new Map(told.map((each) => [each.trip.startedAt, each])).values()];
  const found = last.map((each) => ({ told: each, fresh: toKept(owner, each, undefined) }));
  const known = knownOf(tables, owner.vehicle, from, last);
  const pairs = matched(
    known,
    found.map(({ fresh }) => fresh),
  );
  const stays = new Set([...pairs.values()].map(({ id }) => id));
  for (const gone of known) {
    if (stays.has(gone.id)) continue;
    tables.remove(gone.id);
    tables.note(context.now(), 'withdrawn', gone);
    context.count('trip_changes', { change: 'withdrawn' });
  }
  for (const { told: each, fresh } of found) {
    const old = pairs.get(fresh);
    const trip = toKept(owner, each, old);
    if (!old) keep(desk, changeOf(trip), unused(tables, trip), each.decidedAt);
    else amend(desk, old, trip, each.decidedAt);
  }
}

/** More of a trip under way is no change to be told. */
function amend(desk: Desk, old: KeptTrip, trip: KeptTrip, decidedAt: number): void {
  if (isSame(old, trip)) return;
  const isMore = old.endedAt === null && old.startedAt === trip.startedAt;
  if (isMore && trip.endedAt === null) desk.tables.put(trip, decidedAt);
  else keep(desk, isMore ? 'ended' : 'amended', trip, decidedAt);
}

/** The id may be another's, which first began then and has been moved since. */
function unused(tables: TripTables, trip: KeptTrip): KeptTrip {
  let { id } = trip;
  for (let count = 2; tables.byId(id); count++) id = `${trip.id}-${count}`;
  return { ...trip, id };
}

/** The engine's side of the book. */
export function createReport(tables: TripTables, context: Context): TripReport {
  const desk = { tables, context };
  return {
    record(owner, told) {
      for (const each of told) recordOne(desk, owner, each);
    },
    rejudge: (owner, from, told) => rejudge(desk, owner, from, told),
  };
}
