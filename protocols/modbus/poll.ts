import { AppError } from '../../model/errors.ts';
import { decodeParts, encodeParts } from '../polled-parts.ts';
import type { BlockAnswer } from '../protocol.ts';

/**
 * What one poll of a slave brought, as it is kept in the journal; of each block, big-endian: function code (u8), first address (u16),
 * registers (u16) and their bytes.
 */
const headBytes = 5;

/** @param answers 1 to 255 blocks, each with two bytes a register; a slave with more is asked for them in turn */
export const encodePoll = (answers: readonly BlockAnswer[]): Uint8Array =>
  encodeParts(
    answers,
    ({ bytes }) => headBytes + bytes.length,
    ({ fc, address, bytes }, out, at) => {
      out.writeUInt8(fc, at);
      out.writeUInt16BE(address, at + 1);
      out.writeUInt16BE(bytes.length / 2, at + 3);
      out.set(bytes, at + headBytes);
    },
  );

/** @throws AppError `DECODE_TRUNCATED`, `DECODE_MALFORMED`, `DECODE_UNSUPPORTED` */
export const decodePoll = (bytes: Uint8Array): readonly BlockAnswer[] =>
  decodeParts(bytes, 'block', (reader) => {
    const fc = reader.u8();
    if (fc !== 3 && fc !== 4) {
      throw new AppError('DECODE_MALFORMED', `got function code ${fc}, want 3 or 4`);
    }
    const address = reader.u16();
    const count = reader.u16();
    return { fc, address, count, bytes: reader.take(count * 2) };
  });
