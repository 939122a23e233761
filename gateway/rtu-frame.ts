import type { BlockAnswer, ReadBlock } from '../protocols/protocol.ts';

/** Modbus over a serial line: unit, function code, data, CRC-16 low byte first. Pure. */

const crcBytes = 2;
const headBytes = 3;
const exceptionBytes = 5;

/** The Modbus CRC: polynomial 0x8005 reflected, begun with FFFF. @see Modbus over serial line V1.02, 6.2.2 */
function crcOf(bytes: Uint8Array): number {
  let crc = 0xffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >> 1) ^ 0xa001 : crc >> 1;
  }
  return crc;
}

/** @param unit slave address, 0 to 255 */
export function toRtuRequest(unit: number, { fc, address, count }: ReadBlock): Uint8Array {
  const frame = Buffer.from([
    unit,
    fc,
    address >> 8,
    address & 0xff,
    count >> 8,
    count & 0xff,
    0,
    0,
  ]);
  frame.writeUInt16LE(crcOf(frame.subarray(0, -crcBytes)), frame.length - crcBytes);
  return frame;
}

export type RtuAnswer = { readonly frame: Uint8Array } & (
  | { readonly kind: 'data'; readonly answer: BlockAnswer }
  | { readonly kind: 'exception'; readonly code: number }
);

/**
 * The first answer to the request in what was received: from this unit, of this function, with as many registers as were asked for and a
 * right CRC. All else is passed over.
 */
export function hearRtu(
  unit: number,
  block: ReadBlock,
  received: Uint8Array,
): RtuAnswer | undefined {
  for (let at = 0; at + exceptionBytes <= received.length; at++) {
    const answer = received[at] === unit ? answerAt(received.subarray(at), block) : undefined;
    if (answer) return answer;
  }
  return undefined;
}

function answerAt(bytes: Uint8Array, block: ReadBlock): RtuAnswer | undefined {
  const [, fc = 0, third = 0] = bytes;
  if (fc === (block.fc | 0x80)) {
    const frame = wholeFrame(bytes, exceptionBytes);
    return frame && { kind: 'exception', code: third, frame };
  }
  if (fc !== block.fc || third !== block.count * 2) return undefined;
  const frame = wholeFrame(bytes, headBytes + third + crcBytes);
  if (!frame) return undefined;
  const registers = frame.slice(headBytes, headBytes + third);
  return { kind: 'data', answer: { ...block, bytes: registers }, frame };
}

function wholeFrame(bytes: Uint8Array, length: number): Uint8Array | undefined {
  if (bytes.length < length) return undefined;
  const crc = (bytes[length - 2] ?? 0) | ((bytes[length - 1] ?? 0) << 8);
  return crcOf(bytes.subarray(0, length - crcBytes)) === crc ? bytes.slice(0, length) : undefined;
}
