import { AppError, messageOf } from '../model/errors.ts';
import { decodeParts, encodeParts } from './polled-parts.ts';
import type { Refused } from './protocol.ts';

/**
 * What one poll of a meter of a framed language brought, as it is kept in the journal: of each frame its length (u16, big-endian) and its
 * bytes as they came, wake-up bytes left out.
 */
const headBytes = 2;

/** @param frames 1 to 255 */
export const encodeFrames = (frames: readonly Uint8Array[]): Uint8Array =>
  encodeParts(
    frames,
    ({ length }) => headBytes + length,
    (frame, out, at) => {
      out.writeUInt16BE(frame.length, at);
      out.set(frame, at + headBytes);
    },
  );

/** @throws AppError `DECODE_TRUNCATED`, `DECODE_MALFORMED`, `DECODE_UNSUPPORTED` */
export const decodeFrames = (bytes: Uint8Array): readonly Uint8Array[] =>
  decodeParts(bytes, 'frame', (reader) => reader.take(reader.u16()));

/** A frame of a poll that gave nothing, while others did. */
export const refusedFrame = (part: number, error: unknown): Refused => ({
  part,
  reason:
    error instanceof AppError && error.code === 'DECODE_UNSUPPORTED' ? 'unsupported' : 'malformed',
  detail: messageOf(error),
});
