import { createAssembly } from './assembly.ts';
import type { Edition } from './edition.ts';
import { explain } from './explain.ts';
import type { Explained, Words } from './field.ts';
import { type Frame, readFrame } from './frame.ts';
import { inspectFrame } from './mend.ts';

/** A frame, all frames of a split message, or bytes that are neither. */
export interface StreamPiece {
  /** Place of its first byte in what was given. */
  readonly offset: number;
  /** As they came. */
  readonly bytes: Uint8Array;
  /** Of a broken frame as it would be without what is wrong; none where there is too little of it. */
  readonly fields: readonly Explained[];
  readonly faults: readonly Words[];
}

const flag = 0x7e;

/**
 * Everything in a stretch of bytes, in the order it came: frames, split messages where their first part stands, and what is no frame.
 *
 * @param known the terminal's edition where it is known
 */
export function explainStream(bytes: Uint8Array, known?: Edition): readonly StreamPiece[] {
  const pieces: StreamPiece[] = [];
  const parts: Placed[] = [];
  for (const cut of cutAtFlags(bytes)) {
    const inspected = inspect(cut);
    const { frame, faults } = inspected;
    const isPart = frame?.header.part !== undefined && frame.header.part.total > 1;
    if (frame && isPart && faults.length === 0) parts.push({ offset: cut.offset, frame });
    else pieces.push(toPiece(cut.offset, cut.bytes, frame?.bytes, faults, known));
  }
  return [...pieces, ...joined(parts, known)].sort((a, b) => a.offset - b.offset);
}

interface Inspected {
  readonly frame: Frame | undefined;
  readonly faults: readonly Words[];
}

function inspect({ bytes, isOpen, isAhead }: Cut): Inspected {
  if (isAhead) return { frame: undefined, faults: [ahead] };
  const { faults, frame } = inspectFrame(bytes);
  return { frame: frame && readFrame(frame), faults: isOpen ? [unclosed, ...faults] : faults };
}

/** Messages of several packets; those of which one is missing packet by packet. */
function joined(parts: readonly Placed[], known: Edition | undefined): readonly StreamPiece[] {
  const assembly = createAssembly({ bytes: Number.POSITIVE_INFINITY, parts: 0xffff });
  const left = new Set(parts);
  const messages = parts.flatMap(({ frame }): readonly StreamPiece[] => {
    const added = assembly.add(frame, 0);
    if (added.type !== 'whole') return [];
    const whole = [...left].filter((part) => added.frames.includes(part.frame));
    for (const part of whole) left.delete(part);
    const bytes = new Uint8Array(Buffer.concat(added.frames.map((each) => each.bytes)));
    return [toPiece(whole[0]?.offset ?? 0, bytes, bytes, [], known)];
  });
  const single = [...left].map(({ offset, frame: { bytes } }) =>
    toPiece(offset, bytes, bytes, [partsMissing], known),
  );
  return [...messages, ...single];
}

interface Placed {
  readonly offset: number;
  readonly frame: Frame;
}

interface Cut {
  readonly offset: number;
  /** From 7E to 7E, one of which may stand for two frames. */
  readonly bytes: Uint8Array;
  /** Its last 7E did not come. */
  readonly isOpen: boolean;
  /** Before the first 7E. */
  readonly isAhead: boolean;
}

/** Without any 7E all of it is one frame that has lost both. */
function cutAtFlags(bytes: Uint8Array): readonly Cut[] {
  const isBare = !bytes.includes(flag);
  const cuts: Cut[] = [];
  let start = 0;
  let isInside = isBare;
  while (start < bytes.length) {
    const next = bytes.indexOf(flag, start);
    const end = next < 0 ? bytes.length : next;
    const content = bytes.subarray(start, end);
    if (content.length > 0 && !isInside)
      cuts.push({ offset: start, bytes: content, isOpen: false, isAhead: true });
    else if (content.length > 0) {
      const wrapped = Uint8Array.of(flag, ...content, flag);
      const offset = isBare ? start : start - 1;
      cuts.push({ offset, bytes: wrapped, isOpen: next < 0 && !isBare, isAhead: false });
    }
    isInside = true;
    start = end + 1;
  }
  return cuts;
}

function toPiece(
  offset: number,
  bytes: Uint8Array,
  readable: Uint8Array | undefined,
  faults: readonly Words[],
  known: Edition | undefined,
): StreamPiece {
  const fields = readable ? explain(readable, known) : [];
  return { offset, bytes, fields, faults: [...faults, ...faultsIn(fields)] };
}

/** What is marked in the fields, each with its place. */
const faultsIn = (fields: readonly Explained[]): readonly Words[] =>
  fields.flatMap(({ isFault, name, offset, children = [] }) => [
    ...(isFault ? [{ zh: `第 ${offset} 字节：${name.zh}`, en: `byte ${offset}: ${name.en}` }] : []),
    ...faultsIn(children),
  ]);

const ahead: Words = {
  zh: '第一个 7E 之前的字节，不属于任何帧',
  en: 'bytes ahead of the first 7E, which belong to no frame',
};
const unclosed: Words = { zh: '没有结尾的 7E', en: 'the closing 7E is missing' };
const partsMissing: Words = {
  zh: '分包消息的其他包不在其中，消息体无法解析',
  en: 'the other packets of this message are not here: its body cannot be read',
};
