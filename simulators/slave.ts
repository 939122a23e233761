import type { Register } from '../model/entities.ts';
import { type Metric, metrics, type Unit } from '../model/metrics.ts';
import { decodeRegister, encodeRegister } from '../protocols/modbus/registers.ts';
import type { Values } from './meter.ts';

/** What a Modbus slave has in its registers. */

type Words = ReadonlyMap<number, number>;

/** Register address → word, for each of the two function codes that read. */
export interface RegisterImage {
  readonly 3: Words;
  readonly 4: Words;
}

const integers: ReadonlySet<Register['type']> = new Set([
  'u16',
  'i16',
  'u32',
  'i32',
  'u64',
  'i64',
  'bcd16',
  'bcd32',
]);

const transformed: ReadonlySet<Unit> = new Set(['A', 'kW', 'kvar', 'kVA', 'kWh', 'kvarh']);

/** What the profile's raw value is multiplied by to get the metric's. */
const factorOf = ({ metric, scale, side }: Register, ctRatio: number): number =>
  side === 'secondary' && transformed.has(metrics[metric].unit) ? scale * ctRatio : scale;

function toBytes(register: Register, values: Values, ctRatio: number): Uint8Array {
  const raw = (values[register.metric] ?? 0) / factorOf(register, ctRatio);
  const isCounter = metrics[register.metric].kind === 'counter';
  const whole = isCounter ? Math.floor(raw + 1e-6) : Math.round(raw);
  return encodeRegister(integers.has(register.type) ? whole : raw, register.type, register.order);
}

export function toImage(
  registers: readonly Register[],
  values: Values,
  ctRatio: number,
): RegisterImage {
  const image = { 3: new Map<number, number>(), 4: new Map<number, number>() };
  for (const register of registers) {
    const bytes = toBytes(register, values, ctRatio);
    for (let i = 0; i < bytes.length; i += 2) {
      const word = ((bytes[i] ?? 0) << 8) | (bytes[i + 1] ?? 0);
      image[register.fc].set(register.address + i / 2, word);
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
    const raw = decodeRegister(toBytes(register, values, ctRatio), register.type, register.order);
    if (typeof raw === 'number')
      seen[register.metric] = Number((raw * factorOf(register, ctRatio)).toPrecision(15));
  }
  return seen;
}
