import { isAppError } from '../../model/errors.ts';
import type { BodyReader, BodyWriter } from './body.ts';

/** What a person sees, in both languages. */
export interface Words {
  readonly zh: string;
  readonly en: string;
}

export type Shown = string | number | Words;

/** Where a standard says it; the number of a clause is the same in every language, a table or a remark is not. */
export type Clause = string | Words;

/** A field of a frame as a person reads it. */
export interface Explained {
  readonly name: Words;
  /** Absent where the children say it. */
  readonly value?: Shown;
  readonly unit?: string;
  /** Place of its first byte: in the frame without escapes, or the joined body of a message of several frames. */
  readonly offset: number;
  readonly bytes: Uint8Array;
  /** Of the standard. */
  readonly clause?: Clause;
  readonly children?: readonly Explained[];
  /** It is wrong, or nothing is known of it. */
  readonly isFault?: true;
}

/** What of an `Explained` the content of a field decides. */
export type Content = Pick<Explained, 'value' | 'unit' | 'children'>;

/** How a field of a body is read, written and shown; the edition is that of the reader or writer. */
export interface Field<T> {
  /** @throws AppError `DECODE_TRUNCATED`, `DECODE_MALFORMED` */
  read(from: BodyReader): T;
  /** @throws AppError `INPUT_INVALID` where the value does not fit */
  write(to: BodyWriter, value: T): void;
  /** Reads as `read` does. @param base offset of the body's first byte */
  explain(from: BodyReader, base: number): Content;
  /** It may be missing where the body has ended. */
  readonly isOptional?: true;
}

/** A field with its name in a record. */
export interface Named<T> extends Words {
  readonly is: Field<T>;
  readonly clause?: Clause;
}

export type Shape = Readonly<Record<string, Named<unknown>>>;
export type RecordOf<S extends Shape> = {
  readonly [Key in keyof S]: S[Key] extends Named<infer T> ? T : never;
};

/** A field made of one value. */
export const single = <T>(
  read: (from: BodyReader) => T,
  write: (to: BodyWriter, value: T) => void,
  show: (value: T) => Content,
): Field<T> => ({ read, write, explain: (from) => show(read(from)) });

/** A field explained with its name; what cannot be read is shown as bytes with the reason. */
export function explainNamed(
  { zh, en, is, clause }: Named<unknown>,
  from: BodyReader,
  base: number,
): Explained {
  const start = from.at();
  const left = from.take(0);
  const all = new Uint8Array(left.buffer, left.byteOffset, from.remaining());
  const common = { name: { zh, en }, offset: base + start, ...(clause && { clause }) };
  try {
    const content = is.explain(from, base);
    return { ...common, bytes: all.subarray(0, from.at() - start), ...content };
  } catch (error) {
    if (!isAppError(error)) throw error;
    if (from.remaining() > 0) from.take(from.remaining());
    const value = { zh: `无法解析：${error.message}`, en: `not understood: ${error.message}` };
    return { ...common, bytes: all, value, isFault: true };
  }
}

/** Fields one behind the other, in the order of their keys. */
export function record<S extends Shape>(shape: S): Field<RecordOf<S>> {
  const named = Object.entries(shape);
  return {
    read: (from) =>
      Object.fromEntries(named.map(([key, { is }]) => [key, is.read(from)])) as RecordOf<S>,
    write(to, value) {
      for (const [key, { is }] of named) is.write(to, value[key as keyof S]);
    },
    explain(from, base) {
      const children: Explained[] = [];
      for (const [, one] of named) {
        if (from.remaining() === 0 && one.is.isOptional) continue;
        children.push(explainNamed(one, from, base));
      }
      return { children };
    },
  };
}

/** A field that is not there where the body has ended. */
export function optional<T>(field: Field<T>): Field<T | undefined> {
  return {
    isOptional: true,
    read: (from) => (from.remaining() > 0 ? field.read(from) : undefined),
    write: (to, value) => {
      if (value !== undefined) field.write(to, value);
    },
    explain: (from, base) => field.explain(from, base),
  };
}
