import { expect, test } from 'vitest';
import { exceptionText } from '../../protocols/modbus/exceptions.ts';
import { doubtsOf } from '../../protocols/modbus/self-test.ts';

/** A meter in order: 3 × 230 V × 10 A at a power factor of 0.95. */
const sound = {
  voltage_a_v: 230,
  voltage_b_v: 231,
  voltage_c_v: 229,
  current_a_a: 10,
  current_b_a: 10,
  current_c_a: 10,
  power_a_kw: 2.185,
  power_b_kw: 2.19,
  power_c_kw: 2.18,
  power_kw: 6.555,
  frequency_hz: 50,
  energy_import_kwh: 123.5,
};

test('a meter in order raises no doubt', () => {
  expect(doubtsOf(sound, 220)).toEqual([]);
});

test.each([
  ['the total read at phase C', { power_kw: 2.18 }, ['power_kw', 'power_a_kw']],
  ['a CT the wrong way round', { power_a_kw: -2.185 }, ['power_kw', 'power_a_kw']],
  ['a phase that is dead', { voltage_b_v: 0 }, ['voltage_b_v']],
  ['a voltage without its scale', { voltage_a_v: 2300 }, ['voltage_a_v']],
  ['just beyond a fifth', { voltage_a_v: 264.1 }, ['voltage_a_v']],
  ['a frequency without its scale', { frequency_hz: 5000 }, ['frequency_hz', 'frequency_hz']],
  ['what would be quarantined', { power_factor: 950 }, ['power_factor']],
])('%s is doubted', (_, over, doubted) => {
  const named = doubtsOf({ ...sound, ...over }, 220).flatMap(({ metrics }) => metrics);
  expect(named).toEqual(expect.arrayContaining(doubted));
  for (const { zh, en } of doubtsOf({ ...sound, ...over }, 220)) {
    expect(zh).toMatch(/\p{Script=Han}/u);
    expect(en).not.toMatch(/\p{Script=Han}/u);
  }
});

test.each([
  ['a fifth off', { voltage_a_v: 264 }],
  ['power back into the grid', { power_a_kw: -2, power_b_kw: -2, power_c_kw: -2, power_kw: -6 }],
  ['hardly any load', { power_a_kw: 0.01, power_b_kw: 0, power_c_kw: 0, power_kw: 0.04 }],
])('%s is not', (_, over) => {
  expect(doubtsOf({ ...sound, ...over }, 220)).toEqual([]);
});

test('a power of all ratios too many is more than voltage times current', () => {
  const [doubt] = doubtsOf({ voltage_a_v: 230, current_a_a: 5, power_kw: 46 }, 220);
  expect(doubt?.metrics).toEqual(['power_kw']);
});

test('without a nominal voltage none is doubted', () => {
  expect(doubtsOf({ voltage_a_v: 750, current_a_a: 100, power_kw: 75 }, null)).toEqual([]);
});

test('every exception has a name and a next step in both languages', () => {
  for (const code of [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 255]) {
    const { name, next } = exceptionText(code);
    for (const { zh, en } of [name, next]) {
      expect(zh).toMatch(/\p{Script=Han}/u);
      expect(en).not.toMatch(/\p{Script=Han}/u);
    }
  }
  expect(exceptionText(2).name.en).toContain('address');
  expect(exceptionText(9).name.en).toBe(exceptionText(255).name.en);
});
