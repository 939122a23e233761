/** One sentence whose checksum fits: `$`, talker, type, fields, `*hh`. */
export interface Sentence {
  /** Two letters, such as `GN`; `P` for a maker's own. */
  readonly talker: string;
  /** Three letters, such as `RMC`; what follows `P` of a maker's own. */
  readonly type: string;
  readonly fields: readonly string[];
}

/** What stands in a message: sentences, and why others are none. */
export interface Found {
  readonly sentences: readonly (Sentence | string)[];
  /** A sentence that has begun and not ended, to be put ahead of the next message; empty where there is none. */
  readonly rest: string;
}

/** The standard allows 82 characters; receivers with more digits, and ours when it says who it is, need some more. */
const longest = 256;
const lineEnd = /[\r\n$]/g;
const parts = /^(P|[A-Z0-9]{2})([A-Z0-9]*)(?:,(.*))?$/;

/** XOR of all characters between `$` and `*`, as two hex digits. */
export function checksumOf(body: string): string {
  let sum = 0;
  for (let index = 0; index < body.length; index++) sum ^= body.charCodeAt(index) & 0xff;
  return sum.toString(16).toUpperCase().padStart(2, '0');
}

/**
 * Cuts text at `$`, CR and LF. Whatever does not begin with `$` is passed over: what a modem says of itself, line noise, AIS.
 * A sentence without checksum is refused: since version 3.01 the standard requires it of every sentence, and of RMC always did.
 */
export function findSentences(text: string): Found {
  const sentences: (Sentence | string)[] = [];
  let at = text.indexOf('$');
  while (at >= 0) {
    lineEnd.lastIndex = at + 1;
    const end = lineEnd.exec(text)?.index;
    const line = text.slice(at + 1, end);
    if (end === undefined && !isWhole(line) && line.length < longest)
      return { sentences, rest: text.slice(at) };
    sentences.push(readSentence(line));
    at = end === undefined ? -1 : text.indexOf('$', end);
  }
  return { sentences, rest: '' };
}

const isWhole = (line: string): boolean => /\*[0-9A-Fa-f]{2}/.test(line);

/** @param line between `$` and the end of the line; what stands behind the checksum is passed over */
export function readSentence(line: string): Sentence | string {
  if (line.length > longest)
    return `got a sentence of ${line.length} characters, want at most ${longest}`;
  const star = line.indexOf('*');
  if (star < 0) return `got ${show(line)} without a checksum`;
  const body = line.slice(0, star);
  const said = line.slice(star + 1, star + 3).toUpperCase();
  const want = checksumOf(body);
  if (said !== want) return `got ${show(line)}: checksum ${want} was wanted`;
  const [, talker, type, rest] = parts.exec(body) ?? [];
  if (talker === undefined || type === undefined) return `got ${show(line)}, want talker and type`;
  return { talker, type, fields: rest === undefined ? [] : rest.split(',') };
}

const shown = 100;
const show = (line: string): string =>
  JSON.stringify(`$${line.length > shown ? `${line.slice(0, shown)}…` : line}`);
