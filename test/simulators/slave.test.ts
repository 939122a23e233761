import { describe, expect, test } from 'vitest';
import type { Meter } from '../../model/entities.ts';
import { isMetric, metrics } from '../../model/metrics.ts';
import { minuteMs } from '../../model/time.ts';
import { createModbus } from '../../protocols/modbus/index.ts';
import { loadProfiles } from '../../protocols/profile.ts';
import type { Values } from '../../simulators/meter.ts';
import { throughRegisters, toImage } from '../../simulators/slave.ts';
import { aRegister } from '../protocols/about.ts';
import { aMeter } from '../rules/world.ts';
import { aTown, monday } from './town.ts';

const profiles = loadProfiles();
const protocol = createModbus(profiles);
const profileOf = (name: string) => {
  const profile = profiles.get(name);
  if (!profile) throw new Error(`no profile ${name}`);
  return profile;
};

/** A hundredth of what the building draws: the smallest of the meters cannot show more. */
const small = (values: Values): Values =>
  Object.fromEntries(
    Object.entries(values).map(([metric, value]) => {
      const isOfTheMains = isMetric(metric) && ['V', 'Hz', '1'].includes(metrics[metric].unit);
      return [metric, isOfTheMains ? value : value / 100];
    }),
  );

/** What the decoder makes of the registers. */
function decoded(meter: Meter, image: ReturnType<typeof toImage>) {
  const answers = protocol.plan(meter).map((block) => {
    const bytes = Buffer.alloc(block.count * 2);
    for (let i = 0; i < block.count; i += 1)
      bytes.writeUInt16BE(image[block.fc].get(block.address + i) ?? 0, 2 * i);
    return { ...block, bytes };
  });
  const [sample] = protocol.decode(
    protocol.encode(answers),
    { type: 'meter', meter },
    monday,
  ).observations;
  return sample?.type === 'sample' ? sample.values : {};
}

describe.each([...profiles.keys()])('%s', (name) => {
  const { registers } = profileOf(name);
  const ctRatio = 40;
  const meter = aMeter('m', {
    ctRatio,
    modbus: { host: '127.0.0.1', port: 1, unit: 1, profile: name },
  });
  const { meters } = aTown();
  const values = small(meters.read('hq-b2-e0', monday));

  test('says what the meter shows', () => {
    const got = decoded(meter, toImage(registers, values, ctRatio));
    for (const { metric } of registers) {
      const want = values[metric] ?? 0;
      expect(got[metric], metric).toBeGreaterThanOrEqual(want - Math.abs(want) * 1e-6 - 0.1);
      expect(got[metric], metric).toBeLessThanOrEqual(want + Math.abs(want) * 1e-6 + 0.1);
    }
  });

  test('history has the steps of the registers, so that it joins what is polled', () => {
    const got = decoded(meter, toImage(registers, values, ctRatio));
    const kept = throughRegisters(registers, values, ctRatio);
    expect(kept.energy_import_kwh).toBeCloseTo(got.energy_import_kwh ?? Number.NaN, 6);
    expect(Object.keys(kept).toSorted()).toEqual(
      registers
        .map(({ metric }) => metric)
        .filter((metric) => values[metric] !== undefined)
        .toSorted(),
    );
  });

  test('its counter never falls', () => {
    let before = 0;
    for (let at = monday; at < monday + 600 * minuteMs; at += 7000) {
      const kept = throughRegisters(registers, small(meters.readShort('hq-b2-e0', at)), ctRatio);
      expect(kept.energy_import_kwh).toBeGreaterThanOrEqual(before);
      before = kept.energy_import_kwh ?? 0;
    }
  });
});

test('raw bytes of an SDM630: 230.5 V at 0x0000 and 15234.5 kWh at 0x0048, big-endian float', () => {
  const { registers } = profileOf('eastron-sdm630');
  const image = toImage(registers, { voltage_a_v: 230.5, energy_import_kwh: 15234.5 }, 1)[4];
  expect([image.get(0), image.get(1)]).toEqual([0x4366, 0x8000]);
  expect([image.get(0x48), image.get(0x49)]).toEqual([0x466e, 0x0a00]);
});

test('offset, bits of a shared register and registers that scale come back as the meter shows them', () => {
  const registers = [
    aRegister({ metric: 'indoor_temperature_c', type: 'u16', scale: 0.1, offset: -40 }),
    aRegister({ metric: 'voltage_a_v', address: 1, type: 'u16', bits: [0, 8] }),
    aRegister({ metric: 'frequency_hz', address: 1, type: 'u16', bits: [9, 15] }),
    aRegister({
      metric: 'energy_import_kwh',
      address: 2,
      type: 'u32',
      scaleFrom: [
        { address: 4, type: 'u16', order: 'ABCD', as: 'factor', scale: 0.1 },
        { address: 5, type: 'i16', order: 'ABCD', as: 'power-of-ten', scale: 1 },
      ],
    }),
  ];
  const values = {
    indoor_temperature_c: -12.5,
    voltage_a_v: 231,
    frequency_hz: 50,
    energy_import_kwh: 1234,
  };
  const meter = aMeter('m', {
    modbus: { host: '127.0.0.1', port: 1, unit: 1, profile: 'generic', registers },
  });
  expect(decoded(meter, toImage(registers, values, 1))).toEqual(values);
  expect(throughRegisters(registers, values, 1)).toEqual(values);
});
