import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { openCommandBook } from '../../commands/book.ts';
import type { TerminalReply } from '../../commands/commands.ts';
import { done, openDesk, start, turns } from './kit.ts';

test('what is asked while the terminal is away waits, and is sent in its order when it comes', async () => {
  const { ask, state, look, online, sent } = openDesk();
  const first = ask('text', { text: 'x' });
  const second = ask('restart', { confirm: true });
  await look();
  expect([state(first), state(second), sent.length]).toEqual(['queued', 'queued', 0]);
  online.set('v1', 2013);
  await look();
  expect(sent.map(({ id }) => id)).toEqual([0x8300, 0x8105]);
  expect([state(first), state(second)]).toEqual(['answered', 'answered']);
});

test('what has waited for too long is not sent', async () => {
  const { ask, state, look, online, sent, clock } = openDesk();
  const short = ask('track', { intervalS: 5, forS: 60 });
  const long = ask('track', { intervalS: 5, forS: 60 }, { expiresInS: 3_600 });
  clock.at += 600_000;
  online.set('v1', 2013);
  await look();
  expect([state(short), state(long), sent.length]).toEqual(['expired', 'answered', 1]);
});

test('what somebody asked who may not any more is not sent', async () => {
  const { ask, book, look, online, sent, gone, desk } = openDesk();
  const theirs = ask('text', { text: 'x' });
  const locate = { vehicle: 'v1', kind: 'locate', params: {}, by: 'other' } as const;
  desk.request(locate);
  gone.add('fleet');
  online.set('v1', 2013);
  await look();
  expect(book.get(theirs.id)).toMatchObject({ state: 'cancelled', trouble: 'not-allowed' });
  expect(sent.map(({ id }) => id)).toEqual([0x8201]);
});

test('what the terminal says of it is kept', async () => {
  const world = openDesk();
  world.online.set('v1', 2013);
  for (const [result, trouble] of [
    [1, 'failed'],
    [2, 'malformed'],
    [3, 'unsupported'],
    [9, 'failed'],
  ] as const) {
    world.answerWith(async () => done(result));
    const { id } = world.ask('text', { text: 'x' });
    await turns();
    expect(world.book.get(id)).toMatchObject({ state: 'refused', trouble, settledAt: start });
  }
});

test('a place that was asked for is told in WGS-84 and in our time', async () => {
  const world = openDesk();
  world.online.set('v1', 2013);
  // Overspeed; ignition on and positioned; 36.456789, 115.985432, 45.3 km/h, 2026-11-21 22:15:30 at GMT+8; odometer 100.0 km.
  const body = Buffer.from(
    '0005000000020000000' + '3022c495506e9cc18002301c5010e2611212215300104000003e8',
    'hex',
  );
  world.answerWith(async () => ({ id: 0x0201, body, at: start }));
  const { id } = world.ask('locate');
  await turns();
  expect(world.book.get(id)).toMatchObject({
    state: 'answered',
    answer: {
      position: {
        at: Date.UTC(2026, 10, 21, 14, 15, 30),
        lat: 36.456789,
        lon: 115.985432,
        fixed: true,
        speedKmh: 45.3,
        headingDeg: 270,
        acc: true,
        odometerKm: 100,
        alarms: [{ en: 'overspeed' }],
      },
    },
  });
});

test('an answer that cannot be read is no answer, and stops nothing', async () => {
  const world = openDesk();
  world.online.set('v1', 2013);
  world.answerWith(async () => ({ id: 0x0104, body: Uint8Array.of(0, 0, 9, 1), at: start }));
  const broken = world.ask('read-parameters');
  const next = world.ask('text', { text: 'x' });
  await turns();
  expect(world.book.get(broken.id)).toMatchObject({ state: 'failed', trouble: 'unreadable' });
  expect(world.sent.map(({ id }) => id)).toEqual([0x8104, 0x8300]);
  expect(world.state(next)).toBe('answered');
});

test('without an answer a question is asked three times, a text once', async () => {
  const world = openDesk();
  world.online.set('v1', 2013);
  world.answerWith(world.fail('DEVICE_UNANSWERED'));
  const question = world.ask('locate');
  const text = world.ask('text', { text: 'x' });
  await world.look();
  expect(world.sent.map(({ id }) => id)).toEqual([0x8201, 0x8201, 0x8201, 0x8300]);
  for (const { id } of [question, text])
    expect(world.book.get(id)).toMatchObject({ state: 'failed', trouble: 'unanswered' });
});

test.each(['DEVICE_OFFLINE', 'SERVICE_BUSY'] as const)(
  'what was not sent (%s) goes on waiting, a text too',
  async (code) => {
    const world = openDesk();
    world.online.set('v1', 2013);
    world.answerWith(world.fail(code));
    const { id } = world.ask('text', { text: 'x' });
    await world.look();
    expect(world.book.get(id)).toMatchObject({ state: 'queued', attempts: 0, sentAt: null });
    world.answerWith(async () => done());
    await world.look();
    expect(world.book.get(id)).toMatchObject({ state: 'answered', attempts: 1 });
  },
);

test('one terminal that does not answer holds up no other', async () => {
  const world = openDesk();
  world.online.set('v1', 2013).set('v2', 2013);
  const { promise, resolve } = Promise.withResolvers<TerminalReply>();
  world.answerWith(() => promise);
  const slow = world.ask('text', { text: 'x' });
  await turns();
  world.answerWith(async () => done());
  const other = world.desk.request({ vehicle: 'v2', kind: 'text', params: { text: 'y' }, by: 'x' });
  await world.look();
  expect([world.state(slow), world.state(other)]).toEqual(['sent', 'answered']);
  resolve(done());
  await turns();
  expect(world.state(slow)).toBe('answered');
});

test('a text under way when the service ends is not sent again, a question is', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'guanjia-commands-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'commands.db');
  const before = openDesk(openCommandBook(file));
  before.online.set('v1', 2013).set('v2', 2013);
  const { promise, resolve } = Promise.withResolvers<TerminalReply>();
  before.answerWith(() => promise);
  const text = before.ask('text', { text: 'x' });
  const locate = { vehicle: 'v2', kind: 'locate', params: {}, by: 'x' } as const;
  const question = before.desk.request(locate);
  await before.look();
  expect([before.state(text), before.state(question)]).toEqual(['sent', 'sent']);
  before.stop();
  resolve(done());
  await turns();
  before.book.close();

  const then = openDesk(openCommandBook(file));
  then.online.set('v1', 2013).set('v2', 2013);
  await then.look();
  expect(then.sent.map(({ id }) => id)).toEqual([0x8201]);
  expect(then.book.get(text.id)).toMatchObject({ state: 'failed', trouble: 'interrupted' });
  expect(then.book.get(question.id)).toMatchObject({ attempts: 2 });
  then.stop();
  then.book.close();
});

test('what could not be written down is not sent again, and nothing hangs for ever', async () => {
  const book = openCommandBook(':memory:');
  let isFull = false;
  const put: typeof book.put = (command) => {
    if (isFull) throw new Error('database or disk is full');
    book.put(command);
  };
  const world = openDesk({ ...book, put });
  world.online.set('v1', 2013);
  isFull = true;
  const text = world.ask('text', { text: 'x' });
  await turns();
  expect([world.state(text), world.sent.length]).toEqual(['queued', 0]);
  isFull = false;
  world.answerWith(async () => {
    isFull = true;
    return done();
  });
  await world.look();
  expect([world.state(text), world.sent.length]).toEqual(['sent', 1]);
  isFull = false;
  await world.look();
  expect(world.book.get(text.id)).toMatchObject({ state: 'failed', trouble: 'interrupted' });
  expect(world.sent).toHaveLength(1);
});

test('what ended long ago is forgotten', async () => {
  const { ask, book, clock, look, online } = openDesk();
  online.set('v1', 2013);
  const old = ask('text', { text: 'x' });
  await turns();
  clock.at += 91 * 86_400_000;
  await look();
  expect(book.get(old.id)).toBeUndefined();
});
