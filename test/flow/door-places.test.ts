import { connect, type Socket } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, expect, test } from 'vitest';
import { createPlaces, type Listener, openListener } from '../../broker/listener.ts';

const clients: Socket[] = [];
const listeners: Listener[] = [];
afterEach(async () => {
  for (const client of clients.splice(0)) client.destroy();
  await Promise.all(listeners.splice(0).map((listener) => listener.close()));
});

/** A door that keeps whoever comes. */
async function openDoor(places: ReturnType<typeof createPlaces>, connections: number) {
  let dropped = 0;
  const callers = { open() {}, receive() {}, dropped: () => void dropped++ };
  const options = { host: '127.0.0.1', port: 0, connections, places };
  const listener = await openListener('any', options, callers);
  listeners.push(listener);
  return { port: listener.port, dropped: () => dropped };
}

async function come(port: number, many: number): Promise<readonly Socket[]> {
  const came = Array.from({ length: many }, () => connect(port, '127.0.0.1').on('error', () => {}));
  clients.push(...came);
  await wait(200);
  return came;
}

test('doors share their places: one may have all that the other does not use, and what one gives back is the other’s', async () => {
  const places = createPlaces(10);
  const [one, other] = [await openDoor(places, 8), await openDoor(places, 8)];
  await come(one.port, 9);
  expect([places.taken, one.dropped()]).toEqual([8, 1]);
  const [first] = await come(other.port, 3);
  expect([places.taken, other.dropped()]).toEqual([10, 1]);
  first?.destroy();
  await wait(100);
  expect(places.taken).toBe(9);
  await come(other.port, 1);
  expect([places.taken, other.dropped()]).toEqual([10, 1]);
});
