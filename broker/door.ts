import type { EventEmitter } from 'node:events';
import { Aedes, type Client } from 'aedes';
import mqemitter from 'mqemitter';
import type { Context } from '../model/context.ts';
import type { Take } from '../model/envelope.ts';
import { messageOf } from '../model/errors.ts';
import { type Audience, createAudience } from './audience.ts';
import type { Broker, BrokerAccess, BrokerLimits } from './broker.ts';
import { authenticate, beginLink, type Link, refuse } from './connection.ts';
import { type Publishing, receive } from './publishing.ts';
import { createSessionBook } from './session-book.ts';
import { createSessionStore } from './session-store.ts';
import { createShares } from './shares.ts';
import { createStates } from './states.ts';
import { forgetSubscriptions, grantSubscription } from './subscriptions.ts';
import { stateTopic } from './topics.ts';
import { createTraffic, type Traffic } from './traffic.ts';

/** The MQTT door, all but its port. */
export interface Door extends Traffic {
  readonly aedes: Aedes;
  readonly publishing: Publishing;
  readonly publish: Broker['publish'];
  closeStale(): void;
  /** Forgets sessions whose clients have been away for too long. */
  sweep(): void;
}

/** One copy for all: states are retained. */
const onlineBytes = Buffer.from('online');
const offlineBytes = Buffer.from('offline');

export function createDoor(
  access: BrokerAccess,
  take: Take,
  limits: BrokerLimits,
  context: Context,
): Door {
  const links = new WeakMap<Client, Link>();
  const live = new Map<string, Client>();
  const book = createSessionBook(limits.connectionsPerUser);
  const audience = createAudience();
  const hears = (client: Client, filter: string) =>
    links.get(client)?.filters?.has(filter) === true;
  const store = createSessionStore(limits.queuedMessages, audience, hears, context);
  const states = createStates((device, online) => {
    const payload = online ? onlineBytes : offlineBytes;
    const topic = stateTopic(device);
    aedes.publish({ cmd: 'publish', topic, payload, qos: 1, retain: true, dup: false }, () => {});
  });
  const publishing: Publishing = {
    access,
    take,
    limits,
    context,
    links,
    lanes: new WeakMap(),
    live,
    arriving: new Map(),
    book,
    store,
    shares: createShares(limits),
    disturbed: states.disturbed,
  };
  const aedes = createAedes(publishing, audience);
  const publish: Broker['publish'] = (topic, payload, { qos, retain = false }) =>
    new Promise((resolve, reject) => {
      const bytes = Buffer.from(payload as Uint8Array);
      aedes.publish({ cmd: 'publish', topic, payload: bytes, qos, retain, dup: false }, (error) =>
        error ? reject(error) : resolve(),
      );
    });
  const traffic = createTraffic(aedes, publishing, audience);
  followConnections(aedes, publishing, states);
  const forget = (ids: readonly string[]) => {
    for (const id of ids) {
      store.forget(id).catch((error: unknown) => {
        context.log('error', 'mqtt: a session could not be dropped', { error: messageOf(error) });
      });
    }
  };
  return {
    aedes,
    publishing,
    publish,
    ...traffic,
    closeStale() {
      for (const client of live.values()) {
        const session = links.get(client)?.session;
        if (session && !access.isCurrent(session)) client.close();
      }
      forget(book.drop((session) => !access.isCurrent(session)));
    },
    sweep: () => forget(book.drop((_, awaySince) => awaySince + limits.sessionMs < context.now())),
  };
}

function createAedes(publishing: Publishing, audience: Audience): Aedes {
  const { limits, context, store } = publishing;
  return new Aedes({
    mq: createEmitter(audience),
    persistence: store,
    connectTimeout: limits.connectTimeoutMs,
    // The doors are faster with those who do not read.
    drainTimeout: 2 * limits.unreadMs,
    maxTopicLevels: limits.topicLevels,
    maxClientsIdLength: limits.clientIdBytes,
    preConnect: (client, packet, go) => beginLink(publishing, client, packet, go),
    authenticate(client, username, password, done) {
      authenticate(publishing, client, username, password, done).catch((error: unknown) => {
        context.log('error', 'mqtt: a client could not be let in', { error: messageOf(error) });
        client.conn.destroy();
      });
    },
    authorizePublish: (client, packet, done) => receive(publishing, client, packet, done),
    authorizeSubscribe: (client, subscription, done) =>
      done(null, grantSubscription(publishing, client, subscription) ? subscription : null),
    authorizeForward(client, packet) {
      if (client.conn.writableLength <= limits.subscriberBytes) return packet;
      context.count('dropped', { door: 'mqtt', reason: 'slow-subscriber' });
      client.conn.destroy();
      return null;
    },
  });
}

/**
 * Tells the audience who listens; and the publisher goes on at once: how fast subscribers read is no business of a device's.
 */
function createEmitter(audience: Audience): ReturnType<typeof mqemitter> {
  const emitter = mqemitter({ matchEmptyLevels: true });
  const emit = emitter.emit.bind(emitter);
  const on = emitter.on.bind(emitter);
  const removeListener = emitter.removeListener.bind(emitter);
  type Listener = Parameters<typeof on>[1];
  return Object.assign(emitter, {
    emit(message: mqemitter.Message, done?: (error?: Error) => void) {
      emit(message, () => {});
      done?.();
    },
    on(topic: string, listener: Listener, done?: () => void) {
      audience.joined(listener, topic);
      return on(topic, listener, done);
    },
    removeListener(topic: string, listener: Listener, done?: () => void) {
      audience.left(listener);
      return removeListener(topic, listener, done);
    },
  });
}

/** A method of the library that its types leave out. */
interface Unregistering {
  unregisterClient(client: Client): void;
}

function followConnections(
  aedes: Aedes,
  publishing: Publishing,
  states: ReturnType<typeof createStates>,
): void {
  const { access, links, live, book, context } = publishing;
  aedes.on('client', (client) => {
    const link = links.get(client);
    if (client.closed) {
      // It went while it came in, and the library would keep it for ever.
      (aedes as Aedes & Unregistering).unregisterClient(client);
    } else {
      live.set(client.id, client);
      context.count('connections', { door: 'mqtt' });
      states.connected(link?.session?.speaksFor ?? []);
    }
    link?.arrived?.();
    // The credential may have changed while the secret was checked.
    if (link?.session && !access.isCurrent(link.session)) client.close();
  });
  aedes.on('clientDisconnect', (client) => {
    if (live.get(client.id) !== client) return;
    live.delete(client.id);
    book.leave(client.id, context.now());
    const link = links.get(client);
    states.disconnected(link?.session?.speaksFor ?? []);
    link?.left?.();
  });
  aedes.on('unsubscribe', (filters, client) => forgetSubscriptions(links.get(client), filters));
  aedes.on('connectionError', (client) => countEnd(publishing, client));
  aedes.on('clientError', (client, error) => {
    context.log('debug', 'mqtt: connection ended', { client: client.id, error: error.message });
    countEnd(publishing, client);
  });
  const { on }: EventEmitter = aedes;
  on.call(aedes, 'error', (error) => {
    context.log('error', 'mqtt: broker', { error: messageOf(error) });
  });
}

/** The library has closed the connection: because of what came, unless the network or the doors did it before. */
function countEnd(publishing: Publishing, client: Client): void {
  const lane = publishing.lanes.get(client.conn);
  if (!lane || lane.counted || lane.socket.errored || client.closed) return;
  const silent = !lane.sender && lane.stall !== 'arriving';
  refuse(publishing, silent ? 'connect-timeout' : 'malformed', lane);
}
