import { expect, test } from 'vitest';
import { consumptionIn } from '../../energy/consumption/consumption.ts';
import { limitsOf } from '../../energy/counter.ts';
import { consumptionOf, type Read } from '../../metering/consumption.ts';
import type { Meter } from '../../model/entities.ts';
import { dayMs } from '../../model/time.ts';
import { reading, start, unrated } from '../energy/counter-kit.ts';
import { numbers } from '../energy/random.ts';

/** Meters that are read once a day, some of which jump and go on from there. */

const meter: Meter = { ...unrated, everyS: 86_400 };
const days = 150;

function readingsOf(seed: number) {
  const random = numbers(seed);
  let value = 1000;
  return Array.from({ length: days }, (_, n) => {
    const jump = random() < 0.03 ? 3_000 + 50_000 * random() : 0;
    value += 80 + 40 * random() + jump;
    const minute = 24 * 60 * n + 480 + Math.floor(40 * random());
    return reading(minute, Math.round(value * 100) / 100);
  });
}

test('each day by itself is told as it is among all of them', async () => {
  let doubted = 0;
  for (let seed = 1; seed <= 8; seed++) {
    const readings = readingsOf(seed);
    const read: Read = async ({ from, to, limit }) =>
      readings.filter(({ at }) => at >= from && at < to).slice(0, limit);
    const periods = Array.from({ length: days - 2 }, (_, n) => ({
      from: start + n * dayMs,
      to: start + (n + 1) * dayMs,
    }));
    const all = consumptionIn(readings, 'day', periods, { limits: limitsOf(meter) });
    for (const [n, period] of periods.entries()) {
      const range = { ...period, limit: 1 };
      const { items } = await consumptionOf('day', range, meter, 'Asia/Shanghai', read);
      expect(items, `${seed}, day ${n}`).toEqual([all[n]]);
    }
    doubted += all.filter(({ notes }) => notes.includes('replaced')).length;
  }
  expect(doubted).toBeGreaterThan(20);
});
