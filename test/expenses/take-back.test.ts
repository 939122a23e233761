import { DatabaseSync } from 'node:sqlite';
import { expect, test } from 'vitest';
import { openExpenseBook } from '../../expenses/book.ts';
import { dayMs } from '../../model/time.ts';

/** Imports that were wrong, as a whole and by the line. */

const clock = { now: Date.UTC(2026, 10, 22, 8) };
const head = '车牌,时间,升数,金额,类别';
const lines = {
  a: 'v1,2026-11-05 08:30,45,300,加油',
  b: 'v1,2026-11-06 08:30,40,280,加油',
  c: 'v2,2026-11-07 08:30,35,250.5,加油',
  toll: 'v2,2026-11-08,,15,通行费',
};
type Line = keyof typeof lines;

function aBook(database = new DatabaseSync(':memory:')) {
  const book = openExpenseBook(database, { now: () => clock.now });
  const find = (name: string) => [{ id: name, zone: 'Asia/Shanghai' }];
  return {
    book,
    take(by: string, ...some: readonly Line[]) {
      clock.now += 1000;
      const text = [head, ...some.map((line) => lines[line])].join('\n');
      return book.import(Buffer.from(text), { dryRun: false, find, by });
    },
    all: () => book.statements({ limit: 100 }),
    yuan: () =>
      ['v1', 'v2']
        .flatMap((vehicle) => book.list(vehicle, 0, clock.now + dayMs))
        .map(({ yuan }) => yuan),
  };
}

test('an import is listed by what it tells, and taken back as a whole', () => {
  const { book, take, all, yuan } = aBook();
  take('desk', 'a', 'b', 'c');
  const [statement, ...others] = all();
  expect(others).toEqual([]);
  expect(statement).toEqual({
    id: expect.stringMatching(/^st-[0-9a-f]{20}$/),
    at: clock.now,
    by: 'desk',
    parts: [
      {
        vehicle: 'v1',
        entries: 2,
        yuan: 580,
        from: Date.UTC(2026, 10, 5, 0, 30),
        to: Date.UTC(2026, 10, 6, 0, 30),
      },
      {
        vehicle: 'v2',
        entries: 1,
        yuan: 250.5,
        from: Date.UTC(2026, 10, 7, 0, 30),
        to: Date.UTC(2026, 10, 7, 0, 30),
      },
    ],
  });
  const id = statement?.id ?? '';
  expect(book.statement(id)).toEqual(statement);
  expect(book.takeBack(id)).toEqual({ removed: 3, kept: 0 });
  expect([all(), yuan(), book.statement(id)]).toEqual([[], [], undefined]);
  expect(book.takeBack(id)).toEqual({ removed: 0, kept: 0 });
  expect(take('desk', 'a', 'b', 'c')).toMatchObject({ added: 3, unchanged: 0 });
});

test('what another statement tells, too, stays until that one is taken back', () => {
  const { book, take, all, yuan } = aBook();
  take('first', 'a', 'b');
  take('second', 'b', 'c');
  const [second, first] = all();
  expect([second?.by, first?.by]).toEqual(['second', 'first']);
  expect(book.takeBack(first?.id ?? '')).toEqual({ removed: 1, kept: 1 });
  expect(yuan()).toEqual([280, 250.5]);
  expect(book.takeBack(second?.id ?? '')).toEqual({ removed: 2, kept: 0 });
  expect(yuan()).toEqual([]);
});

test('the same lines again, in any order, are the same import', () => {
  const { book, take, all, yuan } = aBook();
  take('desk', 'a', 'b');
  take('other', 'b', 'a');
  expect(all().map(({ by }) => by)).toEqual(['desk']);
  book.takeBack(all()[0]?.id ?? '');
  expect(yuan()).toEqual([]);
});

test('one line is taken back, whoever told it; the last takes its import with it', () => {
  const { book, take, all, yuan } = aBook();
  take('desk', 'a', 'toll');
  take('other', 'toll');
  const toll = book.list('v2', 0, clock.now)[0];
  expect(book.remove('v1', toll?.id ?? '')).toBeUndefined();
  expect(book.remove('v2', 'ex-none')).toBeUndefined();
  expect(yuan()).toEqual([300, 15]);
  expect(book.remove('v2', toll?.id ?? '')).toEqual(toll);
  expect(yuan()).toEqual([300]);
  expect(all().map(({ by, parts }) => [by, parts.length])).toEqual([['desk', 1]]);
  expect(take('desk', 'a', 'toll')).toMatchObject({ added: 1, unchanged: 1 });
  expect(all()[0]?.parts).toHaveLength(2);
});

test('entries of before there were statements can be taken back by the line', () => {
  const database = new DatabaseSync(':memory:');
  database.exec(
    'CREATE TABLE expense (id TEXT PRIMARY KEY, vehicle TEXT NOT NULL, at INTEGER NOT NULL, body TEXT NOT NULL) STRICT, WITHOUT ROWID',
  );
  database.exec(`INSERT INTO expense VALUES ('ex-old', 'v1', 5, '{"id":"ex-old","yuan":9}')`);
  const { book, all } = aBook(database);
  expect(all()).toEqual([]);
  expect(book.remove('v1', 'ex-old')).toEqual({ id: 'ex-old', yuan: 9 });
  expect(book.list('v1', 0, 10)).toEqual([]);
});

test('pages of imports go on where the one before ended', () => {
  const { book, take } = aBook();
  for (const line of Object.keys(lines) as Line[]) take(line, line);
  const [last, third] = book.statements({ limit: 2 });
  expect([last?.by, third?.by]).toEqual(['toll', 'c']);
  const rest = book.statements({ limit: 5, ...(third && { before: third }) });
  expect(rest.map(({ by }) => by)).toEqual(['b', 'a']);
});
