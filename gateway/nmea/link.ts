import type { Socket } from 'node:net';
import type { Session } from '../../broker/broker.ts';
import type { Envelope, Waiter } from '../../model/envelope.ts';
import type { AppError } from '../../model/errors.ts';

/** Why a link is not read: while it is let in, is too fast, or has too much on its way into the journal. */
export type Hold = 'arriving' | 'rate' | 'room';

export interface Limits {
  readonly connections: number;
  /** Connections that have not said who they are; beyond, the oldest has to go. */
  readonly strangers: number;
  /** Time to say it. */
  readonly introductionMs: number;
  /** The pause behind a registration packet that ends no line. */
  readonly pauseMs: number;
  /** A link on which nothing came for so long is closed. */
  readonly idleMs: number;
  /** Of a line; longer ones are left out. */
  readonly lineBytes: number;
  /** What a link may send in the long run; faster ones are read more slowly. */
  readonly bytesPerS: number;
  /** Seconds' worth of that which may come at once. */
  readonly burstS: number;
  /** Sentences that come closer together than this go into the journal together… */
  readonly togetherMs: number;
  /** … but wait no longer, and are no more, than this. */
  readonly gatherMs: number;
  readonly gatherBytes: number;
  /** On the way into the journal; beyond, the link is read no further. */
  readonly underWayBytes: number;
  /** Pause before the journal is tried again. */
  readonly againMs: number;
}

export const defaultLimits: Limits = {
  connections: 1000,
  strangers: 200,
  introductionMs: 10_000,
  pauseMs: 1000,
  idleMs: 900_000,
  lineBytes: 256,
  bytesPerS: 4096,
  burstS: 10,
  togetherMs: 300,
  gatherMs: 1000,
  gatherBytes: 4096,
  underWayBytes: 64 << 10,
  againMs: 250,
};

/** What a link tells the door. */
export interface LinkDoor {
  readonly limits: Limits;
  take(envelope: Envelope, waiter: Waiter): boolean;
  now(): number;
  count(name: string, by?: number): void;
}

/** One connection; of a vehicle once it has said which. */
export interface Link extends Waiter {
  readonly socket: Socket;
  readonly address: string;
  device: string | undefined;
  session: Session | undefined;
  /** What it said of itself, hashed: some modems say it again ahead of everything they send. */
  introduction: string | undefined;
  /** What came and ends no line yet. */
  text: string;
  /** The line is too long: what is left of it is passed over. */
  skipping: boolean;
  timer: NodeJS.Timeout | undefined;
  /** By a clock that never jumps, ms. */
  heardMs: number;
  creditBytes: number;
  creditMs: number;
  readonly holds: Set<Hold>;
  /** Lines that wait for those that belong to them. */
  gathered: string;
  gatheredMs: number;
  gathering: NodeJS.Timeout | undefined;
  underWay: Envelope[];
  /** How many of these the journal was handed. */
  handed: number;
  again: NodeJS.Timeout | undefined;
  closed: boolean;
}

export function createLink(door: LinkDoor, socket: Socket, address: string): Link {
  const link: Link = {
    socket,
    address,
    device: undefined,
    session: undefined,
    introduction: undefined,
    text: '',
    skipping: false,
    timer: undefined,
    heardMs: performance.now(),
    creditBytes: door.limits.bytesPerS * door.limits.burstS,
    creditMs: performance.now(),
    holds: new Set(),
    gathered: '',
    gatheredMs: 0,
    gathering: undefined,
    underWay: [],
    handed: 0,
    again: undefined,
    closed: false,
    settle: (count, error) => settle(door, link, count, error),
  };
  return link;
}

export function hold(link: Link, why: Hold): void {
  link.holds.add(why);
  link.socket.pause();
}

export function letGo(link: Link, why: Hold): void {
  if (link.holds.delete(why) && link.holds.size === 0 && !link.closed) link.socket.resume();
}

/** Takes what came from the link's credit; who has none left is not read until it has. */
export function charge(door: LinkDoor, link: Link, bytes: number): void {
  const { bytesPerS, burstS } = door.limits;
  const nowMs = performance.now();
  const earned = ((nowMs - link.creditMs) / 1000) * bytesPerS;
  link.creditBytes = Math.min(bytesPerS * burstS, link.creditBytes + earned) - bytes;
  link.creditMs = nowMs;
  if (link.creditBytes >= 0) return;
  door.count('slowed');
  hold(link, 'rate');
  setTimeout(() => letGo(link, 'rate'), (-link.creditBytes / bytesPerS) * 1000).unref();
}

/** A line for the journal, with those that belong to it. */
export function gather(door: LinkDoor, link: Link, line: string): void {
  const { gatherBytes, gatherMs, togetherMs } = door.limits;
  const nowMs = performance.now();
  if (link.gathered === '') link.gatheredMs = nowMs;
  link.gathered += `${line}\r\n`;
  if (link.gathered.length >= gatherBytes) {
    flush(door, link);
    return;
  }
  clearTimeout(link.gathering);
  const waitMs = Math.min(togetherMs, gatherMs - (nowMs - link.gatheredMs));
  link.gathering = setTimeout(() => flush(door, link), Math.max(0, waitMs));
}

/** Hands the journal what was gathered. */
export function flush(door: LinkDoor, link: Link): void {
  clearTimeout(link.gathering);
  if (link.gathered === '' || link.device === undefined) return;
  const bytes = Buffer.from(link.gathered, 'latin1');
  link.gathered = '';
  const { device } = link;
  link.underWay.push({ door: 'nmea', protocol: 'nmea', device, receivedAt: door.now(), bytes });
  door.count('received');
  if (link.again === undefined) handIn(door, link);
  if (bytesOf(link) > door.limits.underWayBytes) hold(link, 'room');
}

const bytesOf = ({ underWay }: Link): number =>
  underWay.reduce((sum, { bytes }) => sum + bytes.length, 0);

function handIn(door: LinkDoor, link: Link): void {
  link.again = undefined;
  for (const envelope of link.underWay.slice(link.handed)) {
    if (!door.take(envelope, link)) {
      tryLater(door, link);
      return;
    }
    link.handed++;
  }
}

function tryLater(door: LinkDoor, link: Link): void {
  hold(link, 'room');
  link.again ??= setTimeout(() => handIn(door, link), door.limits.againMs).unref();
}

/** The connection has ended. What the journal does not take now is lost: nobody was told that we have it, and nobody sends it again. */
export function endLink(door: LinkDoor, link: Link): void {
  flush(door, link);
  link.closed = true;
  clearTimeout(link.timer);
  clearTimeout(link.again);
  lose(door, link);
}

function lose(door: LinkDoor, link: Link): void {
  const lost = link.underWay.splice(link.handed).length;
  if (lost > 0) door.count('lost', lost);
}

function settle(door: LinkDoor, link: Link, count: number, error: AppError | undefined): void {
  link.handed -= count;
  if (error) {
    // Nor will any that was handed in since: those are told of by themselves, and all come again in their order.
    if (link.closed) lose(door, link);
    else tryLater(door, link);
    return;
  }
  link.underWay.splice(0, count);
  if (link.again === undefined && bytesOf(link) <= door.limits.underWayBytes) letGo(link, 'room');
}
