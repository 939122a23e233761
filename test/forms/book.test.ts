import { DatabaseSync } from 'node:sqlite';
import { beforeEach, describe, expect, test } from 'vitest';
import { openFormBook } from '../../forms/book.ts';
import { type FormBook, type Frozen, standing } from '../../forms/forms.ts';
import { isAppError } from '../../model/errors.ts';

const key = { institution: 'school', period: '2026-10' };
const li = { user: 'li' };
const wang = { user: 'wang' };
const frozen: Frozen = {
  form: { definition: 'f', calibre: 'calorific', edition: 'month', cells: [], factors: [] },
  base: [],
  inputs: [],
  kgPerL: { gasoline: 0.73, diesel: 0.84, kerosene: 0.8 },
  checks: [],
};

let database: DatabaseSync;
let clock = 0;
let book: FormBook;
beforeEach(() => {
  database = new DatabaseSync(':memory:');
  clock = 1_000;
  book = openFormBook(database, { now: () => clock });
});

const states = () => book.versions(key).map(({ version, state }) => [version, state]);
const codeOf = (work: () => unknown): string => {
  try {
    work();
  } catch (error) {
    if (isAppError(error)) return error.code;
    throw error;
  }
  return 'done';
};

test('what is entered is kept with who and when, and can be taken away', () => {
  expect([book.versions(key), book.keepers().size]).toEqual([[], 0]);
  book.enter(key, { entered: { coal: { value: 2, note: '磅单' } } }, li);
  clock = 2_000;
  const made = book.enter(
    key,
    { entered: { lpg: { value: 1, note: null } }, calibre: 'equivalent' },
    wang,
  );
  expect(made).toMatchObject({
    version: 1,
    state: 'draft',
    calibre: 'equivalent',
    revision: 2,
    madeBy: 'li',
    entered: {
      coal: { value: 2, note: '磅单', by: 'li', at: 1_000 },
      lpg: { value: 1, note: null, by: 'wang', at: 2_000 },
    },
  });
  expect(book.enter(key, { entered: { coal: null } }, li).entered).not.toHaveProperty('coal');
  expect(openFormBook(database, { now: () => clock }).versions(key)[0]?.entered['lpg']?.value).toBe(
    1,
  );
  expect([...book.keepers()]).toEqual(['school']);
});

test('from draft to final, step by step, and told', () => {
  book.submit(key, frozen, { ...li, comment: '已核对' });
  expect(codeOf(() => book.enter(key, { entered: {} }, li))).toBe('INPUT_INVALID');
  expect(codeOf(() => book.submit(key, frozen, li))).toBe('INPUT_INVALID');
  expect(book.approve(key, wang).state).toBe('reviewed');
  expect(book.approve(key, wang).state).toBe('final');
  expect(codeOf(() => book.approve(key, wang))).toBe('INPUT_INVALID');
  expect(codeOf(() => book.sendBack(key, wang))).toBe('INPUT_INVALID');
  expect(book.history(key).map(({ user, action, comment }) => [user, action, comment])).toEqual([
    ['li', 'submit', '已核对'],
    ['wang', 'approve', null],
    ['wang', 'approve', null],
  ]);
  expect(book.frozen(key, 1)).toEqual(frozen);
});

test('sent back, it is a new draft with what was entered; the old one stays as it was', () => {
  book.enter(key, { entered: { coal: { value: 2, note: null } } }, li);
  book.submit(key, frozen, li);
  const draft = book.sendBack(key, { ...wang, comment: '煤炭数量与发票不符' });
  expect(draft).toMatchObject({
    version: 2,
    state: 'draft',
    reason: '煤炭数量与发票不符',
    entered: { coal: { value: 2 } },
  });
  expect(states()).toEqual([
    [1, 'returned'],
    [2, 'draft'],
  ]);
  expect(standing(book.versions(key))).toBeUndefined();
  expect([book.frozen(key, 1), book.frozen(key, 2)]).toEqual([frozen, undefined]);
});

test('a correction leaves the old version in force until it is submitted', () => {
  book.submit(key, frozen, li);
  book.approve(key, wang);
  book.correct(key, { ...li, comment: '迟到数据' });
  expect(states()).toEqual([
    [1, 'reviewed'],
    [2, 'draft'],
  ]);
  expect(standing(book.versions(key))?.version).toBe(1);
  expect(codeOf(() => book.correct(key, li))).toBe('INPUT_INVALID');
  book.submit(key, frozen, li);
  expect(standing(book.versions(key))).toMatchObject({
    version: 2,
    state: 'submitted',
    reason: '迟到数据',
  });
});

describe('two at once', () => {
  test('the second hears that it was changed', () => {
    expect(codeOf(() => book.enter(key, { entered: {} }, { ...li, revision: 1 }))).toBe(
      'VERSION_CONFLICT',
    );
    const { revision } = book.enter(key, { entered: {} }, { ...li, revision: 0 });
    book.enter(key, { entered: {} }, { ...wang, revision });
    expect(codeOf(() => book.submit(key, frozen, { ...li, revision }))).toBe('VERSION_CONFLICT');
    expect(states()).toEqual([[1, 'draft']]);
  });
});

test('lists by institution and by period', () => {
  book.enter(key, { entered: {} }, li);
  book.enter({ ...key, period: '2026' }, { entered: {} }, li);
  book.enter({ ...key, period: '2025-12' }, { entered: {} }, li);
  book.enter({ institution: 'court', period: '2026-10' }, { entered: {} }, li);
  expect(book.ofInstitution('school', '2026').map(({ period }) => period)).toEqual([
    '2026',
    '2026-10',
  ]);
  expect(book.ofPeriod('2026-10').map(({ institution }) => institution)).toEqual([
    'court',
    'school',
  ]);
});
