import type { Socket } from 'node:net';
import type { Client } from 'aedes';
import type { Context } from '../model/context.ts';
import type { Envelope, Take, Waiter } from '../model/envelope.ts';
import type { BrokerAccess, BrokerLimits, PublishGrant, RefusalReason, Session } from './broker.ts';
import type { Hello, Will } from './hello.ts';
import type { Inlet } from './inlet.ts';
import type { Share, Shares } from './shares.ts';
import type { WaitingRoom } from './waiting-room.ts';

export type JournalGrant = Extract<PublishGrant, { to: 'journal' }>;

/** A published message on its way into the journal. */
export interface Message extends Envelope {
  readonly topic: string;
  readonly qos: 0 | 1;
  readonly retain: boolean;
}

/** Why no more is read from a connection for now; one that is leaving is read no more. */
export type Stall =
  | 'arriving'
  | 'room'
  | 'rate'
  | 'journal'
  | 'library'
  | 'order'
  | 'unread'
  | 'leaving';

/** A topic the connection publishes to. */
export interface Known {
  readonly topic: string;
  readonly grant: JournalGrant;
}

/** What a connection has that needs the broker library. */
export interface LibraryPart {
  readonly inlet: Inlet;
  /** The library reads packets behind its CONNECT. */
  ready: boolean;
  /** The library has taken it in and not let go of it. */
  client: Client | undefined;
  /** To be called when it has, or when the connection has ended. */
  arrived: (() => void) | undefined;
  /** What it has subscribed to and may. */
  filters: Set<string> | undefined;
  /** QoS 2 messages on their way into the journal, by packet id. */
  receiving: Map<number, Promise<void>> | undefined;
}

/**
 * A connection, from its bytes to the journal and back. What a device publishes goes straight from here into the journal and is
 * acknowledged together; what only the broker library knows goes on to it as it came.
 */
export interface Lane extends Waiter {
  readonly socket: Socket;
  /** IP address it comes from. Empty once it has been let in. */
  address: string;
  /** Session id, once let in. */
  id: string;
  /** Once let in. */
  session: Session | undefined;
  share: Share | undefined;
  will: Will | undefined;
  /** Once needed. */
  library: LibraryPart | undefined;
  /** To be called when it has left: a newer connection waits to take over. */
  left: (() => void) | undefined;
  /** What is left of what has come, from `at` on. */
  bytes: Buffer;
  at: number;
  /** The beginning of a packet whose end has not come: `length` bytes of `memory`, of at least `wanted`. */
  held: { memory: Buffer; length: number; wanted: number } | undefined;
  stall: Stall | undefined;
  timer: NodeJS.Timeout | undefined;
  /** The topic of the last message; most devices have no other. */
  last: Known | undefined;
  /** All of them, where there are several. */
  known: Map<string, Known> | undefined;
  /** PINGREQs that are not answered yet. */
  pings: number;
  /** Handed to the journal and not acknowledged, oldest first. */
  underWay: Message[];
  /** How many of these, from the oldest on, the journal has; the others it did not take. */
  handed: number;
  bytesUnderWay: number;
  /** Number of the door's tick at which the last whole packet came. */
  heardAt: number;
  /** Ticks of silence after which the connection is closed; 0 for never. */
  silenceTicksMax: number;
  /** For how many ticks the client has left unread what was sent to it. */
  unreadTicks: number;
  /** Why it is being closed has been counted. */
  counted: boolean;
  closed: boolean;
}

/** What lanes have in common. */
export interface LaneDoor {
  readonly access: BrokerAccess;
  readonly take: Take;
  readonly limits: BrokerLimits;
  readonly context: Context;
  readonly shares: Shares;
  readonly waitingRoom: WaitingRoom<Lane>;
  /** Counts up as time goes by. */
  readonly clock: { tick: number };
  /** Told of every message that has become durable. */
  route(message: Message): void;
  /** Publishes what a connection said of the state of a device. @param done called in a later turn */
  tell(topic: string, payload: Buffer, qos: 0 | 1, done: () => void): void;
  /** Goes on with what had to wait. */
  goOn(lane: Lane): void;
  /** It has sent a CONNECT. */
  arrive(lane: Lane, hello: Hello): void;
  /**
   * Opens the library for one that has been let in.
   *
   * @param clean where nothing is kept for it
   * @param arrived called when the library has taken it in, or the connection has ended
   */
  openLibrary(lane: Lane, clean: boolean, arrived?: () => void): void;
  /** The connection has said who it is, or something else. */
  said(lane: Lane): void;
  gone(lane: Lane): void;
  /** So many messages of a client that has gone were not taken by the journal. */
  lost(messages: number): void;
}

export const doorLabels = { door: 'mqtt' } as const;

/** How often the doors look for connections that have fallen silent. */
export const tickMs = 500;

/** @param lane of a connection that is closed for this reason, and is counted once */
export function refuse(
  { context }: { readonly context: Pick<Context, 'count'> },
  reason: RefusalReason,
  lane?: Lane,
): void {
  if (lane) lane.counted = true;
  context.count('refused', { door: 'mqtt', reason });
}

/** Closes the connection because of what it sent. */
export function end(door: LaneDoor, lane: Lane, reason: RefusalReason): undefined {
  refuse(door, reason, lane);
  lane.stall = 'leaving';
  lane.socket.destroy();
}

export const nothing: Buffer = Buffer.alloc(0);

/** Time for a last answer to be read. */
const farewellTicks = 2;

/** Answers, and closes the connection when the client has read it. */
export function bidFarewell(door: LaneDoor, lane: Lane, answer: Buffer): void {
  lane.stall = 'leaving';
  lane.bytes = nothing;
  lane.at = 0;
  lane.heardAt = door.clock.tick;
  lane.silenceTicksMax = farewellTicks;
  lane.socket.end(answer);
  // What still comes is not looked at; only that the client has gone is.
  lane.socket.resume();
}
