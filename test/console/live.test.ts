import { expect, test } from 'vitest';
import { createCache } from '../../console/lib/cache.ts';
import { createLive, type Stream } from '../../console/lib/live.ts';
import { createPacer } from '../../console/lib/pace.ts';

interface FakeStream extends Stream {
  readyState: number;
  closed: boolean;
  tell(type: string, data: string): void;
}

function fakeStream(): FakeStream {
  const listeners = new Map<string, (event: { data: string }) => void>();
  return {
    onopen: null,
    onerror: null,
    readyState: 1,
    closed: false,
    addEventListener: (type, listener) => void listeners.set(type, listener),
    tell: (type, data) => listeners.get(type)?.({ data }),
    close() {
      this.closed = true;
    },
  };
}

function start() {
  const streams: FakeStream[] = [];
  const waits: { run: () => void; ms: number }[] = [];
  const live = createLive(
    () => {
      const stream = fakeStream();
      streams.push(stream);
      return stream;
    },
    (run, ms) => {
      waits.push({ run, ms });
      return () => {};
    },
  );
  live.start();
  return { live, streams, waits, newest: () => streams.at(-1) ?? fakeStream() };
}

test('events reach those who asked for their type', () => {
  const { live, newest } = start();
  const seen: unknown[] = [];
  const stop = live.on('alert', (data) => seen.push(data));
  newest().tell('alert', '{"id":"al-1"}');
  newest().tell('position', '{"vehicle":"v1"}');
  stop();
  newest().tell('alert', '{"id":"al-2"}');
  expect(seen).toEqual([{ id: 'al-1' }]);
});

test('an event that is no JSON is passed over', () => {
  const { live, newest } = start();
  const seen: unknown[] = [];
  live.on('reading', (data) => seen.push(data));
  newest().tell('reading', 'oops');
  newest().tell('reading', '1');
  expect(seen).toEqual([1]);
});

test('a cut that the browser mends tells everybody to load again', () => {
  const { live, streams, newest } = start();
  let resumed = 0;
  live.onResume(() => resumed++);
  newest().onopen?.();
  newest().readyState = 0;
  newest().onerror?.();
  expect(live.status()).toBe('lost');
  newest().onopen?.();
  expect([live.status(), resumed, streams.length]).toEqual(['open', 1, 1]);
});

test('a stream that was refused is opened anew, waiting longer each time', () => {
  const { streams, waits, newest } = start();
  for (let n = 0; n < 7; n++) {
    newest().readyState = 2;
    newest().onerror?.();
    waits.at(-1)?.run();
  }
  expect(waits.map(({ ms }) => ms)).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000]);
  expect(streams).toHaveLength(8);
});

test('the service can say that events were missed', () => {
  const { live, newest } = start();
  let resumed = 0;
  live.onResume(() => resumed++);
  newest().onopen?.();
  newest().tell('reset', '{}');
  expect(resumed).toBe(1);
});

test('a stopped stream is closed and may be started again', () => {
  const { live, streams } = start();
  live.stop();
  expect(streams[0]?.closed).toBe(true);
  live.start();
  expect(streams).toHaveLength(2);
});

test('two who want the same share one request; the last who leaves ends it', async () => {
  const cache = createCache(10, () => 0);
  const signals: AbortSignal[] = [];
  const load = (signal: AbortSignal) => {
    signals.push(signal);
    return new Promise(() => {});
  };
  const first = cache.fetch('k', load, () => {});
  const second = cache.fetch('k', load, () => {});
  first();
  expect(signals.map(({ aborted }) => aborted)).toEqual([false]);
  second();
  second();
  expect(signals.map(({ aborted }) => aborted)).toEqual([true]);
});

test('an answer is kept, told to listeners, and failures to those who asked', async () => {
  const cache = createCache(10, () => 5);
  let told = 0;
  cache.onChange('k', () => told++);
  await new Promise<void>((done) =>
    cache.fetch(
      'k',
      async () => 'data',
      () => done(),
    ),
  );
  expect([cache.get('k'), told, cache.ageMs('k'), cache.ageMs('other')]).toEqual([
    'data',
    1,
    0,
    Number.POSITIVE_INFINITY,
  ]);
  const failure = await new Promise((done) =>
    cache.fetch('k', () => Promise.reject(new Error('away')), done),
  );
  expect(failure).toBeInstanceOf(Error);
  expect(cache.get('k')).toBe('data');
});

test('an answer that comes after its asker has left changes nothing', async () => {
  const cache = createCache(10, () => 0);
  let answer = (_: string) => {};
  const release = cache.fetch(
    'k',
    () =>
      new Promise<string>((resolve) => {
        answer = resolve;
      }),
    () => {},
  );
  release();
  answer('late');
  await Promise.resolve();
  expect(cache.get('k')).toBeUndefined();
});

test('what was not written for longest is forgotten first', () => {
  const cache = createCache(2, () => 0);
  const put = (key: string) =>
    new Promise<void>((done) =>
      cache.fetch(
        key,
        async () => key,
        () => done(),
      ),
    );
  return put('a')
    .then(() => put('b'))
    .then(() => put('c'))
    .then(() => {
      expect([cache.get('a'), cache.get('b'), cache.get('c')]).toEqual([undefined, 'b', 'c']);
    });
});

test('a slow receiver is given the newest when it is done, and never a queue', () => {
  let clock = 0;
  const given: [string, number][] = [];
  const pacer = createPacer<string, number>(
    (key, value) => given.push([key, value]),
    5_000,
    () => clock,
  );
  for (const value of [1, 2, 3]) pacer.offer('vehicles', value);
  pacer.offer('graticule', 9);
  expect(given).toEqual([
    ['vehicles', 1],
    ['graticule', 9],
  ]);
  pacer.settled('vehicles');
  pacer.settled('graticule');
  expect(given.slice(2)).toEqual([['vehicles', 3]]);
  clock = 6_000;
  pacer.offer('vehicles', 4);
  expect(given.at(-1)).toEqual(['vehicles', 4]);
});
