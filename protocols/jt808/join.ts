import { AppError } from '../../model/errors.ts';
import { type Frame, readFrames } from './frame.ts';
import { hexId } from './wire.ts';

/**
 * One message from all of its frames, in the order of their parts: the header of the first, the bodies one behind the other.
 *
 * @param bytes one frame, or those of a split message and nothing else
 * @throws AppError `DECODE_TRUNCATED` where a part is missing, `DECODE_MALFORMED` where frames are not of one message, and as `readFrame`
 */
export function joinFrames(bytes: Uint8Array): Frame {
  const frames = readFrames(bytes);
  const [first] = frames;
  if (!first) throw new AppError('DECODE_TRUNCATED', 'got no bytes, want a frame');
  const total = first.header.part?.total ?? 1;
  if (frames.length < total) {
    throw new AppError(
      'DECODE_TRUNCATED',
      `got ${frames.length} parts of a message, want ${total}`,
    );
  }
  frames.forEach(({ header }, at) => {
    const part = header.part ?? { total: 1, index: 1 };
    const fits =
      header.id === first.header.id && part.total === frames.length && part.index === at + 1;
    if (!fits) {
      const got = `part ${part.index} of ${part.total} of ${hexId(header.id)}`;
      const want = `part ${at + 1} of ${frames.length} of ${hexId(first.header.id)}`;
      throw new AppError('DECODE_MALFORMED', `got ${got}, want ${want}`);
    }
  });
  if (frames.length === 1) return first;
  return { ...first, body: Uint8Array.from(Buffer.concat(frames.map(({ body }) => body))), bytes };
}
