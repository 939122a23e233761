import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { AlertTransition } from '../../alerts/alerts.ts';
import { followTransitions } from '../../ingest/transitions.ts';
import { AppError } from '../../model/errors.ts';
import type { Transition } from '../../stores/store.ts';
import { dayStart } from '../stores/observations.ts';
import { transition } from '../stores/transitions.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

function follow(deliver: (transitions: readonly Transition[]) => Promise<void>) {
  const all: AlertTransition[] = [];
  const logged: string[] = [];
  let n = 0;
  const following = followTransitions(
    { transitions: async (after, limit) => all.slice(after, after + limit) },
    {
      load: () => n,
      save: (next) => {
        n = next;
      },
    },
    deliver,
    { log: (_, message) => logged.push(message), count() {}, now: Date.now },
  );
  return {
    following,
    logged,
    place: () => n,
    add(count: number) {
      for (let each = 0; each < count; each++)
        all.push({ ...transition(all.length + 1, dayStart), change: 'opened' });
    },
  };
}

test('changes wait while they cannot be delivered, then come in order, each once; it is logged once', async () => {
  let down = true;
  const got: number[] = [];
  const { following, logged, add, place } = follow(async (transitions) => {
    if (down) throw new AppError('STORE_UNAVAILABLE', 'nobody listens', { retryable: true });
    got.push(...transitions.map(({ n }) => n));
  });
  add(1_200);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(place()).toBe(0);
  down = false;
  add(1);
  await vi.advanceTimersByTimeAsync(15_000);
  expect(got).toEqual(Array.from({ length: 1_201 }, (_, n) => n + 1));
  expect(logged).toEqual(['sink in trouble', 'sink recovered']);
  await following.stop();
});

test('stops at once between two tries', async () => {
  const { following, add } = follow(async () => {
    throw new Error('away');
  });
  add(1);
  await vi.advanceTimersByTimeAsync(30_000);
  await following.stop();
});
