import { bytesOf, digitsOf } from '../bcd.ts';
import { closeFrame, type Framing, framesAmong, onlyFrame, tailBytes } from '../framing.ts';

/** A frame of DL/T 645-2007: 68, address (6 bytes BCD, low first), 68, control, length, data, checksum, 16. */
export interface Frame {
  /** 12 digits as printed on the meter; `a` is a wildcard. */
  readonly address: string;
  readonly control: number;
  /** With 33H taken off every byte. */
  readonly data: Uint8Array;
  /** As on the line, from the first 68 to 16. */
  readonly bytes: Uint8Array;
}

export const control = {
  read: 0x11,
  readMore: 0x12,
  readAddress: 0x13,
  /** Bits of an answer's control byte: it is an answer, it tells an error, more frames follow. */
  isAnswer: 0x80,
  isError: 0x40,
  hasMore: 0x20,
} as const;

const offset = 0x33;
const second = 0x68;

/** Data of an answer to a reading. */
export const maxDataBytes = 200;

const framing: Framing = { headBytes: 10, starts: [0, 7], maxDataBytes };

const toFrame = (bytes: Uint8Array): Frame => ({
  address: digitsOf(bytes.subarray(1, 7)),
  control: bytes[8] ?? 0,
  data: bytes.subarray(framing.headBytes, -tailBytes).map((byte) => byte - offset),
  bytes,
});

/** Every whole frame among the bytes; noise and broken frames are passed over. */
export const framesIn = (bytes: Uint8Array): readonly Frame[] =>
  [...framesAmong(framing, bytes)].map(toFrame);

/**
 * Bytes that are one frame, wake-up bytes ahead of it or none.
 * @throws AppError `DECODE_TRUNCATED`, `DECODE_CHECKSUM`, `DECODE_MALFORMED`
 */
export const readFrame = (bytes: Uint8Array): Frame => toFrame(onlyFrame(framing, bytes));

/** The bytes of a frame. @param wakeUpBytes FE ahead of it */
export function composeFrame(
  { address, control: code, data }: Omit<Frame, 'bytes'>,
  wakeUpBytes = 0,
): Uint8Array {
  const sent = data.map((byte) => byte + offset);
  return closeFrame([...bytesOf(address), second, code, data.length, ...sent], wakeUpBytes);
}
