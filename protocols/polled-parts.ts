import { AppError } from '../model/errors.ts';
import { createReader, type Reader } from './bytes.ts';

/** What one poll brought, as it is kept in the journal: version (u8, 1), number of parts (u8), and the parts one behind the other. */
const version = 1;
const headBytes = 2;

/**
 * @param parts 1 to 255
 * @param write puts a part at its place
 */
export function encodeParts<T>(
  parts: readonly T[],
  bytesOf: (part: T) => number,
  write: (part: T, out: Buffer, at: number) => void,
): Uint8Array {
  const out = Buffer.alloc(parts.reduce((sum, part) => sum + bytesOf(part), headBytes));
  out.writeUInt8(version, 0);
  out.writeUInt8(parts.length, 1);
  let at = headBytes;
  for (const part of parts) {
    write(part, out, at);
    at += bytesOf(part);
  }
  return out;
}

/**
 * @param name what a part is called in messages
 * @throws AppError `DECODE_TRUNCATED`, `DECODE_MALFORMED`, `DECODE_UNSUPPORTED`
 */
export function decodeParts<T>(
  bytes: Uint8Array,
  name: string,
  read: (reader: Reader) => T,
): readonly T[] {
  const reader = createReader(bytes);
  const got = reader.u8();
  if (got !== version) {
    throw new AppError('DECODE_UNSUPPORTED', `got poll format ${got}, want ${version}`);
  }
  const count = reader.u8();
  if (count === 0) {
    throw new AppError('DECODE_MALFORMED', `got a poll of no ${name}, want at least 1`);
  }
  const parts = Array.from({ length: count }, () => read(reader));
  if (reader.remaining() > 0) {
    throw new AppError(
      'DECODE_MALFORMED',
      `got ${reader.remaining()} bytes behind the last ${name}`,
    );
  }
  return parts;
}
