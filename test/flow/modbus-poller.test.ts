import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { createModbusLink, type ModbusLink } from '../../gateway/modbus-link.ts';
import { type Poller, startPoller } from '../../gateway/poller.ts';
import { quiet } from '../../model/context.ts';
import type { Meter } from '../../model/entities.ts';
import type { Envelope } from '../../model/envelope.ts';
import { createModbus } from '../../protocols/modbus/index.ts';
import { loadProfiles } from '../../protocols/profile.ts';
import { aMeter, aRegister } from '../protocols/about.ts';
import {
  type Behaviour,
  rightPdu,
  type Slave,
  startSlave,
  toFrame,
} from './servers/misbehaving-slave.ts';

const protocol = createModbus(loadProfiles());
const block = { fc: 4, address: 0x48, count: 2 } as const;
const right: Behaviour = (request, socket) => socket.write(toFrame(request, rightPdu(request)));
/** Waits for what must come, however slow the machine. */
const until = (happened: () => boolean) =>
  vi.waitFor(() => expect(happened()).toBe(true), { timeout: 15_000, interval: 10 });
const wait = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

async function slaveThat(behave: Behaviour): Promise<Slave> {
  const slave = await startSlave(behave);
  closing.push(() => slave.stop());
  return slave;
}

function linkTo(port: number, timeoutMs = 300): ModbusLink {
  const link = createModbusLink({ host: '127.0.0.1', port, timeoutMs, connectTimeoutMs: 500 });
  closing.push(() => link.close());
  return link;
}

describe('an answer that does not fit is no answer', () => {
  const cases: readonly [string, Behaviour][] = [
    ['nothing at all', () => {}],
    [
      'another transaction',
      (r, s) => s.write(toFrame(r, rightPdu(r), { transaction: r.transaction + 7 })),
    ],
    ['another unit', (r, s) => s.write(toFrame(r, rightPdu(r), { unit: 99 }))],
    ['another function', (r, s) => s.write(toFrame(r, [3, ...rightPdu(r).slice(1)]))],
    ['one register too few', (r, s) => s.write(toFrame(r, rightPdu({ ...r, count: 1 })))],
    ['one register too many', (r, s) => s.write(toFrame(r, rightPdu({ ...r, count: 3 })))],
    [
      'a byte count that is too small',
      (r, s) => s.write(toFrame(r, [4, 2, ...rightPdu(r).slice(2)])),
    ],
    [
      'a byte count that is too large',
      (r, s) => s.write(toFrame(r, [4, 6, ...rightPdu(r).slice(2)])),
    ],
    ['a byte count of nothing', (r, s) => s.write(toFrame(r, [4, 0, ...rightPdu(r).slice(2)]))],
    ['bytes promised that never come', (r, s) => s.write(toFrame(r, rightPdu(r), { length: 20 }))],
    ['an exception without a code', (r, s) => s.write(toFrame(r, [0x84]))],
    ['an empty frame', (r, s) => s.write(toFrame(r, [], { length: 0 }))],
    ['garbage', (_, s) => s.write(Buffer.alloc(300, 0xee))],
    ['half an answer and then the end', (r, s) => s.end(toFrame(r, rightPdu(r)).subarray(0, 9))],
    ['a reset', (_, s) => s.resetAndDestroy()],
  ];
  test.each(cases)('%s', async (_, behave) => {
    let misbehaving = true;
    const slave = await slaveThat((request, socket) =>
      (misbehaving ? behave : right)(request, socket),
    );
    const link = linkTo(slave.port);
    expect(await link.read(1, block)).toMatchObject({ kind: 'silent' });
    misbehaving = false;
    expect(await link.read(1, block)).toMatchObject({
      kind: 'data',
      answer: { address: 0x48, bytes: Buffer.from([0, 0x48, 0, 0x49]) },
    });
  });
});

test('a late answer never stands for a later request', async () => {
  let first = true;
  const slave = await slaveThat((request, socket) => {
    const late = first;
    first = false;
    setTimeout(
      () => socket.write(toFrame(request, rightPdu(request, late ? 0xdead : 7))),
      late ? 350 : 150,
    );
  });
  const link = linkTo(slave.port);
  expect(await link.read(1, block)).toMatchObject({ kind: 'silent' });
  const second = await link.read(1, block);
  expect(second).toMatchObject({ kind: 'data', answer: { bytes: Buffer.from([0, 7, 0, 7]) } });
  expect(slave.connections()).toBe(2);
});

test('an answer that comes twice, or after one of an older request, is taken once and as what it is', async () => {
  const slave = await slaveThat((request, socket) => {
    const stale = toFrame(request, rightPdu(request, 0xdead), {
      transaction: request.transaction - 1,
    });
    const answer = toFrame(request, rightPdu(request));
    socket.write(Buffer.concat([stale, answer, answer]));
  });
  const link = linkTo(slave.port);
  for (let address = 0; address < 600; address += 2) {
    const got = await link.read(1, { fc: 4, address, count: 1 });
    expect(got).toMatchObject({
      kind: 'data',
      answer: { bytes: Buffer.from([address >> 8, address & 0xff]) },
    });
  }
  expect(slave.connections()).toBe(1);
});

test('an answer that comes byte by byte is put together', async () => {
  const slave = await slaveThat((request, socket) => {
    for (const [i, byte] of toFrame(request, rightPdu(request)).entries()) {
      setTimeout(() => socket.write(Buffer.from([byte])), i * 5);
    }
  });
  expect(await linkTo(slave.port).read(1, block)).toMatchObject({ kind: 'data' });
});

test('exceptions come with their code and keep the connection', async () => {
  const slave = await slaveThat((request, socket) =>
    socket.write(toFrame(request, [0x84, request.address])),
  );
  const link = linkTo(slave.port);
  for (const code of [1, 2, 3, 4, 6, 10, 11]) {
    expect(await link.read(1, { fc: 4, address: code, count: 2 })).toEqual({
      kind: 'exception',
      code,
    });
  }
  expect(slave.connections()).toBe(1);
});

test('a connection that the gateway closed while idle is opened again without a failed poll', async () => {
  let answered = 0;
  const slave = await slaveThat((request, socket) => {
    if (answered++ === 1) socket.destroy();
    else right(request, socket);
  });
  const link = linkTo(slave.port);
  expect(await link.read(1, block)).toMatchObject({ kind: 'data' });
  expect(await link.read(1, block)).toMatchObject({ kind: 'data' });
  expect(slave.connections()).toBe(2);
});

test('a port where nobody listens is unreachable', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  expect(await linkTo(port).read(1, block)).toMatchObject({ kind: 'unreachable' });
});

describe('the poller', () => {
  const meterAt = (id: string, port: number, unit = 1, over: Partial<Meter> = {}): Meter =>
    aMeter({
      id,
      everyS: 1,
      modbus: {
        host: '127.0.0.1',
        port,
        unit,
        profile: 'generic',
        registers: [aRegister({ metric: 'power_kw', address: 5 })],
      },
      ...over,
    });
  const devices = (envelopes: readonly Envelope[]) =>
    new Set(envelopes.map(({ device }) => device));

  function pollerOf(meters: { list: readonly Meter[] }, timeoutMs = 400) {
    const envelopes: Envelope[] = [];
    const accept = async (envelope: Envelope) => {
      envelopes.push(envelope);
    };
    const poller: Poller = startPoller(
      { timeoutMs, firstPollWithinMs: 50 },
      () => meters.list,
      { modbus: protocol },
      accept,
      quiet,
    );
    closing.push(() => poller.stop());
    return { poller, envelopes };
  }

  test('a dead host and a dead slave delay nobody', async () => {
    const good = await slaveThat((request, socket) => {
      if (request.unit !== 9) right(request, socket);
    });
    const dead = await slaveThat(() => {});
    const { poller, envelopes } = pollerOf({
      list: [
        meterAt('alive', good.port),
        meterAt('mute', good.port, 9),
        meterAt('gone', dead.port),
      ],
    });
    const started = performance.now();
    await until(() => envelopes.length >= 5);
    expect(performance.now() - started).toBeLessThan(8_000);
    expect(devices(envelopes)).toEqual(new Set(['alive']));
    const states = poller
      .status()
      .flatMap(({ units }) => units.map(({ meter, state }) => [meter, state]));
    expect(Object.fromEntries(states)).toEqual({ alive: 'ok', mute: 'failing', gone: 'failing' });
  });

  test('meters come and go while it runs; the others keep their connection', async () => {
    const slave = await slaveThat(right);
    const meters = { list: [meterAt('a', slave.port)] };
    const { poller, envelopes } = pollerOf(meters);
    await until(() => devices(envelopes).has('a'));
    meters.list = [meterAt('a', slave.port), meterAt('b', slave.port, 2)];
    poller.refresh();
    await until(() => devices(envelopes).has('b'));
    expect(slave.connections()).toBe(1);
    meters.list = [meterAt('b', slave.port, 2)];
    poller.refresh();
    await wait(100);
    const before = envelopes.length;
    await until(() => envelopes.length >= before + 2);
    expect(devices(envelopes.slice(before))).toEqual(new Set(['b']));
    meters.list = [];
    poller.refresh();
    expect(poller.status()).toEqual([]);
  });

  test('a meter that moved to another address is asked there', async () => {
    const slave = await slaveThat(right);
    const meters = { list: [meterAt('a', slave.port, 1)] };
    const { poller } = pollerOf(meters);
    await until(() => slave.requests.length > 0);
    meters.list = [meterAt('a', slave.port, 7)];
    poller.refresh();
    await until(() => slave.requests.at(-1)?.unit === 7);
    expect(slave.requests.at(-1)).toMatchObject({ unit: 7, fc: 3, address: 5, count: 1 });
  });

  test('a meter whose profile does not exist is left alone', async () => {
    const slave = await slaveThat(right);
    const strange = meterAt('b', slave.port, 2, {
      modbus: { host: '127.0.0.1', port: slave.port, unit: 2, profile: 'no-such' },
    });
    const { envelopes } = pollerOf({ list: [strange, meterAt('a', slave.port)] });
    await until(() => envelopes.length >= 2);
    expect(devices(envelopes)).toEqual(new Set(['a']));
  });

  test('once stopped it asks nothing and holds nothing open', async () => {
    const slave = await slaveThat(() => {});
    const { poller, envelopes } = pollerOf({ list: [meterAt('a', slave.port)] }, 30_000);
    await until(() => slave.requests.length > 0);
    const started = performance.now();
    await poller.stop();
    expect(performance.now() - started).toBeLessThan(10_000);
    const { length } = slave.requests;
    await wait(500);
    expect([slave.requests.length, envelopes.length]).toEqual([length, 0]);
  });
});
