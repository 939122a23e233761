import { expect, test } from 'vitest';
import { createDoorstep } from '../../broker/doorstep.ts';

test('who has been silent for longest makes room, first of all those of the address that has too many', () => {
  const doorstep = createDoorstep<string>(5, 3);
  expect(['a1', 'a2', 'a3'].map((who) => doorstep.come(who, 'a'))).toEqual(
    Array(3).fill(undefined),
  );
  expect(doorstep.come('b1', 'b')).toBeUndefined();
  expect(doorstep.come('a4', 'a')).toBe('a1');
  expect(doorstep.come('c1', 'c')).toBeUndefined();
  expect(doorstep.come('d1', 'd')).toBe('a2');
});

test('who has said who it is takes no place, and goes for nobody', () => {
  const doorstep = createDoorstep<string>(2, 2);
  for (let n = 0; n < 10; n++) {
    expect(doorstep.come(`polite ${n}`, 'a')).toBeUndefined();
    doorstep.leave(`polite ${n}`);
    doorstep.leave(`polite ${n}`);
  }
  expect(doorstep.come('x', 'a')).toBeUndefined();
  expect(doorstep.come('y', 'b')).toBeUndefined();
  expect(doorstep.come('z', 'b')).toBe('x');
});
