import { isUtf8 } from 'node:buffer';
import { wordAt } from './packets.ts';

/** What a connection leaves behind when it ends without DISCONNECT. */
export interface Will {
  readonly topic: string;
  readonly payload: Buffer;
  readonly qos: 0 | 1 | 2;
  readonly retain: boolean;
}

/** A CONNECT of MQTT 3.1 or 3.1.1. */
export interface Hello {
  /** May be empty. */
  readonly clientId: string;
  readonly clean: boolean;
  /** 0 for none. */
  readonly keepAliveS: number;
  readonly will: Will | undefined;
  readonly username: string | undefined;
  readonly password: string | undefined;
}

/** - `version`: of a version that is not spoken; `mqtt-5`: of that one */
export type HelloFault = 'malformed' | 'version' | 'mqtt-5';

const protocolNames = new Set(['MQTT', 'MQIsdp']);
/** Set by bridges. */
const bridgeBit = 0x80;
const flags = {
  reserved: 0x01,
  clean: 0x02,
  will: 0x04,
  willQosOnly: 0x18,
  willRetain: 0x20,
  password: 0x40,
  username: 0x80,
} as const;

/** Where reading has come to; -1 once something was missing or is no text. */
interface Place {
  at: number;
  readonly end: number;
}

/**
 * @param at just behind the fixed header of a whole packet, which goes to `end`
 * @returns nothing of which keeps `bytes` in memory
 * @see MQTT 3.1.1, 3.1 CONNECT
 */
export function readHello(bytes: Buffer, at: number, end: number): Hello | HelloFault {
  const place: Place = { at, end };
  const name = readText(bytes, place);
  if (place.at < 0 || place.at + 4 > end || !protocolNames.has(name)) return 'malformed';
  const version = (bytes[place.at] ?? 0) & ~bridgeBit;
  if (version === 5) return 'mqtt-5';
  if (version !== 3 && version !== 4) return 'version';
  const said = bytes[place.at + 1] ?? 0;
  if (!areFlagsSound(said)) return 'malformed';
  const keepAliveS = wordAt(bytes, place.at + 2);
  place.at += 4;
  const hello = {
    clientId: readText(bytes, place),
    clean: (said & flags.clean) !== 0,
    keepAliveS,
    will: said & flags.will ? readWill(bytes, place, said) : undefined,
    username: said & flags.username ? readText(bytes, place) : undefined,
    password: said & flags.password ? readBytes(bytes, place).toString() : undefined,
  };
  // Bytes behind the payload belong to nothing that the flags announce.
  return place.at === end ? hello : 'malformed';
}

/** [MQTT-3.1.2-3], [MQTT-3.1.2-11] to [MQTT-3.1.2-15], [MQTT-3.1.2-22] */
function areFlagsSound(said: number): boolean {
  if (said & flags.reserved || (said & flags.password && !(said & flags.username))) return false;
  const willQos = said & flags.willQosOnly;
  if (said & flags.will) return willQos !== flags.willQosOnly;
  return willQos === 0 && (said & flags.willRetain) === 0;
}

function readWill(bytes: Buffer, place: Place, said: number): Will {
  return {
    topic: readText(bytes, place),
    payload: Buffer.from(readBytes(bytes, place)),
    qos: ((said & flags.willQosOnly) >> 3) as 0 | 1 | 2,
    retain: (said & flags.willRetain) !== 0,
  };
}

const none = Buffer.alloc(0);

function readBytes(bytes: Buffer, place: Place): Buffer {
  if (place.at < 0) return none;
  const from = place.at + 2;
  const to = from + wordAt(bytes, place.at);
  place.at = from > place.end || to > place.end ? -1 : to;
  return place.at < 0 ? none : bytes.subarray(from, to);
}

/** [MQTT-1.5.3-1] and [MQTT-1.5.3-2]: UTF-8 without U+0000. */
function readText(bytes: Buffer, place: Place): string {
  const text = readBytes(bytes, place);
  if (!isUtf8(text) || text.includes(0)) place.at = -1;
  return place.at < 0 ? '' : text.toString();
}

/** MQTT 3.1.1, 3.2.2.3: 0 for success. */
export const connack = (returnCode: number): Buffer => Buffer.from([0x20, 2, 0, returnCode]);
export const welcome = connack(0);
/** [MQTT-3.2.2-2] Of a session that goes on. */
export const welcomeBack = Buffer.from([0x20, 2, 1, 0]);
export const versionNotSpoken = connack(1);
/** CONNACK of MQTT 5 with reason 0x84, unsupported protocol version. MQTT 5, 3.2. */
export const mqtt5NotSpoken = Buffer.from([0x20, 3, 0, 0x84, 0]);

/** A CONNECT of MQTT 3.1.1 without keep-alive, will and credentials. */
export function helloPacket(clientId: string, clean: boolean): Buffer {
  const id = Buffer.from(clientId);
  const variable = Buffer.from([0, 4, 0x4d, 0x51, 0x54, 0x54, 4, clean ? flags.clean : 0, 0, 0]);
  const body = Buffer.concat([variable, Buffer.from([id.length >> 8, id.length & 0xff]), id]);
  return Buffer.concat([Buffer.from([0x10]), lengthOf(body.length), body]);
}

/** MQTT 3.1.1, 2.2.3. */
function lengthOf(bytes: number): Buffer {
  const encoded: number[] = [];
  let left = bytes;
  do {
    encoded.push((left & 0x7f) | (left > 0x7f ? 0x80 : 0));
    left >>= 7;
  } while (left > 0);
  return Buffer.from(encoded);
}
