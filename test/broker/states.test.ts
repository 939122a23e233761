import { expect, test } from 'vitest';
import { createSessionBook } from '../../broker/session-book.ts';
import { createStates } from '../../broker/states.ts';

const turn = () => new Promise(setImmediate);

function setUp() {
  const told: string[] = [];
  return { told, states: createStates((device, online) => told.push(`${device} ${online}`)) };
}

test('a device is online while at least one connection speaks for it', async () => {
  const { told, states } = setUp();
  states.connected(['m1']);
  states.connected(['g1', 'm1', 'm2']);
  await turn();
  expect(told.splice(0)).toEqual(['m1 true', 'g1 true', 'm2 true']);
  states.disconnected(['m1']);
  await turn();
  expect(told).toEqual([]);
  states.disconnected(['g1', 'm1', 'm2']);
  await turn();
  expect(told).toEqual(['g1 false', 'm1 false', 'm2 false']);
});

test('a connection that takes over makes no offline', async () => {
  const { told, states } = setUp();
  states.connected(['m1']);
  await turn();
  states.disconnected(['m1']);
  states.connected(['m1']);
  await turn();
  expect(told).toEqual(['m1 true']);
});

test('a will that was published is set right', async () => {
  const { told, states } = setUp();
  states.connected(['m1']);
  await turn();
  states.disturbed('m1');
  await turn();
  states.disturbed('m1');
  states.disconnected(['m1']);
  await turn();
  expect(told).toEqual(['m1 true', 'm1 true', 'm1 false']);
});

test('a user has a limited number of sessions, and takes one over with the same id', () => {
  const book = createSessionBook(2);
  const session = { user: 'm1', speaksFor: [] };
  expect(book.enter('m1/a', session, false)).toBe(true);
  expect(book.enter('m1/b', session, true)).toBe(true);
  expect(book.enter('m1/c', session, false)).toBe(false);
  expect(book.enter('m1/a', session, false)).toBe(true);
  expect(book.enter('m2/c', { user: 'm2', speaksFor: [] }, false)).toBe(true);
  book.leave('m1/a', 10);
  expect(book.enter('m1/c', session, false)).toBe(true);
  // A session that is kept counts until it is dropped.
  book.leave('m1/b', 20);
  expect(book.enter('m1/d', session, false)).toBe(false);
  expect(book.drop((_, awaySince) => awaySince < 20)).toEqual([]);
  expect(book.drop((_, awaySince) => awaySince <= 20)).toEqual(['m1/b']);
  expect(book.enter('m1/d', session, false)).toBe(true);
});
