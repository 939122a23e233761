import { AppError, messageOf } from '../model/errors.ts';
import { createReader } from './bytes.ts';
import type { Refused } from './protocol.ts';

/**
 * What one poll of a meter of a framed language brought, as it is kept in the journal; big-endian:
 * version (u8, 1), number of frames (u8), then of each its length (u16) and its bytes as they came, wake-up bytes left out.
 */
const version = 1;
const headBytes = 2;
const frameHeadBytes = 2;

/** @param frames 1 to 255 */
export function encodeFrames(frames: readonly Uint8Array[]): Uint8Array {
  const size = frames.reduce((sum, { length }) => sum + frameHeadBytes + length, headBytes);
  const out = Buffer.alloc(size);
  out.writeUInt8(version, 0);
  out.writeUInt8(frames.length, 1);
  let offset = headBytes;
  for (const frame of frames) {
    out.writeUInt16BE(frame.length, offset);
    out.set(frame, offset + frameHeadBytes);
    offset += frameHeadBytes + frame.length;
  }
  return out;
}

/** @throws AppError `DECODE_TRUNCATED`, `DECODE_MALFORMED`, `DECODE_UNSUPPORTED` */
export function decodeFrames(bytes: Uint8Array): readonly Uint8Array[] {
  const reader = createReader(bytes);
  const got = reader.u8();
  if (got !== version) {
    throw new AppError('DECODE_UNSUPPORTED', `got poll format ${got}, want ${version}`);
  }
  const count = reader.u8();
  if (count === 0)
    throw new AppError('DECODE_MALFORMED', 'got a poll of no frame, want at least 1');
  const frames = Array.from({ length: count }, () => reader.take(reader.u16()));
  if (reader.remaining() > 0) {
    throw new AppError('DECODE_MALFORMED', `got ${reader.remaining()} bytes behind the last frame`);
  }
  return frames;
}

/** A frame of a poll that gave nothing, while others did. */
export const refusedFrame = (part: number, error: unknown): Refused => ({
  part,
  reason:
    error instanceof AppError && error.code === 'DECODE_UNSUPPORTED' ? 'unsupported' : 'malformed',
  detail: messageOf(error),
});
