import { digitsOf, fromBcd } from '../bcd.ts';
import { type Field, fieldsOf, timeBytes } from './items.ts';

/** A value of an answer, before ratios: `raw` × 10^-decimals is what the meter shows. */
export interface Value {
  readonly field: Field;
  readonly raw: number;
  /** YYMMDDhhmm of the meter's clock, where the item has a time of its own. */
  readonly when?: string;
}

export interface Values {
  readonly values: readonly Value[];
  readonly faults: readonly string[];
}

const widthOf = ({ format }: Field): number => format.bytes + (format.timed ? timeBytes : 0);

function readOne(field: Field, bytes: Uint8Array): Value | string | undefined {
  const { format } = field;
  const raw = fromBcd(bytes.subarray(0, format.bytes), format.signed);
  if (raw === undefined) return undefined;
  if (typeof raw !== 'number') return `${field.item}: ${raw.refused}`;
  return format.timed
    ? { field, raw, when: digitsOf(bytes.subarray(format.bytes)) }
    : { field, raw };
}

/**
 * The values in the data of an item; what the meter fills with FF is left out.
 * @param data all of the item's, without its identifier
 * @param isCut the meter had more that did not come
 */
export function readValues(item: string, data: Uint8Array, isCut: boolean): Values {
  const fields = fieldsOf(item);
  const values: Value[] = [];
  const faults: string[] = [];
  let at = 0;
  for (const field of fields) {
    const bytes = data.subarray(at, at + widthOf(field));
    if (bytes.length < widthOf(field)) break;
    at += bytes.length;
    const read = readOne(field, bytes);
    if (typeof read === 'string') faults.push(read);
    else if (read) values.push(read);
  }
  const isOdd = at !== data.length || at === 0;
  if (!isOdd || (isCut && at > 0)) return { values, faults };
  // Bytes that do not come out even say that the meter means something else by this identifier.
  return { values: [], faults: [`${item}: got ${data.length} bytes, which are no whole values`] };
}
