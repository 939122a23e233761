import type { Field, Words } from './field.ts';

/** An additional item of a location as it came: id, then length, then bytes. */
export interface Item {
  /** 0 to 255. */
  readonly id: number;
  /** At most 255. */
  readonly bytes: Uint8Array;
}

/** What an additional item means. */
export interface ItemKind<T> extends Words {
  readonly id: number;
  /** Numbers of bytes it is known with; with another it is only bytes. */
  readonly sizes: readonly number[];
  readonly is: Field<T>;
}

export const kind = <T>(
  id: number,
  sizes: number | readonly number[],
  zh: string,
  en: string,
  is: Field<T>,
): ItemKind<T> => ({ id, sizes: typeof sizes === 'number' ? [sizes] : sizes, zh, en, is });
