import type { Socket } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, expect, test } from 'vitest';
import { startPoller } from '../../gateway/poller.ts';
import { quiet } from '../../model/context.ts';
import { createModbus } from '../../protocols/modbus/index.ts';
import { loadProfiles } from '../../protocols/profile.ts';
import { aMeter, aRegister } from '../protocols/about.ts';
import { seeded, until } from './abuse-kit.ts';
import {
  type Behaviour,
  rightPdu,
  type Slave,
  startSlave,
  toFrame,
} from './servers/misbehaving-slave.ts';

/** P6 at the Modbus poller: slaves and gateways that do everything but answer, beside one that does. */

const seed = 20_260_303;
const random = seeded(seed);
const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

const right: Behaviour = (request, socket) => socket.write(toFrame(request, rightPdu(request)));

const flood = Buffer.alloc(64 << 10, 0xee);
function pour(socket: Socket, bytes: Buffer): void {
  const more = () => {
    let goesOn = true;
    while (goesOn && !socket.destroyed) {
      goesOn = socket.write(bytes);
    }
  };
  socket.on('drain', more);
  more();
}

const behaviours: Readonly<Record<string, Behaviour>> = {
  silent: () => {},
  garbage: (_, socket) =>
    socket.write(Buffer.from(Array.from({ length: 300 }, () => random() * 256))),
  'another transaction': (r, s) =>
    s.write(toFrame(r, rightPdu(r), { transaction: r.transaction + 1 })),
  trickle(request, socket) {
    for (const [n, byte] of toFrame(request, rightPdu(request)).entries())
      setTimeout(() => socket.write(Buffer.from([byte])), n * 400).unref();
  },
  '64 KiB': (_, socket) => socket.write(flood),
  // Ever more, asked or not, in frames of the greatest length and of none.
  'without end': (_, socket) => pour(socket, flood),
  'frames without end': (_, socket) => pour(socket, Buffer.alloc(60_000)),
  // Answers as it should, and then goes on talking.
  'answers and pours'(request, socket) {
    right(request, socket);
    pour(socket, flood);
  },
  closes: (_, socket) => socket.end(),
  resets: (_, socket) => socket.resetAndDestroy(),
};

test('hosts of every bad kind, and many that are dead: who answers is asked on time', async () => {
  console.log(`seed ${seed}`);
  const at = (id: string, port: number, host = '127.0.0.1') =>
    aMeter({
      id,
      everyS: 1,
      modbus: {
        host,
        port,
        unit: 1,
        profile: 'generic',
        registers: [aRegister({ metric: 'power_kw', address: 5 })],
      },
    });
  const good = await startSlave(right);
  closing.push(() => good.stop());
  const meters = [at('good', good.port)];
  const pouring: Slave[] = [];
  for (const [name, behave] of Object.entries(behaviours)) {
    const slave = await startSlave(behave);
    closing.push(() => slave.stop());
    if (name === 'answers and pours') pouring.push(slave);
    meters.push(at(name.replaceAll(' ', '-'), slave.port));
  }
  // Nobody answers there, neither yes nor no.
  for (let n = 1; n <= 200; n++) meters.push(at(`dead${n}`, 502, `192.0.2.${n + 20}`));

  const heard: { device: string; at: number }[] = [];
  const accept = async ({ device }: { device: string }) => {
    heard.push({ device, at: performance.now() });
  };
  const poller = startPoller(
    { timeoutMs: 500, connectTimeoutMs: 1000, firstPollWithinMs: 100 },
    () => meters,
    { modbus: createModbus(loadProfiles()) },
    accept,
    quiet,
  );
  closing.push(() => poller.stop());
  await until(() => heard.some(({ device }) => device === 'good'));
  await wait(3000);
  const before = process.memoryUsage().rss;
  const began = process.cpuUsage();
  await wait(10_000);
  const { user, system } = process.cpuUsage(began);
  const grownMb = (process.memoryUsage().rss - before) / 2 ** 20;
  console.log(
    `10 s: +${grownMb.toFixed(0)} MB, ${((user + system) / 1e6).toFixed(1)} s of processor`,
  );

  const times = heard.filter(({ device }) => device === 'good').map((one) => one.at);
  const gaps = times.slice(1).map((time, n) => time - (times[n] ?? 0));
  expect(times.length).toBeGreaterThanOrEqual(10);
  expect(Math.max(...gaps)).toBeLessThan(2500);
  const allowed = new Set(['good', 'answers-and-pours']);
  expect(heard.filter(({ device }) => !allowed.has(device))).toEqual([]);
  expect(grownMb).toBeLessThan(80);
  // Whoever talks on is hung up on, and asked again over a new connection.
  expect(pouring.reduce((sum, slave) => sum + slave.connections(), 0)).toBeGreaterThan(8);
}, 40_000);
