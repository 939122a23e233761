import type { DatabaseSync, SQLInputValue } from 'node:sqlite';
import { setTimeout as wait } from 'node:timers/promises';
import type { Context } from '../model/context.ts';
import { AppError } from '../model/errors.ts';
import { isId } from '../model/ids.ts';
import { minuteMs } from '../model/time.ts';
import type { KeptTrip } from '../model/trip.ts';
import { openTables, toKept } from './database.ts';
import { createReport } from './report.ts';
import type { TripBook, TripPage, TripQuery, TripReport } from './trips.ts';

/** A trip that nothing was heard of for so long is over; with the next fix the vehicle's motion says the same. */
const silentMs = 30 * minuteMs;

const shown =
  (now: number) =>
  (trip: KeptTrip): KeptTrip =>
    trip.endedAt === null && now - trip.now.at > silentMs
      ? { ...trip, endedAt: trip.now.at, endedBy: 'silence' }
      : trip;

const cursorOf = ({ startedAt, id }: KeptTrip): string => `${startedAt}_${id}`;

interface Condition {
  readonly sql: string;
  readonly values: readonly SQLInputValue[];
}

function behind(cursor: string | undefined): Condition[] {
  if (cursor === undefined) return [];
  const [, startedAt, id = ''] = /^(-?\d{1,16})_(.+)$/.exec(cursor) ?? [];
  if (startedAt === undefined || !isId(id))
    throw new AppError('INPUT_INVALID', 'The cursor is not one of ours.', {
      faults: [{ path: 'cursor', message: 'must be the `next` of an earlier answer' }],
    });
  return [{ sql: '(started_at, id) > (?, ?)', values: [Number(startedAt), id] }];
}

function conditionsOf({ vehicle, institutions, from, to, cursor }: TripQuery): Condition[] {
  const conditions: Condition[] = [
    { sql: 'started_at >= ? AND started_at < ?', values: [from, to] },
    ...behind(cursor),
  ];
  if (vehicle !== undefined) conditions.push({ sql: 'vehicle = ?', values: [vehicle] });
  if (!institutions) return conditions;
  const marks = institutions.map(() => '?').join(', ');
  return [...conditions, { sql: `institution IN (${marks})`, values: institutions }];
}

function list(database: DatabaseSync, query: TripQuery, now: number): TripPage {
  const conditions = conditionsOf(query);
  const where = conditions.map(({ sql }) => sql).join(' AND ');
  const values = conditions.flatMap((condition) => condition.values);
  const rows = database
    .prepare(`SELECT body FROM trip WHERE ${where} ORDER BY started_at, id LIMIT ?`)
    .all(...values, query.limit + 1)
    .map(toKept);
  const items = rows.slice(0, query.limit);
  const last = rows.length > query.limit ? items.at(-1) : undefined;
  return { items: items.map(shown(now)), next: last ? cursorOf(last) : null };
}

/**
 * Opens the trips kept in `database`, making the tables if need be. `record` and `rejudge` run in the transaction that is open on the connection;
 * everything else waits until none is.
 */
export function openTripBook(database: DatabaseSync, context: Context): TripBook & TripReport {
  const tables = openTables(database);
  const settled = async () => {
    while (database.isTransaction) await wait(2);
  };
  return {
    ...createReport(tables, context),
    list: async (query) => {
      await settled();
      return list(database, query, context.now());
    },
    get: async (id) => {
      await settled();
      const trip = tables.byId(id);
      return trip && shown(context.now())(trip);
    },
    changes: async (after, limit) => {
      await settled();
      return tables.changes(after, limit);
    },
  };
}
