import type { Client, Subscription } from 'aedes';
import { expect, test } from 'vitest';
import { createAudience } from '../../broker/audience.ts';
import { createSessionStore } from '../../broker/session-store.ts';
import { quiet } from '../../model/context.ts';

const client = { id: 'm1/c' } as Client;

/** A store that tells how often a subscription was taken in. */
function open(hears: (filter: string) => boolean) {
  const joined: string[] = [];
  const audience = createAudience();
  const joinedBefore = audience.joined;
  const watching = {
    ...audience,
    joined(member: unknown, filter: string) {
      joined.push(filter);
      joinedBefore(member, filter);
    },
  };
  const store = createSessionStore(10, watching, (_, filter) => hears(filter), quiet);
  return { store, joined };
}

const subscriptions = (count: number) =>
  Array.from({ length: count }, (_, n) => ({ topic: `t/${n}`, qos: 1 }) as Subscription);

test('a packet of many filters is taken in once, though the library hands it in once for each', async () => {
  const { store, joined } = open(() => true);
  const all = subscriptions(40);
  for (const _ of all) await store.addSubscriptions(client, all);
  expect(joined).toEqual(all.map(({ topic }) => topic));
  expect(await store.subscriptionsByClient(client)).toHaveLength(40);
});

test('what the client may not hear is not kept, what it may hear later is', async () => {
  const granted = new Set(['t/0']);
  const { store } = open((filter) => granted.has(filter));
  const all = subscriptions(3);
  const kept = async () => (await store.subscriptionsByClient(client)).map(({ topic }) => topic);
  await store.addSubscriptions(client, all);
  expect(await kept()).toEqual(['t/0']);
  granted.add('t/2');
  await store.addSubscriptions(client, all);
  expect(await kept()).toEqual(['t/0', 't/2']);
});
