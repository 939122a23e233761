import { createHash } from 'node:crypto';
import type { Socket } from 'node:net';
import type { BrokerAccess, RefusalReason } from '../../broker/broker.ts';
import type { Context } from '../../model/context.ts';
import type { Take } from '../../model/envelope.ts';
import { endOfIntroduction, opening, readIntroduction } from './introduction.ts';
import {
  charge,
  createLink,
  defaultLimits,
  endLink,
  flush,
  gather,
  hold,
  type Limits,
  type Link,
  type LinkDoor,
  letGo,
} from './link.ts';

/** Modems that send the lines of a GNSS receiver over a plain connection. TCP acknowledges nothing in our name: see `docs/terminals-nmea.md`. */
export interface NmeaDoor {
  readonly port: number;
  /** Links that have said which vehicle they are of. */
  links(): number;
  /** Closes links whose secret has changed or gone: call it after the directory has changed. */
  closeStale(): void;
  stop(): Promise<void>;
}

/** Opens a port; what comes on it is told to the callers. */
type Listen = (
  connections: number,
  callers: {
    open(socket: Socket, address: string): void;
    receive(socket: Socket, bytes: Buffer): void;
    dropped(): void;
  },
) => Promise<{ readonly port: number; close(): Promise<void> }>;

export interface NmeaParts {
  readonly listen: Listen;
  /** The same as at the MQTT door. */
  readonly access: Pick<BrokerAccess, 'authenticate' | 'mayPublish' | 'isCurrent'>;
  /** Told of the vehicles whose links come and go. */
  readonly states: {
    connected(devices: readonly string[]): void;
    disconnected(devices: readonly string[]): void;
  };
  /** Of the journal. */
  readonly take: Take;
}

type Refusal = RefusalReason | 'replaced' | 'silent';

interface House extends LinkDoor {
  readonly parts: NmeaParts;
  readonly links: Map<Socket, Link>;
  /** Those that have not said who they are, the first to come first. */
  readonly strangers: Set<Link>;
  /** Vehicle → its link. */
  readonly vehicles: Map<string, Link>;
  refuse(link: Link, reason: Refusal): void;
}

const sweepMs = 10_000;
const labels = { door: 'nmea' };

/** @throws AppError `PORT_UNAVAILABLE` */
export async function startNmeaDoor(
  given: Partial<Limits>,
  parts: NmeaParts,
  context: Context,
): Promise<NmeaDoor> {
  const limits = { ...defaultLimits, ...given };
  const house = createHouse(limits, parts, context);
  const { links, vehicles } = house;
  const listener = await parts.listen(limits.connections, {
    open: (socket, address) => openLink(house, socket, address),
    receive: (socket, bytes) => receive(house, links.get(socket), bytes),
    dropped: () => context.count('refused', { ...labels, reason: 'limit' }),
  });
  const sweep = setInterval(() => closeIdle(house), Math.min(sweepMs, limits.idleMs)).unref();
  return {
    port: listener.port,
    links: () => vehicles.size,
    closeStale() {
      for (const link of vehicles.values())
        if (link.session && !parts.access.isCurrent(link.session))
          house.refuse(link, 'credentials');
    },
    async stop() {
      clearInterval(sweep);
      const closed = listener.close();
      for (const link of links.values()) {
        flush(house, link);
        link.socket.destroy();
      }
      await closed;
    },
  };
}

function createHouse(limits: Limits, parts: NmeaParts, context: Context): House {
  return {
    limits,
    parts,
    links: new Map(),
    strangers: new Set(),
    vehicles: new Map(),
    take: parts.take,
    now: context.now,
    count: (name, by) => context.count(name, labels, by),
    refuse(link, reason) {
      context.count('refused', { ...labels, reason });
      link.socket.destroy();
    },
  };
}

function openLink(house: House, socket: Socket, address: string): void {
  const { limits, links, strangers } = house;
  const link = createLink(house, socket, address);
  links.set(socket, link);
  strangers.add(link);
  socket.on('error', () => {});
  socket.on('close', () => closeLink(house, link));
  link.timer = setTimeout(() => house.refuse(link, 'connect-timeout'), limits.introductionMs);
  const [oldest] = strangers;
  if (strangers.size > limits.strangers && oldest) house.refuse(oldest, 'limit');
}

function closeLink(house: House, link: Link): void {
  endLink(house, link);
  house.links.delete(link.socket);
  house.strangers.delete(link);
  const { device } = link;
  if (device === undefined) return;
  house.parts.states.disconnected([device]);
  if (house.vehicles.get(device) === link) house.vehicles.delete(device);
}

function closeIdle(house: House): void {
  const nowMs = performance.now();
  for (const link of house.vehicles.values())
    if (link.holds.size === 0 && nowMs - link.heardMs > house.limits.idleMs)
      house.refuse(link, 'silent');
}

function receive(house: House, link: Link | undefined, bytes: Buffer): void {
  if (!link || link.closed || link.socket.destroyed) return;
  link.heardMs = performance.now();
  charge(house, link, bytes.length);
  link.text += bytes.toString('latin1');
  if (link.session) readLines(house, link);
  else if (!link.holds.has('arriving')) hearIntroduction(house, link);
}

function hearIntroduction(house: House, link: Link): void {
  const { lineBytes, pauseMs } = house.limits;
  link.text = link.text.trimStart();
  const { text } = link;
  const begun = text.slice(0, opening.length);
  if (begun !== opening.slice(0, begun.length)) {
    house.refuse(link, 'malformed');
    return;
  }
  const end = endOfIntroduction(text);
  if ((end ?? text.length) > lineBytes) {
    house.refuse(link, 'too-large');
    return;
  }
  if (end !== undefined) {
    void welcome(house, link, end);
    return;
  }
  if (text.length <= opening.length) return;
  // A registration packet has no end of line where nobody asked for one: what follows it is a pause.
  clearTimeout(link.gathering);
  link.gathering = setTimeout(() => void welcome(house, link, link.text.length), pauseMs);
}

/** @param end of the introduction in what came */
async function welcome(house: House, link: Link, end: number): Promise<void> {
  clearTimeout(link.gathering);
  const line = link.text.slice(0, end);
  const said = readIntroduction(line);
  if (!said) {
    house.refuse(link, 'malformed');
    return;
  }
  const { access } = house.parts;
  const { id, secret } = said;
  hold(link, 'arriving');
  const session = await access.authenticate({
    clientId: `nmea/${id}`,
    clean: true,
    username: id,
    password: secret,
    address: link.address,
  });
  if (link.closed || link.socket.destroyed) return;
  if ('refused' in session) {
    house.refuse(link, session.refused);
    return;
  }
  const grant = access.mayPublish(session, `v1/vehicles/${id}/nmea`);
  if (grant?.to !== 'journal' || grant.protocol !== 'nmea') {
    house.refuse(link, 'topic');
    return;
  }
  enter(house, link, id);
  link.session = session;
  link.introduction = hashOf(line);
  link.text = link.text.slice(end);
  readLines(house, link);
  letGo(link, 'arriving');
}

/** A modem that lost its network comes anew while the old connection still seems to stand. */
function enter(house: House, link: Link, id: string): void {
  clearTimeout(link.timer);
  house.strangers.delete(link);
  const older = house.vehicles.get(id);
  link.device = id;
  house.vehicles.set(id, link);
  house.parts.states.connected([id]);
  if (older) house.refuse(older, 'replaced');
}

const hashOf = (line: string): string => createHash('sha256').update(line).digest('base64');

/** Cuts at CR, LF and `$`: a registration packet that is sent again ends no line. */
function readLines(house: House, link: Link): void {
  const pieces = link.text.split(/[\r\n]+|(?=\$)/);
  link.text = pieces.pop() ?? '';
  for (const piece of pieces) {
    if (link.socket.destroyed) return;
    readLine(house, link, piece);
  }
  if (link.text.length <= house.limits.lineBytes) return;
  if (!link.skipping) house.count('overlong');
  link.skipping = true;
  link.text = '';
}

/** Only sentences go on: what a modem says of itself, or to keep the link open, is not for the journal, and a secret is not either. */
function readLine(house: House, link: Link, line: string): void {
  if (link.skipping && !line.startsWith('$')) {
    link.skipping = false;
    return;
  }
  link.skipping = false;
  if (!line.startsWith('$')) return;
  if (line.startsWith(opening)) {
    if (hashOf(line) !== link.introduction) house.refuse(link, 'credentials');
  } else if (line.length > house.limits.lineBytes) house.count('overlong');
  else gather(house, link, line);
}
