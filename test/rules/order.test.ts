import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Dispatch, Route } from '../../model/entities.ts';
import type { Observation } from '../../model/observation.ts';
import { dayMs, hourMs } from '../../model/time.ts';
import { consumptionAnomaly } from '../../rules/kinds/energy/consumption-anomaly.ts';
import { offRoute } from '../../rules/kinds/vehicle/off-route.ts';
import { aFix, aMeter, aSample, aVehicle, aWorld, type Things, type World } from './world.ts';

/* Promise P4: the same history gives the same findings, whatever the order in which it came, and wherever the service was restarted. */

const start = Date.UTC(2026, 9, 5);

const route: Route = {
  id: 'r1',
  institution: 'hq',
  name: '城区到临清',
  widthM: 150,
  line: [
    [115.98, 36.45],
    [115.98, 36.65],
  ],
};
const dispatches: Dispatch[] = [0, 1, 2].map((day) => ({
  id: `d${day}`,
  vehicle: 'v1',
  route: 'r1',
  from: start + day * dayMs,
  to: start + day * dayMs + 6 * hourMs,
}));
const things: Things = {
  meters: [aMeter('m1', { everyS: 3600 })],
  vehicles: [aVehicle('v1')],
  routes: [route],
  dispatches,
};

/** Twenty-five days of an office with a bad night, a dead morning and a gap. */
function readings(): Observation[] {
  const all: Observation[] = [];
  let counter = 5000;
  for (let hour = 0; hour <= 25 * 24; hour += 1) {
    const isGap = hour > 505 && hour < 512;
    if (!isGap) all.push(aSample('m1', start + hour * hourMs, counter));
    const ofDay = (hour + 8) % 24;
    const usual = ofDay >= 8 && ofDay < 18 ? 20 : 4;
    const isBad = hour >= 450 && hour < 456;
    const isDead = hour >= 530 && hour < 534;
    counter += isDead ? 0 : usual * (isBad ? 5 : 1) + (hour % 3) * 0.2;
  }
  return all;
}

/** Three drives over three days; on the first and the last the vehicle leaves its route for a while. */
function drives(): Observation[] {
  const all: Observation[] = [];
  for (const day of [0, 1, 2])
    for (let fix = 0; fix < 60; fix += 1) {
      const isOff = day !== 1 && fix > 20 && fix < 35;
      const lon = 115.98 + (isOff ? 0.002 * Math.min(fix - 20, 4) : 0) + (fix % 2) * 0.0001;
      const at = start + day * dayMs + fix * 30_000;
      all.push(aFix('v1', at, 36.45 + fix * 0.001, lon));
      if (fix % 7 === 0) all.push(aFix('v1', at, 36.45 + fix * 0.001, lon + 0.003));
    }
  return all;
}

const history = [...readings(), ...drives()];
const kinds = [consumptionAnomaly, offRoute];

function outcome(world: World) {
  world.keep();
  const alerts = world.book.standing().map(({ last, rule, subject, openedAt, clearedAt }) => ({
    rule,
    subject,
    openedAt,
    clearedAt,
    evidence: last.evidence,
    summary: last.summary,
    severity: last.severity,
  }));
  const states = world.database
    .prepare('SELECT subject, newest_at, slots FROM rules_subject ORDER BY subject')
    .all()
    .map((row) => ({ ...row, slots: JSON.parse(String(row['slots'])) }));
  return { alerts, states };
}

async function play(
  order: readonly Observation[],
  batches: readonly number[],
  ...restarts: readonly number[]
) {
  const world = aWorld(things, kinds);
  let from = 0;
  for (let batch = 0; from < order.length; batch += 1) {
    const size = batches[batch % batches.length] ?? 50;
    await world.give(order.slice(from, from + size));
    from += size;
    if (restarts.includes(batch)) world.restart();
  }
  return outcome(world);
}

const inOrder = play(history, [1000]);

test('in order there is something to find', async () => {
  const { alerts } = await inOrder;
  const found = alerts.map(({ rule, clearedAt }) => [rule, clearedAt !== null]);
  expect(found).toEqual([
    ['vehicle.off-route', true],
    ['vehicle.off-route', true],
    ['energy.consumption-anomaly', true],
    ['energy.consumption-anomaly', true],
  ]);
});

test('batches of any size and a restart change nothing', async () => {
  expect(await play(history, [1, 7, 30], 5)).toEqual(await inOrder);
});

test('killed at any batches, with states on disk of different ages, gives the same findings and states', {
  timeout: 60_000,
}, async () => {
  const expected = await inOrder;
  const last = Math.floor(history.length / 5);
  const kills = fc.array(fc.nat(last), { minLength: 5, maxLength: 40 });
  await fc.assert(
    fc.asyncProperty(kills, async (restarts) => {
      expect(await play(history, [3, 8, 4], ...restarts)).toEqual(expected);
    }),
    { numRuns: 4 },
  );
});

test('backwards is the same as forwards', async () => {
  expect(await play(history.toReversed(), [97], 3)).toEqual(await inOrder);
});

test('any order of arrival gives the same findings and states', { timeout: 60_000 }, async () => {
  const expected = await inOrder;
  const order = fc.shuffledSubarray(history, {
    minLength: history.length,
    maxLength: history.length,
  });
  const batches = fc.array(fc.integer({ min: 40, max: 400 }), { minLength: 1, maxLength: 4 });
  await fc.assert(
    fc.asyncProperty(order, batches, fc.nat(6), async (shuffled, sizes, restartAfter) => {
      expect(await play(shuffled, sizes, restartAfter)).toEqual(expected);
    }),
    { numRuns: 6 },
  );
});

test('a little disorder, as lines have it, gives the same findings and states', {
  timeout: 60_000,
}, async () => {
  const expected = await inOrder;
  const jitter = fc.array(fc.integer({ min: 0, max: 12 }), {
    minLength: history.length,
    maxLength: history.length,
  });
  await fc.assert(
    fc.asyncProperty(jitter, fc.nat(20), async (delays, restartAfter) => {
      const order = history
        .map((event, index) => ({ event, due: index + (delays[index] ?? 0) }))
        .sort((a, b) => a.due - b.due)
        .map(({ event }) => event);
      expect(await play(order, [25], restartAfter)).toEqual(expected);
    }),
    { numRuns: 3 },
  );
});

test('two fixes of one instant are seen in the same order, whichever came first', async () => {
  const [here, there] = [115.983, 115.984].map((lon) => aFix('v1', start, 36.5, lon));
  const after = async (fixes: readonly (Observation | undefined)[]) => {
    const world = aWorld(things, kinds);
    for (const fix of fixes) if (fix) await world.give([fix]);
    return outcome(world);
  };
  expect(await after([here, there])).toEqual(await after([there, here]));
});
