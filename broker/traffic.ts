import type { Socket } from 'node:net';
import type { Aedes, Client } from 'aedes';
import type { Audience } from './audience.ts';
import { type Link, refuse, tickMs } from './connection.ts';
import { createDoorstep } from './doorstep.ts';
import type { Lane, LaneDoor, Message, Sender } from './intake.ts';
import { enterLane, openLane, tryAgain, work } from './lane.ts';
import type { Publishing } from './publishing.ts';
import { isTopicName } from './topics.ts';
import { createWaitingRoom } from './waiting-room.ts';

/** What comes in on connections, past the library. */
export interface Traffic {
  /** Takes over a new connection. */
  open(socket: Socket): void;
  /** Closes connections that have been silent, or have not read, for too long; to be called every `tickMs`. */
  tick(): void;
  closeAll(): void;
}

export function createTraffic(aedes: Aedes, publishing: Publishing, audience: Audience): Traffic {
  const { take, limits, context, links, shares } = publishing;
  const clock = { tick: 0 };
  const lanes = new Set<Lane>();
  const doorstep = createDoorstep<Lane>(limits.silentConnections, limits.silentPerAddress);
  const unreadTicksMax = Math.ceil(limits.unreadMs / tickMs);
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
    refuse: (lane, reason) => refuse(publishing, reason, lane),
    said: (lane) => doorstep.leave(lane),
    gone(lane) {
      lanes.delete(lane);
      doorstep.leave(lane);
    },
    lost: (messages) => context.count('refused', { door: 'mqtt', reason: 'journal' }, messages),
  };
  aedes.on('clientReady', (client) => {
    const link = links.get(client);
    if (link && !link.lane.closed) enterLane(door, link.lane, senderOf(publishing, client, link));
  });
  return {
    open(socket) {
      const lane = openLane(door, socket);
      publishing.lanes.set(lane.inlet, lane);
      lanes.add(lane);
      const goes = doorstep.come(lane, socket.remoteAddress ?? '');
      if (goes) close(publishing, goes, 'limit');
      if (!lane.closed) aedes.handle(asStream(lane));
    },
    tick() {
      clock.tick++;
      for (const lane of lanes) {
        if (isUnread(lane, unreadTicksMax)) close(publishing, lane, 'unread');
        else if (isSilent(lane, clock.tick)) lane.inlet.destroy();
      }
    },
    closeAll() {
      for (const lane of lanes) lane.socket.destroy();
    },
  };
}

/** The library's types ask for more of a stream than it uses. */
const asStream = ({ inlet }: Lane) => inlet as unknown as Parameters<Aedes['handle']>[0];

function senderOf({ access, shares, limits }: Publishing, client: Client, link: Link): Sender {
  const { session } = link;
  const share = shares.join(session?.user ?? '', Math.max(1, session?.speaksFor.length ?? 0));
  link.share = share;
  return {
    client: client.id,
    share,
    grantOf(topic) {
      if (!session || !isTopicName(topic, limits.topicLevels)) return undefined;
      const grant = access.mayPublish(session, topic);
      return grant?.to === 'journal' ? grant : undefined;
    },
  };
}

function close(publishing: Publishing, lane: Lane, reason: 'limit' | 'unread'): void {
  refuse(publishing, reason, lane);
  lane.inlet.destroy();
}

function isUnread(lane: Lane, ticksMax: number): boolean {
  if (lane.socket.writableNeedDrain) lane.unreadTicks++;
  else lane.unreadTicks = 0;
  return lane.unreadTicks > ticksMax;
}

function isSilent(lane: Lane, tick: number): boolean {
  if (lane.silenceTicksMax === 0) return false;
  // Who is not read from cannot be heard.
  if (lane.stall) lane.heardAt = tick;
  return tick - lane.heardAt > lane.silenceTicksMax;
}

function route(aedes: Aedes, audience: Audience, message: Message): void {
  const { topic, qos, retain } = message;
  if (!retain && !audience.mayHear(topic)) return;
  // The chunk it came in is not to be kept alive by a queue.
  const payload = Buffer.from(message.bytes);
  aedes.publish({ cmd: 'publish', topic, payload, qos, retain, dup: false }, () => {});
}
