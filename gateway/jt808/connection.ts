import type { Socket } from 'node:net';
import type { Context } from '../../model/context.ts';
import type { Envelope, Waiter } from '../../model/envelope.ts';
import type { Frame, Framer, Header, Heard } from '../../protocols/jt808/frame.ts';
import type {
  SeenFrame,
  Share,
  TerminalAnswer,
  TerminalLimits,
  TerminalParts,
  TerminalRefusal,
  WaitingRoom,
} from './door.ts';
import { doorLabels } from './door.ts';
import type { Packets } from './packets.ts';
import type { Recent } from './recent.ts';

/** Why no more is read from a link for now; one that is leaving is read no more. */
export type Stall = 'registering' | 'room' | 'rate' | 'journal' | 'turn' | 'unread' | 'leaving';

/** What a message is to be answered with, in its turn. */
export interface Owed {
  /** Header of the message. */
  readonly to: Header;
  /** Id and body of the answer; undefined where there is none to be given. */
  readonly answer: { readonly id: number; readonly body: Uint8Array } | undefined;
  /** What the journal has to have before. */
  readonly envelope: Envelope | undefined;
  /** Of a message in several packets. */
  readonly lastPacket?: Frame | undefined;
}

/** What was sent and waits for the terminal's answer. */
export interface Asked {
  readonly id: number;
  /** Serials of its frames, first and last. */
  readonly first: number;
  readonly last: number;
  /** By these the terminal may ask for one again. */
  readonly frames: readonly Uint8Array[];
  readonly timer: NodeJS.Timeout;
  resolve(answer: TerminalAnswer): void;
  reject(error: Error): void;
}

/** A connection, from its bytes to the journal and back. */
export interface Link extends Waiter {
  /** Counts up, over all links. */
  readonly number: number;
  readonly socket: Socket;
  readonly framer: Framer;
  /** IP address it comes from. */
  readonly address: string;
  /** Id of the vehicle it has authenticated for. */
  vehicle: string | undefined;
  /** The vehicle of the phone it names, which anybody may; for people who look into its frames. */
  named: string | undefined;
  /** Of the place it authenticated for; 0 where that was not looked at. */
  epoch: number;
  /** As the terminal writes them; those of its authentication. */
  phone: string;
  version: number | undefined;
  share: Share | undefined;
  /** Serial of the next frame to it. */
  serial: number;
  /** What has come and was not dealt with, from `at` on. */
  heard: readonly Heard[];
  at: number;
  /** The next of these was looked at before, and had to wait. */
  isAgain: boolean;
  stall: Stall | undefined;
  timer: NodeJS.Timeout | undefined;
  /** Not answered yet, oldest first. */
  owed: Owed[];
  /** Messages among these that are for the journal, and their bytes. */
  underWay: number;
  bytesUnderWay: number;
  /** How many of these, from the oldest on, the journal has; the others it did not take. */
  handed: number;
  /** Frames to be sent at the end of this turn. */
  out: Uint8Array[];
  /** Once something was sent that is to be answered. */
  asked: Map<number, Asked> | undefined;
  /** While a message of several packets is not whole, and for a while after. */
  packets: Packets | undefined;
  /** Id of the picture, sound or film that is coming in. */
  media: Uint8Array | undefined;
  /** Broken frames one behind the other. */
  badFrames: number;
  /** What it sent that it may not, and wrong codes. */
  faults: number;
  /** Frames since it came, or has logged out, without having authenticated. */
  strangerFrames: number;
  framesIn: number;
  framesOut: number;
  /** Serial of its last frame; undefined before it has authenticated. */
  lastSerial: number | undefined;
  readonly serialGaps: { count: number; missing: number };
  /** Our clock, Unix ms UTC. */
  since: number;
  /** Number of the door's tick: of the last whole frame, or, before it has authenticated, of its opening. */
  heardAt: number;
  unreadTicks: number;
  closed: boolean;
}

/** What links have in common. */
export interface LinkDoor {
  readonly parts: TerminalParts;
  readonly limits: TerminalLimits;
  readonly context: Context;
  readonly isOpen: boolean;
  readonly recent: Recent;
  readonly waitingRoom: WaitingRoom<Link>;
  /** Counts up as time goes by. */
  readonly clock: { tick: number };
  readonly refused: Map<TerminalRefusal, number>;
  /** By vehicle. */
  readonly online: Map<string, Link>;
  /** Links in the middle of a message of several packets. */
  readonly assembling: Set<Link>;
  /** Bytes of all packets of messages that are not whole. */
  readonly held: { bytes: number };
  /** Goes on with what had to wait. */
  goOn(link: Link): void;
  /** It has authenticated, and counts as a stranger no more. */
  known(link: Link): void;
  gone(link: Link): void;
  /** Whether strangers of this address may send so many bytes more now. */
  mayStrangersSend(address: string, bytes: number): boolean;
}

/** For people who look into frames. */
export function noteFrame(
  { recent }: LinkDoor,
  { vehicle, named, number }: Link,
  direction: SeenFrame['direction'],
  at: number,
  bytes: Uint8Array,
): void {
  if (vehicle !== undefined) recent.note(vehicle, direction, at, bytes);
  else if (named !== undefined) recent.note(named, direction, at, bytes, number);
}

export function refuse(
  { context, refused }: Pick<LinkDoor, 'context' | 'refused'>,
  reason: TerminalRefusal,
  times = 1,
): void {
  refused.set(reason, (refused.get(reason) ?? 0) + times);
  context.count('refused', { ...doorLabels, reason }, times);
}

/** Closes the link because of what came, or did not come, on it. */
export function end(door: LinkDoor, link: Link, reason: TerminalRefusal): void {
  refuse(door, reason);
  link.stall = 'leaving';
  link.socket.destroy();
}

export const isLeaving = (link: Link): boolean => link.closed || link.stall === 'leaving';
