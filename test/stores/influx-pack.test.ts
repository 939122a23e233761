import { expect, test } from 'vitest';
import { joined, lotOf, packOf, textOf } from '../../stores/influx-pack.ts';
import { byFirstLetter } from './directory.ts';
import { batchOf, dayStart, sample } from './observations.ts';

const devices = { device: byFirstLetter };
/** Two points of each position, and one of a device nobody knows. */
const observations = Array.from({ length: 20 }, (_, n) =>
  sample(n === 9 ? 'x1' : `m${n % 2}`, dayStart + n, 1 + (n >> 1), { power_kw: n * 100 }),
);
const whole = packOf(batchOf(0, observations), devices);

test('packs that follow each other are as one', () => {
  const parts = [
    packOf(batchOf(0, observations.slice(0, 6)), devices),
    packOf({ after: 3, upTo: 3, observations: [] }, devices),
    packOf(batchOf(3, observations.slice(6)), devices),
  ];
  expect(joined(parts)).toEqual(whole);
  expect(joined([whole])).toBe(whole);
});

test('lots hold every line once, those of a position together, and what cannot become a point', () => {
  const texts: string[] = [];
  const ends: number[] = [];
  const faulty: number[] = [];
  for (let after = 0; after < whole.upTo; ) {
    const lot = lotOf(whole, after, 3);
    texts.push(textOf(whole, lot.lines));
    faulty.push(...lot.faults.map(({ seq }) => seq));
    after = lot.upTo;
    ends.push(after);
  }
  expect(texts.join('')).toBe(whole.bytes.toString());
  expect(texts.join('').match(/power_kw=\d+/g)).toHaveLength(19);
  expect(ends).toEqual([2, 4, 6, 8, 10]);
  expect(faulty).toEqual([5]);
});
