import type { RegisterType, WordOrder } from '../../model/entities.ts';
import { AppError } from '../../model/errors.ts';

/** Registers a value takes. */
export const wordsOf = {
  u16: 1,
  i16: 1,
  bcd16: 1,
  u32: 2,
  i32: 2,
  f32: 2,
  bcd32: 2,
  u64: 4,
  i64: 4,
  f64: 4,
} as const satisfies Record<RegisterType, number>;

/** A number, nothing (a fill value), or why the bytes are no number. */
export type Raw = number | undefined | { readonly refused: string };

const isFilled = (bytes: Uint8Array): boolean => bytes.every((byte) => byte === 0xff);

/**
 * Brings the bytes of a value into big-endian order, or back: every order is its own inverse.
 * The letters name the bytes of 32 bits; for 16 and 64 bits the same rule holds:
 * `CDAB` turns the words round, `BADC` the bytes within each word, `DCBA` both.
 */
function arrange(bytes: Uint8Array, order: WordOrder): Uint8Array {
  if (order === 'ABCD') return bytes;
  const last = bytes.length - 1;
  if (order === 'DCBA') return bytes.map((_, i) => bytes[last - i] ?? 0);
  if (order === 'BADC') return bytes.map((_, i) => bytes[i ^ 1] ?? 0);
  return bytes.map((_, i) => bytes[(last - i) ^ 1] ?? 0);
}

const finite = (value: number): Raw => (Number.isFinite(value) ? value : undefined);

function exact(value: bigint): Raw {
  const number = Number(value);
  return Number.isSafeInteger(number)
    ? number
    : { refused: `got ${value}, beyond the whole numbers that can be kept exactly (±2^53)` };
}

/** All FF is a fill; any other nibble above 9 is a fault. */
function bcd(bytes: Uint8Array): Raw {
  if (isFilled(bytes)) return undefined;
  const text = Buffer.from(bytes).toString('hex');
  return /^\d+$/.test(text) ? Number(text) : { refused: `got ${text}, want decimal digits (BCD)` };
}

/** Signed integers have their fill at the ends of their range, since all FF is -1 there. */
const notExtreme = (value: number, extremes: readonly number[]): Raw =>
  extremes.includes(value) ? undefined : value;

const readers: Record<RegisterType, (view: DataView, bytes: Uint8Array) => Raw> = {
  u16: (view) => view.getUint16(0),
  i16: (view) => view.getInt16(0),
  u32: (view, bytes) => (isFilled(bytes) ? undefined : view.getUint32(0)),
  i32: (view) => notExtreme(view.getInt32(0), [0x7fff_ffff, -0x8000_0000]),
  u64: (view, bytes) => (isFilled(bytes) ? undefined : exact(view.getBigUint64(0))),
  i64: (view) => {
    const value = view.getBigInt64(0);
    const limit = 1n << 63n;
    return value === -limit || value === limit - 1n ? undefined : exact(value);
  },
  f32: (view) => finite(view.getFloat32(0)),
  f64: (view) => finite(view.getFloat64(0)),
  bcd16: (_, bytes) => bcd(bytes),
  bcd32: (_, bytes) => bcd(bytes),
};

/**
 * The number in a value's registers, before scale.
 * Nothing: NaN, ±Inf, all FF (u32, u64, BCD), the ends of the range (i32, i64). 16-bit values have no fill of their own:
 * meters use their whole range.
 * @param bytes registers as they came, exactly those of the type
 * @throws AppError `DECODE_TRUNCATED` where there are fewer or more
 */
export function decodeRegister(bytes: Uint8Array, type: RegisterType, order: WordOrder): Raw {
  if (bytes.length !== wordsOf[type] * 2) {
    throw new AppError('DECODE_TRUNCATED', `got ${bytes.length} bytes, want ${wordsOf[type] * 2}`);
  }
  const straight = arrange(bytes, order);
  const view = new DataView(straight.buffer, straight.byteOffset, straight.byteLength);
  return readers[type](view, straight);
}

const limits: Partial<Record<RegisterType, readonly [min: number, max: number]>> = {
  u16: [0, 0xffff],
  i16: [-0x8000, 0x7fff],
  u32: [0, 0xffff_ffff],
  i32: [-0x8000_0000, 0x7fff_ffff],
  u64: [0, Number.MAX_SAFE_INTEGER],
  i64: [Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER],
  bcd16: [0, 9999],
  bcd32: [0, 99_999_999],
};

const writers: Record<RegisterType, (view: DataView, value: number) => void> = {
  u16: (view, value) => view.setUint16(0, value),
  i16: (view, value) => view.setInt16(0, value),
  u32: (view, value) => view.setUint32(0, value),
  i32: (view, value) => view.setInt32(0, value),
  u64: (view, value) => view.setBigUint64(0, BigInt(value)),
  i64: (view, value) => view.setBigInt64(0, BigInt(value)),
  f32: (view, value) => view.setFloat32(0, value),
  f64: (view, value) => view.setFloat64(0, value),
  bcd16: (view, value) => view.setUint16(0, Number.parseInt(String(value), 16)),
  bcd32: (view, value) => view.setUint32(0, Number.parseInt(String(value), 16)),
};

/**
 * The registers that say a number, for slaves of our own.
 * @param value raw, before scale; whole for the integer and BCD types
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
