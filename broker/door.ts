import type { Aedes } from 'aedes';
import type { Context } from '../model/context.ts';
import type { Take } from '../model/envelope.ts';
import { messageOf } from '../model/errors.ts';
import { createAudience } from './audience.ts';
import type { Broker, BrokerAccess, BrokerLimits } from './broker.ts';
import { createLibrary } from './library.ts';
import type { Parts } from './parts.ts';
import { createSessionBook } from './session-book.ts';
import { createSessionStore } from './session-store.ts';
import { createShares } from './shares.ts';
import { createStates } from './states.ts';
import { stateTopic } from './topics.ts';
import { createTraffic, type Traffic } from './traffic.ts';

/** The MQTT door, all but its port. */
export interface Door extends Traffic {
  readonly aedes: Aedes;
  readonly parts: Parts;
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
  const lanes: Parts['lanes'] = new WeakMap();
  const live: Parts['live'] = new Map();
  const book = createSessionBook(limits.connectionsPerUser);
  const audience = createAudience();
  const store = createSessionStore(
    limits.queuedMessages,
    audience,
    (client, filter) => lanes.get(client.conn)?.library?.filters?.has(filter) === true,
    context,
  );
  const states = createStates((device, online) => {
    const payload = online ? onlineBytes : offlineBytes;
    const topic = stateTopic(device);
    aedes.publish({ cmd: 'publish', topic, payload, qos: 1, retain: true, dup: false }, () => {});
  });
  const shares = createShares(limits);
  const arriving: Parts['arriving'] = new Map();
  const seen = { access, take, limits, context, audience };
  const parts: Parts = { ...seen, lanes, live, arriving, book, store, shares, states };
  const aedes = createLibrary(parts);
  const publish: Broker['publish'] = (topic, payload, { qos, retain = false }) =>
    new Promise((resolve, reject) => {
      const bytes = Buffer.from(payload as Uint8Array);
      aedes.publish({ cmd: 'publish', topic, payload: bytes, qos, retain, dup: false }, (error) =>
        error ? reject(error) : resolve(),
      );
    });
  const forget = (ids: readonly string[]) => {
    for (const id of ids) {
      store.forget(id).catch((error: unknown) => {
        context.log('error', 'mqtt: a session could not be dropped', { error: messageOf(error) });
      });
    }
  };
  return {
    aedes,
    parts,
    publish,
    ...createTraffic(aedes, parts),
    closeStale() {
      for (const { session, socket } of live.values())
        if (session && !access.isCurrent(session)) socket.destroy();
      forget(book.drop((session) => !access.isCurrent(session)));
    },
    sweep: () => forget(book.drop((_, awaySince) => awaySince + limits.sessionMs < context.now())),
  };
}
