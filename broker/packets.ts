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
  return true;
}

const wordAt = (bytes: Buffer, at: number): number =>
  ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
