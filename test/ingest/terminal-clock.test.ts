import { expect, test } from 'vitest';
import { createPipeline } from '../../ingest/pipeline.ts';
import type { Entry } from '../../model/envelope.ts';
import { hourMs } from '../../model/time.ts';
import { toClock } from '../../protocols/jt808/clock.ts';
import { jt808 } from '../../protocols/jt808/index.ts';
import { locationReport } from '../../protocols/jt808/messages/t-0200-location.ts';
import { createMemoryStore } from '../../stores/memory.ts';
import { here, phone, send } from '../protocols/jt808-terminal.ts';
import { aDirectory, aVehicle } from '../rules/world.ts';
import { noon } from './ledger-kit.ts';

/* What becomes of reports of terminals whose clock, or what stands behind the report, is wrong. */

const directory = aDirectory({
  vehicles: [
    aVehicle('v1', { jt808: { phone } }),
    aVehicle('utc', { jt808: { phone, utcOffsetMinutes: 0 } }),
  ],
});

const openLine = () =>
  createPipeline({
    protocols: new Map([['jt808', jt808]]),
    directory: () => directory,
    newest: new Map(),
  });

const said = (
  time: string,
  seq: number,
  more: Partial<typeof here> = {},
  device = 'v1',
): Entry => ({
  seq,
  door: 'jt808',
  protocol: 'jt808',
  device,
  receivedAt: noon,
  bytes: send(0x0200, locationReport.encode({ ...here, ...more, time }, 2013)),
});

async function run(...entries: readonly Entry[]) {
  const store = createMemoryStore();
  const { accepted, quarantined } = await openLine().pass(entries, store.known);
  await store.write({ after: 0, upTo: entries.length, observations: accepted });
  return { store, accepted, quarantined };
}

const now = toClock(noon - 5000);

test('a clock that is ahead is set aside', async () => {
  const { quarantined, accepted } = await run(said(toClock(noon + hourMs), 1), said(now, 2));
  expect(quarantined.map(({ reason, seq }) => [reason, seq])).toEqual([['clock-ahead', 1]]);
  expect(accepted.map(({ seq }) => seq)).toEqual([2]);
});

test.each([
  ['a count of weeks that began anew', toClock(noon - 1024 * 7 * 24 * hourMs)],
  ['a clock that was never set', '000101000130'],
])('%s is kept in its own time, and is nowhere now', async (_, time) => {
  const { store } = await run(said(time, 1));
  expect(await store.latestFixes()).toEqual([]);
  expect(await store.track('v1', { from: 0, to: noon, limit: 9 })).toMatchObject([{ seq: 1 }]);
  const both = await run(said(now, 1), said(time, 2));
  expect(await both.store.latestFixes()).toMatchObject([{ seq: 1, at: noon - 5000 }]);
});

test('a time of nothing but zeros is that of receipt, and no place', async () => {
  const { store, accepted } = await run(
    said(now, 1),
    said('000000000000', 2, { lat: 12, lon: 99, alarms: 1 }),
  );
  expect(accepted[1]).toMatchObject({ at: noon, timeSource: 'receipt', fixed: false, alarms: 1 });
  const { lat, lon } = here;
  expect(await store.latestFixes()).toMatchObject([{ seq: 2, at: noon, fixed: false, lat, lon }]);
});

test('of a terminal that ends every report with a broken item all count, and one is set aside', async () => {
  const rest = Uint8Array.of(0x31, 2, 9);
  const reports = Array.from({ length: 50 }, (_, n) =>
    said(toClock(noon - 60_000 + n * 1000), n + 1, { rest }),
  );
  const line = openLine();
  line.remember(reports.slice(0, 1));
  expect((await line.pass(reports.slice(1, 9), async () => [])).quarantined).toEqual([]);
  const { accepted, quarantined, flaws } = await openLine().pass(reports, async () => []);
  expect(accepted).toHaveLength(50);
  expect(quarantined.map(({ reason, seq }) => [reason, seq])).toEqual([['malformed', 1]]);
  expect(flaws).toEqual(new Map([['jt808', 50]]));
  const again = reports.slice(0, 2).map((entry) => ({ ...entry, requeued: true as const }));
  expect((await openLine().pass(again, async () => [])).quarantined).toHaveLength(2);
});

test('a terminal whose clock shows UTC is read so', async () => {
  const { accepted } = await run(said(toClock(noon - 5000, 0), 1, {}, 'utc'));
  expect(accepted).toMatchObject([{ at: noon - 5000 }]);
});

test('a fix sent again from a blind area is the same fix; another alarm of its instant is another', async () => {
  const { store } = await run(said(now, 1));
  const [fix] = await store.track('v1', { from: 0, to: noon, limit: 9 });
  const known = async () => (fix ? [fix] : []);
  const later = await createPipeline({
    protocols: new Map([['jt808', jt808]]),
    directory: () => directory,
    newest: await store.newest(),
  }).pass([said(now, 2), said(now, 3, { alarms: 1 }), said(now, 4, { altitudeM: 36 })], known);
  expect(later.duplicates.map(({ seq }) => seq)).toEqual([2]);
  expect(later.accepted.map(({ seq }) => seq)).toEqual([3, 4]);
});
