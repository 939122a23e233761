import { AppError } from '../model/errors.ts';

/**
 * What frames of Chinese meters have in common: they begin with 68, say their length at the end of their head, and close with the sum of
 * all their bytes and 16. Ahead of them stand any number of FE, which wake the line up.
 */
export interface Framing {
  /** Bytes ahead of the data; the last one is the number of data bytes. */
  readonly headBytes: number;
  /** Places of 68 in the head. */
  readonly starts: readonly number[];
  readonly maxDataBytes: number;
}

const start = 0x68;
const end = 0x16;
const wakeUp = 0xfe;

/** Bytes behind the data. */
export const tailBytes = 2;

function checksum(bytes: Uint8Array): number {
  let sum = 0;
  for (const byte of bytes) sum += byte;
  return sum & 0xff;
}

/** A byte as two hex digits. */
export const hex = (byte: number): string => byte.toString(16).toUpperCase().padStart(2, '0');

type Code = 'DECODE_TRUNCATED' | 'DECODE_CHECKSUM' | 'DECODE_MALFORMED';

interface Fault {
  readonly code: Code;
  readonly what: string;
}

const fault = (code: Code, what: string): Fault => ({ code, what });

/** The bytes of the frame that begins at a place, or what is wrong with them. */
function frameAt(
  { headBytes, starts, maxDataBytes }: Framing,
  bytes: Uint8Array,
  at: number,
): Uint8Array | Fault {
  if (starts.some((place) => (bytes[at + place] ?? start) !== start)) {
    return fault('DECODE_MALFORMED', 'got bytes that begin no frame');
  }
  const dataBytes = bytes[at + headBytes - 1] ?? 0;
  if (dataBytes > maxDataBytes) {
    return fault('DECODE_MALFORMED', `got ${dataBytes} data bytes, want at most ${maxDataBytes}`);
  }
  const size = headBytes + dataBytes + tailBytes;
  const frame = bytes.subarray(at, at + size);
  if (frame.length < size) {
    return fault('DECODE_TRUNCATED', `got ${frame.length} bytes of a frame, want ${size}`);
  }
  if (frame.at(-1) !== end) return fault('DECODE_MALFORMED', 'got a frame that does not end in 16');
  const said = frame.at(-tailBytes) ?? 0;
  const want = checksum(frame.subarray(0, -tailBytes));
  if (said === want) return frame;
  return fault('DECODE_CHECKSUM', `got checksum ${hex(said)}, want ${hex(want)}`);
}

const isFrame = (found: Uint8Array | Fault): found is Uint8Array => found instanceof Uint8Array;

/** Every whole frame among the bytes; noise and broken frames are passed over. */
export function* framesAmong(framing: Framing, bytes: Uint8Array): Generator<Uint8Array> {
  for (let at = 0; at < bytes.length; ) {
    const found = frameAt(framing, bytes, at);
    if (isFrame(found)) yield found;
    at += isFrame(found) ? found.length : 1;
  }
}

/**
 * Bytes that are one frame, wake-up bytes ahead of it or none; without these.
 * @throws AppError `DECODE_TRUNCATED`, `DECODE_CHECKSUM`, `DECODE_MALFORMED`
 */
export function onlyFrame(framing: Framing, bytes: Uint8Array): Uint8Array {
  const first = bytes.findIndex((byte) => byte !== wakeUp);
  const at = first < 0 ? bytes.length : first;
  const found = frameAt(framing, bytes, at);
  if (!isFrame(found)) throw new AppError(found.code, found.what);
  const behind = bytes.length - at - found.length;
  if (behind > 0) throw new AppError('DECODE_MALFORMED', `got ${behind} bytes behind the frame`);
  return found;
}

/**
 * A whole frame.
 * @param body all ahead of the checksum, but for the 68 it begins with
 * @param wakeUpBytes FE ahead of it
 */
export function closeFrame(body: readonly number[], wakeUpBytes: number): Uint8Array {
  const frame = Uint8Array.of(start, ...body);
  const ahead = new Uint8Array(wakeUpBytes).fill(wakeUp);
  return Uint8Array.of(...ahead, ...frame, checksum(frame), end);
}
