import fc from 'fast-check';
import { expect, test } from 'vitest';
import { AppError } from '../../model/errors.ts';
import { sendBisecting } from '../../stores/bisect.ts';

test('finds exactly the bad ones wherever they stand, and sends every good one in an accepted lot', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.boolean(), { maxLength: 200 }), async (bad) => {
      const items = bad.map((_, i) => i);
      const stored = new Set<number>();
      const rejected = await sendBisecting(items, async (lot) => {
        if (lot.some((i) => bad[i])) throw new AppError('STORE_REFUSED', 'something is bad');
        for (const i of lot) stored.add(i);
      });
      expect(rejected.map(({ item }) => item)).toEqual(items.filter((i) => bad[i]));
      expect([...stored].sort((a, b) => a - b)).toEqual(items.filter((i) => !bad[i]));
    }),
  );
});

test('needs few requests for one bad item among many', async () => {
  let requests = 0;
  const rejected = await sendBisecting(
    Array.from({ length: 5_000 }, (_, i) => i),
    async (lot) => {
      requests++;
      if (lot.includes(4_321)) throw new AppError('STORE_REFUSED', 'bad');
    },
  );
  expect(rejected).toEqual([{ item: 4_321, detail: 'bad' }]);
  expect(requests).toBeLessThan(30);
});

test('stops at trouble that says nothing against the items', async () => {
  let requests = 0;
  const sending = sendBisecting([1, 2, 3, 4], async () => {
    requests++;
    throw requests === 1
      ? new AppError('STORE_REFUSED', 'bad')
      : new AppError('STORE_UNAVAILABLE', 'gone');
  });
  await expect(sending).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
  expect(requests).toBe(2);
});
