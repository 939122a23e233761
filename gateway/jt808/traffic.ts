import type { Socket } from 'node:net';
import type { Context } from '../../model/context.ts';
import { flush } from './answers.ts';
import { logOut } from './arrival.ts';
import { end, type Link, type LinkDoor } from './connection.ts';
import { type Doorstep, type TerminalLimits, type TerminalParts, tickMs } from './door.ts';
import { openLink, tryAgain, work } from './link.ts';
import { dropPackets, requestMissing } from './packets.ts';
import { createRecent } from './recent.ts';

/** What comes in on connections. */
interface Traffic {
  readonly door: LinkDoor;
  readonly links: ReadonlySet<Link>;
  /** Takes over a new connection. */
  open(socket: Socket, address: string): void;
  /** To be called every `tickMs`. */
  tick(): void;
}

export function createTraffic(
  parts: TerminalParts,
  limits: TerminalLimits,
  isOpen: boolean,
  context: Context,
): Traffic {
  const links = new Set<Link>();
  const doorstep = parts.doorstep<Link>(limits.strangers, limits.strangersPerAddress);
  const meter = createStrangerMeter(limits);
  const door: LinkDoor = {
    parts,
    limits,
    context,
    isOpen,
    ...createShared(),
    waitingRoom: parts.waitingRoom<Link>(
      (link) => {
        // It may have gone on of itself, and wait for something else by now.
        if (link.stall === 'room') work(door, link);
      },
      (link) => tryAgain(door, link),
    ),
    goOn: (link) => work(door, link),
    known: (link) => doorstep.leave(link),
    gone: (link) => leave(door, links, doorstep, link),
    mayStrangersSend: meter.maySend,
  };
  return {
    door,
    links,
    open(socket, address) {
      const link = openLink(door, socket, address);
      links.add(link);
      const goes = doorstep.come(link, address);
      if (goes) end(door, goes, 'limit');
    },
    tick() {
      meter.forget();
      const now = ++door.clock.tick;
      for (const link of links) judge(door, link, now);
      for (const link of [...door.assembling]) {
        requestMissing(door, link, context.now());
        flush(link);
      }
    },
  };
}

const createShared = (): Pick<
  LinkDoor,
  'recent' | 'clock' | 'refused' | 'online' | 'assembling' | 'held'
> => ({
  recent: createRecent(),
  clock: { tick: 0 },
  refused: new Map(),
  online: new Map(),
  assembling: new Set(),
  held: { bytes: 0 },
});

function leave(door: LinkDoor, links: Set<Link>, doorstep: Doorstep<Link>, link: Link): void {
  links.delete(link);
  dropPackets(door, link);
  doorstep.leave(link);
  logOut(door, link);
}

/** What strangers of each address have sent since the last tick. */
function createStrangerMeter({ strangerBytesPerS }: TerminalLimits): {
  maySend(address: string, bytes: number): boolean;
  forget(): void;
} {
  const most = (strangerBytesPerS * tickMs) / 1000;
  const sent = new Map<string, number>();
  return {
    maySend(address, bytes) {
      const all = (sent.get(address) ?? 0) + bytes;
      sent.set(address, all);
      return all <= most;
    },
    forget: () => sent.clear(),
  };
}

/** Time for a last answer to be read. */
const farewellMs = 2000;

const ticks = (ms: number): number => Math.ceil(ms / tickMs);

/** Closes a link that has been silent, or has not read, for too long. */
function judge(door: LinkDoor, link: Link, now: number): void {
  const { authenticateMs, heartbeatMs, unreadMs } = door.limits;
  link.unreadTicks = link.socket.writableNeedDrain ? link.unreadTicks + 1 : 0;
  const silence = now - link.heardAt;
  if (link.unreadTicks > ticks(unreadMs)) end(door, link, 'unread');
  else if (link.stall === 'leaving') {
    if (silence > ticks(farewellMs)) link.socket.destroy();
  } else if (link.vehicle === undefined) {
    if (silence > ticks(authenticateMs)) end(door, link, 'connect-timeout');
  }
  // Who is not read from cannot be heard.
  else if (link.stall) link.heardAt = now;
  else if (silence > ticks(heartbeatMs)) end(door, link, 'silent');
}
