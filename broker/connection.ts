import type { AuthErrorCode, AuthenticateError, Client, ConnectPacket } from 'aedes';
import type { Context } from '../model/context.ts';
import { messageOf } from '../model/errors.ts';
import type { BrokerAccess, BrokerLimits, PublishGrant, RefusalReason, Session } from './broker.ts';
import type { Lane } from './intake.ts';
import type { SessionBook } from './session-book.ts';
import type { Share } from './shares.ts';

/** What the door knows of a connection. */
export interface Link {
  readonly clientId: string;
  readonly clean: boolean;
  readonly will: ConnectPacket['will'];
  readonly lane: Lane;
  /** The library keeps it for as long as the connection lasts. */
  readonly hello: ConnectPacket;
  session: Session | undefined;
  /** What those topics mean that it has published to by way of the library. */
  grants: Map<string, PublishGrant> | undefined;
  /** QoS 2 messages on their way into the journal, by packet id. */
  receiving: Map<number, Promise<void>> | undefined;
  /** What it has subscribed to and may. */
  filters: Set<string> | undefined;
  /** Once it has been let in. */
  share: Share | undefined;
  /** The library has let go of the connection. */
  left: (() => void) | undefined;
  /** The library has taken the connection in. */
  arrived: (() => void) | undefined;
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

/** @param lane of a connection that is closed for this reason, and is counted once */
export function refuse(
  { context }: Pick<Connecting, 'context'>,
  reason: RefusalReason,
  lane?: Lane,
): void {
  if (lane) lane.counted = true;
  context.count('refused', { door: 'mqtt', reason });
}

/** First look at a CONNECT: only MQTT 3.1 and 3.1.1 go on. */
export function beginLink(
  connecting: Connecting,
  client: Client,
  packet: ConnectPacket,
  go: (error: Error | null, on: boolean) => void,
): void {
  const lane = connecting.lanes.get(client.conn);
  if (lane && packet.protocolVersion === 5) {
    const { socket } = lane;
    refuse(connecting, 'protocol-version', lane);
    socket.end(unsupportedVersion, () => setTimeout(() => socket.destroy(), farewellMs).unref());
  }
  if (!lane || packet.protocolVersion === 5) {
    go(null, false);
    return;
  }
  connecting.links.set(client, {
    clientId: packet.clientId,
    clean: packet.clean !== false,
    will: packet.will,
    lane,
    hello: packet,
    session: undefined,
    grants: undefined,
    receiving: undefined,
    filters: undefined,
    share: undefined,
    left: undefined,
    arrived: undefined,
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
  // Nobody asks for them again, and they are not to lie in memory.
  Object.assign(link.hello, { username: undefined, password: undefined });
  if ('refused' in session) {
    refuse(connecting, session.refused, link.lane);
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
    refuse(connecting, 'limit', link.lane);
    done(refusal('limit'), null);
    return;
  }
  client.id = id;
  link.session = session;
  const wentBefore = () => {
    connecting.book.leave(id, connecting.context.now());
    arrived();
  };
  client.conn.on('close', wentBefore);
  link.arrived = () => {
    link.arrived = undefined;
    // From now on the library tells when it goes.
    client.conn.removeListener('close', wentBefore);
    arrived();
  };
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
  const link = older && links.get(older);
  if (!link) return;
  await new Promise<void>((resolve) => {
    link.left = resolve;
    older.close();
  });
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
