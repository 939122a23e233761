import { crc32 } from 'node:zlib';
import type { Door, Entry, Envelope, ProtocolName } from '../model/envelope.ts';

/**
 * One entry on disk, little endian:
 *
 *     0  u32  bytes of the body          4  u32  CRC-32 of the body, begun with the segment's salt
 *     8  u8   version      9  u8 door   10  u8 protocol   11  u8 flags: 1 resend, 2 dup, 4 requeued
 *    12  f64  seq         20  f64 receivedAt, Unix ms UTC
 *    28  u16  packet id   30  u16 bytes of the client id   32  u16 bytes of the device id
 *    34  device, client, payload
 *
 * The salt is random, so that a device cannot send a payload that passes for a record.
 */
const prefixBytes = 8;
const version = 1;
const flagResend = 1;
const flagDup = 2;
const flagRequeued = 4;

/** Bytes of the smallest record. */
export const minRecordBytes = 34;

/** No record is larger; a length beyond it is damage. */
export const maxRecordBytes = 1 << 20;

/** Numbers on disk are places in these lists: add at the end only. */
const doors: readonly Door[] = ['mqtt', 'modbus', 'jt808', 'serial', 'nmea'];
const protocols: readonly ProtocolName[] = [
  'mqtt-json',
  'modbus',
  'nmea',
  'jt808',
  'dlt645',
  'cjt188',
  'mqtt-mapping',
];

const idBytesMax = 0xffff;

/**
 * Bytes of the envelope as a record.
 *
 * @throws RangeError where it cannot be one: an id or the payload is too long
 */
export function recordBytes(envelope: Envelope): number {
  const device = textBytes(envelope.device);
  const client = envelope.resend ? textBytes(envelope.resend.client) : 0;
  const bytes = minRecordBytes + device + client + envelope.bytes.length;
  if (device > idBytesMax || client > idBytesMax || bytes > maxRecordBytes) {
    throw new RangeError(`got a record of ${bytes} bytes, want at most ${maxRecordBytes}`);
  }
  return bytes;
}

/** Writes a record of `bytes` (as told by `recordBytes`) into `target` from `at` on, all but its checksum. */
export function encodeRecord(
  target: Buffer,
  at: number,
  bytes: number,
  seq: number,
  envelope: Envelope,
): void {
  const { resend } = envelope;
  target.writeUInt32LE(bytes - prefixBytes, at);
  target[at + 8] = version;
  target[at + 9] = doors.indexOf(envelope.door);
  target[at + 10] = protocols.indexOf(envelope.protocol);
  target[at + 11] = flagsOf(envelope);
  target.writeDoubleLE(seq, at + 12);
  target.writeDoubleLE(envelope.receivedAt, at + 20);
  target.writeUInt16LE(resend?.packetId ?? 0, at + 28);
  const device = writeText(target, at + minRecordBytes, envelope.device);
  const client = resend ? writeText(target, at + minRecordBytes + device, resend.client) : 0;
  target.writeUInt16LE(client, at + 30);
  target.writeUInt16LE(device, at + 32);
  target.set(envelope.bytes, at + minRecordBytes + device + client);
}

function flagsOf({ resend, requeued }: Envelope): number {
  const resent = resend ? flagResend | (resend.dup ? flagDup : 0) : 0;
  return requeued ? resent | flagRequeued : resent;
}

/** Where the record after the one at `at` begins; its length must be sound. */
export const nextRecord = (source: Buffer, at: number): number =>
  at + prefixBytes + source.readUInt32LE(at);

/** Gives the record at `at` its checksum. */
export function sealRecord(target: Buffer, at: number, salt: number): void {
  const body = target.subarray(at + prefixBytes, nextRecord(target, at));
  target.writeUInt32LE(crc32(body, salt), at + 4);
}

// Ids are short and nearly always ASCII: looking at their characters here is cheaper than a call into Node for each.

/** Bytes of the text in UTF-8. */
function textBytes(text: string): number {
  for (let at = 0; at < text.length; at++) {
    if (text.charCodeAt(at) > 0x7f) return Buffer.byteLength(text);
  }
  return text.length;
}

/** @returns how many bytes were written */
function writeText(target: Buffer, at: number, text: string): number {
  for (let n = 0; n < text.length; n++) {
    const code = text.charCodeAt(n);
    if (code > 0x7f) return target.write(text, at);
    target[at + n] = code;
  }
  return text.length;
}

/**
 * How many bytes from `at` on the record there needs, by its length field alone.
 * 0: that is no length of a record; `prefixBytes` where not even the length is within `end`.
 */
export function neededBytes(source: Buffer, at: number, end: number): number {
  if (at + prefixBytes > end) return prefixBytes;
  const bytes = source.readUInt32LE(at) + prefixBytes;
  return bytes < minRecordBytes || bytes > maxRecordBytes ? 0 : bytes;
}

/** Bytes of the whole and undamaged record at `at`; 0 where there is none before `end`. */
export function validRecord(source: Buffer, at: number, end: number, salt: number): number {
  const bytes = neededBytes(source, at, end);
  if (bytes < minRecordBytes || at + bytes > end || source[at + 8] !== version) return 0;
  const crc = crc32(source.subarray(at + prefixBytes, at + bytes), salt);
  return crc === source.readUInt32LE(at + 4) ? bytes : 0;
}

/** `seq` of the record at `at`. */
export const seqOf = (source: Buffer, at: number): number => source.readDoubleLE(at + 12);

/** `receivedAt` of the record at `at`, Unix ms UTC. */
const receivedAtOf = (source: Buffer, at: number): number => source.readDoubleLE(at + 20);

/**
 * The record at `at`, whose validity has been checked. Its bytes are a view of `source`.
 * A door or protocol this version does not know makes undefined.
 */
export function decodeRecord(source: Buffer, at: number, bytes: number): Entry | undefined {
  const door = doors[source.readUInt8(at + 9)];
  const protocol = protocols[source.readUInt8(at + 10)];
  if (door === undefined || protocol === undefined) return undefined;
  const flags = source.readUInt8(at + 11);
  const clientAt = at + minRecordBytes + source.readUInt16LE(at + 32);
  const payloadAt = clientAt + source.readUInt16LE(at + 30);
  const seq = seqOf(source, at);
  const receivedAt = receivedAtOf(source, at);
  const device = nameAt(source, at + minRecordBytes, clientAt);
  const payload = source.subarray(payloadAt, at + bytes);
  if ((flags & flagRequeued) !== 0)
    return { seq, door, protocol, device, receivedAt, bytes: payload, requeued: true };
  if ((flags & flagResend) === 0)
    return { seq, door, protocol, device, receivedAt, bytes: payload };
  const resend = {
    client: nameAt(source, clientAt, payloadAt),
    packetId: source.readUInt16LE(at + 28),
    dup: (flags & flagDup) !== 0,
  };
  // Written out: nearly every message comes here.
  return { seq, door, protocol, device, receivedAt, bytes: payload, resend };
}

/** Names that were read, by a hash of their bytes: the same few thousand come again and again, and one string for all is found faster in every map. */
const names = new Array<string | undefined>(1 << 14);
/** Whoever may choose longer ones must not fill memory with them. */
const longestName = 64;

/** The text from `from` until `to`. */
function nameAt(source: Buffer, from: number, to: number): string {
  if (to - from > longestName) return source.toString('utf8', from, to);
  let hash = 0;
  for (let at = from; at < to; at++) hash = (Math.imul(hash, 31) + (source[at] ?? 0)) | 0;
  const place = hash & (names.length - 1);
  const known = names[place];
  if (known !== undefined && isAsciiOf(known, source, from, to)) return known;
  const name = source.toString('utf8', from, to);
  names[place] = name;
  return name;
}

function isAsciiOf(text: string, source: Buffer, from: number, to: number): boolean {
  if (text.length !== to - from) return false;
  for (let n = 0; n < text.length; n++) {
    const code = text.charCodeAt(n);
    if (code > 0x7f || code !== source[from + n]) return false;
  }
  return true;
}

/**
 * Where the next undamaged record begins at or after `from` whose `seq` is between the two given; -1 where there is none.
 * Finds its way again after damage, also where a length was damaged.
 */
export function findRecord(
  source: Buffer,
  from: number,
  salt: number,
  minSeq: number,
  maxSeq: number,
): number {
  for (let at = from; at + minRecordBytes <= source.length; at++) {
    if (source[at + 8] !== version) continue;
    const seq = seqOf(source, at);
    if (seq >= minSeq && seq <= maxSeq && validRecord(source, at, source.length, salt) > 0)
      return at;
  }
  return -1;
}
