import { connect } from 'node:net';
import { expect, test } from 'vitest';
import { seeded } from './abuse-kit.ts';
import { openTerminalDoor, phoneOf, until } from './terminal-door.ts';
import { frameOf, location, registration } from './terminal-kit.ts';

/** Whoever reaches the port, known or not, harms nobody else. */

const place = location({ at: Date.UTC(2026, 10, 21, 14), lat: 36.4, lon: 115.8 });

async function scene(options: Parameters<typeof openTerminalDoor>[0] = {}) {
  const door = await openTerminalDoor(options);
  const terminal = await door.terminal();
  await terminal.enter();
  return {
    door,
    terminal,
    async expectUnharmed() {
      terminal.send(0x0200, place);
      expect((await terminal.general()).slice(1)).toEqual(['0x0200', 0]);
      expect(door.terminals.isOnline('v0')).toBe(true);
    },
  };
}

test('what a terminal sends is understood however it is cut, byte by byte too', async () => {
  const { door } = await scene();
  const terminal = await door.terminal(1);
  const code = `CODE-${phoneOf(1).slice(1)}-1`;
  const stream = Buffer.concat([
    Buffer.from([0, 1, 2]),
    frameOf(0x0100, phoneOf(1), 0, registration({ plate: '鲁P10001', terminal: 'T1' })),
    frameOf(0x0102, phoneOf(1), 1, Buffer.from(code)),
    // One 7E between two frames, as sloppy terminals send it.
    frameOf(0x0200, phoneOf(1), 0x7e7d, place).subarray(0, -1),
    frameOf(0x0002, phoneOf(1), 3),
  ]);
  terminal.socket.setNoDelay(true);
  for (const byte of stream) {
    terminal.raw(Buffer.from([byte]));
    await new Promise(setImmediate);
  }
  expect(await terminal.next()).toMatchObject({ id: 0x8100 });
  expect((await terminal.general()).slice(1)).toEqual(['0x0102', 0]);
  expect(await terminal.general()).toEqual([0x7e7d, '0x0200', 0]);
  expect(await terminal.general()).toEqual([3, '0x0002', 0]);
});

test('random bytes, floods of 7E and endless frames end their own link at most', {
  timeout: 60_000,
}, async () => {
  const { door, expectUnharmed } = await scene();
  const random = seeded(808);
  const bytes = (count: number, byte: () => number) =>
    Buffer.from(Array.from({ length: count }, byte));
  const attacks = [
    ...Array.from({ length: 20 }, () => bytes(20_000, () => Math.floor(random() * 256))),
    bytes(200_000, () => 0x7e),
    bytes(200_000, () => 0x41),
    Buffer.concat([Buffer.from([0x7e]), bytes(200_000, () => 0x7d)]),
    // A header that promises more than comes.
    Buffer.from('7e020003ff01380013800000017e'.repeat(2000), 'hex'),
  ];
  for (const attack of attacks) {
    const stranger = connect(door.terminals.port, '127.0.0.1');
    stranger.on('error', () => {});
    stranger.write(attack);
    await new Promise((resolve) => setTimeout(resolve, 20));
    await expectUnharmed();
    stranger.destroy();
  }
  await until(() => door.terminals.status().strangers === 0);
  expect(door.journal.taken.every(({ device }) => device === 'v0')).toBe(true);
});

test('a known terminal that sends garbage between its reports stays; one that sends nothing else goes', async () => {
  const { door, terminal, expectUnharmed } = await scene();
  for (let n = 0; n < 50; n++) {
    const broken = frameOf(0x0200, phoneOf(0), 500 + n, place);
    broken[20] = (broken[20] ?? 0) ^ 1;
    terminal.raw(broken);
    await expectUnharmed();
  }
  expect(door.refused('checksum')).toBe(50);
  for (let n = 0; n < 20; n++) terminal.raw(Buffer.from('7e00017e', 'hex'));
  expect(await terminal.next()).toBe('closed');
});

test('links that say nothing do not take up all places: who has been silent for longest goes', async () => {
  const { door, expectUnharmed } = await scene({ limits: { strangers: 20 } });
  const silent = [];
  for (let n = 0; n < 60; n++) silent.push(await door.terminal(9));
  await until(() => door.refused('limit') === 40);
  const late = await door.terminal(1);
  await late.enter(registration({ plate: '鲁P10001', terminal: 'T1' }));
  await expectUnharmed();
  expect(await silent[0]?.next()).toBe('closed');
});

test('strangers of one address may send only so much; who is known is not counted among them', {
  timeout: 30_000,
}, async () => {
  const { door, terminal } = await scene({
    limits: { strangerBytesPerS: 64 << 10, strangerFrames: 100_000 },
  });
  const stranger = await door.terminal(9);
  const time = frameOf(0x0004, phoneOf(9), 1);
  stranger.raw(Buffer.concat(Array.from({ length: 10_000 }, () => time)));
  await until(() => door.refused('rate-limited') > 0);
  for (let n = 0; n < 2000; n++) terminal.send(0x0200, place);
  for (let n = 0; n < 2000; n++) expect((await terminal.general())[2]).toBe(0);
});

test('who speaks the variant with E7 in place of 7E is not let in, and is counted', async () => {
  const { door, expectUnharmed } = await scene();
  const frame = frameOf(0x0100, phoneOf(1), 1, registration());
  frame[0] = 0xe7;
  frame[frame.length - 1] = 0xe7;
  const stranger = connect(door.terminals.port, '127.0.0.1');
  stranger.end(frame);
  await until(() => door.refused('garbage') === 1);
  expect(door.registry.asked).toBe(1);
  await expectUnharmed();
});

test('a stranger may say only so much, even what strangers may say', async () => {
  const { door, expectUnharmed } = await scene();
  const stranger = await door.terminal(9);
  for (let n = 0; n < 50; n++) stranger.send(0x0004);
  await until(() => door.refused('rate-limited') === 1);
  await expectUnharmed();
});

test('who does not read what it is answered is not read either, and goes in the end', {
  timeout: 60_000,
}, async () => {
  const { door, expectUnharmed } = await scene({ limits: { unreadMs: 1000, asked: 1000 } });
  const deaf = await door.terminal(1);
  await deaf.enter(registration({ plate: '鲁P10001', terminal: 'T1' }));
  deaf.socket.pause();
  const sent = Array.from({ length: 400 }, () =>
    door.terminals.send('v1', 0x8300, Buffer.alloc(60_000, 0x41)),
  );
  const outcomes = Promise.allSettled(sent);
  deaf.send(0x0200, place);
  await until(() => door.refused('unread') === 1, 20_000);
  expect((await outcomes).every(({ status }) => status === 'rejected')).toBe(true);
  await expectUnharmed();
});
