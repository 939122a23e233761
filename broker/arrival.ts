import { randomUUID } from 'node:crypto';
import type { Context } from '../model/context.ts';
import { messageOf } from '../model/errors.ts';
import type { RefusalReason, Session } from './broker.ts';
import { bidFarewell, type Lane, type LaneDoor, refuse, tickMs } from './connection.ts';
import { connack, type Hello, welcome, welcomeBack } from './hello.ts';
import { enterLane } from './lane.ts';
import type { Parts } from './parts.ts';

/** Return codes of CONNACK. MQTT 3.1.1, 3.2.2.3. */
const returnCodes: Partial<Record<RefusalReason, number>> = {
  'client-id': 2,
  busy: 3,
  limit: 3,
  credentials: 4,
};
const notAuthorised = 5;

/** Decides who gets in; an earlier connection of the same session has gone by then. */
export async function arrive(
  parts: Parts,
  door: LaneDoor,
  lane: Lane,
  hello: Hello,
): Promise<void> {
  const admitted = await admit(parts, lane, hello);
  if (typeof admitted === 'string') {
    parts.context.log('debug', 'mqtt: refused', { reason: admitted, user: hello.username });
    return turnAway(door, lane, admitted);
  }
  // The user name in it keeps users out of each other's sessions; it has no slash.
  const id = `${admitted.session.user}/${hello.clientId || randomUUID()}`;
  const done = await takeTurn(parts, id);
  try {
    await takeOver(parts, id);
    const isKept = parts.book.keeps(id);
    // [MQTT-3.1.2-6]
    if (hello.clean && isKept) await parts.store.forget(id);
    if (lane.closed) return;
    if (parts.book.enter(id, admitted.session, !hello.clean)) {
      await enter(parts, door, lane, id, hello, { ...admitted, isKept });
    } else turnAway(door, lane, 'limit');
  } finally {
    done();
  }
}

type Admitted = Pick<Lane, 'will'> & { readonly session: Session };

async function admit(
  { access, limits, context }: Parts,
  { address }: Lane,
  { clientId, clean, will, username, password }: Hello,
): Promise<Admitted | RefusalReason> {
  if (Buffer.byteLength(clientId) > limits.clientIdBytes) return 'client-id';
  try {
    const session = await access.authenticate({
      clientId,
      clean,
      address,
      ...(username !== undefined && { username }),
      ...(password !== undefined && { password }),
    });
    if ('refused' in session) return session.refused;
    if (!will) return { session, will };
    const granted = access.mayWill(session, will.topic);
    if (!granted) return 'will';
    return { session, will: { ...will, retain: will.retain && granted.retain } };
  } catch (error) {
    logFailure(context, error);
    return 'busy';
  }
}

export function logFailure({ log }: Pick<Context, 'log'>, error: unknown): void {
  log('error', 'mqtt: a client could not be checked', { error: messageOf(error) });
}

function turnAway(door: LaneDoor, lane: Lane, reason: RefusalReason): void {
  refuse(door, reason, lane);
  // [MQTT-3.2.2-5]
  if (!lane.closed) bidFarewell(door, lane, connack(returnCodes[reason] ?? notAuthorised));
}

/**
 * Connections of one session come in one after the other: the library loses track of those that come in together.
 *
 * @returns what lets the next one in
 */
async function takeTurn({ arriving }: Parts, id: string): Promise<() => void> {
  const before = arriving.get(id);
  const { promise, resolve } = Promise.withResolvers<void>();
  arriving.set(id, promise);
  if (before !== undefined) await before;
  return () => {
    resolve();
    if (arriving.get(id) === promise) arriving.delete(id);
  };
}

/** [MQTT-3.1.4-2] The newer connection stays. */
async function takeOver({ live }: Parts, id: string): Promise<void> {
  const older = live.get(id);
  if (!older) return;
  await new Promise<void>((resolve) => {
    older.left = resolve;
    older.socket.destroy();
  });
}

/** @returns when the next one of the same session may come in */
async function enter(
  { access, context, live, shares, states }: Parts,
  door: LaneDoor,
  lane: Lane,
  id: string,
  { clean, keepAliveS }: Hello,
  { session, will, isKept }: Admitted & { readonly isKept: boolean },
): Promise<void> {
  lane.id = id;
  lane.session = session;
  lane.share = shares.join(session.user, Math.max(1, session.speaksFor.length));
  lane.will = will;
  lane.address = '';
  lane.heardAt = door.clock.tick;
  lane.silenceTicksMax = Math.ceil((1.5 * 1000 * keepAliveS) / tickMs);
  live.set(id, lane);
  context.count('connections', { door: 'mqtt' });
  states.connected(session.speaksFor);
  // The credential may have changed while the secret was checked.
  if (!access.isCurrent(session)) lane.socket.destroy();
  else if (clean) enterLane(door, lane);
  else if (lane.socket.writable) {
    lane.socket.write(isKept ? welcomeBack : welcome);
    await new Promise<void>((resolve) => door.openLibrary(lane, false, resolve));
  }
}
