import type { EventEmitter } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { Aedes, type Client } from 'aedes';
import mqemitter from 'mqemitter';
import type { Context } from '../model/context.ts';
import type { Accept } from '../model/envelope.ts';
import { AppError, messageOf } from '../model/errors.ts';
import { minuteMs } from '../model/time.ts';
import {
  type Broker,
  type BrokerAccess,
  type BrokerLimits,
  type BrokerOptions,
  defaultLimits,
} from './broker.ts';
import { authenticate, beginLink, type Link, refuse } from './connection.ts';
import { guardConnection } from './packet-guard.ts';
import { type Publishing, receive } from './publishing.ts';
import { createSessionBook } from './session-book.ts';
import { createSessionStore } from './session-store.ts';
import { createStates } from './states.ts';
import { stateTopic } from './topics.ts';

const handshakeMs = 10_000;
/** A link that died without a word is noticed by TCP where the client wants no keep-alive. */
const probeMs = 60_000;
/** Fixed header aside, what a PUBLISH has beside its payload: topic and packet id. */
const headroomBytes = 1024;

/**
 * Opens the MQTT door. A client is acknowledged only after `accept` has resolved; then its message is routed to subscribers.
 *
 * @throws AppError `PORT_UNAVAILABLE`
 */
export async function startBroker(
  options: BrokerOptions,
  access: BrokerAccess,
  accept: Accept,
  context: Context,
): Promise<Broker> {
  const limits = { ...defaultLimits, ...options.limits };
  const door = createDoor(access, accept, limits, context);
  const { aedes, publishing } = door;
  await aedes.listen();
  const sockets = new Set<Socket>();
  const server = createListener(options, (socket) => {
    sockets.add(socket.once('close', () => sockets.delete(socket)));
    socket.setNoDelay(true).setKeepAlive(true, probeMs);
    const largest = limits.payloadBytes + headroomBytes;
    guardConnection(socket, largest, () => refuse(publishing, 'too-large'));
    aedes.handle(socket);
  });
  server.maxConnections = limits.connections;
  server.on('drop', () => refuse(publishing, 'limit'));
  const port = await listen(server, options).catch((error: unknown) => {
    aedes.close();
    throw error;
  });
  const sweep = setInterval(door.sweep, minuteMs).unref();
  return {
    port,
    publish: door.publish,
    clients: () => publishing.live.size,
    closeStale: door.closeStale,
    async stop() {
      clearInterval(sweep);
      const closed = new Promise((resolve) => server.close(resolve));
      await new Promise<void>((resolve) => aedes.close(resolve));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

interface Door {
  readonly aedes: Aedes;
  readonly publishing: Publishing;
  readonly publish: Broker['publish'];
  closeStale(): void;
  /** Forgets sessions whose clients have been away for too long. */
  sweep(): void;
}

function createDoor(
  access: BrokerAccess,
  accept: Accept,
  limits: BrokerLimits,
  context: Context,
): Door {
  const links = new WeakMap<Client, Link>();
  const live = new Map<string, Client>();
  const book = createSessionBook(limits.connectionsPerUser);
  const mayHear = (client: Client, filter: string): boolean => {
    const session = links.get(client)?.session;
    return session !== undefined && access.maySubscribe(session, filter);
  };
  const store = createSessionStore(limits.queuedMessages, mayHear, context);
  const states = createStates((device, online) => {
    publish(stateTopic(device), online ? 'online' : 'offline', { qos: 1, retain: true }).catch(
      () => {},
    );
  });
  const publishing: Publishing = {
    access,
    accept,
    limits,
    context,
    links,
    live,
    arriving: new Map(),
    book,
    store,
    disturbed: states.disturbed,
  };
  const aedes = createAedes(publishing, mayHear);
  const publish: Broker['publish'] = (topic, payload, { qos, retain = false }) =>
    new Promise((resolve, reject) => {
      const bytes = Buffer.from(payload as Uint8Array);
      aedes.publish({ cmd: 'publish', topic, payload: bytes, qos, retain, dup: false }, (error) =>
        error ? reject(error) : resolve(),
      );
    });
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

function createAedes(
  publishing: Publishing,
  mayHear: (client: Client, filter: string) => boolean,
): Aedes {
  const { limits, context, store } = publishing;
  return new Aedes({
    mq: createEmitter(),
    persistence: store,
    connectTimeout: limits.connectTimeoutMs,
    maxTopicLevels: limits.topicLevels,
    // As many as a client can send in one piece before it has read its CONNACK.
    queueLimit: 10_000,
    preConnect: (client, packet, go) => beginLink(publishing, client, packet, go),
    authenticate(client, username, password, done) {
      authenticate(publishing, client, username, password, done).catch((error: unknown) => {
        context.log('error', 'mqtt: a client could not be let in', { error: messageOf(error) });
        client.conn.destroy();
      });
    },
    authorizePublish: (client, packet, done) => receive(publishing, client, packet, done),
    authorizeSubscribe(client, subscription, done) {
      if (mayHear(client, subscription.topic)) return done(null, subscription);
      refuse(publishing, 'subscribe');
      done(null, null);
    },
    authorizeForward(client, packet) {
      if (client.conn.writableLength <= limits.subscriberBytes) return packet;
      context.count('dropped', { door: 'mqtt', reason: 'slow-subscriber' });
      client.conn.destroy();
      return null;
    },
  });
}

/** The publisher goes on at once: how fast subscribers read is no business of a device's. */
function createEmitter(): ReturnType<typeof mqemitter> {
  const emitter = mqemitter({ matchEmptyLevels: true });
  const emit = emitter.emit.bind(emitter);
  return Object.assign(emitter, {
    emit(message: mqemitter.Message, done?: (error?: Error) => void) {
      emit(message, () => {});
      done?.();
    },
  });
}

/** A method of the library that its types leave out. */
interface Unregistering {
  unregisterClient(client: Client): void;
}

function followConnections(
  aedes: Aedes,
  { access, links, live, book, context }: Publishing,
  states: ReturnType<typeof createStates>,
): void {
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
    link?.arrived();
    // The credential may have changed while the secret was checked.
    if (link?.session && !access.isCurrent(link.session)) client.close();
  });
  aedes.on('clientDisconnect', (client) => {
    if (live.get(client.id) !== client) return;
    live.delete(client.id);
    book.leave(client.id, context.now());
    const link = links.get(client);
    states.disconnected(link?.session?.speaksFor ?? []);
    link?.leave();
  });
  aedes.on('clientError', (client, error) => {
    context.log('debug', 'mqtt: connection ended', { client: client.id, error: error.message });
  });
  const { on }: EventEmitter = aedes;
  on.call(aedes, 'error', (error) => {
    context.log('error', 'mqtt: broker', { error: messageOf(error) });
  });
}

function createListener({ tls }: BrokerOptions, onSocket: (socket: Socket) => void): Server {
  if (!tls) return createServer(onSocket);
  const { cert, key } = tls;
  return createTlsServer(
    { cert, key, minVersion: 'TLSv1.2', handshakeTimeout: handshakeMs },
    onSocket,
  );
}

function listen(server: Server, { host, port }: BrokerOptions): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (error) => {
      const message = `the MQTT door cannot be opened on ${host}:${port}: ${error.message}`;
      reject(new AppError('PORT_UNAVAILABLE', message, { cause: error }));
    });
    server.listen(port, host, () => {
      const address = server.address();
      resolve(typeof address === 'object' && address ? address.port : port);
    });
  });
}
