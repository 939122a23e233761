import { isUtf8 } from 'node:buffer';
import type { PublishGrant } from './broker.ts';
import {
  doorLabels,
  end,
  type Known,
  type Lane,
  type LaneDoor,
  type Message,
} from './connection.ts';
import type { Dealt } from './intake.ts';
import type { Cut } from './packets.ts';
import { isTopicName } from './topics.ts';

/** Topics whose meaning is remembered per connection; a gateway may have thousands. */
const knownMax = 10_000;

/** Deals with a PUBLISH of QoS 0 or 1. @returns undefined where it has to wait, or the connection is closed */
export function takePublish(
  door: LaneDoor,
  lane: Lane,
  cut: Cut,
  receivedAt: number,
): Dealt | undefined {
  const isSmall = cut.end - cut.payloadAt <= door.limits.payloadBytes;
  const known = isSmall ? knownOf(door, lane, cut) : undefined;
  if (!known) return judge(door, lane, cut);
  lane.last = known;
  return takeMessage(door, lane, cut, messageOf(lane, known, cut, receivedAt));
}

/** What is not for the journal: what a device says of its own state, and what is refused. */
function judge(door: LaneDoor, lane: Lane, cut: Cut): Dealt | undefined {
  // [MQTT-4.6.0-2] Acknowledgements come in the order of their messages.
  if (cut.qos === 1 && lane.underWay.length > 0) {
    lane.stall = 'order';
    return undefined;
  }
  door.context.count('received', doorLabels);
  const topic = topicOf(lane, cut);
  if (!isTopicName(topic, door.limits.topicLevels)) return end(door, lane, 'malformed');
  const grant = grantOf(door, lane, topic);
  if (!grant) return end(door, lane, 'topic');
  if (grant.to === 'journal') return end(door, lane, 'too-large');
  const said = Buffer.from(lane.bytes.subarray(cut.payloadAt, cut.end));
  if (!isState(said)) return end(door, lane, 'topic');
  if (cut.qos === 1 && lane.socket.writable) lane.socket.write(acknowledgementOf(cut.packetId));
  lane.at = cut.end;
  // One after the other: each takes the library some steps.
  lane.stall = 'library';
  door.tell(topic, said, cut.qos, () => {
    if (lane.stall === 'library') door.goOn(lane);
  });
  return 'published';
}

/** All that may be said of the state of a device. */
export const isState = (said: Buffer | string): boolean =>
  ['online', 'offline'].includes(said.toString());

const acknowledgementOf = (packetId: number): Buffer =>
  Buffer.from([0x40, 2, packetId >> 8, packetId & 0xff]);

function messageOf(lane: Lane, known: Known, cut: Cut, receivedAt: number): Message {
  const { device, protocol, retain } = known.grant;
  const message = {
    door: 'mqtt',
    protocol,
    device,
    receivedAt,
    bytes: lane.bytes.subarray(cut.payloadAt, cut.end),
    resend: { client: lane.id, packetId: cut.packetId, dup: cut.dup },
    topic: known.topic,
    qos: cut.qos,
    retain: retain && cut.retain,
  } as const;
  return cut.qos === 1 ? message : withoutResend(message);
}

function withoutResend({ resend: _, ...message }: Message): Message {
  return message;
}

/** [MQTT-1.5.3-1] Empty, which is no topic, where it is not UTF-8. */
function topicOf({ bytes }: Lane, cut: Cut): string {
  const topic = bytes.subarray(cut.topicAt, cut.topicEnd);
  return isUtf8(topic) ? topic.toString() : '';
}

const grantOf = (
  { access }: LaneDoor,
  { session }: Lane,
  topic: string,
): PublishGrant | undefined => session && access.mayPublish(session, topic);

/** Topics for the journal are ASCII; any other is read as text before it is compared. */
function isTopic(bytes: Buffer, cut: Cut, topic: string): boolean {
  if (cut.topicEnd - cut.topicAt !== topic.length) return false;
  // Ids differ at the end, where topics of one connection are alike in front.
  for (let n = topic.length - 1, at = cut.topicEnd - 1; n >= 0; n--, at--) {
    if (topic.charCodeAt(n) !== bytes[at]) return false;
  }
  return true;
}

/** @returns undefined for a topic that is not for the journal, or not for this sender */
function knownOf(door: LaneDoor, lane: Lane, cut: Cut): Known | undefined {
  if (lane.last && isTopic(lane.bytes, cut, lane.last.topic)) return lane.last;
  const topic = topicOf(lane, cut);
  const already = lane.known?.get(topic);
  if (already) return already;
  const grant = isTopicName(topic, door.limits.topicLevels)
    ? grantOf(door, lane, topic)
    : undefined;
  if (grant?.to !== 'journal') return undefined;
  const known = { topic, grant };
  if (lane.last) {
    lane.known ??= new Map([[lane.last.topic, lane.last]]);
    if (lane.known.size < knownMax) lane.known.set(topic, known);
  }
  return known;
}

/** @returns undefined where it has to wait; it is then looked at again */
function takeMessage(door: LaneDoor, lane: Lane, cut: Cut, message: Message): Dealt | undefined {
  const { limits, shares, waitingRoom } = door;
  const { share } = lane;
  if (!share) return undefined;
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
    return undefined;
  }
  lane.underWay.push(message);
  lane.handed++;
  lane.bytesUnderWay += message.bytes.length;
  shares.take(share, message.bytes.length);
  lane.at = cut.end;
  return 'taken';
}
