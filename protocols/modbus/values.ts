import type { Register, ScaleRegister } from '../../model/entities.ts';
import { metrics } from '../../model/metrics.ts';
import type { BlockAnswer, ReadBlock } from '../protocol.ts';
import { type Ratios, ratioOf } from '../ratio.ts';
import { decodeRegister, type Raw, wordsOf } from './registers.ts';

/** A value of a register, or `absent`: its bytes are not among the answers. */
export type RegisterValue = Raw | 'absent';

/** Everything one register's value is made of: itself, then the registers that scale it. */
export const spansOf = ({ fc, scaleFrom = [], ...own }: Register): readonly ReadBlock[] =>
  [own, ...scaleFrom].map(({ address, type }) => ({ fc, address, count: wordsOf[type] }));

/** The bytes of a span as they came, where one answer has all of them. */
export function bytesOf(
  { fc, address, count }: ReadBlock,
  answers: readonly BlockAnswer[],
): Uint8Array | undefined {
  for (const block of answers) {
    const skipped = address - block.address;
    if (block.fc === fc && skipped >= 0 && skipped + count <= block.count) {
      return block.bytes.subarray(skipped * 2, (skipped + count) * 2);
    }
  }
  return undefined;
}

/** The value of a register in its metric's unit. */
export function toValue(
  register: Register,
  answers: readonly BlockAnswer[],
  ratios: Ratios,
): RegisterValue {
  const { metric, type, order, missing, bits, fc, side } = register;
  const bytes = bytesOf({ fc, address: register.address, count: wordsOf[type] }, answers);
  if (!bytes) return 'absent';
  // All bits set is a value where each bit has its own meaning.
  const raw = decodeRegister(bytes, type, order, missing ?? (bits && []));
  if (typeof raw !== 'number') return raw;
  const factors = [side === 'secondary' ? ratioOf(metric, ratios) : 1, register.scale];
  for (const scaling of register.scaleFrom ?? []) {
    const factor = factorOf(scaling, fc, answers);
    if (typeof factor !== 'number') return factor;
    factors.push(factor);
  }
  const part = bits ? Math.floor(raw / 2 ** bits[0]) % 2 ** (bits[1] - bits[0] + 1) : raw;
  const value = scaled(part, factors, register.offset);
  return isNarrowFill(raw, value, register) ? undefined : value;
}

/** Divides by 10, 100, … instead of multiplying by 0.1, 0.01, …, which are not exact: 2315 × 0.1 is not 231.5. */
function scaled(raw: number, factors: readonly number[], offset = 0): number {
  let [multiplier, divisor] = [1, 1];
  for (const factor of factors) {
    if (Number.isInteger(1 / factor)) divisor *= 1 / factor;
    else multiplier *= factor;
  }
  return (raw * multiplier + offset * divisor) / divisor;
}

/** No instrument has a range that needs more. */
const mostPower = 12;

function factorOf(
  { address, type, order, as, scale }: ScaleRegister,
  fc: 3 | 4,
  answers: readonly BlockAnswer[],
): RegisterValue {
  const bytes = bytesOf({ fc, address, count: wordsOf[type] }, answers);
  if (!bytes) return 'absent';
  const raw = decodeRegister(bytes, type, order);
  if (typeof raw !== 'number') return raw;
  const number = scaled(raw, [scale]);
  if (as === 'power-of-ten') {
    if (Number.isInteger(number) && Math.abs(number) <= mostPower) return 10 ** number;
    const range = `-${mostPower} to ${mostPower}`;
    return { refused: `got ${number} at address ${address}, want a power of ten of ${range}` };
  }
  return number > 0
    ? number
    : { refused: `got ${number} at address ${address}, want a factor above 0` };
}

/** Numbers of 16 bits that are values on some slaves and "none" on others. */
const narrowFills: Partial<Record<Register['type'], readonly number[]>> = {
  u16: [0xffff],
  i16: [-0x8000, 0x7fff],
  sm16: [-0x7fff],
};

/** Where the description does not say what means "none": such a number does where the metric cannot have the value. */
function isNarrowFill(raw: number, value: number, { type, metric, missing, bits }: Register) {
  if (missing || bits || !narrowFills[type]?.includes(raw)) return false;
  const { min, max } = metrics[metric];
  return value < min || value > max;
}
