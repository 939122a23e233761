import type { Socket } from 'node:net';
import type { AppError } from '../../model/errors.ts';
import { createFramer, type Framer, type Heard } from '../../protocols/jt808/frame.ts';
import { flush, release, settleOwed } from './answers.ts';
import { forgetAsked } from './asking.ts';
import {
  type Asked,
  end,
  isLeaving,
  type Link,
  type LinkDoor,
  type Owed,
  refuse,
  type Stall,
} from './connection.ts';
import { doorLabels, type Share } from './door.ts';
import { hearAll } from './intake.ts';
import type { Packets } from './packets.ts';

const none: readonly never[] = [];
let linksOpened = 0;

/** A class, so that thousands of links have their methods in common. */
class SocketLink implements Link {
  readonly number = linksOpened++;
  readonly door: LinkDoor;
  readonly socket: Socket;
  readonly framer: Framer = createFramer();
  readonly address: string;
  vehicle: string | undefined = undefined;
  named: string | undefined = undefined;
  epoch = 0;
  phone = '';
  version: number | undefined = undefined;
  share: Share | undefined = undefined;
  serial = 0;
  heard: readonly Heard[] = none;
  at = 0;
  isAgain = false;
  stall: Stall | undefined = undefined;
  timer: NodeJS.Timeout | undefined = undefined;
  owed: Owed[] = [];
  underWay = 0;
  bytesUnderWay = 0;
  handed = 0;
  out: Uint8Array[] = [];
  asked: Map<number, Asked> | undefined = undefined;
  packets: Packets | undefined = undefined;
  media: Uint8Array | undefined = undefined;
  badFrames = 0;
  faults = 0;
  strangerFrames = 0;
  framesIn = 0;
  framesOut = 0;
  lastSerial: number | undefined = undefined;
  readonly serialGaps = { count: 0, missing: 0 };
  since = 0;
  heardAt: number;
  unreadTicks = 0;
  closed = false;

  constructor(door: LinkDoor, socket: Socket, address: string) {
    this.door = door;
    this.socket = socket;
    this.address = address;
    this.heardAt = door.clock.tick;
  }

  settle(count: number, error: AppError | undefined): void {
    const { door } = this;
    this.handed -= count;
    if (!error) acknowledge(door, this, count);
    else if (this.closed) settleOwed(door, this, count);
    else door.waitingRoom.waitForJournal(this);
  }
}

/** By this a socket knows its link: listeners are then the same functions for all. */
const linkKey = Symbol('link');
interface LinkSocket extends Socket {
  [linkKey]?: SocketLink;
}

/** Takes over a connection that has just been made; what comes on it goes to `receive`. */
export function openLink(door: LinkDoor, socket: Socket, address: string): Link {
  const link = new SocketLink(door, socket, address);
  (socket as LinkSocket)[linkKey] = link;
  socket.on('error', ignore);
  socket.on('close', onClose);
  return link;
}

/** Behind it comes `close`. */
function ignore(): void {}

function onClose(this: LinkSocket): void {
  const link = this[linkKey];
  if (link) close(link.door, link);
}

export function receive(socket: Socket, chunk: Buffer): void {
  const link = (socket as LinkSocket)[linkKey];
  if (!link || isLeaving(link)) return;
  const { door } = link;
  if (link.vehicle === undefined && !door.mayStrangersSend(link.address, chunk.length)) {
    end(door, link, 'rate-limited');
    return;
  }
  const heard = link.framer.push(chunk);
  if (heard.length === 0) return;
  const left = link.heard.slice(link.at);
  link.heard = left.length > 0 ? [...left, ...heard] : heard;
  link.at = 0;
  if (!link.stall) work(door, link);
}

/** Goes on with what had to wait. */
export function work(door: LinkDoor, link: Link): void {
  if (isLeaving(link)) return;
  if (link.socket.writableNeedDrain) {
    waitUntilRead(door, link);
    return;
  }
  link.stall = undefined;
  const { messages, bytes } = hearAll(door, link);
  flush(link);
  if (isLeaving(link)) return;
  if (messages > 0) slowDown(door, link, messages, bytes);
  if (link.at >= link.heard.length) {
    link.heard = none;
    link.at = 0;
  } else if (!link.stall) takeTurn(door, link);
  if (link.stall === 'room') door.waitingRoom.waitForRoom(link);
  if (link.stall) link.socket.pause();
  else if (link.socket.isPaused()) link.socket.resume();
}

/** There is more, and others come first. */
function takeTurn(door: LinkDoor, link: Link): void {
  link.stall = 'turn';
  setImmediate(() => {
    if (link.stall === 'turn') work(door, link);
  });
}

/** Who does not read what he is answered is not read either. */
function waitUntilRead(door: LinkDoor, link: Link): void {
  if (link.stall === 'unread') return;
  link.stall = 'unread';
  link.socket.pause();
  link.socket.once('drain', () => {
    if (link.stall === 'unread') work(door, link);
  });
}

function slowDown(door: LinkDoor, link: Link, messages: number, bytes: number): void {
  const { share } = link;
  const waitMs = share ? door.parts.shares.charge(share, messages, bytes, performance.now()) : 0;
  if (waitMs === 0 || link.stall) return;
  door.context.count('slowed', doorLabels);
  link.stall = 'rate';
  link.timer = setTimeout(() => {
    link.timer = undefined;
    if (link.stall === 'rate') work(door, link);
  }, waitMs).unref();
}

/** Hands the journal what it did not take, and goes on behind that. */
export function tryAgain(door: LinkDoor, link: Link): void {
  const waiting = link.owed.flatMap(({ envelope }) => envelope ?? []).slice(link.handed);
  for (const envelope of waiting) {
    if (!door.parts.take(envelope, link)) {
      door.waitingRoom.waitForJournal(link);
      return;
    }
    link.handed++;
  }
  if (link.stall === 'journal') work(door, link);
}

function acknowledge(door: LinkDoor, link: Link, count: number): void {
  settleOwed(door, link, count);
  flush(link);
  door.waitingRoom.roomMade();
  door.waitingRoom.journalWorks();
  if (link.stall === 'room' || link.stall === 'journal') work(door, link);
}

function close(door: LinkDoor, link: Link): void {
  link.closed = true;
  clearTimeout(link.timer);
  link.heard = none;
  link.at = 0;
  if (link.framer.isAstray()) refuse(door, 'garbage');
  forgetAsked(link);
  door.gone(link);
  door.waitingRoom.leave(link);
  // What the journal did not take is not acknowledged, and comes again.
  const mine = link.owed.filter(({ envelope }) => envelope);
  const lost = mine.slice(link.handed);
  link.owed = mine.slice(0, link.handed);
  for (const { envelope } of lost) release(door, link, envelope?.bytes.length ?? 0);
  if (lost.length > 0) refuse(door, 'journal', lost.length);
  if (link.share) door.parts.shares.leave(link.share);
}
