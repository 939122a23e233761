import { AppError } from '../../model/errors.ts';
import { createReader } from '../bytes.ts';
import type { Edition } from './edition.ts';

/** Reads a body from its front; all numbers are big-endian. Every read beyond the end throws AppError `DECODE_TRUNCATED`. */
export interface BodyReader {
  readonly edition: Edition;
  u8(): number;
  u16(): number;
  u32(): number;
  /** A view of the next bytes, not a copy. */
  take(count: number): Uint8Array;
  /** Bytes not read yet. */
  remaining(): number;
  /** Bytes read. */
  at(): number;
}

export function readBody(body: Uint8Array, edition: Edition): BodyReader {
  const reader = createReader(body);
  return {
    edition,
    u8: reader.u8,
    u16: reader.u16,
    u32: () => reader.u16() * 0x1_0000 + reader.u16(),
    take: reader.take,
    remaining: reader.remaining,
    at: () => body.length - reader.remaining(),
  };
}

/** Writes a body. Numbers that do not fit throw AppError `INPUT_INVALID`. */
export interface BodyWriter {
  readonly edition: Edition;
  /** @param bytes of the number, 1, 2 or 4 */
  number(value: number, bytes: number): void;
  bytes(bytes: Uint8Array): void;
}

/** The bytes that `write` writes. */
export function writeBody(edition: Edition, write: (to: BodyWriter) => void): Uint8Array {
  const parts: Uint8Array[] = [];
  write({
    edition,
    number(value, bytes) {
      const most = 2 ** (8 * bytes) - 1;
      if (!Number.isInteger(value) || value < 0 || value > most) {
        throw new AppError('INPUT_INVALID', `got ${value}, want a whole number from 0 to ${most}`);
      }
      const part = new Uint8Array(bytes);
      for (let i = 0, rest = value; i < bytes; i++, rest = Math.floor(rest / 0x100)) {
        part[bytes - 1 - i] = rest % 0x100;
      }
      parts.push(part);
    },
    bytes: (bytes) => {
      parts.push(bytes);
    },
  });
  return Uint8Array.from(Buffer.concat(parts));
}
