import type { Fault } from './errors.ts';

/** CSV as RFC 4180 has it, and as spreadsheets write it in China. */

export interface Row {
  /** 1-based line its first field begins in. */
  readonly line: number;
  readonly fields: readonly string[];
}

export interface Sheet {
  readonly rows: readonly Row[];
  readonly faults: readonly Fault[];
}

/** @returns undefined for bytes that are no text */
export function decodeText(bytes: Uint8Array): string | undefined {
  const marked = bytes[0] === 0xff && bytes[1] === 0xfe;
  for (const encoding of marked ? ['utf-16le'] : ['utf-8', 'gb18030']) {
    try {
      const text = new TextDecoder(encoding, { fatal: true }).decode(bytes);
      return text.includes('\0') ? undefined : text;
    } catch {}
  }
  return undefined;
}

/** Spreadsheets of some countries and copies from them separate otherwise than by commas. */
function separatorOf(text: string): string {
  const [head = ''] = text.split('\n', 1);
  const counted = [',', '\t', ';'].map((mark) => [mark, head.split(mark).length] as const);
  return counted.reduce((best, each) => (each[1] > best[1] ? each : best))[0];
}

interface Cursor {
  readonly text: string;
  readonly separator: string;
  at: number;
  line: number;
}

/** Behind the opening quote; ends behind the closing one. @returns undefined where there is none */
function readQuoted(cursor: Cursor): string | undefined {
  const { text } = cursor;
  const from = cursor.at;
  for (let at = from; at < text.length; at++) {
    if (text[at] === '\n') cursor.line += 1;
    if (text[at] !== '"') continue;
    if (text[at + 1] === '"') {
      at += 1;
      continue;
    }
    cursor.at = at + 1;
    return text.slice(from, at).replaceAll('""', '"');
  }
  cursor.at = text.length;
  return undefined;
}

function readPlain(cursor: Cursor): string {
  const { text, separator } = cursor;
  const from = cursor.at;
  while (cursor.at < text.length && text[cursor.at] !== separator && text[cursor.at] !== '\n')
    cursor.at += 1;
  return text.slice(from, cursor.at).replace(/\r$/, '');
}

function readField(cursor: Cursor, faults: Fault[]): string {
  if (cursor.text[cursor.at] !== '"') return readPlain(cursor);
  const { line } = cursor;
  cursor.at += 1;
  const quoted = readQuoted(cursor);
  const rest = readPlain(cursor);
  if (quoted === undefined)
    faults.push({ path: '', line, message: '引号未闭合。 A quote is not closed.' });
  else if (rest.trim() !== '')
    faults.push({
      path: '',
      line,
      message: '引号之后还有文字。 There is text behind a closing quote.',
    });
  return quoted ?? '';
}

/** Rows that hold anything, with their lines. */
export function parseCsv(text: string): Sheet {
  const cursor: Cursor = { text, separator: separatorOf(text), at: 0, line: 1 };
  const rows: Row[] = [];
  const faults: Fault[] = [];
  while (cursor.at < text.length) {
    const { line } = cursor;
    const fields = [readField(cursor, faults).trim()];
    while (text[cursor.at] === cursor.separator) {
      cursor.at += 1;
      fields.push(readField(cursor, faults).trim());
    }
    cursor.at += 1;
    cursor.line += 1;
    if (fields.some((field) => field !== '')) rows.push({ line, fields });
  }
  return { rows, faults };
}
