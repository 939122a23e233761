import type { Socket } from 'node:net';
import type { Context } from '../model/context.ts';
import type { Envelope, Take, Waiter } from '../model/envelope.ts';
import type { BrokerLimits, PublishGrant, RefusalReason } from './broker.ts';
import type { Inlet } from './inlet.ts';
import { type Cut, createCut, cutPacket, filtersIn, isPing, mayClientSend } from './packets.ts';
import type { Share, Shares } from './shares.ts';
import type { WaitingRoom } from './waiting-room.ts';

export type JournalGrant = Extract<PublishGrant, { to: 'journal' }>;

/** A published message on its way into the journal. */
export interface Message extends Envelope {
  readonly topic: string;
  readonly qos: 0 | 1;
  readonly retain: boolean;
}

/** Why no more is read from a connection for now. */
type Stall = 'arriving' | 'room' | 'rate' | 'journal' | 'library' | 'order' | 'unread';

/** A topic the connection publishes to. */
interface Known {
  readonly topic: string;
  readonly grant: JournalGrant;
}

/** Who sends on a lane, once let in. */
export interface Sender {
  /** Session id. */
  readonly client: string;
  readonly share: Share;
  /** Undefined: not for the journal, or not for this sender; the library is asked. */
  grantOf(topic: string): JournalGrant | undefined;
}

/**
 * A connection, from its bytes to the journal and back. What a device publishes goes straight from here into the journal and is
 * acknowledged together; everything else goes on to the broker library as it came.
 */
export interface Lane extends Waiter {
  readonly socket: Socket;
  readonly inlet: Inlet;
  sender: Sender | undefined;
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
  /** Ticks of silence after which the connection is dead; 0 for never. */
  silenceTicksMax: number;
  /** For how many ticks the client has left unread what was sent to it. */
  unreadTicks: number;
  /** Why it is being closed has been counted. */
  counted: boolean;
  closed: boolean;
}

export interface LaneDoor {
  readonly take: Take;
  readonly limits: BrokerLimits;
  readonly context: Context;
  readonly shares: Shares;
  readonly waitingRoom: WaitingRoom<Lane>;
  /** Counts up as time goes by. */
  readonly clock: { tick: number };
  /** Told of every message that has become durable. */
  route(message: Message): void;
  /** The connection is closed because of what it sent. */
  refuse(lane: Lane, reason: RefusalReason): void;
  /** The connection has said who it is, or something else. */
  said(lane: Lane): void;
  gone(lane: Lane): void;
  /** So many messages of a client that has gone were not taken by the journal. */
  lost(messages: number): void;
}

/** Fixed header aside, what a PUBLISH has beside its payload: topic and packet id. */
const headroomBytes = 1024;
/** Topics whose meaning is remembered per connection; a gateway may have thousands. */
const knownMax = 10_000;
const connectHeader = 0x10;
const disconnectType = 14;
const publishType = 3;
export const doorLabels = { door: 'mqtt' } as const;
const cut: Cut = createCut();

const pingResponse = Buffer.from([0xd0, 0]);

/** What became of a packet: the journal has the message, the library has it, or it was none that costs anything. */
type Dealt = 'taken' | 'published' | 'control';

/** What each takes of its sender's share, in messages: acknowledgements and pings are not to be slower than what they answer. */
const costs: Readonly<Record<Dealt, number>> = { taken: 1, published: 1, control: 0.05 };

/** Deals with what has come, until it is at its end or has to wait. @returns what that cost, in messages; 0 where nothing was dealt with */
export function cutAll(door: LaneDoor, lane: Lane): number {
  const receivedAt = door.context.now();
  let cost = 0;
  let taken = 0;
  while (lane.at < lane.bytes.length && !lane.stall) {
    const dealt = cutOne(door, lane, receivedAt);
    if (!dealt) break;
    cost += costs[dealt];
    if (dealt === 'taken') taken++;
  }
  if (taken > 0) door.context.count('received', doorLabels, taken);
  if (lane.pings > 0) answerPings(lane);
  return cost;
}

function answerPings(lane: Lane): void {
  const { pings, socket } = lane;
  lane.pings = 0;
  if (socket.writable)
    socket.write(pings === 1 ? pingResponse : Buffer.alloc(2 * pings, pingResponse));
}

/** @returns undefined where nothing more can be done now */
function cutOne(door: LaneDoor, lane: Lane, receivedAt: number): Dealt | undefined {
  const { bytes } = lane;
  if (!lane.sender && bytes[lane.at] !== connectHeader) {
    // Nobody has said who he is: the library ends it.
    pass(door, lane, bytes.length);
    return undefined;
  }
  const kind = cutPacket(bytes, lane.at, door.limits.payloadBytes + headroomBytes, cut);
  if (kind === 'refused') return refuse(door, lane, 'too-large');
  if (kind === 'partial') {
    hold(lane);
    return undefined;
  }
  const message = kind === 'publish' ? messageOf(door, lane, receivedAt) : undefined;
  if (message) return takeMessage(door, lane, message) ? 'taken' : undefined;
  if (lane.sender && isPing(bytes, lane.at, cut.end)) {
    lane.pings++;
    lane.at = cut.end;
    return 'control';
  }
  return passPacket(door, lane);
}

function refuse(door: LaneDoor, lane: Lane, reason: RefusalReason): undefined {
  door.refuse(lane, reason);
  lane.inlet.destroy();
}

/** Keeps the beginning of a packet apart from the chunk it came in. */
function hold(lane: Lane): void {
  const memory = Buffer.from(lane.bytes.subarray(lane.at));
  lane.held = { memory, length: memory.length, wanted: cut.end - lane.at };
  lane.at = lane.bytes.length;
}

/** @returns undefined for what the library is to judge: what is refused, and what is not for the journal */
function messageOf(door: LaneDoor, lane: Lane, receivedAt: number): Message | undefined {
  const { bytes, sender } = lane;
  if (!sender || cut.end - cut.payloadAt > door.limits.payloadBytes) return undefined;
  if (cut.qos === 1 && cut.packetId === 0) return undefined;
  const known = lane.last && isTopic(bytes, lane.last.topic) ? lane.last : knownOf(lane, sender);
  if (!known) return undefined;
  lane.last = known;
  const { device, protocol, retain } = known.grant;
  const message = {
    door: 'mqtt',
    protocol,
    device,
    receivedAt,
    bytes: bytes.subarray(cut.payloadAt, cut.end),
    resend: { client: sender.client, packetId: cut.packetId, dup: cut.dup },
    topic: known.topic,
    qos: cut.qos,
    retain: retain && cut.retain,
  } as const;
  return cut.qos === 1 ? message : withoutResend(message);
}

function withoutResend({ resend: _, ...message }: Message): Message {
  return message;
}

/** Topics for the journal are ASCII; any other is read as text before it is compared. */
function isTopic(bytes: Buffer, topic: string): boolean {
  if (cut.topicEnd - cut.topicAt !== topic.length) return false;
  // Ids differ at the end, where topics of one connection are alike in front.
  for (let n = topic.length - 1, at = cut.topicEnd - 1; n >= 0; n--, at--) {
    if (topic.charCodeAt(n) !== bytes[at]) return false;
  }
  return true;
}

function knownOf(lane: Lane, sender: Sender): Known | undefined {
  const topic = lane.bytes.toString('utf8', cut.topicAt, cut.topicEnd);
  const already = lane.known?.get(topic);
  if (already) return already;
  const grant = sender.grantOf(topic);
  if (!grant) return undefined;
  const known = { topic, grant };
  if (lane.last) {
    lane.known ??= new Map([[lane.last.topic, lane.last]]);
    if (lane.known.size < knownMax) lane.known.set(topic, known);
  }
  return known;
}

/** @returns false where it has to wait; it is then looked at again */
function takeMessage(door: LaneDoor, lane: Lane, message: Message): boolean {
  const { limits, shares, waitingRoom } = door;
  const share = lane.sender?.share;
  if (!share) return false;
  if (waitingRoom.waitsForJournal(lane)) {
    lane.stall = 'journal';
  } else if (
    lane.underWay.length >= limits.connectionMessages ||
    lane.bytesUnderWay >= limits.connectionBytes ||
    !shares.hasRoom(share)
  ) {
    lane.stall = 'room';
  } else if (!door.take(message, lane)) {
    waitingRoom.waitForJournal(lane);
    lane.stall = 'journal';
  }
  if (lane.stall) {
    door.context.count('slowed', doorLabels);
    return false;
  }
  lane.underWay.push(message);
  lane.handed++;
  lane.bytesUnderWay += message.bytes.length;
  shares.take(share, message.bytes.length);
  lane.at = cut.end;
  return true;
}

/** Hands the packet to the library. @returns undefined where it has to wait */
function passPacket(door: LaneDoor, lane: Lane): Dealt | undefined {
  const header = lane.bytes[lane.at] ?? 0;
  const isPublish = header >> 4 === publishType;
  // [MQTT-4.6.0-2] Acknowledgements come in the order of their messages.
  if (isPublish && (header & 6) === 2 && lane.underWay.length > 0) {
    lane.stall = 'order';
    return undefined;
  }
  if (!mayClientSend(header)) return refuse(door, lane, 'malformed');
  const filters = filtersIn(lane.bytes, header, cut);
  if (filters !== undefined && filters > door.limits.filtersPerPacket)
    return refuse(door, lane, 'subscribe');
  pass(door, lane, cut.end);
  if (header >> 4 === disconnectType) lane.at = lane.bytes.length;
  // One after the other: each may be answered with thousands of messages.
  if (filters !== undefined) lane.stall = 'library';
  return isPublish ? 'published' : 'control';
}

function pass(door: LaneDoor, lane: Lane, end: number): void {
  const packets = lane.bytes.subarray(lane.at, end);
  // The library keeps parts of a CONNECT for as long as the connection lasts: a copy does not keep the whole chunk's memory.
  const more = lane.inlet.push(lane.sender ? packets : Buffer.from(packets));
  lane.at = end;
  if (!lane.sender) {
    lane.stall = 'arriving';
    door.said(lane);
  } else if (!more) lane.stall = 'library';
}
