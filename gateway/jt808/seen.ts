import type { Edition } from '../../protocols/jt808/edition.ts';
import { explain } from '../../protocols/jt808/explain.ts';
import type { Clause, Explained, Words } from '../../protocols/jt808/field.ts';
import { encodeFrame, type Frame, readFrame } from '../../protocols/jt808/frame.ts';
import { messageOf } from '../../protocols/jt808/messages/index.ts';
import { registered } from '../../protocols/jt808/messages/p-8100-registered.ts';
import { authenticate } from '../../protocols/jt808/messages/t-0102-authenticate.ts';
import { parametersAnswered } from '../../protocols/jt808/messages/t-0104-parameters.ts';
import { isPassword } from '../../protocols/jt808/parameters.ts';
import { hexId } from '../../protocols/jt808/wire.ts';
import type { SeenFrame } from './door.ts';

/** A field of a frame for a person who looks into it. */
export interface SeenField {
  readonly name: Words;
  /** Null where the children say it. */
  readonly value: string | number | Words | null;
  readonly unit: string | null;
  /** Of its first byte, in the frame without escapes. */
  readonly offset: number;
  readonly hex: string;
  readonly clause: Clause | null;
  readonly children: readonly SeenField[];
}

export interface ExplainedFrame {
  /** Our clock, Unix ms UTC. */
  readonly at: number;
  readonly direction: SeenFrame['direction'];
  readonly authenticated: boolean;
  /** Null for what is no frame. */
  readonly message: { readonly id: string; readonly name: Words } | null;
  readonly bytes: number;
  /** As it came or went. */
  readonly hex: string;
  /** It has the code by which the terminal is let in, or a password; stars stand in its place. */
  readonly hidesCode: boolean;
  readonly fields: readonly SeenField[];
}

const unknown: Words = { zh: '未知消息', en: 'unknown message' };
const star = 0x2a;
/** Serial and result stand ahead of the code. */
const codeOfRegisteredAt = 3;
/** Serial and count stand ahead of the parameters, id and length ahead of each. */
const parametersAt = 3;
const parameterHead = 5;
/** A number of bytes; a character of a code is more than that. */
const longestCode = 0x2f;

const starred = (body: Uint8Array, from: number, to: number): Uint8Array =>
  Uint8Array.from(body).fill(star, from, to);

/** The body of an answer with parameters; undefined where none of them is a password. */
function withoutPasswords(body: Uint8Array): Uint8Array | undefined {
  const view = new DataView(body.buffer, body.byteOffset, body.length);
  let hidden: Uint8Array | undefined;
  for (let at = parametersAt; at + parameterHead <= body.length; ) {
    const from = at + parameterHead;
    const to = from + view.getUint8(from - 1);
    if (isPassword(view.getUint32(at))) hidden = starred(hidden ?? body, from, to);
    at = to;
  }
  return hidden;
}

/** The body without the code by which the terminal is let in, or a password; undefined where it has none. */
function withoutCode({ header, body }: Frame): Uint8Array | undefined {
  if (header.id === registered.id)
    return starred(body, header.part ? 0 : codeOfRegisteredAt, body.length);
  if (header.id === parametersAnswered.id)
    return header.part ? starred(body, 0, body.length) : withoutPasswords(body);
  if (header.id !== authenticate.id) return undefined;
  const [bytes = 0] = body;
  const isCounted = !header.part && bytes <= longestCode && bytes < body.length;
  return isCounted ? starred(body, 1, 1 + bytes) : starred(body, 0, body.length);
}

const flag = Buffer.of(0x7e);
const secretIds = [authenticate.id, registered.id, parametersAnswered.id].map((id) =>
  Buffer.of(id >> 8, id & 0xff),
);

/** Where a message with a code begins, or one whose 7E was lost ahead of these bytes. */
function mayHaveCode(bytes: Uint8Array): boolean {
  const all = Buffer.concat([flag, bytes]);
  return secretIds.some((id) => all.includes(Buffer.concat([flag, id])));
}

interface Readable {
  readonly frame: Frame | undefined;
  readonly bytes: Uint8Array;
  readonly hidesCode: boolean;
}

function readable(bytes: Uint8Array): Readable {
  try {
    const frame = readFrame(bytes);
    const body = withoutCode(frame);
    if (!body) return { frame, bytes, hidesCode: false };
    return { frame, bytes: encodeFrame(frame.header, body), hidesCode: true };
  } catch {
    // What is no frame is shown as it came, unless there may be a code in it.
    const hidesCode = mayHaveCode(bytes);
    return { frame: undefined, bytes: hidesCode ? new Uint8Array(0) : bytes, hidesCode };
  }
}

const hexOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

const toField = ({
  name,
  value,
  unit,
  offset,
  bytes,
  clause,
  children = [],
}: Explained): SeenField => ({
  name,
  value: value ?? null,
  unit: unit ?? null,
  offset,
  hex: hexOf(bytes),
  clause: clause ?? null,
  children: children.map(toField),
});

/** @param known the terminal's edition where it is known */
export function explainSeen(
  { at, direction, authenticated, bytes: seen }: SeenFrame,
  known: Edition | undefined,
): ExplainedFrame {
  const { frame, bytes, hidesCode } = readable(seen);
  const id = frame?.header.id;
  return {
    at,
    direction,
    authenticated,
    message: id === undefined ? null : { id: hexId(id), name: messageOf(id)?.name ?? unknown },
    bytes: seen.length,
    hex: hexOf(bytes),
    hidesCode,
    fields: explain(bytes, known).map(toField),
  };
}
