import { expect, test } from 'vitest';
import { createFeed } from '../../ingest/feed.ts';
import type { Batch } from '../../stores/store.ts';
import { entryOf, stored } from './ledger-kit.ts';

/** A batch of so many positions, with an observation each. */
const batchOf = (after: number, count: number): Batch => ({
  after,
  upTo: after + count,
  observations: Array.from({ length: count }, (_, n) => stored(entryOf(after + n + 1))),
});
const feedOf = () => {
  const packed: number[] = [];
  const feed = createFeed((batch) => {
    packed.push(batch.upTo);
    return batch;
  });
  return { feed, packed };
};

test('what waits is taken at once, as it was packed when it was offered', () => {
  const { feed, packed } = feedOf();
  feed.offer(batchOf(0, 3));
  feed.offer(batchOf(3, 2));
  expect(packed).toEqual([3, 5]);
  const taken = feed.take(0, 5) ?? [];
  expect(taken.map(({ after, upTo, count }) => [after, upTo, count])).toEqual([
    [0, 3, 3],
    [3, 5, 2],
  ]);
  expect(taken[0]?.received).toEqual({
    first: entryOf(1).receivedAt,
    last: entryOf(3).receivedAt,
  });
  expect(feed.take(5, 5)).toBeUndefined();
});

test('what the follower has passed is forgotten, and what does not begin where it stands is not given', () => {
  const { feed } = feedOf();
  feed.offer(batchOf(0, 3));
  feed.offer(batchOf(3, 2));
  expect(feed.take(3, 5)?.map(({ after }) => after)).toEqual([3]);
  feed.offer(batchOf(7, 2));
  expect(feed.take(5, 9)).toBeUndefined();
});

test('of one that is far behind nothing is packed until it is near again', () => {
  const { feed, packed } = feedOf();
  for (let after = 0; after < 50_000; after += 5_000) feed.offer(batchOf(after, 5_000));
  const most = packed.length;
  expect(most).toBeLessThan(10);
  expect(feed.take(0, 50_000), 'all of it was dropped').toBeUndefined();
  feed.offer(batchOf(50_000, 10));
  expect(packed).toHaveLength(most);
  expect(feed.take(45_000, 50_010)).toBeUndefined();
  feed.offer(batchOf(50_010, 10));
  expect(packed).toHaveLength(most + 1);
  expect(feed.take(50_010, 50_020)).toHaveLength(1);
});
