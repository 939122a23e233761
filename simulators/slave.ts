import type { Register, ScaleRegister } from '../model/entities.ts';
import { type Metric, metrics } from '../model/metrics.ts';
import { encodeRegister, wordsOf } from '../protocols/modbus/registers.ts';
import { toValue } from '../protocols/modbus/values.ts';
import type { BlockAnswer } from '../protocols/protocol.ts';
import { ratioOf } from '../protocols/ratio.ts';
import type { Values } from './meter.ts';

/** What a Modbus slave has in its registers. */

type Words = ReadonlyMap<number, number>;

/** Register address → word, for each of the two function codes that read. */
export interface RegisterImage {
  readonly 3: Words;
  readonly 4: Words;
}

const floats: ReadonlySet<Register['type']> = new Set(['f32', 'f64']);

/** The number of a register that scales others, as near to a factor of 1 as it can say. */
const scalingRaw = ({ as, scale }: ScaleRegister): number =>
  as === 'power-of-ten' ? 0 : Math.max(1, Math.round(1 / Math.abs(scale))) * Math.sign(scale);

const scalingFactor = (register: ScaleRegister): number =>
  register.as === 'power-of-ten' ? 1 : scalingRaw(register) * register.scale;

/** What the profile's raw value is multiplied by to get the metric's. */
const factorOf = ({ metric, scale, scaleFrom = [], side }: Register, ctRatio: number): number =>
  scaleFrom.reduce(
    (factor, register) => factor * scalingFactor(register),
    scale * (side === 'secondary' ? ratioOf(metric, { ctRatio, ptRatio: 1 }) : 1),
  );

function toRaw(register: Register, values: Values, ctRatio: number): number {
  const { metric, type, bits, offset = 0 } = register;
  const raw = ((values[metric] ?? 0) - offset) / factorOf(register, ctRatio);
  if (floats.has(type)) return raw;
  const whole = metrics[metric].kind === 'counter' ? Math.floor(raw + 1e-6) : Math.round(raw);
  if (!bits) return whole;
  const [from, to] = bits;
  return (whole % 2 ** (to - from + 1)) * 2 ** from;
}

/** Everything a reader of the register asks for. */
function answersOf(register: Register, values: Values, ctRatio: number): readonly BlockAnswer[] {
  const { fc, address, type, order, scaleFrom = [] } = register;
  const raw = toRaw(register, values, ctRatio);
  return [
    { fc, address, count: wordsOf[type], bytes: encodeRegister(raw, type, order) },
    ...scaleFrom.map((scaling) => ({
      fc,
      address: scaling.address,
      count: wordsOf[scaling.type],
      bytes: encodeRegister(scalingRaw(scaling), scaling.type, scaling.order),
    })),
  ];
}

export function toImage(
  registers: readonly Register[],
  values: Values,
  ctRatio: number,
): RegisterImage {
  const image = { 3: new Map<number, number>(), 4: new Map<number, number>() };
  for (const register of registers) {
    for (const { fc, address, bytes } of answersOf(register, values, ctRatio)) {
      for (let i = 0; i < bytes.length; i += 2) {
        const at = address + i / 2;
        // Registers may share a word only where each has its own bits of it.
        const others = register.bits ? (image[fc].get(at) ?? 0) : 0;
        image[fc].set(at, others | ((bytes[i] ?? 0) << 8) | (bytes[i + 1] ?? 0));
      }
    }
  }
  return image;
}

/** Values as somebody who reads the registers has them: with their steps, and only what the slave has. */
export function throughRegisters(
  registers: readonly Register[],
  values: Values,
  ctRatio: number,
): Values {
  const seen: Partial<Record<Metric, number>> = {};
  for (const register of registers) {
    if (values[register.metric] === undefined) continue;
    const answers = answersOf(register, values, ctRatio);
    const value = toValue(register, answers, { ctRatio, ptRatio: 1 });
    if (typeof value === 'number') seen[register.metric] = Number(value.toPrecision(15));
  }
  return seen;
}
