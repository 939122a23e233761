import type { Socket } from 'node:net';
import type { AppError } from '../model/errors.ts';
import type { Session } from './broker.ts';
import {
  doorLabels,
  type Known,
  type Lane,
  type LaneDoor,
  type LibraryPart,
  type Message,
  nothing,
  type Stall,
  tickMs,
} from './connection.ts';
import { type Will, welcome } from './hello.ts';
import { cutAll } from './intake.ts';
import type { Share } from './shares.ts';

/** A class, so that thousands of connections have their methods in common. */
class SocketLane implements Lane {
  readonly door: LaneDoor;
  readonly socket: Socket;
  address: string;
  id = '';
  session: Session | undefined = undefined;
  share: Share | undefined = undefined;
  will: Will | undefined = undefined;
  library: LibraryPart | undefined = undefined;
  left: (() => void) | undefined = undefined;
  bytes: Buffer = nothing;
  at = 0;
  held: Lane['held'] = undefined;
  stall: Stall | undefined = undefined;
  timer: NodeJS.Timeout | undefined = undefined;
  last: Known | undefined = undefined;
  known: Map<string, Known> | undefined = undefined;
  pings = 0;
  underWay: Message[] = [];
  handed = 0;
  bytesUnderWay = 0;
  heardAt: number;
  silenceTicksMax: number;
  unreadTicks = 0;
  counted = false;
  closed = false;

  constructor(door: LaneDoor, socket: Socket, address: string) {
    this.door = door;
    this.socket = socket;
    this.address = address;
    this.heardAt = door.clock.tick;
    this.silenceTicksMax = Math.ceil(door.limits.connectTimeoutMs / tickMs);
  }

  settle(count: number, error: AppError | undefined): void {
    const { door } = this;
    this.handed -= count;
    if (!error) acknowledge(door, this, count);
    else if (this.closed) forget(door, this, count);
    else door.waitingRoom.waitForJournal(this);
  }
}

/** By this a socket knows its lane: listeners are then the same functions for all. */
const laneKey = Symbol('lane');
interface LaneSocket extends Socket {
  [laneKey]?: SocketLane;
}

/** Takes over a connection that has just been made; what comes on it goes to `receive`. */
export function openLane(door: LaneDoor, socket: Socket, address: string): Lane {
  const lane = new SocketLane(door, socket, address);
  (socket as LaneSocket)[laneKey] = lane;
  socket.on('error', ignore);
  socket.on('close', onClose);
  return lane;
}

/** Behind it comes `close`. */
function ignore(): void {}

function onClose(this: LaneSocket): void {
  const lane = this[laneKey];
  if (lane) close(lane.door, lane);
}

/** @param chunk is kept while it is needed */
export function receive(socket: Socket, chunk: Buffer): void {
  const lane = (socket as LaneSocket)[laneKey];
  if (!lane || isLeaving(lane)) return;
  lane.bytes = lane.held ? join(lane, lane.held, chunk) : chunk;
  lane.at = 0;
  if (lane.bytes.length > 0) work(lane.door, lane);
}

/** The client has been let in: what came behind its CONNECT is looked at now. */
export function enterLane(door: LaneDoor, lane: Lane): void {
  if (lane.socket.writable) lane.socket.write(welcome);
  work(door, lane);
}

const isLeaving = (lane: Lane): boolean => lane.closed || lane.stall === 'leaving';

/** Goes on with what had to wait. */
export function work(door: LaneDoor, lane: Lane): void {
  if (isLeaving(lane)) return;
  if (lane.socket.writableNeedDrain) {
    waitUntilRead(door, lane);
    return;
  }
  lane.stall = undefined;
  const from = lane.at;
  const cost = cutAll(door, lane);
  if (isLeaving(lane)) return;
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
  const { share } = lane;
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
  if (lane.share) door.shares.giveBack(lane.share, gone.length, bytes);
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
  lane.library?.inlet.destroy();
  lane.held = undefined;
  lane.bytes = nothing;
  door.gone(lane);
  door.waitingRoom.leave(lane);
  // What the journal did not take is not acknowledged, and comes again.
  const lost = lane.underWay.splice(lane.handed);
  if (lost.length > 0) door.lost(lost.length);
  release(door, lane, lost);
  if (lane.share) door.shares.leave(lane.share);
}
