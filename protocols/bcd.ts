/** Decimal digits two a byte, low byte first, as Chinese meters send them. */

/** A number, nothing (all FF), or why the bytes are no number. */
export type Decimal = number | undefined | { readonly refused: string };

/** Hex digits of bytes, high byte first: how an address or a date reads on the meter. */
export const digitsOf = (bytes: Uint8Array): string => Buffer.from(bytes).reverse().toString('hex');

/** The bytes of hex digits, low byte first; `digitsOf` gives the digits back. */
export const bytesOf = (digits: string): Uint8Array =>
  new Uint8Array(Buffer.from(digits, 'hex').reverse());

/**
 * The number before scale.
 * @param signed the highest bit is a minus sign, not a digit
 */
export function fromBcd(bytes: Uint8Array, signed = false): Decimal {
  if (bytes.every((byte) => byte === 0xff)) return undefined;
  const last = bytes.length - 1;
  const isNegative = signed && (bytes[last] ?? 0) >= 0x80;
  let number = 0;
  for (let i = last; i >= 0; i--) {
    const byte = (bytes[i] ?? 0) & (isNegative && i === last ? 0x7f : 0xff);
    const [tens, ones] = [byte >> 4, byte & 0x0f];
    if (tens > 9 || ones > 9) {
      return { refused: `got ${digitsOf(bytes)}, want decimal digits (BCD)` };
    }
    number = number * 100 + tens * 10 + ones;
  }
  return isNegative && number > 0 ? -number : number;
}

/**
 * The bytes of a number, for meters of our own; a counter goes round at its last digit.
 * @param value whole, before scale; below zero only where the sign bit is one
 * @param count bytes, up to 7
 */
export function toBcd(value: number, count: number): Uint8Array {
  const digits = String(Math.abs(value) % 10 ** (2 * count)).padStart(2 * count, '0');
  const bytes = bytesOf(digits);
  return value < 0 ? bytes.with(-1, (bytes.at(-1) ?? 0) | 0x80) : bytes;
}
