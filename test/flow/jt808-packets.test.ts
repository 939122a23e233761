import { expect, test } from 'vitest';
import { openTerminalDoor, until } from './terminal-door.ts';
import { batch, location, registration, word } from './terminal-kit.ts';

/** Messages in several packets. */

const body = batch(
  1,
  Array.from({ length: 40 }, (_, n) =>
    location({ at: Date.UTC(2026, 10, 21, 14) + n * 1000, lat: 36.4, lon: 115.8 }),
  ),
);
const parts = [body.subarray(0, 500), body.subarray(500, 1000), body.subarray(1000)];
const total = parts.length;

async function entered(layout: 2013 | 2019 = 2013, edition = layout) {
  const door = await openTerminalDoor();
  if (edition !== layout) door.registry.add(0, { edition });
  const terminal = await door.terminal(0, layout);
  await terminal.enter(registration({ edition }));
  const send = (index: number, serial: number) =>
    terminal.send(0x0704, parts[index - 1], { part: { total, index }, serial });
  return { door, terminal, send };
}

/** Bodies of the frames of an envelope, that has no escapes. */
const bodiesOf = (bytes: Buffer): Buffer =>
  Buffer.concat(
    bytes
      .toString('latin1')
      .split('\x7e')
      .filter((text) => text !== '')
      .map((text) => Buffer.from(text, 'latin1').subarray(16, -1)),
  );

test('it is kept as one, its packets in their order, and answered once when it is stored', async () => {
  const { door, terminal, send } = await entered();
  door.journal.hold = true;
  for (const index of [2, 3, 1]) send(index, 99 + index);
  await until(() => door.journal.waiting() === 1);
  send(2, 101);
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(terminal.waiting()).toBe(0);
  door.journal.release();
  expect(await terminal.general()).toEqual([102, '0x0704', 0]);
  const [kept] = door.journal.taken;
  expect(bodiesOf(kept?.bytes ?? Buffer.alloc(0))).toEqual(body);
  // A terminal that wants each packet answered sends them again.
  send(1, 100);
  expect(await terminal.general()).toEqual([100, '0x0704', 0]);
  expect(door.journal.taken).toHaveLength(1);
});

test('while the journal takes nothing it waits, and is kept once', async () => {
  const { door, terminal, send } = await entered();
  door.journal.isFull = true;
  for (const index of [1, 2, 3]) send(index, 9 + index);
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect(terminal.waiting()).toBe(0);
  door.journal.isFull = false;
  expect(await terminal.general()).toEqual([12, '0x0704', 0]);
  expect(door.journal.taken).toHaveLength(1);
});

for (const [layout, edition] of [
  [2013, 2013],
  [2019, 2019],
  [2013, 2019],
] as const) {
  test(`packets that did not come, under headers of ${layout}, are asked for in the form of ${edition}, and taken when they come`, {
    timeout: 30_000,
  }, async () => {
    const { door, terminal, send } = await entered(layout, edition);
    send(1, 50);
    send(3, 52);
    const asked = await terminal.next();
    if (asked === 'closed') throw new Error('closed');
    expect(asked.id).toBe(0x8003);
    const counted = edition === 2013 ? Buffer.from([1]) : word(1);
    expect(asked.body).toEqual(Buffer.concat([word(50), counted, word(2)]));
    send(2, 51);
    expect(await terminal.general()).toEqual([52, '0x0704', 0]);
    expect(door.journal.taken).toHaveLength(1);
  });
}

test('thousands that are begun and never ended hold little, and others go on', async () => {
  const { door, terminal } = await entered();
  for (let n = 0; n < 5000; n++)
    terminal.send(0x0704, Buffer.alloc(900), {
      part: { total: 500, index: 1 },
      serial: (n * 7) & 0xffff,
    });
  terminal.send(0x0200, parts[0]);
  expect((await terminal.general()).slice(1)).toEqual(['0x0200', 0]);
  terminal.send(0x0704, Buffer.alloc(10), { part: { total: 60_000, index: 1 } });
  expect((await terminal.general())[2]).toBe(1);
  terminal.send(0x0704, Buffer.alloc(10), { part: { total: 2, index: 9 } });
  expect((await terminal.general())[2]).toBe(1);
  expect(door.terminals.status().refused.assembly).toBe(2);
});
