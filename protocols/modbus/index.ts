import type { Meter, Register } from '../../model/entities.ts';
import { AppError } from '../../model/errors.ts';
import type { Metric } from '../../model/metrics.ts';
import type { Sample } from '../../model/observation.ts';
import type { Profile, Profiles } from '../profile.ts';
import type { About, BlockAnswer, Decoded, PolledProtocol } from '../protocol.ts';
import { type PlanLimits, planReads, planSingly } from './plan.ts';
import { decodePoll, encodePoll } from './poll.ts';
import { toValue } from './values.ts';

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
      return { ...genericLimits, registers: modbus.registers ?? [] };
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
  throw new AppError('DECODE_UNSUPPORTED', `a ${about.type} is not polled by Modbus`);
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
    const value = toValue(register, answers, meter);
    if (typeof value === 'number') values[register.metric] = value;
    else if (typeof value === 'object') faults.push(`${register.metric}: ${value.refused}`);
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
