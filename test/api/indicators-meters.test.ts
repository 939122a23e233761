import { afterAll, beforeAll, expect, test } from 'vitest';
import { costShape, indicatorsShape } from '../../api/indicators-shape.ts';
import type { Metric } from '../../model/metrics.ts';
import { hourMs, minuteMs } from '../../model/time.ts';
import { type Kept, openWorld, type World } from './world.ts';

/** Meters that are not plain counters of a whole month: shared, virtual, replaced, with gaps, heard only for a while. */

let world: World;
const october = Date.parse('2026-10-01T00:00:00+08:00');
const november = Date.parse('2026-11-01T00:00:00+08:00');
const hoursOf = (from: number, to: number) =>
  Array.from({ length: (to - from) / hourMs + 1 }, (_, n) => from + n * hourMs);

const sample = (device: string, metric: Metric, at: number, value: number): Kept => ({
  type: 'sample',
  device,
  at,
  timeSource: 'device',
  values: { [metric]: value },
});

const flat = {
  id: 'flat',
  institution: 'gap',
  validFrom: '2026-01-01',
  source: 'made up for this test',
  prices: { peak: 1, valley: 0.5 },
  seasons: [
    {
      months: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12],
      periods: [
        { from: '22:00', to: '08:00', band: 'valley' },
        { from: '08:00', to: '22:00', band: 'peak' },
      ],
    },
  ],
};
const replacement = {
  id: 'swap-1',
  meter: 'swapped-e',
  at: '2026-10-16T00:30:00+08:00',
  finalReading: 1360.5,
  firstReading: 5,
  reason: '计量到期更换',
  confirmedBy: 'root',
  confirmedAt: '2026-10-16T09:00:00+08:00',
};

beforeAll(async () => {
  world = await openWorld();
  const names = ['guest', 'gap', 'swapped', 'short'];
  const of = (id: string) => ({ name: id, building: `${id}-b`, medium: 'electricity' });
  const imported = await world.registry.import(
    JSON.stringify({
      institutions: names.map((id) => ({
        id,
        name: id,
        level: 'unit',
        parent: 'west',
        energyUsers: 10,
      })),
      buildings: names.map((id) => ({ id: `${id}-b`, institution: id, name: id })),
      meters: [
        {
          id: 'guest-share',
          ...of('guest'),
          virtual: { parts: [{ meter: 'west-m', factor: 0.25 }] },
        },
        {
          ...of('guest'),
          id: 'west-sum',
          building: 'west-b',
          virtual: { parts: [{ meter: 'west-m' }] },
        },
        { id: 'gap-e', ...of('gap') },
        { id: 'swapped-e', ...of('swapped') },
        { id: 'short-w', ...of('short'), medium: 'water' },
      ],
      tariffs: [flat, { ...flat, id: 'flat-guest', institution: 'guest' }],
      replacements: [replacement],
    }),
    { user: 'system' },
  );
  if (!imported.ok) throw new Error(JSON.stringify(imported.faults));
  const hours = hoursOf(october, november);
  const swap = Date.parse(replacement.at);
  const started = Date.parse('2026-11-05T10:10:00+08:00');
  await world.keep(
    ...hours.map((at, n) => sample('west-m', 'energy_import_kwh', at, 100 + 4 * n)),
    // Nothing on the 10th from 06:00 to 10:00.
    ...hours
      .filter((at) => at <= october + 222 * hourMs || at >= october + 226 * hourMs)
      .map((at) => sample('gap-e', 'energy_import_kwh', at, 100 + (at - october) / hourMs)),
    ...hours.map((at, n) =>
      sample('swapped-e', 'energy_import_kwh', at, at < swap ? 1000 + n : 5 + (at - swap) / hourMs),
    ),
    sample('short-w', 'volume_m3', started, 100),
    sample('short-w', 'volume_m3', started + 160 * minuteMs, 140),
  );
});
afterAll(() => world.close());

async function ask(institution: string, query = 'year=2026&month=10') {
  const answer = await world
    .as('viewer')
    .get(`/v1/institutions/${institution}/indicators?${query}`);
  return indicatorsShape.strict().parse(answer.body);
}
async function cost(institution: string) {
  const answer = await world
    .as('viewer')
    .get(`/v1/institutions/${institution}/cost?year=2026&month=10`);
  return costShape.strict().parse(answer.body);
}

test('a share of a meter elsewhere counts; a sum of one’s own does not count twice', async () => {
  const [guest, west] = [await ask('guest'), await ask('west')];
  expect(guest.energyKgce).toBeCloseTo(0.25 * 744 * 4 * 0.1229, 6);
  expect(west.energyKgce).toBeCloseTo(744 * 4 * 0.1229, 6);
});

test('what a share cost is worked out hour by hour', async () => {
  // A quarter of 4 kWh in each of 744 hours: 31 days of 10 hours at 0.5 and 14 at 1.
  expect(await cost('guest')).toMatchObject({
    yuan: expect.closeTo(31 * 19, 6),
    lowerYuan: expect.closeTo(31 * 19, 6),
    upperYuan: expect.closeTo(31 * 19, 6),
    quality: 'measured',
    missingHours: 0,
  });
});

test('a meter that was replaced goes on from its record', async () => {
  const { parts } = await ask('swapped');
  expect(parts[0]?.value).toBeCloseTo(744, 6);
  expect(parts[0]?.energyKgce).toBeCloseTo(744 * 0.1229, 6);
});

test('the sum over a gap is exact and called estimated; what it cost lies between bounds', async () => {
  const told = await ask('gap');
  expect(told.energyKgce).toBeCloseTo(744 * 0.1229, 6);
  expect(told.quality).toBe('estimated');
  expect(told.coverage).toBeCloseTo(740 / 744, 6);
  const { yuan, lowerYuan, upperYuan, quality } = await cost('gap');
  // 31 days of 10 hours at 0.5 and 14 at 1; of the gap's 4 kWh two hours lie in each.
  expect(yuan).toBeCloseTo(31 * 19, 6);
  expect(lowerYuan).toBeCloseTo(31 * 19 - 1, 6);
  expect(upperYuan).toBeCloseTo(31 * 19 + 1, 6);
  expect(quality).toBe('estimated');
});

test('of a meter heard for some hours, what it counted is known though it is not all', async () => {
  const told = await ask('short', 'year=2026&month=11');
  expect(told.quality).toBe('missing');
  expect(told.coverage).toBeLessThan(0.01);
  expect((told.waterPerHeadM3 ?? 0) * 10).toBeGreaterThan(39.9);
  expect((told.waterPerHeadM3 ?? 0) * 10).toBeLessThanOrEqual(40);
});
