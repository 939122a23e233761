import { MessageChannel } from 'node:worker_threads';
import { expect, test } from 'vitest';
import { AppError } from '../../model/errors.ts';
import { remote, serve } from '../../threads/messages.ts';

function pair<T extends Record<string, object>>(offer: T) {
  const { port1, port2 } = new MessageChannel();
  serve(port1, offer);
  return { other: remote<T>(port2), close: () => port1.close() };
}

test('calls cross over with arguments, results and their order', async () => {
  const { other, close } = pair({
    sum: { add: (a: number, b: number) => a + b, later: async (n: number) => n },
  });
  expect(await Promise.all([other.sum.add(1, 2), other.sum.later(7), other.sum.add(3, 4)])).toEqual(
    [3, 7, 7],
  );
  close();
});

test('an error keeps its code and whether it can be retried; anything else is our mistake', async () => {
  const { other, close } = pair({
    store: {
      write() {
        throw new AppError('STORE_UNAVAILABLE', 'disk full', { retryable: true });
      },
      read() {
        throw new TypeError('x is undefined');
      },
    },
  });
  await expect(other.store.write()).rejects.toMatchObject({
    code: 'STORE_UNAVAILABLE',
    retryable: true,
    message: 'disk full',
  });
  await expect(other.store.read()).rejects.toMatchObject({ code: 'INTERNAL', retryable: false });
  close();
});

test('a room or method that is not offered is refused, not left waiting', async () => {
  const { other, close } = pair({ room: { known: () => 1 } });
  const asked = other as unknown as Record<string, Record<string, () => Promise<unknown>>>;
  await expect(asked['room']?.['unknown']?.()).rejects.toMatchObject({ code: 'INTERNAL' });
  await expect(asked['nowhere']?.['known']?.()).rejects.toMatchObject({ code: 'INTERNAL' });
  close();
});
