import { AppError } from '../../model/errors.ts';
import { isFields } from '../mqtt-json/json.ts';

/** Steps from the whole of a JSON value to a part of it: a JSON pointer (RFC 6901) taken apart. */
export type Pointer = readonly string[];

/** Everything that a step `*` may lead to in one message. */
const placesMost = 10_000;

export const parsePointer = (text: string): Pointer =>
  text
    .split('/')
    .slice(1)
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));

function child(value: unknown, step: string): unknown {
  if (Array.isArray(value)) return /^\d{1,5}$/.test(step) ? value[Number(step)] : undefined;
  return isFields(value) && Object.hasOwn(value, step) ? value[step] : undefined;
}

/** Undefined where there is nothing. */
export function valueAt(root: unknown, pointer: Pointer): unknown {
  let value = root;
  for (const step of pointer) {
    if (value === undefined) return undefined;
    value = child(value, step);
  }
  return value;
}

/**
 * As `valueAt`, where a step `*` leads to every element of a list.
 * @throws AppError `DECODE_MALFORMED` where it leads to too many
 */
export function everyAt(root: unknown, pointer: Pointer): readonly unknown[] {
  let values: readonly unknown[] = [root];
  for (const step of pointer) {
    values = values.flatMap((value): readonly unknown[] => {
      if (step === '*') return Array.isArray(value) ? value : [];
      const found = child(value, step);
      return found === undefined ? [] : [found];
    });
    if (values.length > placesMost) {
      throw new AppError(
        'DECODE_MALFORMED',
        `got ${values.length} parts, want at most ${placesMost}`,
      );
    }
  }
  return values;
}
