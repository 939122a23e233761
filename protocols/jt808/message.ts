import { readBody, writeBody } from './body.ts';
import type { Edition } from './edition.ts';
import type { Clause, Explained, Field, Words } from './field.ts';

/** A kind of message: who sends it is in the name of its file, `t-` a terminal, `p-` the platform. */
export interface Message<T> {
  /** 0x0000 to 0xFFFF. */
  readonly id: number;
  readonly name: Words;
  /** Edition and clause; those of 2019 where they are known to us. */
  readonly clause: string;
  /** Of editions whose body is another one. */
  readonly clauses?: Readonly<Partial<Record<Edition, Clause>>>;
  /**
   * Bytes behind what the edition knows are passed over.
   * @throws AppError `DECODE_TRUNCATED`, `DECODE_MALFORMED`
   */
  decode(body: Uint8Array, edition: Edition): T;
  /** @throws AppError `INPUT_INVALID` where a value does not fit into its field */
  encode(value: T, edition: Edition): Uint8Array;
  /** Field by field, as far as it can be read. Never throws. @param base offset of the body's first byte */
  describe(body: Uint8Array, edition: Edition, base?: number): readonly Explained[];
}

/** Bodies of 2011 are as other implementations have them; nobody here has seen the numbers of their clauses. */
export const unverified2011 = {
  2011: { zh: 'JT/T 808-2011（条号未核实）', en: 'JT/T 808-2011 (clause unverified)' },
} as const satisfies Message<unknown>['clauses'];

/** A message from the fields of its body. */
export function message<T>(
  of: Pick<Message<T>, 'id' | 'name' | 'clause' | 'clauses'>,
  body: Field<T>,
): Message<T> {
  return {
    ...of,
    decode: (bytes, edition) => body.read(readBody(bytes, edition)),
    encode: (value, edition) => writeBody(edition, (to) => body.write(to, value)),
    describe(bytes, edition, base = 0) {
      const from = readBody(bytes, edition);
      const { children = [] } = body.explain(from, base);
      if (from.remaining() === 0) return children;
      const rest = bytes.subarray(from.at());
      const name = { zh: '多余字节', en: 'bytes behind the message' };
      return [...children, { name, offset: base + from.at(), bytes: rest, isFault: true }];
    },
  };
}
