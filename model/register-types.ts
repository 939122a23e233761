/**
 * Types of values in Modbus registers, by their short names. `bcd`: decimal digits, four a register;
 * `sm`: sign-magnitude, the top bit is the sign and the others the number.
 */
export const registerTypes = [
  'u16',
  'i16',
  'u32',
  'i32',
  'u64',
  'i64',
  'f32',
  'f64',
  'bcd16',
  'bcd32',
  'bcd48',
  'bcd64',
  'sm16',
  'sm32',
] as const;

export type RegisterType = (typeof registerTypes)[number];

/**
 * Where the bytes of a number stand, A being its highest. The names of four letters hold for every width: `CDAB` turns the registers round,
 * `BADC` the bytes within each, `DCBA` both. Those of eight are what 64 bits have beside: halves or pairs of registers turned round.
 */
export const wordOrders = [
  'ABCD',
  'CDAB',
  'BADC',
  'DCBA',
  'EFGHABCD',
  'CDABGHEF',
  'FEHGBADC',
  'DCBAHGFE',
] as const;

export type WordOrder = (typeof wordOrders)[number];

const shortTypes = new Map<unknown, RegisterType>([
  ['uint16', 'u16'],
  ['int16', 'i16'],
  ['uint32', 'u32'],
  ['int32', 'i32'],
  ['uint64', 'u64'],
  ['int64', 'i64'],
  ['float32', 'f32'],
  ['float64', 'f64'],
]);

/** The short name of a type that an integrator may as well write long: `float32` is `f32`. Anything else stays as it is. */
export const shortTypeName = (name: unknown): unknown => shortTypes.get(name) ?? name;

const shortOrders = new Map<unknown, WordOrder>([
  ['AB', 'ABCD'],
  ['BA', 'DCBA'],
  ['ABCDEFGH', 'ABCD'],
  ['GHEFCDAB', 'CDAB'],
  ['BADCFEHG', 'BADC'],
  ['HGFEDCBA', 'DCBA'],
]);

/** The name used here of an order that is written out for 16 or 64 bits: `GHEFCDAB` is `CDAB`. Anything else stays as it is. */
export const shortOrderName = (name: unknown): unknown => shortOrders.get(name) ?? name;

/** Bits of the types that may be taken apart. */
const bitsOfType: Partial<Record<RegisterType, number>> = { u16: 16, u32: 32 };

const wideTypes: ReadonlySet<RegisterType> = new Set(['u64', 'i64', 'f64', 'bcd64']);

interface Described {
  readonly type: RegisterType;
  readonly order: WordOrder;
  readonly bits?: readonly [from: number, to: number];
}

/** What of a register's description does not go together, each with the field it is said of. */
export function registerFaults({
  type,
  order,
  bits,
}: Described): readonly { readonly field: 'order' | 'bits'; readonly message: string }[] {
  const faults: { field: 'order' | 'bits'; message: string }[] = [];
  if (order.length > 4 && !wideTypes.has(type))
    faults.push({
      field: 'order',
      message: `got ${order} for ${type}, want ABCD | CDAB | BADC | DCBA`,
    });
  if (!bits) return faults;
  const width = bitsOfType[type];
  if (width === undefined)
    faults.push({ field: 'bits', message: `got bits of ${type}, want those of u16 or u32` });
  else if (bits[0] > bits[1] || bits[1] >= width)
    faults.push({
      field: 'bits',
      message: `got ${bits.join(' to ')}, want lowest to highest of 0 to ${width - 1}`,
    });
  return faults;
}
