import { describe, expect, test } from 'vitest';
import { isMetric } from '../../model/metrics.ts';
import { createModbus } from '../../protocols/modbus/index.ts';
import { wordsOf } from '../../protocols/modbus/registers.ts';
import { loadProfiles, parseProfile } from '../../protocols/profile.ts';
import { aPolledMeter } from './about.ts';

const profiles = loadProfiles();
const modbus = createModbus(profiles);

test.each([
  'acrel-adl400',
  'acrel-adw300',
  'acrel-djsf1352-rn',
  'acrel-djsf1352-rn-6',
  'chint-ddsu666',
  'chint-dtsu666',
  'chint-dtsu666-401e',
  'eastron-sdm120',
  'eastron-sdm230',
  'eastron-sdm630',
  'eastron-sdm72',
  'hiking-dds238',
])('there is a profile %s', (name) => expect(profiles.has(name)).toBe(true));

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

  test('every fault at once, those between registers too', () => {
    const text = `${head}maxRegisters: 200
readable: [{ fc: 3, from: 9, to: 5 }]
registers:
 - { metric: power_kw, address: 0, fc: 3, type: f32 }
 - { metric: power_w, address: 1, fc: 3, type: f32 }
 - { metric: power_a_kw, address: 1, fc: 3, type: f32 }
 - { metric: power_b_kw, address: 8, fc: 3, type: u16, bits: [4, 16] }
 - { metric: power_c_kw, address: 9, fc: 3, type: f32, bits: 1 }
 - { metric: frequency_hz, address: 11, fc: 3, type: f32, order: EFGHABCD }
`;
    const paths = faultsOf(text).map(({ path }) => path);
    expect(paths.toSorted()).toEqual([
      'maxRegisters',
      'readable.0.to',
      'registers.1.metric',
      'registers.2',
      'registers.3.bits',
      'registers.4.bits',
      'registers.5.order',
    ]);
  });

  test('bits of one register stand side by side, whole registers do not', () => {
    const two = (second: string) => `${head}registers:
 - { metric: power_kw, address: 4, fc: 3, type: u16, bits: 0 }
 - { metric: power_a_kw, address: 4, fc: 3, type: u16${second} }
`;
    expect(parseProfile(two(', bits: [1, 3]')).registers[1]?.bits).toEqual([1, 3]);
    expect(faultsOf(two(''))).toMatchObject([{ path: 'registers.1' }]);
  });

  test('what a register may say beside', () => {
    const [register] = parseProfile(
      `${head}registers: [{ metric: power_kw, address: 0x10, type: uint64, order: GHEFCDAB, offset: -40, missing: [0x7FFF, -1], scaleFrom: [{ address: 6, type: u16 }] }]`,
    ).registers;
    expect(register).toMatchObject({
      fc: 3,
      type: 'u64',
      order: 'CDAB',
      offset: -40,
      missing: [32767, -1],
      scaleFrom: [{ address: 6, type: 'u16', order: 'ABCD', as: 'factor', scale: 1 }],
    });
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
