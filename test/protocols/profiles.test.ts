import { describe, expect, test } from 'vitest';
import { isMetric } from '../../model/metrics.ts';
import { createModbus } from '../../protocols/modbus/index.ts';
import { wordsOf } from '../../protocols/modbus/registers.ts';
import { loadProfiles, parseProfile } from '../../protocols/profile.ts';
import { aPolledMeter } from './about.ts';

const profiles = loadProfiles();
const modbus = createModbus(profiles);

test.each(['eastron-sdm630', 'eastron-sdm120', 'chint-ddsu666', 'chint-dtsu666', 'acrel-adl400'])(
  'there is a profile %s',
  (name) => expect(profiles.has(name)).toBe(true),
);

describe.each([...profiles.values()])('$name', (profile) => {
  test('says where it comes from, in both languages what it is', () => {
    expect(profile.source.length).toBeGreaterThan(20);
    expect(profile.title.zh).toMatch(/\p{Script=Han}/u);
    expect(profile.title.en).not.toMatch(/\p{Script=Han}/u);
  });

  test('has only metrics of the catalogue, energy and power among them', () => {
    const named = profile.registers.map(({ metric }) => metric);
    expect(named.every(isMetric)).toBe(true);
    expect(named).toContain('energy_import_kwh');
    expect(named).toContain('power_kw');
  });

  test('is asked in blocks the slave gives, every register in exactly one', () => {
    const blocks = modbus.plan(aPolledMeter(profile.name));
    const asked = blocks.flatMap(({ fc, address, count }) =>
      Array.from({ length: count }, (_, i) => `${fc}:${address + i}`),
    );
    expect(new Set(asked).size).toBe(asked.length);
    for (const { count } of blocks) expect(count).toBeLessThanOrEqual(profile.maxRegisters);
    for (const { fc, address, type } of profile.registers) {
      for (let i = 0; i < wordsOf[type]; i++) expect(asked).toContain(`${fc}:${address + i}`);
    }
  });

  test('asks for no address outside of registers and what is called readable', () => {
    const allowed = new Set(
      [
        ...profile.registers.map(({ fc, address, type }) => ({
          fc,
          from: address,
          to: address + wordsOf[type] - 1,
        })),
        ...profile.readable,
      ].flatMap(({ fc, from, to }) =>
        Array.from({ length: to - from + 1 }, (_, i) => `${fc}:${from + i}`),
      ),
    );
    for (const { fc, address, count } of modbus.plan(aPolledMeter(profile.name))) {
      for (let i = 0; i < count; i++) expect(allowed).toContain(`${fc}:${address + i}`);
    }
  });
});

describe('a profile that is wrong is refused with every fault', () => {
  const head = 'name: x\ntitle: { zh: 表, en: meter }\nsource: test\n';
  const faultsOf = (yaml: string) => {
    try {
      parseProfile(yaml);
    } catch (error) {
      return (error as { faults: { path: string; message: string }[] }).faults;
    }
    return [];
  };

  test('the same text without faults passes, defaults filled in', () => {
    const { registers } = parseProfile(
      `${head}registers: [{ metric: power_kw, address: 0x10, fc: 3, type: f32 }]`,
    );
    expect(registers).toEqual([
      {
        metric: 'power_kw',
        address: 16,
        fc: 3,
        type: 'f32',
        order: 'ABCD',
        scale: 1,
        side: 'primary',
      },
    ]);
  });

  test.each([
    ['an unknown metric', 'metric: power_w, address: 0, fc: 3, type: f32', 'registers.0.metric'],
    ['an unknown type', 'metric: power_kw, address: 0, fc: 3, type: float', 'registers.0.type'],
    ['a coil', 'metric: power_kw, address: 0, fc: 1, type: f32', 'registers.0.fc'],
    [
      'an address too high',
      'metric: power_kw, address: 65536, fc: 3, type: u16',
      'registers.0.address',
    ],
    [
      'a register that runs past the end',
      'metric: power_kw, address: 65535, fc: 3, type: f32',
      'registers.0',
    ],
    [
      'a scale of nothing',
      'metric: power_kw, address: 0, fc: 3, type: f32, scale: 0',
      'registers.0.scale',
    ],
    ['a misspelt key', 'metric: power_kw, address: 0, fc: 3, type: f32, unit: kW', 'registers.0'],
  ])('%s', (_, register, path) => {
    expect(faultsOf(`${head}registers: [{ ${register} }]`).map((fault) => fault.path)).toContain(
      path,
    );
  });

  test('overlapping registers', () => {
    const registers =
      'registers:\n - { metric: power_kw, address: 0, fc: 3, type: f32 }\n - { metric: power_a_kw, address: 1, fc: 3, type: f32 }';
    expect(faultsOf(head + registers)).toMatchObject([
      { path: 'registers.1', message: 'overlaps power_kw' },
    ]);
  });

  test('the same metric twice', () => {
    const registers =
      'registers:\n - { metric: power_kw, address: 0, fc: 3, type: f32 }\n - { metric: power_kw, address: 2, fc: 3, type: f32 }';
    expect(faultsOf(head + registers)).toHaveLength(1);
  });

  test('no YAML at all', () => expect(faultsOf('a: [')).not.toEqual([]));
});
