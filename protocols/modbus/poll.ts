import { AppError } from '../../model/errors.ts';
import { createReader } from '../bytes.ts';
import type { BlockAnswer } from '../protocol.ts';

/**
 * What one poll of a slave brought, as it is kept in the journal; big-endian:
 * version (u8, 1), number of blocks (u8), then of each block function code (u8), first address (u16), registers (u16) and their bytes.
 */
const version = 1;
const headBytes = 2;
const blockHeadBytes = 5;

/** @param answers 1 to 255 blocks, each with two bytes a register; a slave with more is asked for them in turn */
export function encodePoll(answers: readonly BlockAnswer[]): Uint8Array {
  const size = answers.reduce((sum, { bytes }) => sum + blockHeadBytes + bytes.length, headBytes);
  const out = Buffer.alloc(size);
  out.writeUInt8(version, 0);
  out.writeUInt8(answers.length, 1);
  let offset = headBytes;
  for (const { fc, address, bytes } of answers) {
    out.writeUInt8(fc, offset);
    out.writeUInt16BE(address, offset + 1);
    out.writeUInt16BE(bytes.length / 2, offset + 3);
    out.set(bytes, offset + blockHeadBytes);
    offset += blockHeadBytes + bytes.length;
  }
  return out;
}

/** @throws AppError `DECODE_TRUNCATED`, `DECODE_MALFORMED`, `DECODE_UNSUPPORTED` */
export function decodePoll(bytes: Uint8Array): readonly BlockAnswer[] {
  const reader = createReader(bytes);
  const got = reader.u8();
  if (got !== version) {
    throw new AppError('DECODE_UNSUPPORTED', `got poll format ${got}, want ${version}`);
  }
  const blocks = reader.u8();
  if (blocks === 0)
    throw new AppError('DECODE_MALFORMED', 'got a poll of no block, want at least 1');
  const answers = Array.from({ length: blocks }, (): BlockAnswer => {
    const fc = reader.u8();
    if (fc !== 3 && fc !== 4) {
      throw new AppError('DECODE_MALFORMED', `got function code ${fc}, want 3 or 4`);
    }
    const address = reader.u16();
    const count = reader.u16();
    return { fc, address, count, bytes: reader.take(count * 2) };
  });
  if (reader.remaining() > 0) {
    throw new AppError('DECODE_MALFORMED', `got ${reader.remaining()} bytes behind the last block`);
  }
  return answers;
}
