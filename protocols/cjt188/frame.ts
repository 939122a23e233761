import { bytesOf, digitsOf } from '../bcd.ts';
import { closeFrame, type Framing, framesAmong, onlyFrame, tailBytes } from '../framing.ts';

/** A frame of CJ/T 188: 68, type, address (7 bytes BCD, low first), control, length, data, checksum, 16. */
export interface Frame {
  /** Kind of meter: 10H to 19H water, 20H to 29H heat, 30H to 39H gas. */
  readonly type: number;
  /** 14 digits as printed on the meter; `a` is a wildcard. */
  readonly address: string;
  readonly control: number;
  /** An identifier of two bytes, the number of the message, and what it says. */
  readonly data: Uint8Array;
  /** As on the line, from 68 to 16. */
  readonly bytes: Uint8Array;
}

export const control = {
  read: 0x01,
  readAddress: 0x03,
  /** Bits of an answer's control byte: it is an answer, it tells an error. */
  isAnswer: 0x80,
  isError: 0x40,
} as const;

/** Bytes ahead of what a frame says: identifier and number of the message. */
export const prefixBytes = 3;

const framing: Framing = { headBytes: 11, starts: [0], maxDataBytes: 100 };

const toFrame = (bytes: Uint8Array): Frame => ({
  type: bytes[1] ?? 0,
  address: digitsOf(bytes.subarray(2, 9)),
  control: bytes[9] ?? 0,
  data: bytes.subarray(framing.headBytes, -tailBytes),
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
export const composeFrame = (
  { type, address, control: code, data }: Omit<Frame, 'bytes'>,
  wakeUpBytes = 0,
): Uint8Array => closeFrame([type, ...bytesOf(address), code, data.length, ...data], wakeUpBytes);

/** The identifier of a frame, low byte first on the line or high byte first: meters do both. */
export const saysIdentifier = ({ data }: Frame, identifier: number): boolean => {
  const [first = 0, second = 0] = data;
  return (first << 8) + second === identifier || (second << 8) + first === identifier;
};
