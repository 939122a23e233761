import { bidFarewell, doorLabels, end, type Lane, type LaneDoor, refuse } from './connection.ts';
import { type HelloFault, mqtt5NotSpoken, readHello, versionNotSpoken } from './hello.ts';
import { takePublish } from './messages.ts';
import {
  type Cut,
  createCut,
  cutPacket,
  filtersIn,
  isDisconnect,
  isPing,
  lacksPacketId,
  mayClientSend,
} from './packets.ts';

/** Fixed header aside, what a PUBLISH has beside its payload: topic and packet id. */
const headroomBytes = 1024;
const connectHeader = 0x10;
const publishType = 3;
const cut: Cut = createCut();

const pingResponse = Buffer.from([0xd0, 0]);

/** What became of a packet: the journal has the message, it was published otherwise, or it was none that costs anything. */
export type Dealt = 'taken' | 'published' | 'control';

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
  // [MQTT-3.1.0-1]
  if (!lane.session && bytes[lane.at] !== connectHeader) return end(door, lane, 'malformed');
  const kind = cutPacket(bytes, lane.at, door.limits.payloadBytes + headroomBytes, cut);
  if (kind === 'refused') return end(door, lane, 'too-large');
  if (kind === 'partial') return hold(lane);
  if (!lane.session) return greet(door, lane);
  if (kind === 'publish') return takePublish(door, lane, cut, receivedAt);
  if (isPing(bytes, lane.at, cut.end)) {
    lane.pings++;
    lane.at = cut.end;
    return 'control';
  }
  if (isDisconnect(bytes, lane.at, cut.end)) return leave(door, lane);
  return passPacket(door, lane);
}

/** Keeps the beginning of a packet apart from the chunk it came in. */
function hold(lane: Lane): undefined {
  const memory = Buffer.from(lane.bytes.subarray(lane.at));
  lane.held = { memory, length: memory.length, wanted: cut.end - lane.at };
  lane.at = lane.bytes.length;
}

/** No packet behind CONNECT is read before the client has been let in. */
function greet(door: LaneDoor, lane: Lane): Dealt | undefined {
  door.said(lane);
  const hello = readHello(lane.bytes, cut.bodyAt, cut.end);
  lane.at = cut.end;
  if (typeof hello === 'string') return turnAway(door, lane, hello);
  lane.stall = 'arriving';
  door.arrive(lane, hello);
  return 'control';
}

function turnAway(door: LaneDoor, lane: Lane, fault: HelloFault): undefined {
  if (fault === 'malformed') return end(door, lane, fault);
  refuse(door, 'protocol-version', lane);
  // [MQTT-3.1.2-2]
  bidFarewell(door, lane, fault === 'mqtt-5' ? mqtt5NotSpoken : versionNotSpoken);
}

/** [MQTT-3.14.4-3] Who says that it leaves has no will. */
function leave(door: LaneDoor, lane: Lane): Dealt | undefined {
  lane.will = undefined;
  if (lane.library) {
    // It may still be at work on what came before.
    const dealt = passPacket(door, lane);
    if (dealt) lane.at = lane.bytes.length;
    return dealt;
  }
  lane.stall = 'leaving';
  lane.socket.destroy();
  return undefined;
}

/** Hands the packet to the library, which is opened for the first one. @returns undefined where it has to wait */
function passPacket(door: LaneDoor, lane: Lane): Dealt | undefined {
  const header = lane.bytes[lane.at] ?? 0;
  const isPublish = header >> 4 === publishType;
  // Any other PUBLISH than one of QoS 2 was looked at already.
  if (!mayClientSend(header) || (isPublish && (header & 6) !== 4))
    return end(door, lane, 'malformed');
  const filters = filtersIn(lane.bytes, header, cut);
  const isNumbered = isPublish || filters !== undefined;
  // [MQTT-3.8.3-3], [MQTT-3.10.3-2]
  if (filters === 0 || (isNumbered && lacksPacketId(lane.bytes, header, cut)))
    return end(door, lane, 'malformed');
  if (filters !== undefined && filters > door.limits.filtersPerPacket)
    return end(door, lane, 'subscribe');
  if (!lane.library) door.openLibrary(lane, true);
  if (!lane.library?.ready) {
    lane.stall = 'arriving';
    return undefined;
  }
  const more = lane.library.inlet.push(lane.bytes.subarray(lane.at, cut.end));
  lane.at = cut.end;
  // Subscriptions one after the other: each may be answered with thousands of messages.
  if (!more || filters !== undefined) lane.stall = 'library';
  return isPublish ? 'published' : 'control';
}
