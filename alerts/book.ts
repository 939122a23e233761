import type { DatabaseSync, SQLInputValue } from 'node:sqlite';
import type { Alert } from '../model/alert.ts';
import type { Context } from '../model/context.ts';
import { AppError } from '../model/errors.ts';
import { isId } from '../model/ids.ts';
import type {
  AlertAction,
  AlertBook,
  AlertPage,
  AlertQuery,
  AlertReport,
  AlertTransition,
} from './alerts.ts';
import {
  atomically,
  createWriter,
  prepareTables,
  settled,
  toAlert,
  toFiled,
  toTransition,
} from './database.ts';
import * as lifecycle from './lifecycle.ts';
import { createReport } from './report.ts';

interface Condition {
  readonly sql: string;
  readonly values: readonly SQLInputValue[];
}

const marks = (values: readonly unknown[]) => values.map(() => '?').join(', ');

const among = (column: string, values: readonly string[] | undefined): Condition[] =>
  values ? [{ sql: `${column} IN (${marks(values)})`, values }] : [];

const when = (sql: string, value: SQLInputValue | undefined): Condition[] =>
  value === undefined ? [] : [{ sql, values: [value] }];

const cursorOf = ({ openedAt, id }: Alert): string => `${openedAt}_${id}`;

function behind(cursor: string | undefined): Condition[] {
  if (cursor === undefined) return [];
  const [, openedAt, id = ''] = /^(-?\d{1,16})_(.+)$/.exec(cursor) ?? [];
  if (openedAt === undefined || !isId(id))
    throw new AppError('INPUT_INVALID', 'The cursor is not one of ours.', {
      faults: [{ path: 'cursor', message: 'must be the `next` of an earlier answer' }],
    });
  return [{ sql: '(opened_at, id) < (?, ?)', values: [Number(openedAt), id] }];
}

function ofKind(kind: string | undefined): Condition[] {
  if (!kind?.endsWith('.*')) return when('kind = ?', kind);
  const family = kind.slice(0, -1);
  return [{ sql: 'substr(kind, 1, ?) = ?', values: [family.length, family] }];
}

const conditionsOf = (query: AlertQuery): readonly Condition[] => [
  ...among('state', query.states),
  ...ofKind(query.kind),
  ...when('subject = ?', query.subject),
  ...among('institution', query.institutions),
  ...when('opened_at >= ?', query.from),
  ...when('opened_at < ?', query.to),
  ...when('severity = ?', query.severity),
  ...behind(query.cursor),
];

function list(database: DatabaseSync, query: AlertQuery): AlertPage {
  const conditions = conditionsOf(query);
  const where = conditions.map(({ sql }) => sql).join(' AND ') || 'TRUE';
  // The inner query is answered from an index alone; the bulk is read for one page only.
  const rows = database
    .prepare(
      `SELECT head, bulk FROM alert WHERE id IN
        (SELECT id FROM alert WHERE ${where} ORDER BY opened_at DESC, id DESC LIMIT ?)
      ORDER BY opened_at DESC, id DESC`,
    )
    .all(...conditions.flatMap(({ values }) => values), query.limit + 1);
  const items = rows.slice(0, query.limit).map(toAlert);
  const last = rows.length > query.limit ? items.at(-1) : undefined;
  return { items, next: last ? cursorOf(last) : null };
}

/**
 * Opens the alerts kept in `database`, making the tables if need be. `report` and `rejudge` run in whatever transaction is open on the connection;
 * everything else waits until none is.
 */
export function openAlertBook(database: DatabaseSync, context: Context): AlertBook & AlertReport {
  prepareTables(database);
  const write = createWriter(database);
  const byId = database.prepare('SELECT * FROM alert WHERE id = ?');
  const shelvedUntil = database.prepare('SELECT * FROM alert WHERE shelved_until <= ?');
  const after = database.prepare(
    `SELECT t.n, t.at, t.change, t.head, a.bulk FROM transition t JOIN alert a ON a.id = t.alert_id
      WHERE t.n > ? ORDER BY t.n LIMIT ?`,
  );

  function act(id: string, action: AlertAction): Alert {
    const row = byId.get(id);
    if (!row) throw new AppError('NOT_FOUND', `There is no alert ${id}.`);
    const filed = toFiled(row);
    const { version } = filed.alert;
    if (action.version !== undefined && action.version !== version)
      throw new AppError(
        'VERSION_CONFLICT',
        `Got version ${action.version}, the alert has ${version}.`,
      );
    const step = lifecycle.act(filed, action, context.now());
    if (step) {
      write(step);
      context.count('alert_changes', { change: step.change });
    }
    return step?.filed.alert ?? filed.alert;
  }

  function endShelves(): readonly Alert[] {
    const steps = shelvedUntil
      .all(context.now())
      .map((row) => lifecycle.unshelve(toFiled(row), context.now()))
      .filter((step) => step !== null);
    for (const step of steps) write(step);
    return steps.map(({ filed }) => filed.alert);
  }

  return {
    ...createReport(database, context),
    list: async (query) => {
      await settled(database);
      return list(database, query);
    },
    get: async (id) => {
      await settled(database);
      const row = byId.get(id);
      return row && toAlert(row);
    },
    act: async (id, action) => {
      await settled(database);
      return atomically(database, () => act(id, action));
    },
    transitions: async (position, limit): Promise<readonly AlertTransition[]> => {
      await settled(database);
      return after.all(position, limit).map(toTransition);
    },
    endShelves: async () => {
      await settled(database);
      return atomically(database, endShelves);
    },
  };
}
