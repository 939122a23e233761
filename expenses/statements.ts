import { createHash } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';
import type { KeptExpense } from '../model/expense.ts';
import type { ExpenseBook, Statement, StatementPart } from './expenses.ts';

/** Which statement told which entry. An entry stays as long as one of them tells it. */

const schema = `
  CREATE TABLE IF NOT EXISTS statement (id TEXT PRIMARY KEY, at INTEGER NOT NULL, importer TEXT NOT NULL) STRICT, WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS statement_at ON statement (at, id);
  CREATE TABLE IF NOT EXISTS told (
    statement TEXT NOT NULL, expense TEXT NOT NULL, PRIMARY KEY (statement, expense)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS told_expense ON told (expense, statement);
`;

const partsOf = `
  SELECT vehicle, COUNT(*) AS entries, SUM(body ->> 'yuan') AS yuan, MIN(at) AS "from", MAX(at) AS "to"
  FROM told JOIN expense ON expense.id = told.expense WHERE told.statement = ? GROUP BY vehicle ORDER BY vehicle
`;

/** The same entries are the same statement, in whatever order they stand. */
function idOf(expenses: readonly KeptExpense[]): string {
  const ids = expenses.map(({ id }) => id).sort();
  return `st-${createHash('sha256').update(ids.join(' ')).digest('hex').slice(0, 20)}`;
}

interface Told {
  /** Notes what a statement tells, all of which is kept already. The caller holds the transaction. */
  tell(expenses: readonly KeptExpense[], at: number, by: string): void;
  /** Forgets that any statement told it. The caller holds the transaction. */
  forget(expense: string): void;
}

/** @param inTransaction commits what it does, or nothing of it */
export function openStatements(
  database: DatabaseSync,
  inTransaction: <T>(work: () => T) => T,
): Told & Pick<ExpenseBook, 'statement' | 'statements' | 'takeBack'> {
  database.exec(schema);
  const add = database.prepare('INSERT OR IGNORE INTO statement VALUES (?, ?, ?)');
  const addTold = database.prepare('INSERT OR IGNORE INTO told VALUES (?, ?)');
  const one = database.prepare('SELECT id, at, importer AS "by" FROM statement WHERE id = ?');
  const page = database.prepare(
    'SELECT id, at, importer AS "by" FROM statement WHERE (at, id) < (?, ?) ORDER BY at DESC, id DESC LIMIT ?',
  );
  const parts = database.prepare(partsOf);
  const forgetTold = database.prepare('DELETE FROM told WHERE expense = ?');
  const dropEmpty = database.prepare(
    'DELETE FROM statement WHERE id NOT IN (SELECT statement FROM told)',
  );
  const count = database.prepare('SELECT COUNT(*) AS n FROM told WHERE statement = ?');
  const dropOwn = database.prepare(
    `DELETE FROM expense WHERE id IN (SELECT expense FROM told WHERE statement = ?1)
     AND NOT EXISTS (SELECT 1 FROM told WHERE told.expense = expense.id AND told.statement <> ?1)`,
  );
  const dropTold = database.prepare('DELETE FROM told WHERE statement = ?');
  const withParts = (row: Record<string, unknown>): Statement => ({
    ...(row as Omit<Statement, 'parts'>),
    parts: parts.all(String(row['id'])) as unknown as readonly StatementPart[],
  });
  return {
    tell(expenses, at, by) {
      const id = idOf(expenses);
      add.run(id, at, by);
      for (const expense of expenses) addTold.run(id, expense.id);
    },
    forget(expense) {
      forgetTold.run(expense);
      dropEmpty.run();
    },
    statement(id) {
      const row = one.get(id);
      return row && withParts(row);
    },
    statements: ({ limit, before }) =>
      page
        .all(before?.at ?? Number.MAX_SAFE_INTEGER, before?.id ?? '', limit)
        .map((row) => withParts(row)),
    takeBack: (id) =>
      inTransaction(() => {
        const told = Number(count.get(id)?.['n']);
        const removed = Number(dropOwn.run(id).changes);
        dropTold.run(id);
        dropEmpty.run();
        return { removed, kept: told - removed };
      }),
  };
}
