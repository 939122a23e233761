/**
 * JT/T 808 terminals from raw sockets, in a process of its own so that the server under test is measured apart. Started by `fork`, it is told what to
 * do by messages (`TerminalOrder`) and answers each with what came of it.
 */
import { connect, type Socket } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { phoneOf, plateOf } from '../flow/jt808-fleet.ts';
import {
  authentication,
  frameOf,
  location,
  readAnswer,
  registration,
} from '../flow/terminal-kit.ts';
import { createHistogram } from './histogram.ts';

export type TerminalOrder =
  /** Every one registers and goes. @returns how many got a code */
  | { readonly do: 'register'; readonly port: number; readonly terminals: number }
  /** Every one authenticates and stays. @returns how many were let in */
  | { readonly do: 'connect'; readonly port: number }
  /** Each reports every so often, spread evenly. @returns `TerminalReport` */
  | { readonly do: 'report'; readonly seconds: number; readonly everyS: number };

export interface TerminalReport {
  readonly sent: number;
  readonly answered: number;
  readonly broken: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
  readonly cpuS: number;
}

const atOnce = 100;
/** Between two reports ten seconds apart, eastwards. */
const stepKm = 0.1;
const kmADegree = 90;
const lastAnswersMs = 10_000;
const times = createHistogram();
let answered = 0;
let broken = 0;

interface Car {
  readonly n: number;
  code: string;
  socket: Socket | undefined;
  serial: number;
  sentAt: Map<number, number>;
  /** For the answer to what is not timed. */
  hear: ((body: Buffer) => void) | undefined;
}
const cars: Car[] = [];

function open(car: Car, port: number): Promise<void> {
  const socket = connect(port, '127.0.0.1');
  car.socket = socket;
  car.serial = 0;
  let held: Buffer = Buffer.alloc(0);
  socket.setNoDelay(true);
  socket.on('error', () => broken++);
  socket.on('data', (bytes: Buffer) => {
    held = held.length > 0 ? Buffer.concat([held, bytes]) : bytes;
    for (let end = held.indexOf(0x7e, 1); end > 0; end = held.indexOf(0x7e, 1)) {
      take(car, readAnswer(held.subarray(0, end + 1)).body);
      held = held.subarray(end + 1);
    }
  });
  return new Promise((resolve) => socket.once('connect', () => resolve()));
}

function take(car: Car, body: Buffer): void {
  const serial = body.readUInt16BE(0);
  const at = car.sentAt.get(serial);
  if (at === undefined) {
    car.hear?.(body);
    return;
  }
  car.sentAt.delete(serial);
  times.record(performance.now() - at);
  answered++;
}

/** Sends and waits for the answer. */
function ask(car: Car, id: number, body: Buffer): Promise<Buffer> {
  const answer = new Promise<Buffer>((resolve) => {
    car.hear = resolve;
  });
  car.socket?.write(frameOf(id, phoneOf(car.n), car.serial++, body));
  return answer;
}

async function inGroups(work: (car: Car) => Promise<void>): Promise<void> {
  for (let n = 0; n < cars.length; n += atOnce)
    await Promise.all(cars.slice(n, n + atOnce).map(work));
}

async function register({ port, terminals }: { port: number; terminals: number }) {
  for (let n = 0; n < terminals; n++)
    cars.push({ n, code: '', socket: undefined, serial: 0, sentAt: new Map(), hear: undefined });
  await inGroups(async (car) => {
    await open(car, port);
    const about = { plate: plateOf(car.n), terminal: `T${car.n}`.slice(0, 7) };
    const body = await ask(car, 0x0100, registration(about));
    if (body[2] === 0) car.code = body.toString('ascii', 3);
    car.socket?.destroy();
  });
  return cars.filter(({ code }) => code !== '').length;
}

async function enter(port: number): Promise<number> {
  let entered = 0;
  await inGroups(async (car) => {
    await open(car, port);
    const body = await ask(car, 0x0102, authentication(car.code));
    if (body[4] === 0) entered++;
  });
  return entered;
}

async function report(seconds: number, everyS: number): Promise<TerminalReport> {
  const cpu = process.cpuUsage();
  const begin = performance.now();
  const rate = cars.length / everyS;
  let sent = 0;
  while (performance.now() - begin < seconds * 1000) {
    for (const due = ((performance.now() - begin) / 1000) * rate; sent < due; sent++)
      drive(cars[sent % cars.length], sent);
    await wait(1);
  }
  const giveUpAt = performance.now() + lastAnswersMs;
  while (answered < sent && performance.now() < giveUpAt) await wait(5);
  const { user, system } = process.cpuUsage(cpu);
  const [p50Ms, p99Ms, maxMs] = [0.5, 0.99, 1].map((share) => times.quantile(share));
  return {
    sent,
    answered,
    broken,
    p50Ms: p50Ms ?? Number.NaN,
    p99Ms: p99Ms ?? Number.NaN,
    maxMs: maxMs ?? Number.NaN,
    cpuS: (user + system) / 1e6,
  };
}

function drive(car: Car | undefined, n: number): void {
  if (!car) return;
  const at = Date.now();
  const drivenKm = Math.floor(n / cars.length) * stepKm;
  const body = location({
    at,
    lat: 36 + (car.n % 1000) / 1000,
    lon: 115.9 + drivenKm / kmADegree,
    speedKmh: 36,
    headingDeg: 90,
    odometerKm: 1000 + drivenKm,
  });
  const serial = car.serial++ & 0xffff;
  car.sentAt.set(serial, performance.now());
  car.socket?.write(frameOf(0x0200, phoneOf(car.n), serial, body));
}

process.on('message', async (order: TerminalOrder) => {
  if (order.do === 'register') process.send?.(await register(order));
  else if (order.do === 'connect') process.send?.(await enter(order.port));
  else process.send?.(await report(order.seconds, order.everyS));
});
