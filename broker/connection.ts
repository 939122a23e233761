import type { AuthErrorCode, AuthenticateError, Client, ConnectPacket } from 'aedes';
import type { Context } from '../model/context.ts';
import { messageOf } from '../model/errors.ts';
import type { BrokerAccess, BrokerLimits, PublishGrant, RefusalReason, Session } from './broker.ts';
import type { Lane } from './intake.ts';
import type { SessionBook } from './session-book.ts';

/** What the door knows of a connection. */
export interface Link {
  readonly clientId: string;
  readonly clean: boolean;
  readonly will: ConnectPacket['will'];
  readonly lane: Lane;
  session: Session | undefined;
  /** What topics this connection has published to mean. */
  readonly grants: Map<string, PublishGrant>;
  /** QoS 2 messages on their way into the journal, by packet id. */
  readonly receiving: Map<number, Promise<void>>;
  /** Resolves when the library has let go of the connection. */
  readonly gone: Promise<void>;
  leave(): void;
  /** The library has taken the connection in. */
  arrived: () => void;
}

export interface Connecting {
  readonly access: BrokerAccess;
  readonly limits: BrokerLimits;
  readonly context: Context;
  readonly links: WeakMap<Client, Link>;
  /** The lane behind what the library takes for the connection. */
  readonly lanes: WeakMap<object, Lane>;
  /** Connections that have been let in, by session id. */
  readonly live: Map<string, Client>;
  /** The last of those that are about to come in, by session id. */
  readonly arriving: Map<string, Promise<void>>;
  readonly book: SessionBook;
}

/** CONNACK of MQTT 5 with reason 0x84, unsupported protocol version. MQTT 5, 3.2. */
const unsupportedVersion = Buffer.from([0x20, 3, 0, 0x84, 0]);
/** Time for that answer to be read. */
const farewellMs = 1000;

/** How often the doors look for connections that have fallen silent. */
export const tickMs = 500;

/** Return codes of CONNACK. MQTT 3.1.1, 3.2.2.3. */
const returnCodes: Partial<Record<RefusalReason, number>> = {
  'client-id': 2,
  busy: 3,
  limit: 3,
  credentials: 4,
};
const notAuthorised = 5;

export function refuse({ context }: Pick<Connecting, 'context'>, reason: RefusalReason): void {
  context.count('refused', { door: 'mqtt', reason });
}

/** First look at a CONNECT: only MQTT 3.1 and 3.1.1 go on. */
export function beginLink(
  connecting: Connecting,
  client: Client,
  packet: ConnectPacket,
  go: (error: Error | null, on: boolean) => void,
): void {
  const { conn } = client;
  if (packet.protocolVersion === 5) {
    refuse(connecting, 'protocol-version');
    conn.end(unsupportedVersion, () => setTimeout(() => conn.destroy(), farewellMs).unref());
    go(null, false);
    return;
  }
  const lane = connecting.lanes.get(conn);
  if (!lane) {
    go(null, false);
    return;
  }
  const { promise: gone, resolve: leave } = Promise.withResolvers<void>();
  connecting.links.set(client, {
    clientId: packet.clientId,
    clean: packet.clean !== false,
    will: packet.will,
    lane,
    session: undefined,
    grants: new Map(),
    receiving: new Map(),
    gone,
    leave,
    arrived: () => {},
  });
  // The lane watches for silence: the library does not see most of what comes.
  lane.silenceTicksMax = Math.ceil((1.5 * 1000 * (packet.keepalive ?? 0)) / tickMs);
  packet.keepalive = 0;
  go(null, true);
}

/** Decides who gets in; an earlier connection of the same session has gone when `done` is called. */
export async function authenticate(
  connecting: Connecting,
  client: Client,
  username: string | undefined,
  password: Buffer | undefined,
  done: (error: AuthenticateError | null, success: boolean | null) => void,
): Promise<void> {
  const link = connecting.links.get(client);
  if (!link) return done(null, false);
  const session = await admit(connecting, link, username, password?.toString());
  if ('refused' in session) {
    refuse(connecting, session.refused);
    connecting.context.log('debug', 'mqtt: refused', { reason: session.refused, user: username });
    return done(refusal(session.refused), null);
  }
  // The user name in it keeps users out of each other's sessions; it has no slash.
  const id = `${session.user}/${link.clientId || client.id}`;
  const arrived = await takeTurn(connecting, id);
  await takeOver(connecting, id);
  if (client.closed || !connecting.book.enter(id, session, !link.clean)) {
    arrived();
    if (client.closed) return;
    refuse(connecting, 'limit');
    done(refusal('limit'), null);
    return;
  }
  client.id = id;
  link.session = session;
  let coming = true;
  link.arrived = () => {
    coming = false;
    arrived();
  };
  client.conn.once('close', () => {
    // Otherwise the library tells when it goes.
    if (coming) connecting.book.leave(id, connecting.context.now());
    link.arrived();
  });
  done(null, true);
}

/**
 * Connections of one session come in one after the other: the library loses track of those that come in together.
 *
 * @returns what lets the next one in
 */
async function takeTurn({ arriving }: Connecting, id: string): Promise<() => void> {
  const before = arriving.get(id);
  const { promise, resolve } = Promise.withResolvers<void>();
  arriving.set(id, promise);
  await before;
  return () => {
    resolve();
    if (arriving.get(id) === promise) arriving.delete(id);
  };
}

/** [MQTT-3.1.4-2] The newer connection stays. */
async function takeOver({ live, links }: Connecting, id: string): Promise<void> {
  const older = live.get(id);
  if (!older) return;
  older.close();
  await links.get(older)?.gone;
}

async function admit(
  { access, limits, context }: Connecting,
  { clientId, clean, will, lane }: Link,
  username: string | undefined,
  password: string | undefined,
): Promise<Session | { readonly refused: RefusalReason }> {
  if (Buffer.byteLength(clientId) > limits.clientIdBytes) return { refused: 'client-id' };
  try {
    const session = await access.authenticate({
      clientId,
      clean,
      address: lane.socket.remoteAddress ?? '',
      ...(username !== undefined && { username }),
      ...(password !== undefined && { password }),
    });
    if ('refused' in session || !will) return session;
    const granted = access.mayWill(session, will.topic);
    if (!granted) return { refused: 'will' };
    will.retain = will.retain === true && granted.retain;
    return session;
  } catch (error) {
    context.log('error', 'mqtt: a client could not be checked', { error: messageOf(error) });
    return { refused: 'busy' };
  }
}

function refusal(reason: RefusalReason): AuthenticateError {
  const returnCode = returnCodes[reason] ?? notAuthorised;
  return Object.assign(new Error(reason), { returnCode: returnCode as AuthErrorCode });
}
