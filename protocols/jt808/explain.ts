import { isAppError } from '../../model/errors.ts';
import { type Edition, editionOf } from './edition.ts';
import type { Explained, Shown, Words } from './field.ts';
import { type Frame, readFrames } from './frame.ts';
import { joinFrames } from './join.ts';
import { messageOf } from './messages/index.ts';
import { headerLayout, hexByte, hexId, partBytes } from './wire.ts';

const clause = 'JT/T 808-2019 4.4.3';
const encryptions: Readonly<Record<number, Words>> = {
  0: { zh: '不加密', en: 'none' },
  1: { zh: 'RSA', en: 'RSA' },
};

/**
 * Frames as a person reads them, field by field. Offsets are in the first frame without escapes and 7E; in the body of a message of
 * several frames, as if it stood in the first. Never throws.
 *
 * @param bytes one frame, or all frames of a split message
 * @param known the terminal's edition where it is known
 */
export function explain(bytes: Uint8Array, known?: Edition): readonly Explained[] {
  try {
    const frames = readFrames(bytes);
    const headers = frames.flatMap(explainHeader);
    return [...headers, explainBody(bytes, frames, known)];
  } catch (error) {
    if (!isAppError(error)) throw error;
    return [notUnderstood(bytes, error.message)];
  }
}

const notUnderstood = (bytes: Uint8Array, why: string): Explained => ({
  name: { zh: '无法解析', en: 'not understood' },
  value: why,
  offset: 0,
  bytes,
  isFault: true,
});

function explainHeader({ header, body }: Frame): readonly Explained[] {
  const { id, phone, serial, version, encryption, part } = header;
  const layout = headerLayout(version !== undefined);
  const fields: Explained[] = [];
  const add = (zh: string, en: string, value: Explained['value'], ...at: readonly number[]) => {
    const [offset = 0, ...numbers] = at;
    const bytes = Uint8Array.from(numbers);
    fields.push({ name: { zh, en }, offset, bytes, clause, ...(value !== undefined && { value }) });
  };
  const word = (value: number): readonly number[] => [value >> 8, value & 0xff];
  const name = messageOf(id)?.name ?? { zh: '未知消息', en: 'unknown message' };
  const titled = { zh: `${hexId(id)} ${name.zh}`, en: `${hexId(id)} ${name.en}` };
  fields.push({
    name: { zh: '消息 ID', en: 'message id' },
    value: titled,
    offset: 0,
    bytes: Uint8Array.from(word(id)),
    clause,
    ...(!messageOf(id) && { isFault: true }),
  });
  const attributes =
    (version === undefined ? 0 : 0x4000) | (part ? 0x2000 : 0) | (encryption << 10) | body.length;
  add('消息体属性', 'body properties', describeBody(header, body), 2, ...word(attributes));
  if (version !== undefined) add('协议版本号', 'protocol version', version, 4, version);
  const digits = Buffer.from(phone, 'hex');
  add('终端手机号', 'phone', phone, layout.phone, ...digits);
  const at = layout.phone + layout.phoneBytes;
  add('消息流水号', 'serial', serial, at, ...word(serial));
  if (part) {
    add('消息包总数', 'parts', part.total, at + 2, ...word(part.total));
    add('包序号', 'part', part.index, at + 4, ...word(part.index));
  }
  return fields;
}

function describeBody({ encryption, part, version }: Frame['header'], body: Uint8Array): Words {
  const { zh, en } = encryptions[encryption] ?? { zh: '保留', en: 'reserved' };
  const split = { zh: part ? '，分包' : '', en: part ? ', split' : '' };
  const marked = {
    zh: version === undefined ? '' : '，2019 版标识',
    en: version === undefined ? '' : ', marked 2019',
  };
  return {
    zh: `长度 ${body.length}，加密：${zh}${split.zh}${marked.zh}`,
    en: `${body.length} bytes, encryption ${en}${split.en}${marked.en}`,
  };
}

function explainBody(
  bytes: Uint8Array,
  frames: readonly Frame[],
  known: Edition | undefined,
): Explained {
  const [first] = frames;
  const name = { zh: '消息体', en: 'body' };
  try {
    const frame = joinFrames(bytes);
    const { header, body } = frame;
    const layout = headerLayout(header.version !== undefined);
    const offset = layout.bytes + (header.part ? partBytes : 0);
    const message = messageOf(header.id);
    if (!message || header.encryption !== 0) {
      return { name, value: Array.from(body, hexByte).join(' '), offset, bytes: body };
    }
    const edition = editionOf(frame, known);
    const value = { zh: `按 JT/T 808-${edition} 解析`, en: `read as JT/T 808-${edition}` };
    const children = message.describe(body, edition, offset);
    return {
      name,
      value,
      offset,
      bytes: body,
      clause: message.clauses?.[edition] ?? message.clause,
      children,
    };
  } catch (error) {
    if (!isAppError(error)) throw error;
    return { ...notUnderstood(first?.body ?? bytes, error.message), name };
  }
}

/** One line a field with its place and bytes; what is wrong is marked. @param lang one language; both where absent */
export function formatExplained(
  fields: readonly Explained[],
  lang?: keyof Words,
  depth = 0,
): readonly string[] {
  const say = (words: Shown): string => (lang ? inOne(words, lang) : inBoth(words));
  return fields.flatMap(
    ({ name, value, unit, offset, bytes, clause: of, isFault, children = [] }) => {
      const shown = value === undefined ? '' : `: ${say(value)}${unit ? ` ${unit}` : ''}`;
      const place = String(offset).padStart(4);
      const line = `${place}  ${'  '.repeat(depth)}${isFault ? '✗ ' : ''}${say(name)}${shown}`;
      const raw = bytes.length > 0 ? `  [${shortened(bytes)}]` : '';
      const below = formatExplained(children, lang, depth + 1);
      return [`${line}${raw}${of ? `  ${say(of)}` : ''}`, ...below];
    },
  );
}

const inOne = (words: Shown, lang: keyof Words): string =>
  typeof words === 'object' ? words[lang] : String(words);

const inBoth = (words: Shown): string => {
  if (typeof words !== 'object') return String(words);
  return words.zh === words.en ? words.zh : `${words.zh} / ${words.en}`;
};

const shownBytes = 24;
const shortened = (bytes: Uint8Array): string =>
  Array.from(bytes.subarray(0, shownBytes), hexByte).join(' ') +
  (bytes.length > shownBytes ? ' …' : '');
