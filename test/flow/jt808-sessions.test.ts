import { expect, test } from 'vitest';
import { openTerminalDoor, phoneOf, plateOf, until } from './terminal-door.ts';
import { authentication, location, registration, word } from './terminal-kit.ts';

const place = location({ at: Date.UTC(2026, 10, 21, 14, 15, 30), lat: 36.456789, lon: 115.985432 });

test('a terminal registers, authenticates, reports and is answered in its own layout', async () => {
  for (const layout of [2013, 2019] as const) {
    const door = await openTerminalDoor();
    const terminal = await door.terminal(0, layout);
    await terminal.enter(registration({ edition: layout }));
    expect(door.registry.places.get('v0')?.facts).toEqual({
      maker: 'MAKER',
      model: 'BD-T1',
      terminal: 'T000001',
      plate: plateOf(0),
      plateColour: 1,
      edition: layout,
    });
    const serial = terminal.send(0x0200, place);
    const answer = await terminal.next();
    if (answer === 'closed') throw new Error('closed');
    expect(answer).toMatchObject({
      id: 0x8001,
      serial: 2,
      is2019: layout === 2019,
      phone: phoneOf(0).padStart(layout === 2019 ? 20 : 12, '0'),
      body: Buffer.concat([word(serial), word(0x0200), Buffer.from([0])]),
    });
    const [kept] = door.journal.taken;
    expect(kept).toMatchObject({ door: 'jt808', protocol: 'jt808', device: 'v0' });
    expect(kept?.bytes.at(0)).toBe(0x7e);
    expect(kept?.bytes.includes(place.subarray(0, 20))).toBe(true);
    expect(door.told).toEqual(['v0 online']);
    expect(door.terminals.links()).toMatchObject([{ vehicle: 'v0', layout }]);
  }
});

test('serials that are passed over are told; those sent again and those that begin anew are not', async () => {
  const door = await openTerminalDoor();
  const terminal = await door.terminal();
  await terminal.enter();
  const gaps = () => door.terminals.link('v0')?.serialGaps;
  for (const [serial, want] of [
    [2, { count: 0, missing: 0 }],
    [5, { count: 1, missing: 2 }],
    [3, { count: 1, missing: 2 }],
    [6, { count: 1, missing: 2 }],
    [0, { count: 1, missing: 2 }],
    [2, { count: 2, missing: 3 }],
  ] as const) {
    terminal.send(0x0002, undefined, { serial });
    expect((await terminal.general())[0]).toBe(serial);
    expect(gaps()).toEqual(want);
  }
});

test('what is refused is answered with its reason, and who goes on is sent away', async () => {
  const door = await openTerminalDoor({ vehicles: 1 });
  const stranger = await door.terminal(7);
  expect(await stranger.register()).toEqual({ result: 4, code: '' });
  for (const result of [1, 2, 3] as const) {
    door.registry.verdict = result;
    const terminal = await door.terminal(0);
    expect(await terminal.register()).toEqual({ result, code: '' });
  }
  const terminal = await door.terminal(0);
  for (let n = 0; n < 3; n++) expect((await terminal.register()).result).toBe(3);
  expect(await terminal.next()).toBe('closed');
  expect(door.refused('registration')).toBe(6);
  expect(door.refused('phone')).toBe(1);
});

test('before it has authenticated nothing of a terminal is taken', async () => {
  const door = await openTerminalDoor();
  const terminal = await door.terminal();
  const serial = terminal.send(0x0200, place);
  expect(await terminal.general()).toEqual([serial, '0x0200', 1]);
  terminal.send(0x0004);
  expect(await terminal.next()).toMatchObject({ id: 0x8004 });
  terminal.send(0x0002);
  expect((await terminal.general())[2]).toBe(1);
  terminal.send(0x0704, place);
  expect((await terminal.general())[2]).toBe(1);
  expect(await terminal.next()).toBe('closed');
  expect(door.journal.taken).toEqual([]);
  expect(door.refused('not-authenticated')).toBe(3);
});

test('a wrong code does not get in, nor the right one of another, nor one whose place was made free', async () => {
  const door = await openTerminalDoor();
  const terminal = await door.terminal();
  const code = await terminal.enter();
  const other = await door.terminal(1);
  await other.enter(registration({ plate: plateOf(1), terminal: 'T2' }));
  const again = await door.terminal(1);
  expect(await again.authenticate(code)).toBe(1);
  expect(await again.authenticate('')).toBe(1);
  expect(await again.authenticate(`${code}x`)).toBe(1);
  expect(await again.next()).toBe('closed');
  expect(door.refused('credentials')).toBe(3);

  const before = door.registry.places.get('v0');
  door.registry.places.set('v0', { vehicle: 'v0', epoch: 2, facts: null, registeredAt: 0 });
  door.terminals.refresh();
  expect(await terminal.next()).toBe('closed');
  const late = await door.terminal();
  expect(await late.authenticate(code)).toBe(1);
  expect(before).toBeDefined();
});

test('the code is taken in the body of either edition, whatever the header', async () => {
  const door = await openTerminalDoor();
  const first = await door.terminal();
  const code = await first.enter();
  for (const layout of [2013, 2019] as const) {
    for (const body of [authentication(code, 2013), authentication(code, 2019)]) {
      const terminal = await door.terminal(0, layout);
      terminal.send(0x0102, body);
      expect((await terminal.general())[2]).toBe(0);
    }
  }
});

test('the older link of a terminal is closed when the newer one has authenticated, and it was never offline', async () => {
  const door = await openTerminalDoor();
  const older = await door.terminal();
  const code = await older.enter();
  const newer = await door.terminal();
  await newer.register();
  newer.send(0x0002);
  expect((await newer.general())[2]).toBe(1);
  expect(door.terminals.links()).toHaveLength(1);
  older.send(0x0002);
  expect((await older.general())[2]).toBe(0);
  expect(await newer.authenticate(code)).toBe(0);
  expect(await older.next()).toBe('closed');
  newer.send(0x0200, place);
  expect((await newer.general())[2]).toBe(0);
  expect(door.told).toEqual(['v0 online']);
  newer.close();
  await until(() => door.told.length === 2);
  expect(door.told).toEqual(['v0 online', 'v0 offline']);
  expect(door.terminals.isOnline('v0')).toBe(false);
});

test('who is taken out of the registry, or whose phone is another now, is cut off at once', async () => {
  const door = await openTerminalDoor();
  const terminal = await door.terminal(0);
  await terminal.enter();
  const stays = await door.terminal(1);
  await stays.enter(registration({ plate: plateOf(1) }));
  door.registry.vehicles.delete('13900000000');
  door.terminals.refresh();
  expect(await terminal.next()).toBe('closed');
  stays.send(0x0002);
  expect((await stays.general())[2]).toBe(0);
  const again = await door.terminal(0);
  expect((await again.register()).result).toBe(4);
});

test('a terminal that logs out has to authenticate again', async () => {
  const door = await openTerminalDoor();
  const terminal = await door.terminal();
  const code = await terminal.enter();
  terminal.send(0x0003);
  expect((await terminal.general()).slice(1)).toEqual(['0x0003', 0]);
  await until(() => door.told.length === 2);
  terminal.send(0x0200, place);
  expect((await terminal.general())[2]).toBe(1);
  expect(await terminal.authenticate(code)).toBe(0);
  terminal.send(0x0200, place);
  expect((await terminal.general())[2]).toBe(0);
});

test('a link may not speak for another phone than its own', async () => {
  const door = await openTerminalDoor();
  const terminal = await door.terminal(0);
  await terminal.enter();
  const other = await door.terminal(1);
  await other.enter(registration({ plate: plateOf(1) }));
  const { frameOf } = await import('./terminal-kit.ts');
  terminal.raw(frameOf(0x0200, phoneOf(1), 9, place));
  expect(await terminal.general()).toEqual([9, '0x0200', 1]);
  expect(door.journal.taken).toEqual([]);
});

test('who says nothing is closed: before it has authenticated, and after three missed heartbeats', async () => {
  const door = await openTerminalDoor({ limits: { authenticateMs: 1000, heartbeatMs: 2000 } });
  const silent = await door.terminal(1);
  const slow = await door.terminal(2);
  const drip = setInterval(() => slow.raw(Buffer.from([0x7e])), 100);
  const terminal = await door.terminal();
  await terminal.enter();
  expect(await silent.next()).toBe('closed');
  expect(await slow.next()).toBe('closed');
  clearInterval(drip);
  expect(door.refused('connect-timeout')).toBe(2);
  terminal.send(0x0002);
  expect((await terminal.general())[2]).toBe(0);
  expect(await terminal.next()).toBe('closed');
  expect(door.refused('silent')).toBe(1);
});

test('in the open mode the phone is enough, and the status says so', async () => {
  const door = await openTerminalDoor({ vehicles: 1, open: true });
  const terminal = await door.terminal();
  expect(await terminal.authenticate('whatever')).toBe(0);
  terminal.send(0x0200, place);
  expect((await terminal.general())[2]).toBe(0);
  const stranger = await door.terminal(5);
  expect(await stranger.authenticate('whatever')).toBe(1);
  expect(door.terminals.status()).toMatchObject({ open: true, online: 1 });
});
