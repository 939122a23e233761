import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import type { Context } from '../model/context.ts';
import { AppError, messageOf } from '../model/errors.ts';
import { type Channel, keepAliveMs, toChannel, type Unreachable } from './channel.ts';
import { createTalk } from './talk.ts';

/** DTUs that dial in, as most with a mobile network do. Whoever comes says first who it is, and is then a line of meters like any other. */
export interface DialIns {
  /**
   * From now on this DTU is let in.
   * @param id as `dtuKey` gives it
   * @param arrived called whenever it has dialled in
   */
  expect(id: string, arrived: () => void): ExpectedDtu;
}

export interface ExpectedDtu {
  open(): Channel | Unreachable;
  /** It is let in no more, and its connection ends. */
  forget(): void;
}

interface DialInDoor extends DialIns {
  readonly port: number;
  stop(): Promise<void>;
}

export interface DialInOptions {
  readonly host: string;
  /** 0 is any free port. */
  readonly port: number;
  /** Connections at the same time, those that have not said who they are included. */
  readonly connections: number;
  /** Time to say it; default 10,000. */
  readonly withinMs?: number;
}

interface Expected {
  readonly id: string;
  readonly arrived: () => void;
  socket?: Socket;
  /** When the log was told last that it had dialled in, by a clock that never jumps. */
  toldMs?: number;
}

interface Guest {
  readonly socket: Socket;
  said: Buffer;
  readonly deadline: NodeJS.Timeout;
  pause?: NodeJS.Timeout;
}

interface House {
  readonly expected: Map<string, Expected>;
  /** Those that have not said who they are, the first to come first. */
  readonly guests: Map<Socket, Guest>;
  readonly withinMs: number;
  /** Ids told of in the log, so that one that tries again and again is told of once. */
  readonly told: Set<string>;
  readonly context: Context;
}

const usualWithinMs = 10_000;
/** A registration packet has come to its end when nothing has followed for so long. */
const pauseMs = 200;
/** JSON with name, IMEI and ICCID has about 150. */
const saidMostBytes = 512;
const guestsMost = 100;
const toldMost = 1_000;
const toldEveryMs = 60_000;

/** The bytes of an id as the inventory has it: text, or hexadecimal after `0x`. */
export const dtuKey = (id: string): string =>
  (id.startsWith('0x') ? Buffer.from(id.slice(2), 'hex') : Buffer.from(id, 'latin1')).toString(
    'hex',
  );

/** For people: what `dtuKey` was given, or would have to be. */
export function dtuName(key: string): string {
  const text = Buffer.from(key, 'hex').toString('latin1');
  return /^[!-~](?:[ -~]*[!-~])?$/.test(text) && !text.startsWith('0x') ? text : `0x${key}`;
}

/**
 * Listens for DTUs. What they send first is their registration packet: the id of a DTU of the inventory, with line ends, blanks or zeros about
 * it or not. It is over after a pause, or with a line end. Whoever says anything else, too much or nothing is sent away.
 * @throws AppError `PORT_UNAVAILABLE`
 */
export async function startDialIns(options: DialInOptions, context: Context): Promise<DialInDoor> {
  const { host, port, connections, withinMs = usualWithinMs } = options;
  const house: House = {
    expected: new Map(),
    guests: new Map(),
    withinMs,
    told: new Set(),
    context,
  };
  const sockets = new Set<Socket>();
  const server = createServer(
    { noDelay: true, keepAlive: true, keepAliveInitialDelay: keepAliveMs },
    (socket) => {
      sockets.add(socket);
      socket.on('error', () => {});
      socket.on('close', () => sockets.delete(socket));
      receive(socket, house);
    },
  );
  server.maxConnections = connections;
  server.on('drop', () => context.count('refused', { door: 'dtu', reason: 'limit' }));
  server.listen(port, host);
  try {
    await once(server, 'listening');
  } catch (cause) {
    const message = `DTUs on ${host}:${port}: ${messageOf(cause)}`;
    throw new AppError('PORT_UNAVAILABLE', message, { cause });
  }
  return {
    port: (server.address() as AddressInfo).port,
    expect: (id, arrived) => expectDtu({ id, arrived }, house.expected),
    async stop() {
      const closed = once(server, 'close');
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

function expectDtu(dtu: Expected, expected: House['expected']): ExpectedDtu {
  expected.set(dtu.id, dtu);
  return {
    open() {
      const { socket } = dtu;
      if (socket && !socket.destroyed) {
        // Who reads it from now on listens as well.
        socket.removeAllListeners('data');
        return toChannel(socket);
      }
      return { kind: 'unreachable', why: 'the DTU has not dialled in' };
    },
    forget() {
      if (expected.get(dtu.id) === dtu) expected.delete(dtu.id);
      dtu.socket?.destroy();
    },
  };
}

function receive(socket: Socket, house: House): void {
  const deadline = setTimeout(() => decide(guest, house, true), house.withinMs);
  const guest: Guest = { socket, said: Buffer.alloc(0), deadline };
  house.guests.set(socket, guest);
  socket.on('close', () => part(guest, house));
  socket.on('data', (bytes) => {
    guest.said = Buffer.concat([guest.said, bytes]);
    clearTimeout(guest.pause);
    guest.pause = setTimeout(() => decide(guest, house, false), pauseMs);
    const isTooMuch = guest.said.length > saidMostBytes;
    if (isTooMuch || lineOf(guest.said)) decide(guest, house, isTooMuch);
  });
  const [first] = house.guests.values();
  // Who keeps silent must not keep those away that have something to say.
  if (first && house.guests.size > guestsMost) refuse(first, house, 'limit');
}

/** No longer a guest, whatever became of it. */
function part(guest: Guest, { guests }: House): void {
  clearTimeout(guest.deadline);
  clearTimeout(guest.pause);
  guests.delete(guest.socket);
}

function refuse(guest: Guest, house: House, reason: 'limit' | 'silent' | 'unknown'): void {
  part(guest, house);
  guest.socket.destroy();
  house.context.count('refused', { door: 'dtu', reason });
}

/** @param isLast whether nothing more is waited for */
function decide(guest: Guest, house: House, isLast: boolean): void {
  const { said } = guest;
  const dtu = [said, trimmed(said), lineOf(said)]
    .map((bytes) => bytes && house.expected.get(bytes.toString('hex')))
    .find((found) => found !== undefined);
  if (dtu && (isLast || !mayGoOn(dtu, house))) admit(guest, dtu, house);
  else if (isLast && said.length === 0) refuse(guest, house, 'silent');
  else if (isLast) {
    tellUnknown(guest, house);
    refuse(guest, house, 'unknown');
  }
}

/** Whether what was said may be the first half of another id: a mobile network tears packets apart. */
const mayGoOn = ({ id }: Expected, { expected }: House): boolean =>
  [...expected.keys()].some((other) => other !== id && other.startsWith(id));

/** Line ends, blanks and zeros are how DTUs end what they say. */
function trimmed(bytes: Buffer): Buffer {
  const isText = (byte: number) => byte > 0x20;
  const first = bytes.findIndex(isText);
  return first < 0 ? Buffer.alloc(0) : bytes.subarray(first, bytes.findLastIndex(isText) + 1);
}

/** What comes ahead of the first line end: a heartbeat may follow it without a pause. */
function lineOf(bytes: Buffer): Buffer | undefined {
  const end = bytes.findIndex((byte) => byte === 0x0d || byte === 0x0a || byte === 0);
  return end > 0 ? bytes.subarray(0, end) : undefined;
}

/** Heartbeats that come before the line is asked for the first time are read and passed over, as they are later. */
function admit(guest: Guest, dtu: Expected, house: House): void {
  const { socket } = guest;
  part(guest, house);
  socket.removeAllListeners('data');
  const talk = createTalk();
  socket.on('data', ({ length }) => {
    if (!talk.isTooMuch(length)) return;
    socket.destroy();
    house.context.count('refused', { door: 'dtu', reason: 'rate-limited' });
  });
  // The one before is dead, though nobody has told us.
  dtu.socket?.destroy();
  dtu.socket = socket;
  tellArrival(dtu, socket, house);
  dtu.arrived();
}

/** One that comes and goes all the time does not fill the log. */
function tellArrival(dtu: Expected, { remoteAddress }: Socket, { context }: House): void {
  const nowMs = performance.now();
  if (nowMs - (dtu.toldMs ?? Number.NEGATIVE_INFINITY) < toldEveryMs) return;
  dtu.toldMs = nowMs;
  context.log('info', 'DTU dialled in', { dtu: dtuName(dtu.id), address: remoteAddress });
}

/** Whoever sets up a DTU finds here what it says. */
function tellUnknown({ socket, said }: Guest, { told, context }: House): void {
  const name = dtuName(trimmed(said).subarray(0, 64).toString('hex'));
  if (told.has(name)) return;
  if (told.size >= toldMost) told.clear();
  told.add(name);
  context.log('warn', 'unknown DTU', { dtu: name, address: socket.remoteAddress });
}
