import { AppError } from '../../model/errors.ts';
import { type BodyReader, readBody, writeBody } from './body.ts';
import type { Edition } from './edition.ts';
import { type Content, type Explained, type Field, single, type Words } from './field.ts';
import { decodeText, encodeText } from './gbk.ts';
import { hexByte, hexId } from './wire.ts';

/** The types of the standard (4.2) and what its tables build from them. */

type NumberBytes = 1 | 2 | 4;

const readNumber = (from: BodyReader, bytes: NumberBytes): number => {
  if (bytes === 1) return from.u8();
  return bytes === 2 ? from.u16() : from.u32();
};

const number = (bytes: NumberBytes, show: (value: number) => Content): Field<number> =>
  single(
    (from) => readNumber(from, bytes),
    (to, value) => to.number(value, bytes),
    show,
  );

const plain = (unit?: string) => (value: number) => ({ value, ...(unit && { unit }) });

export const u8 = (unit?: string): Field<number> => number(1, plain(unit));
export const u16 = (unit?: string): Field<number> => number(2, plain(unit));
export const u32 = (unit?: string): Field<number> => number(4, plain(unit));

/** A number in tenths, hundredths, … of its unit. */
export const scaled = (bytes: NumberBytes, divisor: number, unit: string): Field<number> =>
  single(
    (from) => readNumber(from, bytes) / divisor,
    (to, value) => to.number(Math.round(value * divisor), bytes),
    plain(unit),
  );

/** Two's complement. */
export const i16 = (unit?: string): Field<number> =>
  single(
    (from) => (from.u16() << 16) >> 16,
    (to, value) => to.number(value < 0 ? value + 0x1_0000 : value, 2),
    plain(unit),
  );

/** A message id, shown as the standard writes it. */
export const messageId: Field<number> = number(2, (value) => ({ value: hexId(value) }));

/** A number with a meaning each. */
export const choice = (
  bytes: NumberBytes,
  meanings: Readonly<Record<number, Words>>,
): Field<number> =>
  number(bytes, (value) => {
    const { zh, en } = meanings[value] ?? { zh: '未定义', en: 'not defined' };
    return { value: { zh: `${value} ${zh}`, en: `${value} ${en}` } };
  });

/** Bits with a meaning each; those that are set are shown. @param meanings by bit, 0 the lowest */
export const flags = (
  bytes: NumberBytes,
  meanings:
    | Readonly<Record<number, Words>>
    | ((edition: Edition) => Readonly<Record<number, Words>>),
): Field<number> => ({
  read: (from) => readNumber(from, bytes),
  write: (to, value) => to.number(value, bytes),
  explain(from, base) {
    const start = from.at();
    const value = readNumber(from, bytes);
    const table = typeof meanings === 'function' ? meanings(from.edition) : meanings;
    const at = { offset: base + start, bytes: bigEndian(value, bytes) };
    const children: Explained[] = [];
    for (let bit = 0; bit < 8 * bytes; bit++) {
      if (((value >>> bit) & 1) === 0) continue;
      const { zh, en } = table[bit] ?? { zh: '保留', en: 'reserved' };
      children.push({ name: { zh: `位 ${bit} ${zh}`, en: `bit ${bit} ${en}` }, ...at });
    }
    return {
      value: `0x${value
        .toString(16)
        .toUpperCase()
        .padStart(2 * bytes, '0')}`,
      children,
    };
  },
});

const bigEndian = (value: number, bytes: NumberBytes): Uint8Array =>
  Uint8Array.from({ length: bytes }, (_, i) => (value >>> (8 * (bytes - 1 - i))) & 0xff);

const showBytes = (value: Uint8Array): Content => ({
  value: Array.from(value, hexByte).join(' '),
});

/** Bytes of a fixed number. */
export const bytes = (count: number): Field<Uint8Array> =>
  single(
    (from) => from.take(count),
    (to, value) => to.bytes(ofLength(value, count)),
    showBytes,
  );

/** All bytes that are left. */
export const restBytes: Field<Uint8Array> = single(
  (from) => from.take(from.remaining()),
  (to, value) => to.bytes(value),
  showBytes,
);

function ofLength(value: Uint8Array, count: number): Uint8Array {
  if (value.length === count) return value;
  throw new AppError('INPUT_INVALID', `got ${value.length} bytes, want ${count}`);
}

/** Digits two a byte, BCD. Kept as they came, hex digits in lower case where a terminal sends such. */
export const digits = (count: number): Field<string> =>
  single(
    (from) => Buffer.from(from.take(count)).toString('hex'),
    (to, value) => {
      if (value.length !== 2 * count || !/^[0-9a-f]*$/.test(value)) {
        throw new AppError('INPUT_INVALID', `got digits ${value}, want ${2 * count}`);
      }
      to.bytes(new Uint8Array(Buffer.from(value, 'hex')));
    },
    (value) => ({ value }),
  );

/** BCD[6], YYMMDDhhmmss of the terminal's clock. */
export const clock: Field<string> = {
  ...digits(6),
  explain(from) {
    const value = digits(6).read(from);
    return { value: showClock(value) };
  },
};

const showClock = (value: string): string =>
  value.replace(/^(..)(..)(..)(..)(..)(..)$/, '20$1-$2-$3 $4:$5:$6');

/** Ends of a text that are padding. */
const padding = /^\0+|\0+$/g;

/** Text in a field of its own length, padded with zeros. */
export const fixedText = (count: number): Field<string> =>
  single(
    (from) => decodeText(from.take(count)).replace(padding, ''),
    (to, value) => {
      const text = encodeText(value);
      if (text.length > count) {
        throw new AppError(
          'INPUT_INVALID',
          `got ${text.length} bytes of text, want at most ${count}`,
        );
      }
      to.bytes(text);
      to.bytes(new Uint8Array(count - text.length));
    },
    (value) => ({ value }),
  );

/** Text to the end of the body. */
export const restText: Field<string> = single(
  (from) => decodeText(from.take(from.remaining())).replace(padding, ''),
  (to, value) => to.bytes(encodeText(value)),
  (value) => ({ value }),
);

/** Text with its length ahead of it. */
export const countedText = (lengthBytes: 1 | 2 = 1): Field<string> =>
  single(
    (from) => decodeText(from.take(readNumber(from, lengthBytes))).replace(padding, ''),
    (to, value) => {
      const text = encodeText(value);
      to.number(text.length, lengthBytes);
      to.bytes(text);
    },
    (value) => ({ value }),
  );

/** A field whose form is of the edition. */
export const byEdition = <T>(pick: (edition: Edition) => Field<T>): Field<T> => ({
  read: (from) => pick(from.edition).read(from),
  write: (to, value) => pick(to.edition).write(to, value),
  explain: (from, base) => pick(from.edition).explain(from, base),
});

/** A field with the number of its bytes ahead of it. */
export const sized = <T>(lengthBytes: 1 | 2 | 4, field: Field<T>): Field<T> => ({
  read: (from) => field.read(within(from, lengthBytes)),
  write(to, value) {
    const inner = writeBody(to.edition, (inside) => field.write(inside, value));
    to.number(inner.length, lengthBytes);
    to.bytes(inner);
  },
  explain(from, base) {
    const inner = within(from, lengthBytes);
    return field.explain(inner, base + from.at() - inner.remaining());
  },
});

const within = (from: BodyReader, lengthBytes: NumberBytes): BodyReader =>
  readBody(from.take(readNumber(from, lengthBytes)), from.edition);
