import { afterEach, expect, test, vi } from 'vitest';
import { dayAround } from '../../ingest/local-day.ts';
import { openRevisionFile } from '../../ingest/revision-file.ts';
import { type OpenRevisions, startRevisions } from '../../ingest/revisions.ts';
import type { ToldHour } from '../../ingest/told-day.ts';
import type { Accepted } from '../../model/observation.ts';
import { dayMs, hourMs, minuteMs } from '../../model/time.ts';

/** Midnight in Shanghai. */
const start = Date.parse('2026-11-21T00:00:00+08:00');
const zone = 'Asia/Shanghai';

/** A meter of which every hour can be set. */
function createWorld() {
  const clock = { at: start + 3 * dayMs };
  const values = new Map<number, Pick<ToldHour, 'value' | 'quality'>>();
  const derived: number[] = [];
  const file = openRevisionFile(':memory:');
  const stored: Accepted[] = [];
  const head = { seq: 10 };
  const parts = {
    file,
    store: {
      position: async () => head.seq,
      accepted: async (after: number, upTo: number) =>
        stored.filter(({ seq }) => seq > after && seq <= upTo),
      newest: async () => new Map([['m1', clock.at]]),
    },
    derive: async (_meter: string, from: number, to: number) => {
      derived.push(from);
      const hours: ToldHour[] = [];
      for (let at = from; at < to; at += hourMs)
        hours.push({
          from: at,
          to: at + hourMs,
          value: null,
          quality: 'missing',
          ...values.get(at),
        });
      return hours;
    },
    reach: async (_meter: string, from: number, to: number) => ({ from, to }),
    zoneOf: () => zone,
  };
  const context = { now: () => clock.at, log: () => {} };
  const set = (hour: number, value: number | null, quality = 'measured') =>
    values.set(start + hour * hourMs, { value, quality });
  const late = (hour: number, seq = 11): Accepted => ({
    type: 'sample',
    device: 'm1',
    at: start + hour * hourMs + minuteMs,
    timeSource: 'device',
    values: { energy_import_kwh: 1 },
    seq,
    receivedAt: clock.at,
  });
  return {
    clock,
    set,
    late,
    derived,
    file,
    stored,
    head,
    open: () => startRevisions(parts, context),
  };
}

let open: OpenRevisions | undefined;
const opened = async (world: ReturnType<typeof createWorld>) => {
  open = await world.open();
  return open;
};
afterEach(async () => {
  await open?.stop();
  vi.useRealTimers();
});

test('what is told first is no amendment; what late data makes of it is, with before and after', async () => {
  const world = createWorld();
  for (let hour = 0; hour < 24; hour++) world.set(hour, 2, hour === 7 ? 'estimated' : 'measured');
  const revisions = await opened(world);
  expect(await revisions.of('m1', start, start + dayMs)).toEqual([]);
  world.set(7, 3);
  expect(await revisions.of('m1', start, start + dayMs)).toEqual([]);
  revisions.tell([world.late(7)]);
  world.clock.at += minuteMs;
  const first = {
    from: start,
    to: start + dayMs,
    revision: 1,
    revisedAt: world.clock.at,
    reason: 'late-data',
    hours: [start + 7 * hourMs],
    before: { value: 48, quality: 'estimated' },
    after: { value: 49, quality: 'measured' },
  };
  expect(await revisions.of('m1', start, start + dayMs)).toEqual([first]);
  world.set(8, 2.5);
  revisions.tell([world.late(8)]);
  expect(await revisions.of('m1', start, start + dayMs)).toEqual([
    first,
    expect.objectContaining({ revision: 2, after: { value: 49.5, quality: 'measured' } }),
  ]);
  expect(await revisions.of('m2', start, start + dayMs)).toEqual([]);
});

test('the same again, or what changes nothing, amends nothing', async () => {
  const world = createWorld();
  for (let hour = 0; hour < 24; hour++) world.set(hour, 2);
  const revisions = await opened(world);
  await revisions.of('m1', start, start + dayMs);
  revisions.tell([world.late(7), world.late(7), world.late(9)]);
  expect(await revisions.of('m1', start, start + dayMs)).toEqual([]);
});

test('an hour that was missing said nothing: what is known of it later is told, not amended', async () => {
  const world = createWorld();
  for (let hour = 0; hour < 20; hour++) world.set(hour, 2);
  const revisions = await opened(world);
  await revisions.of('m1', start, start + dayMs);
  for (let hour = 20; hour < 24; hour++) world.set(hour, 1, 'estimated');
  revisions.tell([world.late(12)]);
  expect(await revisions.of('m1', start, start + dayMs)).toEqual([]);
  world.set(21, 5);
  revisions.tell([world.late(21)]);
  expect(await revisions.of('m1', start, start + dayMs)).toEqual([
    expect.objectContaining({ revision: 1, before: { value: 44, quality: 'estimated' } }),
  ]);
});

test('a day that nobody was told of is not amended, however late its data come', async () => {
  const world = createWorld();
  const revisions = await opened(world);
  world.set(3, 1);
  revisions.tell([world.late(3)]);
  world.set(3, 2);
  expect(await revisions.of('m1', start, start + dayMs)).toEqual([]);
});

test('an hour is told for good when it is over and what was delayed has come', async () => {
  const world = createWorld();
  world.clock.at = start + 2 * hourMs + 5 * minuteMs;
  for (let hour = 0; hour < 2; hour++) world.set(hour, 2);
  const revisions = await opened(world);
  await revisions.of('m1', start, start + dayMs);
  world.set(0, 3);
  world.set(1, 3);
  revisions.tell([world.late(0), world.late(1, 12)]);
  expect(await revisions.of('m1', start, start + dayMs)).toEqual([
    expect.objectContaining({ hours: [start] }),
  ]);
});

test('what a recorded replacement changes is amended for that reason', async () => {
  const world = createWorld();
  for (let hour = 0; hour < 24; hour++) world.set(hour, 2);
  const revisions = await opened(world);
  await revisions.of('m1', start, start + dayMs);
  world.set(5, 4, 'replaced');
  revisions.recorded('m1', start + 5 * hourMs, start + 5 * hourMs);
  expect(await revisions.of('m1', start, start + dayMs)).toEqual([
    expect.objectContaining({
      reason: 'record-changed',
      after: { value: 50, quality: 'replaced' },
    }),
  ]);
});

test('what came before a stop and was not taken in is taken in after the start', async () => {
  const world = createWorld();
  for (let hour = 0; hour < 24; hour++) world.set(hour, 2);
  vi.useFakeTimers();
  const first = await world.open();
  await first.of('m1', start, start + dayMs);
  await vi.advanceTimersByTimeAsync(6_000);
  await first.stop();
  expect(world.file.position()).toBe(10);
  world.set(7, 9);
  world.stored.push(world.late(7));
  world.head.seq = 11;
  const second = await opened(world);
  await vi.advanceTimersByTimeAsync(6_000);
  expect(world.file.position()).toBe(11);
  expect(world.file.amendments('m1', start, start + dayMs)).toHaveLength(1);
  await second.of('m1', start, start + dayMs);
  expect(world.file.amendments('m1', start, start + dayMs)).toHaveLength(1);
});

test('days that are over are told without anybody asking', async () => {
  const world = createWorld();
  for (let hour = 0; hour < 72; hour++) world.set(hour, 2);
  world.clock.at += 2 * hourMs;
  vi.useFakeTimers();
  const revisions = await opened(world);
  await vi.advanceTimersByTimeAsync(11 * 60_000);
  expect(world.file.days('m1', 0, 99_999)).toHaveLength(2);
  world.set(30, 7);
  revisions.tell([world.late(30)]);
  await vi.advanceTimersByTimeAsync(6_000);
  expect(world.file.amendments('m1', start, start + 3 * dayMs)).toHaveLength(1);
});

test('what was said of a day, and how it was amended, goes when its readings go', async () => {
  const world = createWorld();
  for (let hour = 0; hour < 48; hour++) world.set(hour, 2);
  const revisions = await opened(world);
  await revisions.of('m1', start, start + 2 * dayMs);
  world.set(7, 3);
  world.set(31, 3);
  revisions.tell([world.late(7), world.late(31)]);
  expect(await revisions.of('m1', start, start + 2 * dayMs)).toHaveLength(2);
  const second = dayAround(start + dayMs, zone).day;
  world.file.expire(second);
  expect(world.file.days('m1', 0, second + 9)).toEqual([second]);
  expect(world.file.amendments('m1', start, start + 2 * dayMs)).toMatchObject([
    { from: start + dayMs },
  ]);
});
