import type { Socket } from 'node:net';
import { createInlet } from './inlet.ts';
import {
  cutAll,
  doorLabels,
  type Lane,
  type LaneDoor,
  type Message,
  type Sender,
} from './intake.ts';

const nothing = Buffer.alloc(0);

/** Takes over a connection that has just been made. */
export function openLane(door: LaneDoor, socket: Socket): Lane {
  const inlet = createInlet(socket, () => {
    if (lane.stall === 'library') work(door, lane);
  });
  const lane: Lane = {
    socket,
    inlet,
    sender: undefined,
    bytes: nothing,
    at: 0,
    held: undefined,
    stall: undefined,
    timer: undefined,
    last: undefined,
    known: undefined,
    pings: 0,
    underWay: [],
    handed: 0,
    bytesUnderWay: 0,
    heardAt: door.clock.tick,
    silenceTicksMax: 0,
    unreadTicks: 0,
    counted: false,
    closed: false,
    settle(count, error) {
      lane.handed -= count;
      if (!error) acknowledge(door, lane, count);
      else if (lane.closed) forget(door, lane, count);
      else door.waitingRoom.waitForJournal(lane);
    },
  };
  socket.on('data', (chunk: Buffer) => receive(door, lane, chunk));
  socket.on('error', (error) => inlet.destroy(error));
  socket.on('close', () => close(door, lane));
  return lane;
}

/** The library has let the client in: what came behind its CONNECT is looked at now. */
export function enterLane(door: LaneDoor, lane: Lane, sender: Sender): void {
  if (lane.closed) return;
  lane.sender = sender;
  work(door, lane);
}

/** Goes on with what had to wait. */
export function work(door: LaneDoor, lane: Lane): void {
  if (lane.closed) return;
  if (lane.socket.writableNeedDrain) {
    waitUntilRead(door, lane);
    return;
  }
  lane.stall = undefined;
  const from = lane.at;
  const cost = cutAll(door, lane);
  if (cost > 0) {
    lane.heardAt = door.clock.tick;
    slowDown(door, lane, cost, lane.at - from);
  }
  if (lane.at >= lane.bytes.length) {
    lane.bytes = nothing;
    lane.at = 0;
  }
  if (lane.stall === 'room') door.waitingRoom.waitForRoom(lane);
  if (lane.stall) lane.socket.pause();
  else if (lane.socket.isPaused()) lane.socket.resume();
}

/** Who does not read what he is answered is not read either. */
function waitUntilRead(door: LaneDoor, lane: Lane): void {
  if (lane.stall === 'unread') return;
  lane.stall = 'unread';
  lane.socket.pause();
  lane.socket.once('drain', () => {
    if (lane.stall === 'unread') work(door, lane);
  });
}

/** Hands the journal what it did not take, and goes on behind that. */
export function tryAgain(door: LaneDoor, lane: Lane): void {
  for (const message of lane.underWay.slice(lane.handed)) {
    if (!door.take(message, lane)) {
      door.waitingRoom.waitForJournal(lane);
      return;
    }
    lane.handed++;
  }
  if (lane.stall === 'journal') work(door, lane);
}

function receive(door: LaneDoor, lane: Lane, chunk: Buffer): void {
  lane.bytes = lane.held ? join(lane, lane.held, chunk) : chunk;
  lane.at = 0;
  if (lane.bytes.length > 0) work(door, lane);
}

/** @returns the packet that was held back and what came behind it; nothing while it is not whole */
function join(lane: Lane, held: NonNullable<Lane['held']>, chunk: Buffer): Buffer {
  const length = held.length + chunk.length;
  if (length > held.memory.length) {
    const larger = Buffer.allocUnsafe(Math.max(length, 2 * held.memory.length));
    held.memory.copy(larger, 0, 0, held.length);
    held.memory = larger;
  }
  chunk.copy(held.memory, held.length);
  held.length = length;
  if (length < held.wanted) return nothing;
  lane.held = undefined;
  return held.memory.subarray(0, length);
}

function slowDown(door: LaneDoor, lane: Lane, cost: number, bytes: number): void {
  const share = lane.sender?.share;
  const waitMs = share ? door.shares.charge(share, cost, bytes, performance.now()) : 0;
  if (waitMs === 0) return;
  door.context.count('slowed', doorLabels);
  lane.stall = 'rate';
  lane.timer = setTimeout(() => {
    lane.timer = undefined;
    work(door, lane);
  }, waitMs).unref();
}

function acknowledge(door: LaneDoor, lane: Lane, count: number): void {
  const durable = forget(door, lane, count);
  if (lane.socket.writable) writeAcknowledgements(lane.socket, durable);
  for (const message of durable) door.route(message);
  door.waitingRoom.journalWorks();
  if (lane.stall === 'room' || lane.stall === 'journal' || lane.stall === 'order') work(door, lane);
}

/** @returns the oldest of what is under way, which is it no more */
function forget(door: LaneDoor, lane: Lane, count: number): readonly Message[] {
  const all = count === lane.underWay.length;
  const gone = all ? lane.underWay : lane.underWay.splice(0, count);
  if (all) lane.underWay = [];
  release(door, lane, gone);
  return gone;
}

function release(door: LaneDoor, lane: Lane, gone: readonly Message[]): void {
  let bytes = 0;
  for (const message of gone) bytes += message.bytes.length;
  lane.bytesUnderWay -= bytes;
  if (lane.sender) door.shares.giveBack(lane.sender.share, gone.length, bytes);
  door.waitingRoom.roomMade();
}

/** All PUBACKs in one piece. */
function writeAcknowledgements(socket: Socket, messages: readonly Message[]): void {
  const acknowledgements = Buffer.allocUnsafe(4 * messages.length);
  let at = 0;
  for (const { resend } of messages) {
    if (!resend) continue;
    acknowledgements[at] = 0x40;
    acknowledgements[at + 1] = 2;
    acknowledgements[at + 2] = resend.packetId >> 8;
    acknowledgements[at + 3] = resend.packetId & 0xff;
    at += 4;
  }
  if (at > 0)
    socket.write(
      at === acknowledgements.length ? acknowledgements : acknowledgements.subarray(0, at),
    );
}

function close(door: LaneDoor, lane: Lane): void {
  lane.closed = true;
  clearTimeout(lane.timer);
  lane.inlet.destroy();
  lane.held = undefined;
  lane.bytes = nothing;
  door.gone(lane);
  door.waitingRoom.leave(lane);
  // What the journal did not take is not acknowledged, and comes again.
  const lost = lane.underWay.splice(lane.handed);
  if (lost.length > 0) door.lost(lost.length);
  release(door, lane, lost);
  if (lane.sender) door.shares.leave(lane.sender.share);
}
