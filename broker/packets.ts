/**
 * - `publish`: a whole and well-formed PUBLISH of QoS 0 or 1
 * - `other`: any other whole packet, well formed or not
 * - `partial`: its end has not come yet
 * - `refused`: larger than allowed, or its length is none
 */
export type PacketKind = 'publish' | 'other' | 'partial' | 'refused';

/** What `cutPacket` found; one object is used over and over. Places are those in the bytes it was given. */
export interface Cut {
  /** Just behind the packet. For `partial` as far as is known: so much has to be there before it is worth another look. */
  end: number;
  /** Behind the fixed header; of whole packets. */
  bodyAt: number;
  /** Of a `publish`; its payload goes from `payloadAt` to `end`. */
  topicAt: number;
  topicEnd: number;
  payloadAt: number;
  qos: 0 | 1;
  dup: boolean;
  retain: boolean;
  /** 0 for QoS 0. */
  packetId: number;
}

export const createCut = (): Cut => ({
  end: 0,
  bodyAt: 0,
  topicAt: 0,
  topicEnd: 0,
  payloadAt: 0,
  qos: 0,
  dup: false,
  retain: false,
  packetId: 0,
});

const publishType = 3;
const lengthBytesMax = 4;

/**
 * Looks at the packet that begins at `at`.
 *
 * @param bodyBytesMax what may follow the fixed header
 * @see MQTT 3.1.1, 2.2 fixed header, 3.3 PUBLISH
 */
export function cutPacket(bytes: Buffer, at: number, bodyBytesMax: number, cut: Cut): PacketKind {
  let length = 0;
  let bodyAt = at + 1;
  for (let factor = 1; ; factor *= 128) {
    const byte = bytes[bodyAt];
    if (byte === undefined) {
      cut.end = bodyAt + 1;
      return length > bodyBytesMax ? 'refused' : 'partial';
    }
    bodyAt++;
    length += (byte & 0x7f) * factor;
    if (byte < 0x80) break;
    if (bodyAt > at + lengthBytesMax) return 'refused';
  }
  if (length > bodyBytesMax) return 'refused';
  cut.bodyAt = bodyAt;
  cut.end = bodyAt + length;
  if (cut.end > bytes.length) return 'partial';
  return cutPublish(bytes, bytes[at] ?? 0, bodyAt, cut) ? 'publish' : 'other';
}

function cutPublish(bytes: Buffer, header: number, bodyAt: number, cut: Cut): boolean {
  const qos = (header >> 1) & 3;
  if (header >> 4 !== publishType || qos > 1 || bodyAt + 2 > cut.end) return false;
  cut.qos = qos as 0 | 1;
  cut.dup = (header & 8) !== 0;
  cut.retain = (header & 1) !== 0;
  cut.topicAt = bodyAt + 2;
  cut.topicEnd = cut.topicAt + wordAt(bytes, bodyAt);
  cut.payloadAt = cut.topicEnd + 2 * qos;
  if (cut.payloadAt > cut.end) return false;
  cut.packetId = qos === 0 ? 0 : wordAt(bytes, cut.topicEnd);
  return qos === 0 || cut.packetId !== 0;
}

/** PINGREQ and DISCONNECT are nothing but their headers. MQTT 3.1.1, 3.12 and 3.14. */
export const isPing = (bytes: Buffer, at: number, end: number): boolean =>
  bytes[at] === 0xc0 && end === at + 2;
export const isDisconnect = (bytes: Buffer, at: number, end: number): boolean =>
  bytes[at] === 0xe0 && end === at + 2;

/** Types that a client may send once it has been let in. MQTT 3.1.1, 2.2.1 and 3.1. */
const clientTypes = new Set([3, 4, 5, 6, 7, 8, 10, 12, 14]);
export const mayClientSend = (header: number): boolean => clientTypes.has(header >> 4);

const subscribeType = 8;
const unsubscribeType = 10;

/** @returns how many filters a SUBSCRIBE or UNSUBSCRIBE names, undefined for any other packet. MQTT 3.1.1, 3.8.3 and 3.10.3 */
export function filtersIn(bytes: Buffer, header: number, cut: Cut): number | undefined {
  const type = header >> 4;
  if (type !== subscribeType && type !== unsubscribeType) return undefined;
  const qosBytes = type === subscribeType ? 1 : 0;
  let filters = 0;
  for (let at = cut.bodyAt + 2; at + 2 <= cut.end; at += 2 + wordAt(bytes, at) + qosBytes)
    filters++;
  return filters;
}

/** [MQTT-2.3.1-1] Whether a PUBLISH of QoS 2, a SUBSCRIBE or an UNSUBSCRIBE has a packet id that is none. */
export function lacksPacketId(bytes: Buffer, header: number, cut: Cut): boolean {
  const at = header >> 4 === publishType ? cut.bodyAt + 2 + wordAt(bytes, cut.bodyAt) : cut.bodyAt;
  return at + 2 > cut.end || wordAt(bytes, at) === 0;
}

export const wordAt = (bytes: Buffer, at: number): number =>
  ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
