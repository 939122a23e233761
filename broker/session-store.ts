import type { AedesPublishPacket, Client, PublishPacket, Subscription } from 'aedes';
import createPersistence from 'aedes-persistence';
import type { Context } from '../model/context.ts';

/** The library's memory as it is when no callback is handed in; its own types know callbacks only. */
interface Memory {
  addSubscriptions(client: Client, subs: readonly Subscription[]): Promise<void>;
  cleanSubscriptions(client: Client): Promise<void>;
  cleanIncoming(client: Client): Promise<void>;
  outgoingEnqueueCombi(
    subs: readonly { clientId: string }[],
    packet: AedesPublishPacket,
  ): Promise<void>;
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
 * @param maySubscribe asked before a subscription is kept for a client that comes back
 */
export function createSessionStore(
  queuedMessages: number,
  maySubscribe: (client: Client, filter: string) => boolean,
  { count }: Pick<Context, 'count'>,
): SessionStore {
  const memory = (createPersistence as unknown as () => Memory)();
  const queued = new Map<string, number>();
  const addSubscriptions = memory.addSubscriptions.bind(memory);
  const enqueue = memory.outgoingEnqueueCombi.bind(memory);
  const clear = memory.outgoingClearMessageId.bind(memory);
  const storeIncoming = memory.incomingStorePacket.bind(memory);

  async function outgoingEnqueueCombi(
    subs: readonly { clientId: string }[],
    packet: AedesPublishPacket,
  ): Promise<void> {
    if (subs.length === 0) return;
    const within = subs.filter(({ clientId }) => (queued.get(clientId) ?? 0) < queuedMessages);
    for (const { clientId } of within) queued.set(clientId, (queued.get(clientId) ?? 0) + 1);
    const dropped = subs.length - within.length;
    if (dropped > 0) count('dropped', { door: 'mqtt', reason: 'queue-full' }, dropped);
    await enqueue(within, packet);
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
    await memory.cleanSubscriptions(client);
    await memory.cleanIncoming(client);
    for await (const packet of memory.outgoingStream(client)) {
      await outgoingClearMessageId(client, packet);
    }
  }

  return Object.assign(memory, {
    outgoingEnqueueCombi,
    outgoingClearMessageId,
    forget,
    // The library would keep those it has just refused, and deliver them when the client comes back.
    addSubscriptions: (client: Client, subs: readonly Subscription[]) =>
      addSubscriptions(
        client,
        subs.filter(({ topic }) => maySubscribe(client, topic)),
      ),
    // Only that it has come is asked of a QoS 2 message, never what it said.
    incomingStorePacket: (client: Client, packet: PublishPacket) =>
      storeIncoming(client, { ...packet, payload: empty }),
  });
}
