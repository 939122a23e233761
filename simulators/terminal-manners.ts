import type { Dice } from './noise.ts';
import type { Manner } from './simulator.ts';

const flag = 0x7e;
/** How often a broken frame is sent before its whole one. */
const share = 0.5;
const garbageBytes = { least: 1, most: 40 } as const;

/** Bytes without 7E. */
const garbage = (dice: Dice): Uint8Array =>
  Uint8Array.from({ length: dice.whole(garbageBytes.least, garbageBytes.most) }, () => {
    const byte = dice.whole(0, 254);
    return byte < flag ? byte : byte + 1;
  });

/** One byte of the body another; never one that makes or undoes an escape. */
function damaged(frame: Uint8Array): Uint8Array {
  const bytes = frame.slice();
  const at = bytes.findLastIndex(
    (byte, i) => i > 4 && i < bytes.length - 2 && byte < 0x20 && bytes[i - 1] !== 0x7d,
  );
  if (at > 0) bytes[at] = (bytes[at] ?? 0) ^ 0x40;
  return bytes;
}

const joined = (...parts: readonly Uint8Array[]): Uint8Array =>
  new Uint8Array(Buffer.concat(parts));

/**
 * What a terminal puts on the wire in place of a frame.
 *
 * @param isFirst the frame was not sent before
 * @param isBehind another frame stands ahead of it on this link
 */
export function misbehave(
  frame: Uint8Array,
  manner: Manner | undefined,
  isFirst: boolean,
  isBehind: boolean,
  dice: Dice,
): Uint8Array {
  if (manner === 'garbage') return joined(garbage(dice), frame);
  if (manner === 'shared-flag') return isBehind ? frame.subarray(1) : frame;
  if (manner === 'half-frame' && dice.between(0, 1) < share)
    return joined(frame.subarray(0, frame.length >> 1), frame);
  if (manner === 'wrong-checksum' && isFirst && dice.between(0, 1) < share) return damaged(frame);
  return frame;
}
