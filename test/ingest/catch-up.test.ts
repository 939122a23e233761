import { expect, test } from 'vitest';
import { createCatchUp } from '../../ingest/catch-up.ts';
import { AppError } from '../../model/errors.ts';
import { numbered } from '../stores/observations.ts';

function create(position: number) {
  const asked: (readonly [number, number])[] = [];
  let isDown = false;
  const lead = { position };
  const catchUp = createCatchUp(
    {
      async accepted(after, upTo) {
        asked.push([after, upTo]);
        if (isDown) throw new AppError('STORE_UNAVAILABLE', 'away', { retryable: true });
        return Array.from({ length: upTo - after }, (_, n) => numbered(after + 1 + n));
      },
    },
    lead,
  );
  return {
    catchUp,
    lead,
    asked,
    setDown(down: boolean) {
      isDown = down;
    },
  };
}

test('what comes next is being read before it is asked for, and read once', async () => {
  const { catchUp, asked } = create(30_000);
  const first = await catchUp.next(0);
  catchUp.ahead(first?.upTo ?? 0);
  expect(asked).toEqual([
    [0, 10_000],
    [10_000, 20_000],
  ]);
  const second = await catchUp.next(10_000);
  expect([second?.after, second?.upTo, second?.observations[0]?.seq]).toEqual([
    10_000, 20_000, 10_001,
  ]);
  expect(asked).toHaveLength(2);
});

test('what was read ahead and is no longer next is left', async () => {
  const { catchUp } = create(40_000);
  catchUp.ahead(0);
  expect((await catchUp.next(25_000))?.after).toBe(25_000);
});

test('trouble of reading ahead comes up when it is asked for, and the next try reads anew', async () => {
  const { catchUp, setDown } = create(30_000);
  setDown(true);
  catchUp.ahead(0);
  await expect(catchUp.next(0)).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
  setDown(false);
  expect((await catchUp.next(0))?.upTo).toBe(10_000);
});

test('never goes beyond the store', async () => {
  const { catchUp, lead, asked } = create(500);
  expect((await catchUp.next(0))?.upTo).toBe(500);
  catchUp.ahead(500);
  expect(await catchUp.next(500)).toBeUndefined();
  lead.position = 600;
  expect((await catchUp.next(500))?.upTo).toBe(600);
  expect(asked).toEqual([
    [0, 500],
    [500, 600],
  ]);
});
