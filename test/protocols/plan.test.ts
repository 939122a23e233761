import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Register } from '../../model/entities.ts';
import { metricNames } from '../../model/metrics.ts';
import { planReads, planSingly } from '../../protocols/modbus/plan.ts';
import { wordsOf } from '../../protocols/modbus/registers.ts';
import { aRegister } from './about.ts';

const none = { maxRegisters: 80, readable: [] };
const at = (address: number, over: Partial<Register> = {}) =>
  aRegister({ address, type: 'f32', ...over });

test('neighbours are one request, a gap makes two', () => {
  expect(planReads([at(2), at(0), at(6)], none)).toEqual([
    { fc: 3, address: 0, count: 4 },
    { fc: 3, address: 6, count: 2 },
  ]);
});

test('a gap is read over only where the profile says so, for that function code', () => {
  const readable = [{ fc: 3, from: 2, to: 5 } as const];
  expect(planReads([at(0), at(6)], { maxRegisters: 80, readable })).toEqual([
    { fc: 3, address: 0, count: 8 },
  ]);
  expect(planReads([at(0), at(8)], { maxRegisters: 80, readable })).toHaveLength(2);
  expect(
    planReads([at(0, { fc: 4 }), at(6, { fc: 4 })], { maxRegisters: 80, readable }),
  ).toHaveLength(2);
});

test('function codes are asked apart', () => {
  expect(planReads([at(0, { fc: 4 }), at(2)], none)).toEqual([
    { fc: 3, address: 2, count: 2 },
    { fc: 4, address: 0, count: 2 },
  ]);
});

test('a request asks for no more registers than the slave gives', () => {
  const many = Array.from({ length: 10 }, (_, i) => at(i * 2));
  expect(planReads(many, { maxRegisters: 8, readable: [] }).map(({ count }) => count)).toEqual([
    8, 8, 4,
  ]);
});

test('a refused block is asked register by register', () => {
  const registers = [at(0), at(2), at(4, { type: 'u16' }), at(10)];
  expect(planSingly(registers, { fc: 3, address: 0, count: 5 })).toEqual([
    { fc: 3, address: 0, count: 2 },
    { fc: 3, address: 2, count: 2 },
    { fc: 3, address: 4, count: 1 },
  ]);
});

test('registers that overlap do not make splitting go on for ever', () => {
  const registers = [at(0), at(0, { type: 'u16' }), at(1, { type: 'u16' })];
  expect(planSingly(registers, { fc: 3, address: 0, count: 2 })).toEqual([
    { fc: 3, address: 0, count: 1 },
    { fc: 3, address: 1, count: 1 },
  ]);
  expect(planSingly(registers, { fc: 3, address: 0, count: 1 })).toEqual([]);
});

test('what scales a register is asked for as well, once', () => {
  const scaleFrom = [{ address: 20, type: 'u16', order: 'ABCD', as: 'factor', scale: 1 }] as const;
  const registers = [at(0, { scaleFrom }), at(2, { scaleFrom })];
  expect(planReads(registers, none)).toEqual([
    { fc: 3, address: 0, count: 4 },
    { fc: 3, address: 20, count: 1 },
  ]);
  expect(planSingly(registers, { fc: 3, address: 0, count: 21 })).toEqual([
    { fc: 3, address: 0, count: 2 },
    { fc: 3, address: 2, count: 2 },
    { fc: 3, address: 20, count: 1 },
  ]);
});

test('bits of one register are asked for together', () => {
  const bits = [
    at(5, { type: 'u16', bits: [0, 0] }),
    at(5, { type: 'u16', bits: [4, 7], metric: 'fuel_l' }),
  ];
  expect(planReads(bits, none)).toEqual([{ fc: 3, address: 5, count: 1 }]);
});

interface Layout {
  readonly registers: readonly Register[];
  readonly readable: readonly { fc: 3 | 4; from: number; to: number }[];
}

const someTypes = ['u16', 'i32', 'f32', 'bcd48', 'f64'] as const;

/** Registers apart from each other, with gaps between, some of which may be read over. */
const layouts: fc.Arbitrary<Layout> = fc
  .array(
    fc.record({
      type: fc.constantFrom(...someTypes),
      gap: fc.integer({ min: 0, max: 6 }),
      over: fc.constantFrom('no', 'all', 'not the first', 'not the last'),
      code: fc.constantFrom(3 as const, 4 as const),
    }),
    { maxLength: 60 },
  )
  .map((parts) => {
    const next = { 3: 0, 4: 0 };
    const registers: Register[] = [];
    const readable: { fc: 3 | 4; from: number; to: number }[] = [];
    for (const { type, gap, over, code } of parts) {
      const address = next[code] + gap;
      const from = over === 'not the first' ? next[code] + 1 : next[code];
      const to = over === 'not the last' ? address - 2 : address - 1;
      if (over !== 'no' && from <= to) readable.push({ fc: code, from, to });
      registers.push(aRegister({ type, address, fc: code }));
      next[code] = address + wordsOf[type];
    }
    return { registers: registers.reverse(), readable };
  });

test('registers apart are each asked for exactly once, nothing else is that may not be, and no block is too long', () => {
  fc.assert(
    fc.property(layouts, fc.integer({ min: 4, max: 125 }), ({ registers, readable }, most) => {
      const asked = new Map<string, number>();
      const blocks = planReads(registers, { maxRegisters: most, readable });
      for (const { fc: code, address, count } of blocks) {
        expect(count).toBeLessThanOrEqual(most);
        for (let i = 0; i < count; i++) {
          const place = `${code}:${address + i}`;
          asked.set(place, (asked.get(place) ?? 0) + 1);
        }
      }
      const own = registers.flatMap(({ fc: code, address, type }) =>
        Array.from({ length: wordsOf[type] }, (_, i) => `${code}:${address + i}`),
      );
      const allowed = new Set([
        ...own,
        ...readable.flatMap(({ fc: code, from, to }) =>
          Array.from({ length: to - from + 1 }, (_, i) => `${code}:${from + i}`),
        ),
      ]);
      for (const place of own) expect(asked.get(place)).toBe(1);
      for (const [place, times] of asked) {
        expect(times).toBe(1);
        expect(allowed).toContain(place);
      }
    }),
  );
});

test('registers side by side that fit are one block', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 40 }), (many) => {
      const registers = Array.from({ length: many }, (_, i) => at(i * 2));
      expect(planReads(registers, none)).toEqual([{ fc: 3, address: 0, count: many * 2 }]);
    }),
  );
});

test('every register is whole within one block, and no block is too long', () => {
  const register = fc.record({
    metric: fc.constantFrom(...metricNames),
    address: fc.integer({ min: 0, max: 400 }),
    fc: fc.constantFrom(3 as const, 4 as const),
    type: fc.constantFrom(...(Object.keys(wordsOf) as Register['type'][])),
  });
  const readable = fc.array(
    fc.record({ fc: fc.constantFrom(3 as const, 4 as const), from: fc.nat(400), to: fc.nat(400) }),
  );
  fc.assert(
    fc.property(
      fc.array(register),
      fc.integer({ min: 4, max: 125 }),
      readable,
      (some, maxRegisters, ranges) => {
        const registers = some.map((one) => aRegister(one));
        const blocks = planReads(registers, { maxRegisters, readable: ranges });
        for (const block of blocks) expect(block.count).toBeLessThanOrEqual(maxRegisters);
        for (const { fc: code, address, type } of registers) {
          const home = blocks.find(
            (block) =>
              block.fc === code &&
              block.address <= address &&
              address + wordsOf[type] <= block.address + block.count,
          );
          expect(home).toBeDefined();
        }
      },
    ),
  );
});
