import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { LiveEvent } from '../../ingest/ingest.ts';
import { startLive } from '../../ingest/live.ts';
import type { Accepted } from '../../model/observation.ts';
import { minuteMs } from '../../model/time.ts';
import { createMemoryStore } from '../../stores/memory.ts';
import { batchOf, dayStart, fix, sample } from '../stores/observations.ts';

beforeEach(() => {
  vi.useFakeTimers({ now: dayStart });
});
afterEach(() => void vi.useRealTimers());

function open() {
  const store = createMemoryStore();
  const sent: LiveEvent[][] = [];
  const start = () => startLive((events) => sent.push([...events]), store.latestFixes, Date.now);
  let live = start();
  return {
    store,
    sent,
    restart() {
      live.stop();
      live = start();
    },
    async give(...observations: readonly Accepted[]) {
      await store.write(batchOf(await store.position(), observations));
      live.tell(observations);
      await vi.advanceTimersByTimeAsync(250);
    },
    stop: () => live.stop(),
  };
}

const said = (sent: readonly (readonly LiveEvent[])[]) =>
  sent.flat().map((event) => (event.type === 'observation' ? event.observation : event.alert));

test('of each device the newest, now and then; history that is filled in is no news', async () => {
  const it = open();
  const old = fix('v1', dayStart - 11 * minuteMs, 1);
  const [one, two] = [fix('v1', dayStart - 2000, 2), fix('v1', dayStart - 1000, 3)];
  const reading = sample('m1', dayStart - 500, 4, { power_kw: 1 });
  await it.give(old);
  expect(it.sent).toEqual([]);
  await it.give(one, two, reading);
  expect(said(it.sent)).toEqual([reading, two]);
  await vi.advanceTimersByTimeAsync(1000);
  expect(said(it.sent)).toHaveLength(2);
  it.stop();
});

test('a late fix never moves a vehicle back, not even the first one after a restart', async () => {
  const it = open();
  const now = fix('v1', dayStart - 1000, 1);
  await it.give(now);
  await it.give(fix('v1', dayStart - 5 * minuteMs, 2, { resent: true }));
  expect(said(it.sent)).toEqual([now]);
  it.restart();
  await it.give(fix('v1', dayStart - 4 * minuteMs, 3, { resent: true }));
  expect(said(it.sent)).toEqual([now, now]);
  it.stop();
});

test('what has no place is shown where it was last, and a clock that is lost is not shown', async () => {
  const it = open();
  await it.give(fix('v1', dayStart - 2000, 1, { lat: 36.5 }));
  await it.give(fix('v1', dayStart - 1000, 2, { fixed: false, lat: 0, lon: 0 }));
  await it.give(fix('v1', Date.UTC(2007, 3, 7), 3, { receivedAt: dayStart }));
  expect(said(it.sent)).toEqual([
    fix('v1', dayStart - 2000, 1, { lat: 36.5 }),
    fix('v1', dayStart - 1000, 2, { fixed: false, lat: 36.5 }),
  ]);
  it.stop();
});

test('a store that is away for a moment stops nothing', async () => {
  const sent: LiveEvent[] = [];
  let isAway = true;
  const live = startLive(
    (events) => sent.push(...events),
    async () => {
      if (isAway) throw new Error('away');
      return [fix('v1', dayStart, 2)];
    },
    Date.now,
  );
  live.tell([fix('v1', dayStart - 1000, 1)]);
  await vi.advanceTimersByTimeAsync(250);
  isAway = false;
  live.tell([fix('v1', dayStart, 2)]);
  await vi.advanceTimersByTimeAsync(250);
  expect(said([sent])).toEqual([fix('v1', dayStart, 2)]);
  live.stop();
});
