import { AppError } from '../model/errors.ts';

/** Reads big-endian numbers from the front of bytes and never runs past their end. */
export interface Reader {
  u8(): number;
  u16(): number;
  /** A view of the next bytes, not a copy. */
  take(count: number): Uint8Array;
  /** Bytes not read yet. */
  remaining(): number;
}

/** Every read beyond the end throws AppError `DECODE_TRUNCATED`. */
export function createReader(bytes: Uint8Array): Reader {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let offset = 0;
  const advance = (count: number): number => {
    if (count > bytes.length - offset) {
      throw new AppError(
        'DECODE_TRUNCATED',
        `got ${bytes.length} bytes, want at least ${offset + count}`,
      );
    }
    const start = offset;
    offset += count;
    return start;
  };
  return {
    u8: () => view.getUint8(advance(1)),
    u16: () => view.getUint16(advance(2)),
    take: (count) => {
      const start = advance(count);
      return bytes.subarray(start, start + count);
    },
    remaining: () => bytes.length - offset,
  };
}
