import type { Meter, Register } from '../../model/entities.ts';
import { AppError } from '../../model/errors.ts';
import { type Metric, metrics, type Unit } from '../../model/metrics.ts';
import type { Sample } from '../../model/observation.ts';
import type { Profile, Profiles } from '../profile.ts';
import type { About, BlockAnswer, Decoded, PolledProtocol } from '../protocol.ts';
import { type PlanLimits, planReads, planSingly } from './plan.ts';
import { decodePoll, encodePoll } from './poll.ts';
import { decodeRegister, wordsOf } from './registers.ts';

/** Profile `generic`: nothing is known of the slave but the registers of the inventory. */
const genericLimits: PlanLimits = { maxRegisters: 80, readable: [] };

type RegisterMap = Pick<Profile, 'registers'> & PlanLimits;

/**
 * Answers of Modbus slaves, whose values have no time of their own: `at` is that of receipt.
 * @param profiles register maps by name
 */
export function createModbus(profiles: Profiles): PolledProtocol {
  const mapOf = (meter: Meter): RegisterMap => {
    const { modbus } = meter;
    if (!modbus)
      throw new AppError('DECODE_UNSUPPORTED', `meter ${meter.id} has no Modbus address`);
    if (modbus.profile === 'generic') {
      return { ...genericLimits, registers: [...(modbus.registers ?? [])] };
    }
    const profile = profiles.get(modbus.profile);
    if (profile) return profile;
    throw new AppError('DECODE_UNSUPPORTED', `got profile ${modbus.profile}, which does not exist`);
  };
  return {
    name: 'modbus',
    plan: (meter) => {
      const map = mapOf(meter);
      return planReads(map.registers, map);
    },
    split: (meter, block) => planSingly(mapOf(meter).registers, block),
    encode: encodePoll,
    decode: (bytes, about, receivedAt) => {
      const meter = meterOf(about);
      const { registers } = mapOf(meter);
      return toDecoded(meter, registers, decodePoll(bytes), receivedAt);
    },
  };
}

function meterOf(about: About): Meter {
  if (about.type === 'meter') return about.meter;
  throw new AppError('DECODE_UNSUPPORTED', `vehicle ${about.vehicle.id} is not polled by Modbus`);
}

function toDecoded(
  meter: Meter,
  registers: readonly Register[],
  answers: readonly BlockAnswer[],
  receivedAt: number,
): Decoded {
  const values: Partial<Record<Metric, number>> = {};
  const faults: string[] = [];
  for (const register of registers) {
    const bytes = bytesOf(register, answers);
    const value = bytes && toValue(bytes, register, meter);
    if (typeof value === 'number') values[register.metric] = value;
    else if (value) faults.push(`${register.metric}: ${value.refused}`);
  }
  const sample: Sample = {
    type: 'sample',
    device: meter.id,
    at: receivedAt,
    timeSource: 'receipt',
    values,
  };
  return {
    observations: Object.keys(values).length > 0 ? [sample] : [],
    refused: faults.length > 0 ? [{ part: 0, reason: 'malformed', detail: faults.join('; ') }] : [],
  };
}

/** The register's bytes, where a block has all of them. */
function bytesOf(
  { fc, address, type }: Register,
  answers: readonly BlockAnswer[],
): Uint8Array | undefined {
  const count = wordsOf[type];
  for (const block of answers) {
    const skipped = address - block.address;
    if (block.fc === fc && skipped >= 0 && skipped + count <= block.count) {
      return block.bytes.subarray(skipped * 2, (skipped + count) * 2);
    }
  }
  return undefined;
}

function toValue(
  bytes: Uint8Array,
  register: Register,
  meter: Meter,
): ReturnType<typeof decodeRegister> {
  const raw = decodeRegister(bytes, register.type, register.order);
  if (typeof raw !== 'number') return raw;
  const value = scaled(raw * ratioOf(register, meter), register.scale);
  return isNarrowFill(raw, value, register) ? undefined : value;
}

/** Divides by 10, 100, … instead of multiplying by 0.1, 0.01, …, which are not exact: 2315 × 0.1 is not 231.5. */
function scaled(raw: number, scale: number): number {
  const divisor = 1 / scale;
  return Number.isInteger(divisor) ? raw / divisor : raw * scale;
}

/** What the ratios of instrument transformers apply to: voltage PT, current CT, power and energy both, the rest none. */
const ratioBy: Partial<Record<Unit, (meter: Meter) => number>> = {
  V: (meter) => meter.ptRatio,
  A: (meter) => meter.ctRatio,
  kW: (meter) => meter.ctRatio * meter.ptRatio,
  kvar: (meter) => meter.ctRatio * meter.ptRatio,
  kVA: (meter) => meter.ctRatio * meter.ptRatio,
  kWh: (meter) => meter.ctRatio * meter.ptRatio,
  kvarh: (meter) => meter.ctRatio * meter.ptRatio,
};

function ratioOf({ side, metric }: Register, meter: Meter): number {
  return side === 'secondary' ? (ratioBy[metrics[metric].unit]?.(meter) ?? 1) : 1;
}

/** 0xFFFF and 0x8000 are values on some slaves and "none" on others: "none" where the metric cannot have the value. */
function isNarrowFill(raw: number, value: number, { type, metric }: Register): boolean {
  if (!(type === 'u16' && raw === 0xffff) && !(type === 'i16' && raw === -0x8000)) return false;
  const { min, max } = metrics[metric];
  return value < min || value > max;
}
