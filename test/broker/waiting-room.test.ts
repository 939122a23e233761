import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createWaitingRoom } from '../../broker/waiting-room.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

test('who waits for room is called in turn, once, after room was made', () => {
  const called: string[] = [];
  const room = createWaitingRoom<string>(
    (who) => called.push(who),
    () => {},
  );
  for (const who of ['a', 'b', 'c', 'a']) room.waitForRoom(who);
  room.leave('b');
  room.roomMade();
  room.roomMade();
  expect(called).toEqual([]);
  vi.runAllTimers();
  expect(called).toEqual(['a', 'c']);
});

test('while the journal takes nothing one at a time tries; when it takes again all do', () => {
  const tried: string[] = [];
  let works = false;
  const room = createWaitingRoom<string>(
    () => {},
    (who) => {
      tried.push(who);
      if (works) room.journalWorks();
      else room.waitForJournal(who);
    },
  );
  for (const who of ['a', 'b', 'c']) room.waitForJournal(who);
  vi.advanceTimersByTime(2100);
  expect(tried).toEqual(['a', 'b', 'c', 'a']);
  room.leave('b');
  works = true;
  vi.advanceTimersByTime(500);
  expect(tried.slice(4).sort()).toEqual(['a', 'c']);
  expect(room.waitsForJournal('c')).toBe(false);
  vi.advanceTimersByTime(5000);
  expect(tried).toHaveLength(6);
});
