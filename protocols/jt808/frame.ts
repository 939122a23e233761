import { AppError, isAppError } from '../../model/errors.ts';
import {
  flag,
  headerLayout,
  maxBodyBytes,
  maxFrameBytes,
  partBytes,
  properties,
  scanFrame,
  wrap,
} from './wire.ts';

/** What stands ahead of every body, JT/T 808-2019 4.4.3. */
export interface Header {
  /** Message id, 0x0000 to 0xFFFF. */
  readonly id: number;
  /** As padded on the wire: 12 hex digits (BCD[6]), or 20 (BCD[10]) in the layout of 2019. Usually decimal; lower case where not. */
  readonly phone: string;
  /** 0 to 65535, counted by the sender. */
  readonly serial: number;
  /** Protocol version, from 1. There in the layout of 2019 and only there. */
  readonly version?: number;
  /** Bits 10 to 12 of the properties: 0 none, 1 RSA. */
  readonly encryption: number;
  /** One of several frames of a message. */
  readonly part?: Part;
}

export interface Part {
  readonly total: number;
  /** From 1. */
  readonly index: number;
}

/** A frame whose checksum and length fit. */
export interface Frame {
  readonly header: Header;
  /** Without escapes. A view of `bytes` where there were none. */
  readonly body: Uint8Array;
  /** As it came, from 7E to 7E. */
  readonly bytes: Uint8Array;
}

export type Heard =
  | { readonly type: 'frame'; readonly frame: Frame }
  | {
      readonly type: 'bad';
      readonly reason: BadReason;
      /** A sentence with got and wanted. */
      readonly detail: string;
      /** As they came, at most as many as a frame may have. */
      readonly bytes: Uint8Array;
    };

/** `garbage`: bytes ahead of the first 7E; `too-long`: more than a frame may have, thrown away as they come. */
export type BadReason = 'garbage' | 'too-long' | 'malformed' | 'truncated' | 'checksum';

const nothing = new Uint8Array(0);

const word = (bytes: Uint8Array, at: number): number =>
  ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);

/**
 * Reads one frame.
 *
 * @param bytes from 7E to 7E
 * @throws AppError `DECODE_TRUNCATED`, `DECODE_MALFORMED`, `DECODE_CHECKSUM`
 */
export function readFrame(bytes: Uint8Array): Frame {
  const frame = frameAt(bytes, 0);
  const behind = bytes.length - frame.bytes.length;
  if (behind > 0) throw new AppError('DECODE_MALFORMED', `got ${behind} bytes behind the frame`);
  return frame;
}

function frameAt(bytes: Uint8Array, from: number): Frame {
  const { plain, start, bodyStart, bodyEnd, end } = scanFrame(bytes, from);
  const attributes = word(plain, start + 2);
  const isVersioned = (attributes & properties.isVersioned) !== 0;
  const { phone, phoneBytes } = headerLayout(isVersioned);
  const isPart = (attributes & properties.isPart) !== 0;
  const serial = start + phone + phoneBytes;
  const always = {
    id: word(plain, start),
    phone: hexOf(plain, start + phone, serial),
    serial: word(plain, serial),
    encryption: (attributes >> properties.encryptionShift) & properties.encryption,
  };
  const whole = isVersioned ? { ...always, version: plain[start + 4] ?? 0 } : always;
  return {
    header: isPart ? { ...whole, part: partAt(plain, serial + 2) } : whole,
    body: plain.subarray(bodyStart, bodyEnd),
    bytes: from === 0 && end === bytes.length ? bytes : bytes.subarray(from, end),
  };
}

const partAt = (bytes: Uint8Array, at: number): Part => ({
  total: word(bytes, at),
  index: word(bytes, at + 2),
});

const hexPairs = Array.from({ length: 0x100 }, (_, byte) => byte.toString(16).padStart(2, '0'));

/** By hand: done for every frame, of so few bytes. */
function hexOf(bytes: Uint8Array, from: number, to: number): string {
  let hex = '';
  for (let at = from; at < to; at++) hex += hexPairs[bytes[at] ?? 0];
  return hex;
}

const reasons: Readonly<Record<string, BadReason>> = {
  DECODE_TRUNCATED: 'truncated',
  DECODE_CHECKSUM: 'checksum',
};

function hear(bytes: Uint8Array): Heard {
  try {
    return { type: 'frame', frame: readFrame(bytes) };
  } catch (error) {
    if (!isAppError(error)) throw error;
    const { code, message } = error;
    return { type: 'bad', reason: reasons[code] ?? 'malformed', detail: message, bytes };
  }
}

export interface Framer {
  /** What has become whole with these bytes, in the order it came. Never throws. Frames do not share memory with the chunk. */
  push(chunk: Uint8Array): readonly Heard[];
  /** Bytes held for a frame that is not whole yet. */
  pending(): number;
  /** Bytes have come and no 7E among them: another language, such as the variant that has E7 in its place. */
  isAstray(): boolean;
}

/**
 * Finds frames in a stream however it is cut. Every 7E both ends what stands ahead of it and begins what follows, so that terminals
 * which send only one between two frames are understood, and nothing broken takes a whole frame with it.
 *
 * @param limits `frameBytes`: more between two 7E is thrown away; by default the most that a frame can have
 */
export function createFramer({ frameBytes = maxFrameBytes } = {}): Framer {
  let held = nothing;
  let heldBytes = 0;
  let isInside = false;
  let isTooLong = false;

  const hold = (bytes: Uint8Array): void => {
    const wanted = heldBytes + bytes.length;
    const size = Math.min(wanted, frameBytes - 2);
    if (wanted > size) isTooLong = true;
    if (size > held.length) {
      const grown = new Uint8Array(Math.min(2 * size, frameBytes - 2));
      grown.set(held.subarray(0, heldBytes));
      held = grown;
    }
    held.set(bytes.subarray(0, size - heldBytes), heldBytes);
    heldBytes = size;
  };
  /** What was held and the bytes of the chunk up to its next 7E, between two 7E. */
  const close = (chunk: Uint8Array, from: number, to: number): Heard | undefined => {
    // Nearly always: without a view of the chunk.
    if (heldBytes === 0 && isInside && to - from <= frameBytes - 2)
      return to === from ? undefined : hear(framed(chunk, from, to));
    hold(chunk.subarray(from, to));
    const content = held.subarray(0, heldBytes);
    const wasTooLong = isTooLong;
    const wasInside = isInside;
    isInside = true;
    isTooLong = false;
    held = nothing;
    heldBytes = 0;
    if (content.length === 0) return undefined;
    if (!wasInside) return bad('garbage', 'got bytes ahead of the first 7E', content.slice());
    const frame = framed(content, 0, content.length);
    if (!wasTooLong) return hear(frame);
    return bad('too-long', `got more than ${frameBytes} bytes without 7E`, frame);
  };
  return {
    pending: () => heldBytes,
    isAstray: () => !isInside && heldBytes > 0,
    push(chunk) {
      const heard: Heard[] = [];
      let from = 0;
      for (let at = chunk.indexOf(flag); at >= 0; at = chunk.indexOf(flag, from)) {
        const one = close(chunk, from, at);
        if (one) heard.push(one);
        from = at + 1;
      }
      if (from < chunk.length) hold(chunk.subarray(from));
      return heard;
    },
  };
}

function framed(bytes: Uint8Array, from: number, to: number): Uint8Array {
  const frame = new Uint8Array(to - from + 2);
  frame[0] = flag;
  for (let at = from; at < to; at++) frame[at - from + 1] = bytes[at] ?? 0;
  frame[frame.length - 1] = flag;
  return frame;
}

const bad = (reason: BadReason, detail: string, bytes: Uint8Array): Heard => ({
  type: 'bad',
  reason,
  detail,
  bytes,
});

/** The frames that stand one behind the other and nothing else, as an envelope holds them. @throws AppError as `readFrame`, of the first that is none */
export function readFrames(bytes: Uint8Array): readonly Frame[] {
  const frames: Frame[] = [];
  for (let at = 0; at < bytes.length || at === 0; ) {
    const frame = frameAt(bytes, at);
    frames.push(frame);
    at += frame.bytes.length;
  }
  return frames;
}

/**
 * The bytes of a frame, from 7E to 7E.
 *
 * @throws AppError `INPUT_INVALID` where a number does not fit into its field or the body is longer than 1,023 bytes
 */
export function encodeFrame(header: Header, body: Uint8Array): Uint8Array {
  const { id, phone, serial, version, encryption, part } = header;
  const isVersioned = version !== undefined;
  const layout = headerLayout(isVersioned);
  const digits = 2 * layout.phoneBytes;
  wanted(phone.length === digits && /^[0-9a-f]*$/.test(phone), `phone of ${digits} hex digits`);
  wanted(body.length <= maxBodyBytes, `body of at most ${maxBodyBytes} bytes`);
  wanted(isWord(id) && isWord(serial), 'id and serial from 0 to 65535');
  wanted(encryption >= 0 && encryption <= properties.encryption, 'encryption from 0 to 7');
  const start = layout.bytes + (part ? partBytes : 0);
  const plain = new Uint8Array(start + body.length);
  const put = (at: number, value: number): void => {
    plain[at] = value >> 8;
    plain[at + 1] = value;
  };
  put(0, id);
  const flags = (isVersioned ? properties.isVersioned : 0) | (part ? properties.isPart : 0);
  put(2, flags | (encryption << properties.encryptionShift) | body.length);
  if (isVersioned) {
    wanted(version >= 0 && version <= 0xff, 'version from 0 to 255');
    plain[4] = version;
  }
  plain.set(Buffer.from(phone, 'hex'), layout.phone);
  const at = layout.phone + layout.phoneBytes;
  put(at, serial);
  if (part) {
    wanted(isWord(part.total) && isWord(part.index), 'parts from 1 to 65535');
    put(at + 2, part.total);
    put(at + 4, part.index);
  }
  plain.set(body, start);
  return wrap(plain);
}

const isWord = (value: number): boolean => Number.isInteger(value) && value >= 0 && value <= 0xffff;

function wanted(holds: boolean, what: string): void {
  if (!holds) throw new AppError('INPUT_INVALID', `got a frame to encode, want ${what}`);
}

/**
 * The frames of a message, one where the body fits into it.
 *
 * @param header `serial` is that of the first frame, each next one has one more; `part` is not looked at
 * @param maxBody bytes of a body at most
 * @throws AppError as `encodeFrame`
 */
export function encodeMessage(
  header: Header,
  body: Uint8Array,
  maxBody = maxBodyBytes,
): readonly Uint8Array[] {
  const { part: _, ...whole } = header;
  if (body.length <= maxBody) return [encodeFrame(whole, body)];
  const total = Math.ceil(body.length / maxBody);
  return Array.from({ length: total }, (_, at) =>
    encodeFrame(
      { ...whole, serial: (header.serial + at) & 0xffff, part: { total, index: at + 1 } },
      body.subarray(at * maxBody, (at + 1) * maxBody),
    ),
  );
}
