import type { EventEmitter } from 'node:events';
import { Aedes, type Client } from 'aedes';
import mqemitter from 'mqemitter';
import { messageOf } from '../model/errors.ts';
import type { Audience } from './audience.ts';
import { type Lane, type LaneDoor, refuse } from './connection.ts';
import { helloPacket } from './hello.ts';
import { createInlet } from './inlet.ts';
import { work } from './lane.ts';
import type { Parts } from './parts.ts';
import { receive } from './publishing.ts';
import { forgetSubscriptions, grantSubscription } from './subscriptions.ts';

/** The broker library: it routes, and knows subscriptions, sessions, retained messages and QoS 2. Most connections never need it. */
export function createLibrary(parts: Parts): Aedes {
  const { limits, context, store, lanes, audience } = parts;
  const aedes = new Aedes({
    mq: createEmitter(audience),
    persistence: store,
    // The doors are faster with those who do not read.
    drainTimeout: 2 * limits.unreadMs,
    maxTopicLevels: limits.topicLevels,
    // It sees those only that have been let in.
    authenticate: (client, _username, _password, done) =>
      done(null, lanes.get(client.conn)?.closed === false),
    authorizePublish: (client, packet, done) => receive(parts, client, packet, done),
    authorizeSubscribe: (client, subscription, done) =>
      done(null, grantSubscription(parts, client, subscription) ? subscription : null),
    authorizeForward(client, packet) {
      if (client.conn.writableLength <= limits.subscriberBytes) return packet;
      context.count('dropped', { door: 'mqtt', reason: 'slow-subscriber' });
      client.conn.destroy();
      return null;
    },
  });
  const { on }: EventEmitter = aedes;
  on.call(aedes, 'error', (error) => {
    context.log('error', 'mqtt: broker', { error: messageOf(error) });
  });
  return aedes;
}

/** See `LaneDoor.openLibrary`. */
export function openLibrary(
  { aedes, parts, door }: Followed,
  lane: Lane,
  clean: boolean,
  arrived: (() => void) | undefined,
): void {
  const inlet = createInlet(lane.socket, () => {
    if (lane.stall === 'library') work(door, lane);
  });
  // The client has had its CONNACK.
  inlet.muted = true;
  lane.library = {
    inlet,
    ready: false,
    client: undefined,
    arrived,
    filters: undefined,
    receiving: undefined,
  };
  parts.lanes.set(inlet, lane);
  // Its types ask for more of a stream than it uses.
  aedes.handle(inlet as unknown as Parameters<Aedes['handle']>[0]);
  inlet.push(helloPacket(lane.id, clean));
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

interface Followed {
  readonly aedes: Aedes;
  readonly parts: Parts;
  readonly door: LaneDoor;
}

/** @param departed told of a connection that has ended when the library has let go of it too */
export function followLibrary(
  { aedes, parts, door }: Followed,
  departed: (lane: Lane) => void,
): void {
  const { context, lanes } = parts;
  const laneOf = (client: Client) => lanes.get(client.conn);
  aedes.on('client', (client) => {
    const library = laneOf(client)?.library;
    // It went while it came in, and the library would keep it for ever.
    if (client.closed) (aedes as Aedes & Unregistering).unregisterClient(client);
    else if (library) library.client = client;
    library?.arrived?.();
  });
  aedes.on('connackSent', (_, client) => {
    const library = laneOf(client)?.library;
    if (library) library.inlet.muted = false;
  });
  aedes.on('clientReady', (client) => {
    const lane = laneOf(client);
    if (!lane?.library) return;
    lane.library.ready = true;
    if (lane.stall === 'arriving') work(door, lane);
  });
  aedes.on('clientDisconnect', (client) => {
    const lane = laneOf(client);
    if (lane?.library?.client !== client) return;
    lane.library.client = undefined;
    if (lane.closed) departed(lane);
  });
  aedes.on('unsubscribe', (filters, client) =>
    forgetSubscriptions(laneOf(client)?.library, filters),
  );
  aedes.on('connectionError', (client) => countEnd(parts, client));
  aedes.on('clientError', (client, error) => {
    context.log('debug', 'mqtt: connection ended', { client: client.id, error: error.message });
    countEnd(parts, client);
  });
}

/** The library has closed the connection: because of what came, unless the network or the doors did it before. */
function countEnd(parts: Parts, client: Client): void {
  const lane = parts.lanes.get(client.conn);
  if (!lane || lane.counted || lane.socket.errored || client.closed) return;
  refuse(parts, 'malformed', lane);
}
