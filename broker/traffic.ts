import type { Socket } from 'node:net';
import type { Aedes } from 'aedes';
import { arrive, logFailure } from './arrival.ts';
import { end, type Lane, type LaneDoor, type Message, tickMs } from './connection.ts';
import { createDoorstep, type Doorstep } from './doorstep.ts';
import type { Will } from './hello.ts';
import { openLane, tryAgain, work } from './lane.ts';
import { followLibrary, openLibrary } from './library.ts';
import type { Parts } from './parts.ts';
import { parseTopic } from './topics.ts';
import { createWaitingRoom } from './waiting-room.ts';

/** What comes in on connections. */
export interface Traffic {
  /** Takes over a new connection. */
  open(socket: Socket, address: string): void;
  /** Closes connections that have been silent, or have not read, for too long; to be called every `tickMs`. */
  tick(): void;
  closeAll(): void;
}

export function createTraffic(aedes: Aedes, parts: Parts): Traffic {
  const { limits } = parts;
  const lanes = new Set<Lane>();
  const doorstep = createDoorstep<Lane>(limits.silentConnections, limits.silentPerAddress);
  const door = createLaneDoor(aedes, parts, lanes, doorstep);
  const unreadTicksMax = Math.ceil(limits.unreadMs / tickMs);
  followLibrary({ aedes, parts, door }, (lane) => depart(aedes, parts, lane));
  return {
    open(socket, address) {
      const lane = openLane(door, socket, address);
      lanes.add(lane);
      const goes = doorstep.come(lane, address);
      if (goes) end(door, goes, 'limit');
    },
    tick() {
      const tick = ++door.clock.tick;
      for (const lane of lanes) {
        if (isUnread(lane, unreadTicksMax)) end(door, lane, 'unread');
        else if (!isSilent(lane, tick)) continue;
        else if (lane.session || lane.stall) lane.socket.destroy();
        else end(door, lane, 'connect-timeout');
      }
    },
    closeAll() {
      for (const lane of lanes) lane.socket.destroy();
    },
  };
}

function createLaneDoor(
  aedes: Aedes,
  parts: Parts,
  lanes: Set<Lane>,
  doorstep: Doorstep<Lane>,
): LaneDoor {
  const { access, take, limits, context, shares } = parts;
  const door: LaneDoor = {
    access,
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
    clock: { tick: 0 },
    route: (message) => route(aedes, parts, message),
    tell(topic, payload, qos, done) {
      const packet = { cmd: 'publish', topic, payload, qos, retain: false, dup: false } as const;
      aedes.publish(packet, () => setImmediate(done));
    },
    goOn: (lane) => work(door, lane),
    arrive(lane, hello) {
      arrive(parts, door, lane, hello).catch((error: unknown) => {
        logFailure(context, error);
        lane.socket.destroy();
      });
    },
    openLibrary: (lane, clean, arrived) =>
      openLibrary({ aedes, parts, door }, lane, clean, arrived),
    said: (lane) => doorstep.leave(lane),
    gone(lane) {
      lanes.delete(lane);
      doorstep.leave(lane);
      lane.library?.arrived?.();
      // Else the library is to let go of it first.
      if (!lane.library?.client) depart(aedes, parts, lane);
    },
    lost: (messages) => context.count('refused', { door: 'mqtt', reason: 'journal' }, messages),
  };
  return door;
}

/** A connection that had been let in has ended. */
function depart(aedes: Aedes, parts: Parts, lane: Lane): void {
  const { live, book, states, context } = parts;
  if (live.get(lane.id) !== lane) return;
  live.delete(lane.id);
  book.leave(lane.id, context.now());
  if (lane.will) publishWill(aedes, parts, lane.will);
  states.disconnected(lane.session?.speaksFor ?? []);
  lane.left?.();
}

/** Its topic was checked when the client connected. */
function publishWill(aedes: Aedes, { states }: Parts, will: Will): void {
  const parsed = parseTopic(will.topic);
  if (parsed?.type === 'state') states.disturbed(parsed.device);
  aedes.publish({ cmd: 'publish', ...will, dup: false }, () => {});
}

function isUnread(lane: Lane, ticksMax: number): boolean {
  if (lane.socket.writableNeedDrain) lane.unreadTicks++;
  else lane.unreadTicks = 0;
  return lane.unreadTicks > ticksMax;
}

function isSilent(lane: Lane, tick: number): boolean {
  if (lane.silenceTicksMax === 0) return false;
  // Who is not read from cannot be heard.
  if (lane.stall && lane.stall !== 'leaving') lane.heardAt = tick;
  return tick - lane.heardAt > lane.silenceTicksMax;
}

function route(aedes: Aedes, { audience }: Parts, message: Message): void {
  const { topic, qos, retain } = message;
  if (!retain && !audience.mayHear(topic)) return;
  // The chunk it came in is not to be kept alive by a queue.
  const payload = Buffer.from(message.bytes);
  aedes.publish({ cmd: 'publish', topic, payload, qos, retain, dup: false }, () => {});
}
