import type { AedesPublishPacket, Client, PublishPacket, Subscription } from 'aedes';
import createPersistence from 'aedes-persistence';
import type { Context } from '../model/context.ts';
import type { Audience } from './audience.ts';

interface Listener {
  readonly clientId: string;
  readonly qos: AedesPublishPacket['qos'];
}

/** The library's memory as it is when no callback is handed in; its own types know callbacks only. */
interface Memory {
  addSubscriptions(client: Client, subs: readonly Subscription[]): Promise<void>;
  removeSubscriptions(client: Client, filters: readonly string[]): Promise<void>;
  cleanSubscriptions(client: Client): Promise<void>;
  subscriptionsByClient(client: Client): Promise<readonly { readonly topic: string }[]>;
  cleanIncoming(client: Client): Promise<void>;
  outgoingEnqueueCombi(subs: readonly Listener[], packet: AedesPublishPacket): Promise<void>;
  outgoingClearMessageId(
    client: Client,
    packet: AedesPublishPacket,
  ): Promise<AedesPublishPacket | undefined>;
  outgoingStream(client: Client): AsyncIterable<AedesPublishPacket>;
  incomingStorePacket(client: Client, packet: PublishPacket): Promise<void>;
  /** Rejects where there is none with the packet id. */
  incomingGetPacket(client: Client, packet: PublishPacket): Promise<unknown>;
}

/** What is kept for clients: retained messages, subscriptions and unacknowledged messages of sessions. In memory only. */
export interface SessionStore extends Memory {
  /** Drops everything that is kept for the client. */
  forget(clientId: string): Promise<void>;
}

const empty = Buffer.alloc(0);

/**
 * The broker library's memory with bounds, and without what a client was not allowed.
 *
 * @param queuedMessages kept for one client; what comes beyond is dropped and counted
 * @param audience told of subscriptions that are kept
 * @param hears whether the client has been granted the subscription: only then it is kept for when it comes back
 */
export function createSessionStore(
  queuedMessages: number,
  audience: Audience,
  hears: (client: Client, filter: string) => boolean,
  { count }: Pick<Context, 'count'>,
): SessionStore {
  const memory = (createPersistence as unknown as () => Memory)();
  const subscriptions = keptSubscriptions(memory, audience, hears);
  const queued = new Map<string, number>();
  const enqueue = memory.outgoingEnqueueCombi.bind(memory);
  const clear = memory.outgoingClearMessageId.bind(memory);
  const storeIncoming = memory.incomingStorePacket.bind(memory);

  async function outgoingEnqueueCombi(
    subs: readonly Listener[],
    packet: AedesPublishPacket,
  ): Promise<void> {
    if (subs.length === 0) return;
    const within = subs.filter(({ clientId }) => (queued.get(clientId) ?? 0) < queuedMessages);
    for (const { clientId } of within) queued.set(clientId, (queued.get(clientId) ?? 0) + 1);
    const dropped = subs.length - within.length;
    if (dropped > 0) count('dropped', { door: 'mqtt', reason: 'queue-full' }, dropped);
    // [MQTT-3.8.4-6]
    for (const sub of within)
      await enqueue([sub], sub.qos < packet.qos ? { ...packet, qos: sub.qos } : packet);
  }

  async function outgoingClearMessageId(
    client: Client,
    packet: AedesPublishPacket,
  ): Promise<AedesPublishPacket | undefined> {
    const cleared = await clear(client, packet);
    const left = (queued.get(client.id) ?? 0) - (cleared ? 1 : 0);
    if (left > 0) queued.set(client.id, left);
    else queued.delete(client.id);
    return cleared;
  }

  async function forget(id: string): Promise<void> {
    const client = { id } as Client;
    await subscriptions.cleanSubscriptions(client);
    await memory.cleanIncoming(client);
    for await (const packet of memory.outgoingStream(client)) {
      await outgoingClearMessageId(client, packet);
    }
  }

  const outgoing = memory.outgoingStream.bind(memory);
  /** What a client that comes back is sent. */
  async function* outgoingStream(client: Client): AsyncIterable<AedesPublishPacket> {
    const packets: AedesPublishPacket[] = [];
    for await (const packet of outgoing(client)) packets.push(packet);
    const copies = copiesIn(packets);
    // [MQTT-3.3.5-1] The library would lose track of them.
    for (const copy of copies)
      await outgoingClearMessageId(client, Object.assign(copy, { messageId: ofCopy }));
    for (const packet of packets) {
      if (copies.has(packet)) continue;
      // [MQTT-3.3.1-1] What has a packet id was sent before.
      yield packet.cmd === 'publish' && packet.messageId ? { ...packet, dup: true } : packet;
    }
  }

  return Object.assign(memory, {
    outgoingEnqueueCombi,
    outgoingStream,
    outgoingClearMessageId,
    forget,
    ...subscriptions,
    // Only that it has come is asked of a QoS 2 message, never what it said.
    incomingStorePacket: (client: Client, packet: PublishPacket) =>
      storeIncoming(client, { ...packet, payload: empty }),
  });
}

/** No packet id. */
const ofCopy = -1;

/** Copies of one message, for subscriptions that overlap: the first stays, with the highest QoS of them. @returns the others */
function copiesIn(packets: readonly AedesPublishPacket[]): ReadonlySet<AedesPublishPacket> {
  const firsts = new Map<string, AedesPublishPacket>();
  const copies = new Set<AedesPublishPacket>();
  for (const packet of packets) {
    if (packet.cmd !== 'publish') continue;
    const key = `${packet.brokerId} ${packet.brokerCounter}`;
    const first = firsts.get(key);
    if (first) copies.add(packet);
    else firsts.set(key, packet);
    if (first && first.qos < packet.qos) first.qos = packet.qos;
  }
  return copies;
}

/** Subscriptions of sessions that outlive their connections, as far as they are allowed, with their audience told. */
function keptSubscriptions(
  memory: Memory,
  audience: Audience,
  hears: (client: Client, filter: string) => boolean,
): Pick<Memory, 'addSubscriptions' | 'removeSubscriptions' | 'cleanSubscriptions'> {
  const add = memory.addSubscriptions.bind(memory);
  const remove = memory.removeSubscriptions.bind(memory);
  const clean = memory.cleanSubscriptions.bind(memory);
  const added = new WeakSet<Subscription>();
  const memberOf = ({ id }: Client, filter: string): string => `${id}\n${filter}`;
  return {
    async addSubscriptions(client, subs) {
      // The library hands in all of a packet for each one in it, also those it refuses.
      const granted = subs.filter((sub) => !added.has(sub) && hears(client, sub.topic));
      for (const sub of granted) {
        added.add(sub);
        audience.joined(memberOf(client, sub.topic), sub.topic);
      }
      await add(client, granted);
    },
    async removeSubscriptions(client, filters) {
      await remove(client, filters);
      for (const filter of filters) audience.left(memberOf(client, filter));
    },
    async cleanSubscriptions(client) {
      for (const { topic } of await memory.subscriptionsByClient(client))
        audience.left(memberOf(client, topic));
      await clean(client);
    },
  };
}
