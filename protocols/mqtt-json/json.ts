import { isAscii, isUtf8 } from 'node:buffer';
import { AppError } from '../../model/errors.ts';

/** A JSON object of unknown content; read by name only, so that a key such as `__proto__` does nothing. */
export type Fields = Readonly<Record<string, unknown>>;

export const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Strings, or the words some encoders write for numbers that JSON does not have. The closing quote is optional so that no input backtracks. */
const stringOrWord = /"(?:[^"\\]|\\.)*"?|-?\b(?:NaN|Infinity)\b/g;

/**
 * JSON from UTF-8 bytes. Bare `NaN`, `Infinity` and `-Infinity` are read as null.
 * @throws AppError `DECODE_MALFORMED`
 */
export function parseJson(bytes: Uint8Array): unknown {
  if (bytes.length === 0) throw new AppError('DECODE_MALFORMED', 'got an empty message, want JSON');
  const text = toText(bytes);
  try {
    return JSON.parse(text);
  } catch {
    return parseLeniently(text);
  }
}

const byteOrderMark = Buffer.of(0xef, 0xbb, 0xbf);

/** Text from UTF-8 without a byte order mark. Looking at the bytes first costs a third of what a fatal TextDecoder does. */
function toText(bytes: Uint8Array): string {
  const buffer = Buffer.isBuffer(bytes)
    ? bytes
    : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  if (isAscii(buffer)) return buffer.toString('latin1');
  if (!isUtf8(buffer)) throw new AppError('DECODE_MALFORMED', 'got bytes that are not UTF-8');
  const marked = byteOrderMark.equals(buffer.subarray(0, byteOrderMark.length));
  return buffer.toString('utf8', marked ? byteOrderMark.length : 0);
}

function parseLeniently(text: string): unknown {
  try {
    return JSON.parse(
      text.replace(stringOrWord, (found) => (found.startsWith('"') ? found : 'null')),
    );
  } catch {
    throw new AppError('DECODE_MALFORMED', `got ${text.length} characters that are not JSON`);
  }
}
