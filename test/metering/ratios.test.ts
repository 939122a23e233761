import { afterEach, beforeEach, expect, test } from 'vitest';
import { counterFacts } from '../../metering/counter-facts.ts';
import { balanceWithin } from '../../metering/meter-tree.ts';
import { createMeterUse } from '../../metering/meter-use.ts';
import { hourMs, minuteMs } from '../../model/time.ts';
import { type Kept, morning, openWorld, type World } from '../api/world.ts';

/** The transformers' ratio of a meter, changed while it counts. */

const zone = 'Asia/Shanghai';
/** 2026-11-24 00:00 in Shanghai. */
const start = morning + 16 * hourMs;
const end = start + 8 * hourMs;
let world: World;
beforeEach(async () => {
  world = await openWorld();
  await world
    .as('root')
    .post('/v1/meters', { id: 'sub', building: 'west-b', medium: 'electricity', parent: 'west-m' });
});
afterEach(() => world.close());

/** The ratio of `west-m` from these instants on; before them it is 40. */
async function ratios(changes: readonly (readonly [at: number, ratio: number])[]) {
  for (const [at, ctRatio] of [[morning, 40] as const, ...changes]) {
    world.clock.at = at;
    await world.registry.update('meters', 'west-m', { ctRatio }, { user: 'root' });
  }
  world.clock.at = end;
}

/** One kWh an hour at the meter, behind its ratio, at these minutes. */
const counted = (device: string, minutes: readonly (readonly [number, number])[]): Kept[] =>
  minutes.map(([minute, ratio]) => ({
    type: 'sample',
    device,
    at: start + minute * minuteMs,
    timeSource: 'device',
    values: { energy_import_kwh: (5000 + minute / 60) * ratio },
  }));

const quarters = (from: number, to: number, ratio: number) =>
  Array.from({ length: (to - from) / 15 + 1 }, (_, n) => [from + n * 15, ratio] as const);

test('every change counts, however many a day has', async () => {
  const at = (minute: number) => start + minute * minuteMs;
  await ratios([
    [at(30), 60],
    [at(90), 80],
    [at(100), 40],
  ]);
  const facts = counterFacts(world.registry.directory(), 'west-m');
  expect(facts.ratioChanges).toEqual([
    { at: at(30), before: 40, after: 60 },
    { at: at(90), before: 60, after: 80 },
    { at: at(100), before: 80, after: 40 },
  ]);
});

test('what a meter used goes by the ratio that was set, also against those below it', async () => {
  await ratios([[start + 120 * minuteMs, 60]]);
  const ofBoth = [...quarters(-60, 105, 40), ...quarters(120, 300, 60)];
  await world.keep(...counted('west-m', ofBoth), ...counted('sub', quarters(-60, 300, 1)));
  const directory = world.registry.directory();
  const sources = { directory, readings: world.store.readings };
  const device = directory.device('west-m');
  if (device?.type !== 'meter') throw new Error('west-m is a meter');
  const stretch = { from: start, to: start + 4 * hourMs };
  const use = await createMeterUse(sources)(device.meter, zone, stretch);
  expect(use.value).toBeCloseTo(2 * 40 + 2 * 60, 6);
  expect(use.quality).toBe('estimated');
  expect(await balanceWithin(sources, device.meter, zone, stretch)).toMatchObject({
    own: expect.closeTo(200, 6),
    below: 4,
    meters: 1,
  });
});

test('two changes in one gap are both in its value and in its bounds', async () => {
  await ratios([
    [start + 60 * minuteMs, 60],
    [start + 120 * minuteMs, 100],
  ]);
  await world.keep(...counted('west-m', [...quarters(-60, 0, 40), ...quarters(180, 300, 100)]));
  const directory = world.registry.directory();
  const device = directory.device('west-m');
  if (device?.type !== 'meter') throw new Error('west-m is a meter');
  const use = await createMeterUse({ directory, readings: world.store.readings })(
    device.meter,
    zone,
    { from: start, to: start + 3 * hourMs },
  );
  expect(use.value).toBeCloseTo(40 + 60 + 100, 6);
  expect(use.lower).toBeLessThanOrEqual(3 * 40);
  expect(use.upper).toBeGreaterThanOrEqual(3 * 100);
});
