import type { RegisterType, WordOrder } from '../../model/entities.ts';
import { AppError } from '../../model/errors.ts';

/** Registers a value takes. */
export const wordsOf = {
  u16: 1,
  i16: 1,
  sm16: 1,
  bcd16: 1,
  u32: 2,
  i32: 2,
  sm32: 2,
  f32: 2,
  bcd32: 2,
  bcd48: 3,
  u64: 4,
  i64: 4,
  f64: 4,
  bcd64: 4,
} as const satisfies Record<RegisterType, number>;

/** A number, nothing (a fill value), or why the bytes are no number. */
export type Raw = number | undefined | { readonly refused: string };

const isFilled = (bytes: Uint8Array): boolean => bytes.every((byte) => byte === 0xff);

/** By what the place of a byte changes in the orders that only 64 bits have: 4 turns the halves round, 2 the registers of a half, 1 their bytes. */
const flips: Partial<Record<WordOrder, number>> = {
  EFGHABCD: 4,
  CDABGHEF: 2,
  FEHGBADC: 5,
  DCBAHGFE: 3,
};

/** Brings the bytes of a value into big-endian order, or back: every order is its own inverse. */
function arrange(bytes: Uint8Array, order: WordOrder): Uint8Array {
  if (order === 'ABCD') return bytes;
  const last = bytes.length - 1;
  if (order === 'DCBA') return bytes.map((_, i) => bytes[last - i] ?? 0);
  if (order === 'BADC') return bytes.map((_, i) => bytes[i ^ 1] ?? 0);
  if (order === 'CDAB') return bytes.map((_, i) => bytes[(last - i) ^ 1] ?? 0);
  const flip = flips[order] ?? 0;
  return bytes.map((_, i) => bytes[i ^ flip] ?? 0);
}

const finite = (value: number): Raw => (Number.isFinite(value) ? value : undefined);

function exact(value: bigint): Raw {
  const number = Number(value);
  return Number.isSafeInteger(number)
    ? number
    : { refused: `got ${value}, beyond the whole numbers that can be kept exactly (±2^53)` };
}

function bcd(bytes: Uint8Array): Raw {
  const text = Buffer.from(bytes).toString('hex');
  return /^\d+$/.test(text)
    ? exact(BigInt(text))
    : { refused: `got ${text}, want decimal digits (BCD)` };
}

/** There are two zeros: the negative one is no less a zero. */
const signed = (bits: number, sign: number): number => (bits < sign ? bits : sign - bits) || 0;

const readers: Record<RegisterType, (view: DataView, bytes: Uint8Array) => Raw> = {
  u16: (view) => view.getUint16(0),
  i16: (view) => view.getInt16(0),
  sm16: (view) => signed(view.getUint16(0), 0x8000),
  u32: (view) => view.getUint32(0),
  i32: (view) => view.getInt32(0),
  sm32: (view) => signed(view.getUint32(0), 0x8000_0000),
  u64: (view) => exact(view.getBigUint64(0)),
  i64: (view) => exact(view.getBigInt64(0)),
  f32: (view) => finite(view.getFloat32(0)),
  f64: (view) => finite(view.getFloat64(0)),
  bcd16: (_, bytes) => bcd(bytes),
  bcd32: (_, bytes) => bcd(bytes),
  bcd48: (_, bytes) => bcd(bytes),
  bcd64: (_, bytes) => bcd(bytes),
};

/** Signed integers have their fill at the ends of their range, since all FF is -1 there. */
const isEnd = (bytes: Uint8Array): boolean => {
  const [first = 0, ...rest] = bytes;
  return (
    (first === 0x7f && rest.every((byte) => byte === 0xff)) ||
    (first === 0x80 && rest.every((byte) => byte === 0))
  );
};

const never = (): boolean => false;

/** What means "none" where the description does not say. 16 bits have nothing of the kind: meters use their whole range. */
const isUsualFill: Record<RegisterType, (bytes: Uint8Array) => boolean> = {
  u16: never,
  i16: never,
  sm16: never,
  u32: isFilled,
  i32: isEnd,
  sm32: isFilled,
  u64: isFilled,
  i64: isEnd,
  f32: never,
  f64: never,
  bcd16: isFilled,
  bcd32: isFilled,
  bcd48: isFilled,
  bcd64: isFilled,
};

/** As a number of the type, such as -32768 or 9999, or as the bits on the wire, such as 0x8000. */
function isListed(bytes: Uint8Array, raw: Raw, type: RegisterType, list: readonly number[]) {
  if (list.length === 0) return false;
  if (type === 'f32') return list.some((none) => Math.fround(none) === raw);
  if (type === 'f64') return list.some((none) => none === raw);
  const bits = Number(BigInt(`0x${Buffer.from(bytes).toString('hex')}`));
  return list.some((none) => none === raw || none === bits);
}

/**
 * The number in a value's registers, before scale. Nothing: NaN and ±Inf always; what `missing` lists, or without it what is usual for the
 * type: all FF (u32, u64, sm32, BCD), the ends of the range (i32, i64).
 * @param bytes registers as they came, exactly those of the type
 * @throws AppError `DECODE_TRUNCATED` where there are fewer or more
 */
export function decodeRegister(
  bytes: Uint8Array,
  type: RegisterType,
  order: WordOrder,
  missing?: readonly number[],
): Raw {
  if (bytes.length !== wordsOf[type] * 2) {
    throw new AppError('DECODE_TRUNCATED', `got ${bytes.length} bytes, want ${wordsOf[type] * 2}`);
  }
  const straight = arrange(bytes, order);
  const view = new DataView(straight.buffer, straight.byteOffset, straight.byteLength);
  if (!missing && isUsualFill[type](straight)) return undefined;
  const raw = readers[type](view, straight);
  return missing && isListed(straight, raw, type, missing) ? undefined : raw;
}

const limits: Partial<Record<RegisterType, readonly [min: number, max: number]>> = {
  u16: [0, 0xffff],
  i16: [-0x8000, 0x7fff],
  sm16: [-0x7fff, 0x7fff],
  u32: [0, 0xffff_ffff],
  i32: [-0x8000_0000, 0x7fff_ffff],
  sm32: [-0x7fff_ffff, 0x7fff_ffff],
  u64: [0, Number.MAX_SAFE_INTEGER],
  i64: [Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER],
  bcd16: [0, 9999],
  bcd32: [0, 99_999_999],
  bcd48: [0, 999_999_999_999],
  bcd64: [0, Number.MAX_SAFE_INTEGER],
};

const digits = (value: number): bigint => BigInt(`0x${value}`);
const magnitude = (value: number, sign: number): number => (value < 0 ? sign - value : value);

const writers: Record<RegisterType, (view: DataView, value: number) => void> = {
  u16: (view, value) => view.setUint16(0, value),
  i16: (view, value) => view.setInt16(0, value),
  sm16: (view, value) => view.setUint16(0, magnitude(value, 0x8000)),
  u32: (view, value) => view.setUint32(0, value),
  i32: (view, value) => view.setInt32(0, value),
  sm32: (view, value) => view.setUint32(0, magnitude(value, 0x8000_0000)),
  u64: (view, value) => view.setBigUint64(0, BigInt(value)),
  i64: (view, value) => view.setBigInt64(0, BigInt(value)),
  f32: (view, value) => view.setFloat32(0, value),
  f64: (view, value) => view.setFloat64(0, value),
  bcd16: (view, value) => view.setUint16(0, Number(digits(value))),
  bcd32: (view, value) => view.setUint32(0, Number(digits(value))),
  bcd48: (view, value) => {
    view.setUint16(0, Number(digits(value) >> 32n));
    view.setUint32(2, Number(digits(value) & 0xffff_ffffn));
  },
  bcd64: (view, value) => view.setBigUint64(0, digits(value)),
};

/**
 * The registers that say a number, for slaves of our own.
 * @param value raw, before scale; whole for all but f32 and f64
 * @throws AppError `INPUT_INVALID` where the type cannot hold it
 */
export function encodeRegister(value: number, type: RegisterType, order: WordOrder): Uint8Array {
  const range = limits[type];
  if (range && !(Number.isInteger(value) && value >= range[0] && value <= range[1])) {
    throw new AppError(
      'INPUT_INVALID',
      `got ${value}, want a whole number of ${range.join(' to ')} for ${type}`,
    );
  }
  const bytes = new Uint8Array(wordsOf[type] * 2);
  writers[type](new DataView(bytes.buffer), value);
  return arrange(bytes, order);
}
