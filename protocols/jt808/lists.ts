import { AppError } from '../../model/errors.ts';
import type { BodyReader } from './body.ts';
import { type Explained, explainNamed, type Field, type Words } from './field.ts';

const explainMany = (
  { zh, en }: Words,
  is: Field<unknown>,
  from: BodyReader,
  base: number,
  count: number,
): readonly Explained[] => {
  const children: Explained[] = [];
  for (let i = 1; i <= count && from.remaining() > 0; i++) {
    children.push(explainNamed({ zh: `${zh} ${i}`, en: `${en} ${i}`, is }, from, base));
  }
  return children;
};

/**
 * A number of like things with their count ahead of them.
 *
 * @param countBytes may depend on the edition
 */
export const counted = <T>(
  countBytes: 1 | 2 | ((edition: number) => 1 | 2),
  name: Words,
  is: Field<T>,
): Field<readonly T[]> => {
  const bytesOf = (edition: number): 1 | 2 =>
    typeof countBytes === 'function' ? countBytes(edition) : countBytes;
  const countIn = (from: BodyReader): number =>
    bytesOf(from.edition) === 1 ? from.u8() : from.u16();
  return {
    read(from) {
      const count = countIn(from);
      const values: T[] = [];
      while (values.length < count) {
        if (from.remaining() === 0) {
          throw new AppError('DECODE_TRUNCATED', `got ${values.length} ${name.en}s, want ${count}`);
        }
        values.push(is.read(from));
      }
      return values;
    },
    write(to, values) {
      to.number(values.length, bytesOf(to.edition));
      for (const value of values) is.write(to, value);
    },
    explain(from, base) {
      const count = countIn(from);
      return { value: count, children: explainMany(name, is, from, base, count) };
    },
  };
};

/** Like things up to the end of the body. */
export const many = <T>(name: Words, is: Field<T>): Field<readonly T[]> => ({
  read(from) {
    const values: T[] = [];
    while (from.remaining() > 0) values.push(is.read(from));
    return values;
  },
  write(to, values) {
    for (const value of values) is.write(to, value);
  },
  explain: (from, base) => ({ children: explainMany(name, is, from, base, Infinity) }),
});
