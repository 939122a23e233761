import { AppError } from '../../model/errors.ts';

/** Text of the protocol is GBK. */

/** Decodes four-byte characters of GB 18030 too, which some terminals send. */
const decoder = new TextDecoder('gbk');
const asciiEnd = 0x80;

/** Bytes that are no GBK become U+FFFD. */
export function decodeText(bytes: Uint8Array): string {
  return decoder.decode(bytes);
}

const leads = { first: 0x81, last: 0xfe } as const;
const trails = { first: 0x40, last: 0xfe, none: 0x7f } as const;

let codes: ReadonlyMap<string, number> | undefined;

/** Every character of two bytes, turned round from the decoder; 24,000 of them, so made when first wanted. */
function tableOf(): ReadonlyMap<string, number> {
  if (codes) return codes;
  const table = new Map<string, number>();
  const pair = new Uint8Array(2);
  for (let lead: number = leads.first; lead <= leads.last; lead++) {
    for (let trail: number = trails.first; trail <= trails.last; trail++) {
      if (trail === trails.none) continue;
      pair[0] = lead;
      pair[1] = trail;
      const text = decoder.decode(pair);
      if (text.length === 1 && text !== '\ufffd' && !table.has(text)) {
        table.set(text, (lead << 8) | trail);
      }
    }
  }
  codes = table;
  return table;
}

/** @throws AppError `INPUT_INVALID` for a character that GBK has not */
export function encodeText(text: string): Uint8Array {
  const bytes: number[] = [];
  for (const character of text) {
    const point = character.codePointAt(0) ?? 0;
    if (point < asciiEnd) {
      bytes.push(point);
      continue;
    }
    const code = tableOf().get(character);
    if (code === undefined) {
      throw new AppError('INPUT_INVALID', `got the character ${character}, which GBK has not`);
    }
    bytes.push(code >> 8, code & 0xff);
  }
  return Uint8Array.from(bytes);
}
