import type { EventEmitter } from 'node:events';
import type { Socket } from 'node:net';
import { Aedes, type Client } from 'aedes';
import mqemitter from 'mqemitter';
import type { Context } from '../model/context.ts';
import type { Take } from '../model/envelope.ts';
import { messageOf } from '../model/errors.ts';
import { type Audience, createAudience } from './audience.ts';
import type { Broker, BrokerAccess, BrokerLimits } from './broker.ts';
import { authenticate, beginLink, type Link, refuse } from './connection.ts';
import type { Lane, LaneDoor, Message, Sender } from './intake.ts';
import { enterLane, openLane, tryAgain, work } from './lane.ts';
import { grantOf, type Publishing, receive } from './publishing.ts';
import { createSessionBook } from './session-book.ts';
import { createSessionStore } from './session-store.ts';
import { createShares } from './shares.ts';
import { createStates } from './states.ts';
import { isTopicName, stateTopic } from './topics.ts';
import { createWaitingRoom } from './waiting-room.ts';

/** The MQTT door, all but its port. */
export interface Door {
  readonly aedes: Aedes;
  readonly publishing: Publishing;
  readonly publish: Broker['publish'];
  closeStale(): void;
  /** Takes over a new connection. */
  open(socket: Socket): void;
  /** Closes connections that have been silent for too long; to be called every `tickMs`. */
  tick(): void;
  closeAll(): void;
  /** Forgets sessions whose clients have been away for too long. */
  sweep(): void;
}

export function createDoor(
  access: BrokerAccess,
  take: Take,
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
  const audience = createAudience();
  const store = createSessionStore(limits.queuedMessages, audience, mayHear, context);
  const states = createStates((device, online) => {
    publish(stateTopic(device), online ? 'online' : 'offline', { qos: 1, retain: true }).catch(
      () => {},
    );
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
    disturbed: states.disturbed,
  };
  const aedes = createAedes(publishing, audience, mayHear);
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

function createAedes(
  publishing: Publishing,
  audience: Audience,
  mayHear: (client: Client, filter: string) => boolean,
): Aedes {
  const { limits, context, store } = publishing;
  return new Aedes({
    mq: createEmitter(audience),
    persistence: store,
    connectTimeout: limits.connectTimeoutMs,
    maxTopicLevels: limits.topicLevels,
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

/** What comes in on connections, past the library. */
function createTraffic(
  aedes: Aedes,
  publishing: Publishing,
  audience: Audience,
): Pick<Door, 'open' | 'tick' | 'closeAll'> {
  const { take, limits, context, links } = publishing;
  const clock = { tick: 0 };
  const lanes = new Set<Lane>();
  const shares = createShares(limits);
  const door: LaneDoor = {
    take,
    limits,
    context,
    shares,
    waitingRoom: createWaitingRoom(
      (lane) => {
        // It may have gone on of itself, and wait for something else by now.
        if (lane.stall === 'room') work(door, lane);
      },
      (lane) => tryAgain(door, lane),
    ),
    clock,
    route: (message) => route(aedes, audience, message),
    tooLarge: () => refuse(publishing, 'too-large'),
    lost: (messages) => context.count('refused', { door: 'mqtt', reason: 'journal' }, messages),
  };
  const senderOf = (client: Client, link: Link): Sender => ({
    client: client.id,
    share: shares.join(link.session?.user ?? '', Math.max(1, link.session?.speaksFor.length ?? 0)),
    grantOf(topic) {
      const known = isTopicName(topic, limits.topicLevels);
      const grant = known ? grantOf(publishing, link, topic) : undefined;
      return grant?.to === 'journal' ? grant : undefined;
    },
  });
  aedes.on('clientReady', (client) => {
    const link = links.get(client);
    if (link && !link.lane.closed) enterLane(door, link.lane, senderOf(client, link));
  });
  return {
    open(socket) {
      const lane = openLane(door, socket);
      publishing.lanes.set(lane.inlet, lane);
      lanes.add(lane);
      socket.once('close', () => lanes.delete(lane));
      aedes.handle(lane.inlet);
    },
    tick() {
      clock.tick++;
      for (const lane of lanes) closeIfSilent(lane, clock.tick);
    },
    closeAll() {
      for (const lane of lanes) lane.socket.destroy();
    },
  };
}

function closeIfSilent(lane: Lane, tick: number): void {
  if (lane.silenceTicksMax === 0) return;
  // Who is not read from cannot be heard.
  if (lane.stall) lane.heardAt = tick;
  else if (tick - lane.heardAt > lane.silenceTicksMax) lane.inlet.destroy();
}

function route(aedes: Aedes, audience: Audience, message: Message): void {
  const { topic, qos, retain } = message;
  if (!retain && !audience.mayHear(topic)) return;
  // The chunk it came in is not to be kept alive by a queue.
  const payload = Buffer.from(message.bytes);
  aedes.publish({ cmd: 'publish', topic, payload, qos, retain, dup: false }, () => {});
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
