import { createHash } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';
import type { Context } from '../model/context.ts';
import { decodeText, parseCsv } from '../model/csv.ts';
import type { Fault } from '../model/errors.ts';
import type { Expense, KeptExpense } from '../model/expense.ts';
import { readRow } from './entries.ts';
import type { ExpenseBook, StatementOptions, StatementResult } from './expenses.ts';
import { findHead } from './headings.ts';
import { openStatements } from './statements.ts';

const schema = `
  PRAGMA journal_mode = WAL;
  PRAGMA synchronous = FULL;
  CREATE TABLE IF NOT EXISTS expense (
    id TEXT PRIMARY KEY, vehicle TEXT NOT NULL, at INTEGER NOT NULL, body TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS expense_vehicle ON expense (vehicle, at);
`;

/** Of what is the same in every word, such as two tolls of a day, each one counts. */
function withIds(expenses: readonly Expense[]): readonly KeptExpense[] {
  const times = new Map<string, number>();
  return expenses.map((expense) => {
    const identity = JSON.stringify(expense);
    const nth = (times.get(identity) ?? 0) + 1;
    times.set(identity, nth);
    const digest = createHash('sha256').update(`${nth} ${identity}`).digest('hex').slice(0, 20);
    return { ...expense, id: `ex-${digest}` };
  });
}

type ReadStatement =
  | { readonly expenses: readonly Expense[] }
  | { readonly faults: readonly Fault[] };

const faulty = (message: string): ReadStatement => ({ faults: [{ path: '', message }] });

function readStatement(
  bytes: Uint8Array,
  find: StatementOptions['find'],
  now: number,
): ReadStatement {
  const text = decodeText(bytes);
  if (text === undefined)
    return faulty(
      '不是 UTF-8 或 GBK 文本；请另存为 CSV。 Not text in UTF-8 or GBK; save it as CSV.',
    );
  const sheet = parseCsv(text);
  if (sheet.faults.length > 0) return { faults: sheet.faults };
  const head = findHead(sheet.rows);
  if (!('columns' in head)) return { faults: head };
  const rows = sheet.rows.slice(head.at + 1);
  if (rows.length === 0) return faulty('表头之下没有内容。 There is nothing below the headings.');
  const read = rows.map((row) => readRow(row, { columns: head.columns, find, now }));
  const faults = read.flatMap((each) => ('faults' in each ? each.faults : []));
  if (faults.length > 0) return { faults };
  return { expenses: read.flatMap((each) => ('expense' in each ? [each.expense] : [])) };
}

const toExpense = (row: Readonly<Record<string, unknown>>): KeptExpense =>
  JSON.parse(String(row['body'])) as KeptExpense;

/** Opens what was paid for vehicles, kept in `database`, making the table if need be. */
export function openExpenseBook(
  database: DatabaseSync,
  { now }: Pick<Context, 'now'>,
): ExpenseBook {
  database.exec(schema);
  const has = database.prepare('SELECT 1 FROM expense WHERE id = ?');
  const add = database.prepare('INSERT INTO expense (id, vehicle, at, body) VALUES (?, ?, ?, ?)');
  const list = database.prepare(
    'SELECT body FROM expense WHERE vehicle = ? AND at >= ? AND at < ? ORDER BY at, id',
  );
  const get = database.prepare('SELECT body FROM expense WHERE id = ? AND vehicle = ?');
  const drop = database.prepare('DELETE FROM expense WHERE id = ?');
  const inTransaction = <T>(work: () => T): T => {
    database.exec('BEGIN IMMEDIATE');
    try {
      const result = work();
      database.exec('COMMIT');
      return result;
    } catch (error) {
      database.exec('ROLLBACK');
      throw error;
    }
  };
  const { tell, forget, ...statements } = openStatements(database, inTransaction);
  return {
    ...statements,
    import(bytes, { dryRun, find, by }): StatementResult {
      const read = readStatement(bytes, find, now());
      if ('faults' in read) return { ok: false, faults: read.faults };
      const all = withIds(read.expenses);
      const fresh = all.filter(({ id }) => !has.get(id));
      if (!dryRun)
        inTransaction(() => {
          for (const each of fresh) add.run(each.id, each.vehicle, each.at, JSON.stringify(each));
          tell(all, now(), by);
        });
      return { ok: true, added: fresh.length, unchanged: all.length - fresh.length };
    },
    list: (vehicle, from, to) => list.all(vehicle, from, to).map(toExpense),
    remove(vehicle, expense) {
      const row = get.get(expense, vehicle);
      if (!row) return undefined;
      inTransaction(() => {
        drop.run(expense);
        forget(expense);
      });
      return toExpense(row);
    },
  };
}
