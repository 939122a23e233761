import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Period } from '../../energy/consumption/periods.ts';
import type { Pieces } from '../../metering/kept-pieces.ts';
import { quietMs, type ShelfFill, startShelfFill } from '../../metering/shelf-fill.ts';
import { dayMs } from '../../model/time.ts';

const none: Pieces = { months: [], days: [] };
const daysOf = (from: number, count: number): readonly Period[] =>
  Array.from({ length: count }, (_, n) => ({
    from: (from + n) * dayMs,
    to: (from + n + 1) * dayMs,
  }));
const month: Period = { from: 0, to: 31 * dayMs };

let done: string[];
let failed: unknown[];
let lacking: Map<string, Pieces>;
let fill: ShelfFill;

beforeEach(() => {
  vi.useFakeTimers();
  done = [];
  failed = [];
  lacking = new Map();
  const work = (kind: string) => async (meter: string, periods: readonly Period[]) => {
    if (meter === 'broken') throw new Error('no store');
    done.push(`${meter} ${kind} ${periods.length}`);
  };
  fill = startShelfFill({
    look: async (meter) => {
      done.push(`${meter} seen`);
      return { lacking: lacking.get(meter) ?? none, stale: none };
    },
    months: work('months'),
    days: work('days'),
    now: Date.now,
    failed: (error) => failed.push(error),
  });
});
afterEach(async () => {
  await fill.stop();
  vi.useRealTimers();
});

test('what somebody waits for comes first, when the questions have paused, days before months', async () => {
  lacking.set('idle', { months: [month], days: [] });
  fill.visit('idle', 0);
  fill.want('asked', { months: [month], days: daysOf(0, 40) });
  await vi.advanceTimersByTimeAsync(200);
  expect(done).toEqual([]);
  await vi.advanceTimersByTimeAsync(10_000);
  expect(done).toEqual([
    'asked days 31',
    'asked days 9',
    'asked months 1',
    'idle seen',
    'idle months 1',
  ]);
});

test('a meter of which data of the past comes is looked at when it has paused, once', async () => {
  for (let n = 0; n < 5; n++) {
    fill.visit('late', quietMs);
    await vi.advanceTimersByTimeAsync(quietMs / 2);
  }
  expect(done).toEqual([]);
  await vi.advanceTimersByTimeAsync(quietMs);
  expect(done).toEqual(['late seen']);
});

test('what fails is told and holds up nothing', async () => {
  fill.want('broken', { months: [month], days: [] });
  fill.want('asked', { months: [month], days: [] });
  await vi.advanceTimersByTimeAsync(10_000);
  expect(failed).toHaveLength(1);
  expect(done).toEqual(['asked months 1']);
});

test('stopped it does nothing more', async () => {
  fill.want('asked', { months: [month], days: [] });
  await fill.stop();
  await vi.advanceTimersByTimeAsync(10_000);
  expect(done).toEqual([]);
});
