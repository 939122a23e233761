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
