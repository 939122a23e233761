import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { quiet } from '../../model/context.ts';
import type { Dispatch, Route } from '../../model/entities.ts';
import type { Entry } from '../../model/envelope.ts';
import { hourMs, minuteMs } from '../../model/time.ts';
import { toClock } from '../../protocols/jt808/clock.ts';
import { toItem } from '../../protocols/jt808/items.ts';
import type { Location } from '../../protocols/jt808/location.ts';
import { locationReport } from '../../protocols/jt808/messages/t-0200-location.ts';
import { locationBatch } from '../../protocols/jt808/messages/t-0704-batch.ts';
import { openDuckDbStore } from '../../stores/duckdb.ts';
import { createMemoryStore } from '../../stores/memory.ts';
import type { Store } from '../../stores/store.ts';
import { here, phone, send } from '../protocols/jt808-terminal.ts';
import { aVehicle } from '../rules/world.ts';
import { noon } from './ledger-kit.ts';
import { openTerminalLine } from './terminal-line.ts';

/*
 * A terminal that loses its link and resends what it saw leaves nothing behind that one would not have left that never lost it, but for what
 * tells how it came.
 */

const start = noon - 3 * hourMs;
const everyMs = minuteMs;
const route: Route = {
  id: 'r1',
  institution: 'hq',
  name: '城区到临清',
  widthM: 150,
  line: [
    [115.98, 36.45],
    [115.98, 36.95],
  ],
};
const order: Dispatch = {
  id: 'd1',
  vehicle: 'v1',
  driver: '张三',
  from: start,
  to: start + 5 * hourMs,
  route: 'r1',
};
const things = {
  vehicles: [aVehicle('v1', { institution: 'hq', everyS: 60, jt808: { phone } })],
  routes: [route],
  dispatches: [order],
};

interface Seen {
  readonly alarms: number;
  /** East of the route. */
  readonly eastM: number;
  /** What a second report of the same instant carries; none where absent. */
  readonly twin?: number;
}

/** Three hours of a terminal: what it sees each minute. */
function toLocation({ alarms, eastM }: Seen, minute: number): Location {
  return {
    ...here,
    alarms,
    lat: 36.5 + minute * 0.002,
    lon: 115.98 + eastM / 89_000,
    time: toClock(start + minute * everyMs),
    items: [toItem('odometerKm', 1000 + minute * 0.2)],
  };
}

interface Lost {
  readonly first: number;
  readonly count: number;
  /** Reports at once after which the terminal resends, and how many in a message. */
  readonly resentAfter: number;
  readonly together: number;
  /** It did not hear that the first of them had come, and sends those again too. */
  readonly twice: number;
  readonly newestFirst: boolean;
}

type Told = Omit<Entry, 'seq'>;

const envelope = (bytes: Uint8Array, receivedAt: number): Told => ({
  door: 'jt808',
  protocol: 'jt808',
  device: 'v1',
  receivedAt,
  bytes,
});

/** One report, or two of one instant. */
function locationsOf(seen: Seen, minute: number): readonly Location[] {
  const location = toLocation(seen, minute);
  return seen.twin === undefined ? [location] : [location, { ...location, alarms: seen.twin }];
}

const reports = (seen: Seen, minute: number): readonly Told[] =>
  locationsOf(seen, minute).map((location) =>
    envelope(send(0x0200, locationReport.encode(location, 2013)), start + minute * everyMs + 800),
  );

const inOrder = (story: readonly Seen[]): readonly Told[] => story.flatMap(reports);

function withLoss(story: readonly Seen[], lost: Lost): readonly Told[] {
  const { first, count, together, twice, newestFirst } = lost;
  const end = Math.min(first + count, story.length);
  const resendAt = Math.min(end + lost.resentAfter, story.length);
  const kept: Location[] = [];
  for (let minute = Math.max(0, first - twice); minute < end; minute++)
    kept.push(...locationsOf(story[minute] as Seen, minute));
  if (newestFirst) kept.reverse();
  const batches: Told[] = [];
  for (let from = 0; from < kept.length; from += together) {
    const locations = kept.slice(from, from + together);
    const body = locationBatch.encode({ count: locations.length, kind: 1, locations }, 2013);
    batches.push(envelope(send(0x0704, body), start + resendAt * everyMs + from));
  }
  const heard = (from: number, to: number) =>
    story.slice(from, to).flatMap((seen, index) => reports(seen, from + index));
  return [
    ...heard(0, first),
    ...heard(end, resendAt),
    ...batches,
    ...heard(resendAt, story.length),
  ];
}

/** Journal entries in runs of a length. */
function runsOf(told: readonly Told[], length: number): readonly (readonly Entry[])[] {
  const entries = told.map((one, index) => ({ ...one, seq: index + 1 }));
  return Array.from({ length: Math.ceil(entries.length / length) }, (_, index) =>
    entries.slice(index * length, (index + 1) * length),
  );
}

async function outcomeOf(store: Store, told: readonly Told[], runLength: number) {
  const line = await openTerminalLine(store, things);
  for (const run of runsOf(told, runLength)) await line.give(run);
  expect(line.positions, 'never goes back').toEqual(line.positions.toSorted((a, b) => a - b));
  return line.outcome('v1');
}

const bits = [0, 1, 4, 5, 7, 8, 20, 23, 28].map((bit) => 1 << bit);
const story = fc
  .array(
    fc.record({
      minutes: fc.integer({ min: 1, max: 25 }),
      alarms: fc.subarray(bits, { maxLength: 2 }).map((all) => all.reduce((a, b) => a | b, 0)),
      eastM: fc.constantFrom(0, 0, 40, 600),
      twin: fc.constantFrom(undefined, undefined, 0, 1, 1 << 23),
    }),
    { minLength: 4, maxLength: 14 },
  )
  .map((stretches) =>
    stretches.flatMap(({ minutes, alarms, eastM, twin }) =>
      Array.from(
        { length: minutes },
        (_, index): Seen => ({ alarms, eastM, ...(index === 0 && twin !== undefined && { twin }) }),
      ),
    ),
  );
const lost: fc.Arbitrary<Lost> = fc.record({
  first: fc.integer({ min: 1, max: 120 }),
  count: fc.integer({ min: 1, max: 60 }),
  resentAfter: fc.integer({ min: 0, max: 20 }),
  together: fc.integer({ min: 1, max: 20 }),
  twice: fc.integer({ min: 0, max: 5 }),
  newestFirst: fc.boolean(),
});

const same = (open: () => Promise<Store>, close: () => Promise<void>) =>
  fc.asyncProperty(story, lost, fc.integer({ min: 1, max: 40 }), async (seen, gap, runLength) => {
    const wanted = await outcomeOf(createMemoryStore(), inOrder(seen), 1000);
    const store = await open();
    const found = await outcomeOf(store, withLoss(seen, gap), runLength);
    await store.close();
    await close();
    expect(found).toEqual(wanted);
  });

const wholeHour: Lost = {
  first: 20,
  count: 60,
  resentAfter: 3,
  together: 15,
  twice: 4,
  newestFirst: false,
};
const hourStory: readonly Seen[] = Array.from({ length: 140 }, (_, minute) => ({
  alarms: (minute >= 30 && minute < 45 ? 1 << 8 : 0) | (minute >= 70 && minute < 90 ? 2 : 0),
  eastM: minute >= 50 && minute < 62 ? 600 : 0,
}));

test('an hour without a link, resent: alarms and the way beside the route of that hour stand in their own time', async () => {
  const wanted = await outcomeOf(createMemoryStore(), inOrder(hourStory), 1000);
  const minuteOf = (at: number | null) => at && (at - start) / everyMs;
  expect(
    wanted.alerts.map(({ kind, openedAt, clearedAt }) => [
      kind,
      minuteOf(openedAt),
      minuteOf(clearedAt),
    ]),
  ).toEqual([
    ['vehicle.terminal-power-cut', 30, 45],
    ['vehicle.off-route', 51, 64],
    ['vehicle.terminal-overspeed', 70, 90],
  ]);
  expect(wanted.ledger).toEqual({ stored: 140, observed: 140, quarantined: {} });
  expect(await outcomeOf(createMemoryStore(), withLoss(hourStory, wholeHour), 1)).toEqual(wanted);
});

test('two episodes that touch in one instant stay two, whatever comes late after them', async () => {
  const power = 1 << 8;
  const touching = Array.from({ length: 40 }, (_, minute): Seen => {
    const seen = { alarms: minute < 25 ? power : 0, eastM: 0 };
    return minute === 10 ? { ...seen, twin: 1 } : seen;
  });
  const wanted = await outcomeOf(createMemoryStore(), inOrder(touching), 1000);
  expect(
    wanted.alerts.flatMap(({ kind, openedAt, clearedAt }) =>
      kind.endsWith('power-cut')
        ? [[(openedAt - start) / everyMs, ((clearedAt ?? 0) - start) / everyMs]]
        : [],
    ),
  ).toEqual([
    [0, 10],
    [10, 25],
  ]);
  const gap = { ...wholeHour, first: 20, count: 20, together: 3, newestFirst: true };
  expect(await outcomeOf(createMemoryStore(), withLoss(touching, gap), 1)).toEqual(wanted);
});

test('the same history gives the same, in order or with a stretch missing and resent', {
  timeout: 240_000,
}, async () => {
  const property = same(
    async () => createMemoryStore(),
    async () => {},
  );
  await fc.assert(property, { numRuns: 40, endOnFailure: true });
});

test('so it does in a file of DuckDB', { timeout: 240_000 }, async () => {
  const folder = await mkdtemp(join(tmpdir(), 'guanjia-history-'));
  const file = join(folder, 'telemetry.duckdb');
  const property = same(
    () => openDuckDbStore(file, {}, quiet),
    () => rm(file, { force: true }),
  );
  await fc.assert(property, { numRuns: 5, endOnFailure: true });
  await rm(folder, { recursive: true, force: true });
});
