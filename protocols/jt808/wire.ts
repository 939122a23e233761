import { AppError } from '../../model/errors.ts';

/** How bytes are put on the wire, JT/T 808-2019 4.4: delimiters, escapes, checksum. */

/** Delimiter of frames. */
export const flag = 0x7e;
/** Escape byte: 7D 01 is 7D, 7D 02 is 7E. */
const escapeByte = 0x7d;

/** Bytes of a body: ten bits of the properties. */
export const maxBodyBytes = 1023;

/** Bits of the body's properties. */
export const properties = {
  length: 0x03ff,
  encryptionShift: 10,
  encryption: 7,
  /** Any of bits 10 to 12. */
  encrypted: 0x1c00,
  isPart: 0x2000,
  isVersioned: 0x4000,
} as const;

/** Where a header's fields stand, by its layout; in bytes from the message id. */
interface HeaderLayout {
  readonly phone: number;
  readonly phoneBytes: number;
  /** Without the two words of a sub-package. */
  readonly bytes: number;
}

const olderLayout: HeaderLayout = { phone: 4, phoneBytes: 6, bytes: 12 };
const layout2019: HeaderLayout = { phone: 5, phoneBytes: 10, bytes: 17 };
/** Total and index of a sub-package. */
export const partBytes = 4;

export const headerLayout = (isVersioned: boolean): HeaderLayout =>
  isVersioned ? layout2019 : olderLayout;

/** Before escapes: the longest header, body and checksum. */
export const maxPlainBytes = layout2019.bytes + partBytes + maxBodyBytes + 1;
/** Every byte escaped, and both delimiters. */
export const maxFrameBytes = 2 * maxPlainBytes + 2;

/** XOR of the bytes. */
export function checksumOf(bytes: Uint8Array, start: number, end: number): number {
  let sum = 0;
  for (let i = start; i < end; i++) sum ^= bytes[i] ?? 0;
  return sum;
}

/**
 * Undoes escapes.
 *
 * @param end behind the last byte ahead of the closing delimiter
 * @returns a copy; a checksum 7D that was not escaped, as some terminals send it, is taken as it is
 * @throws AppError `DECODE_MALFORMED` where 7D is followed by anything but 01 and 02
 */
function withoutEscapes(bytes: Uint8Array, start: number, end: number): Uint8Array {
  const plain = new Uint8Array(end - start);
  let to = 0;
  for (let i = start; i < end; i++) {
    const byte = bytes[i] ?? 0;
    if (byte !== escapeByte || i === end - 1) {
      plain[to++] = byte;
      continue;
    }
    const next = bytes[++i] ?? 0;
    if (next !== 1 && next !== 2) {
      throw new AppError('DECODE_MALFORMED', `got escape 7D ${hexByte(next)}, want 7D 01 or 7D 02`);
    }
    plain[to++] = escapeByte + next - 1;
  }
  return plain.subarray(0, to);
}

export const hexByte = (byte: number): string => byte.toString(16).toUpperCase().padStart(2, '0');

/** A message id as the standard writes it, `0x0200`. */
export const hexId = (id: number): string => `0x${id.toString(16).toUpperCase().padStart(4, '0')}`;

/** Where a frame's parts stand in its plain bytes. */
export interface Scanned {
  /** From the message id to the checksum, without escapes. A view of the frame where it has no escapes. */
  readonly plain: Uint8Array;
  /** Where the message id begins. */
  readonly start: number;
  readonly bodyStart: number;
  /** Where the checksum stands. */
  readonly bodyEnd: number;
  /** In the bytes scanned: behind the closing 7E. */
  readonly end: number;
}

/**
 * Takes a frame apart as far as its length and checksum tell whether it is one. Used for every report, so that it makes no views where
 * there are no escapes.
 *
 * @param from where its first 7E stands; what is behind its last one is not looked at
 * @throws AppError `DECODE_TRUNCATED`, `DECODE_MALFORMED`, `DECODE_CHECKSUM`
 */
export function scanFrame(bytes: Uint8Array, from: number): Scanned {
  if (bytes[from] !== flag) {
    throw new AppError('DECODE_MALFORMED', 'got bytes that do not begin with 7E');
  }
  let hasEscape = false;
  let sum = 0;
  let at = from + 1;
  for (; at < bytes.length; at++) {
    const byte = bytes[at] ?? 0;
    if (byte === flag) break;
    sum ^= byte;
    if (byte === escapeByte) hasEscape = true;
  }
  if (at >= bytes.length) {
    throw new AppError('DECODE_TRUNCATED', `got ${at - from} bytes without a closing 7E`);
  }
  if (!hasEscape) return checked(bytes, from + 1, at, sum, at + 1);
  const plain = withoutEscapes(bytes, from + 1, at);
  return checked(plain, 0, plain.length, checksumOf(plain, 0, plain.length), at + 1);
}

/** @param sum XOR of all with the checksum: 0 where it fits */
function checked(
  plain: Uint8Array,
  start: number,
  plainEnd: number,
  sum: number,
  end: number,
): Scanned {
  const bodyEnd = plainEnd - 1;
  const attributes = ((plain[start + 2] ?? 0) << 8) | (plain[start + 3] ?? 0);
  const header =
    headerLayout((attributes & properties.isVersioned) !== 0).bytes +
    (attributes & properties.isPart ? partBytes : 0);
  const bodyStart = start + header;
  if (bodyEnd < bodyStart) {
    const got = plainEnd - start;
    throw new AppError(
      'DECODE_TRUNCATED',
      `got a frame of ${got} bytes, want ${header + 1} or more`,
    );
  }
  if (sum !== 0) {
    const said = plain[bodyEnd] ?? 0;
    throw new AppError(
      'DECODE_CHECKSUM',
      `got checksum ${hexByte(said)}, want ${hexByte(said ^ sum)}`,
    );
  }
  const said = attributes & properties.length;
  if (said !== bodyEnd - bodyStart) {
    throw new AppError(
      'DECODE_MALFORMED',
      `got a body of ${bodyEnd - bodyStart} bytes, the header says ${said}`,
    );
  }
  return { plain, start, bodyStart, bodyEnd, end };
}

/** Puts escapes, checksum and delimiters to a header and body. */
export function wrap(plain: Uint8Array): Uint8Array {
  const sum = checksumOf(plain, 0, plain.length);
  const frame = new Uint8Array(2 * plain.length + 4);
  let to = 0;
  frame[to++] = flag;
  const put = (byte: number): void => {
    if (byte === flag || byte === escapeByte) {
      frame[to++] = escapeByte;
      frame[to++] = byte - escapeByte + 1;
    } else frame[to++] = byte;
  };
  for (const byte of plain) put(byte);
  put(sum);
  frame[to++] = flag;
  return frame.slice(0, to);
}
