import { expect, test } from 'vitest';
import { folderOfTest } from './folders.ts';
import { type Guanjia, startGuanjia } from './guanjia.ts';
import { fleetOf, phoneOf, plateOf } from './jt808-fleet.ts';
import { batch, location, openTerminal, registration, type Terminal } from './terminal-kit.ts';

/** Promises P1 and P2 for terminals: what was kept through an outage counts as if there had been none, and what is sent again counts once. */

const secondMs = 1000;
const minuteMs = 60 * secondMs;
const portOf = ({ ports }: Guanjia): number => (ports as unknown as { jt808: number }).jt808;

const enter = async (guanjia: Guanjia, n: number, code?: string) => {
  const terminal = await openTerminal(portOf(guanjia), phoneOf(n));
  if (code === undefined) {
    const made = await terminal.enter(registration({ plate: plateOf(n), terminal: `T${n}` }));
    return { terminal, code: made };
  }
  expect(await terminal.authenticate(code)).toBe(0);
  return { terminal, code };
};

const everyMs = 10 * secondMs;
const fixes = 720;
const start = Math.floor(Date.now() / minuteMs) * minuteMs - 150 * minuteMs;
/** Degrees north in ten seconds at 36 km/h. */
const step = 0.1 / 111.2;
const goesOff = 250;
const comesBack = 420;

/** Two hours along a road; in the second quarter of it the car leaves it. */
function placeAt(n: number): Buffer {
  const off = n >= goesOff && n < comesBack ? 0.01 : 0;
  return location({
    at: start + n * everyMs,
    lat: 36 + n * step,
    lon: 115.98 + off,
    speedKmh: 36,
    odometerKm: 1000 + n * 0.1,
  });
}

const numbers = (from: number, to: number): number[] =>
  Array.from({ length: to - from }, (_, n) => from + n);

async function report(terminal: Terminal, from: number, to: number): Promise<void> {
  for (const n of numbers(from, to)) terminal.send(0x0200, placeAt(n));
  for (const _ of numbers(from, to)) expect((await terminal.general())[2]).toBe(0);
}

test('an hour without a link, sent later, makes the same track, odometer and alerts as if there had been none', {
  timeout: 300_000,
}, async () => {
  const dispatches = [0, 1].map((n) => ({
    id: `d${n}`,
    vehicle: `v${n}`,
    from: new Date(start - minuteMs).toISOString(),
    to: new Date(start + 140 * minuteMs).toISOString(),
    route: 'r1',
    purpose: '公务',
  }));
  const line = [
    [115.98, 35.9],
    [115.98, 37],
  ];
  const routes = [{ id: 'r1', institution: 'hq', name: '干道', line, widthM: 150 }];
  const guanjia = await startGuanjia(folderOfTest(), {
    inventory: fleetOf(2, { dispatches, routes }),
  });
  const [steady, broken] = [await enter(guanjia, 0), await enter(guanjia, 1)];
  const [lost, found] = [180, 540];
  await report(steady.terminal, 0, fixes);
  await report(broken.terminal, 0, lost);
  broken.terminal.close();
  const { terminal } = await enter(guanjia, 1, broken.code);
  // What is now goes first, what was in between.
  await report(terminal, found, found + 40);
  for (let from = lost; from < found; from += 20) {
    terminal.send(0x0704, batch(1, numbers(from, from + 20).map(placeAt)));
    expect((await terminal.general())[2]).toBe(0);
    await report(terminal, found + 40 + (from - lost) / 20, found + 41 + (from - lost) / 20);
  }
  await report(terminal, found + 58, fixes);
  await guanjia.settled();

  const range = `from=${start}&to=${start + fixes * everyMs}`;
  const trackOf = (id: string) =>
    guanjia.get<{ items: { at: string; odometerKm: number }[] }>(
      `/api/v1/vehicles/${id}/track?${range}&limit=10000`,
    );
  const [expected, got] = [await trackOf('v0'), await trackOf('v1')];
  expect(expected.items).toHaveLength(fixes);
  expect(got.items).toEqual(expected.items);
  // Item 0x01 is in tenths of a kilometre: every one of both, the lost hour's too, to the last bit.
  const driven = numbers(0, fixes).map((n) => (10_000 + n) / 10);
  expect(expected.items.map(({ odometerKm }) => odometerKm)).toEqual(driven);
  expect(got.items.map(({ odometerKm }) => odometerKm)).toEqual(driven);

  const alertsOf = async (id: string) => {
    const { items } = await guanjia.get<{ items: Record<string, unknown>[] }>(
      `/api/v1/alerts?subject=${id}`,
    );
    // `version` counts how often it was told: what comes in another order is told at other moments.
    return items.map(({ id: _, raisedAt: __, subject: ___, version: ____, ...alert }) =>
      JSON.parse(
        JSON.stringify(alert)
          .replaceAll(id, 'v')
          .replaceAll(/"d[01]"/g, '"d"')
          .replaceAll(/鲁P1000[01]/g, '鲁P'),
      ),
    );
  };
  const alerts = await alertsOf('v0');
  expect(alerts.map(({ kind }) => kind)).toContain('vehicle.off-route');
  expect(await alertsOf('v1')).toEqual(alerts);

  const positions = await guanjia.get<{ items: Record<string, unknown>[] }>(
    '/api/v1/vehicles/positions',
  );
  const [a, b] = positions.items.map(({ vehicle: _, ...rest }) => rest);
  expect(b).toEqual(a);
  expect(await guanjia.stop()).toBe(0);
});

test('killed between receipt and answer, what a terminal sends again counts once', {
  timeout: 400_000,
}, async () => {
  const kills = 4;
  const folder = folderOfTest();
  let guanjia = await startGuanjia(folder, { inventory: fleetOf(1) });
  const made = await enter(guanjia, 0);
  let { terminal } = made;
  const unanswered = new Map<number, number>();
  let next = 0;
  let kept = 0;
  let leftUnanswered = 0;
  for (let kill = 0; kill < kills; kill++) {
    const answers = (async () => {
      for (;;) {
        const answer = await terminal.next();
        if (answer === 'closed') return;
        unanswered.delete(answer.body.readUInt16BE(0));
        kept++;
      }
    })();
    for (const [serial, n] of unanswered) terminal.send(0x0200, placeAt(n), { serial });
    // The last ones are received and not answered when it dies.
    for (const wave of [40, 40, 40]) {
      for (const n of numbers(next, next + wave)) {
        unanswered.set(0x1000 + n, n);
        terminal.send(0x0200, placeAt(n), { serial: 0x1000 + n });
      }
      next += wave;
      await new Promise((resolve) => setTimeout(resolve, wave === 40 ? 3 * kill : 0));
    }
    await guanjia.kill();
    await answers;
    leftUnanswered += unanswered.size;
    guanjia = await startGuanjia(folder, {});
    ({ terminal } = await enter(guanjia, 0, made.code));
  }
  const again = [...unanswered];
  for (const [serial, n] of again) terminal.send(0x0200, placeAt(n), { serial });
  for (const _ of again) expect((await terminal.general())[2]).toBe(0);
  await guanjia.settled();
  const range = `from=${start}&to=${start + fixes * everyMs}`;
  const { items } = await guanjia.get<{ items: { at: string }[] }>(
    `/api/v1/vehicles/v0/track?${range}&limit=10000`,
  );
  expect(items.map(({ at }) => Date.parse(at))).toEqual(
    numbers(0, next).map((n) => start + n * everyMs),
  );
  expect(kept + again.length).toBeGreaterThanOrEqual(next);
  expect(leftUnanswered).toBeGreaterThan(0);
  expect(await guanjia.stop()).toBe(0);
});
