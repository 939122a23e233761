import { minuteMs } from '../../model/time.ts';
import { type Assembly, createAssembly } from '../../protocols/jt808/assembly.ts';
import type { Edition } from '../../protocols/jt808/edition.ts';
import type { Frame, Header } from '../../protocols/jt808/frame.ts';
import { resendParts } from '../../protocols/jt808/messages/p-8003-resend-parts.ts';
import { oweGeneral, result, sendMessage } from './answers.ts';
import { type Link, type LinkDoor, refuse } from './connection.ts';

/** A message, from one frame or several. */
export interface Whole {
  /** Of the last packet: its serial is the one that is answered. */
  readonly header: Header;
  readonly body: Uint8Array;
  /** Frames as they came, in the order of their packets. */
  readonly bytes: Uint8Array;
  /** Of several. */
  readonly lastPacket?: Frame;
}

/** What a link has while its terminal sends messages in several packets. */
export interface Packets {
  readonly assembly: Assembly;
  /** Made whole by this frame, and had to wait. */
  ready: { readonly frame: Frame; readonly whole: Whole } | undefined;
  /** Bytes held, as they are counted for all links. */
  bytes: number;
  /** When the last one came, ms. */
  lastAt: number;
}

/** For so long packets are known that come again although the message is stored. */
const rememberedMs = 2 * minuteMs;

/** One of several packets; a message of one is whole. */
export const isPart = ({ header: { part } }: Frame): boolean =>
  part !== undefined && part.total > 1;

/** @returns the message that has become whole by it */
export function hearPart(door: LinkDoor, link: Link, frame: Frame, now: number): Whole | undefined {
  const packets = packetsOf(door, link);
  if (!packets) {
    // It is asked for, or comes again, when there is room.
    refuse(door, 'assembly');
    return undefined;
  }
  if (packets.ready?.frame === frame) return packets.ready.whole;
  packets.lastAt = now;
  const added = packets.assembly.add(frame, now);
  count(door, packets);
  if (added.type === 'whole') {
    const whole = wholeOf(added.frames);
    packets.ready = { frame, whole };
    return whole;
  }
  if (added.type === 'refused') {
    refuse(door, 'assembly');
    oweGeneral(door, link, frame.header, result.failed);
  } else if (added.type === 'again' && added.isStored)
    oweGeneral(door, link, frame.header, result.done);
  return undefined;
}

function packetsOf(door: LinkDoor, link: Link): Packets | undefined {
  const { assembling, limits, held } = door;
  if (held.bytes >= limits.assemblyBytes) return undefined;
  if (link.packets) return link.packets;
  if (assembling.size >= limits.assemblies) return undefined;
  link.packets = { assembly: createAssembly(), ready: undefined, bytes: 0, lastAt: 0 };
  assembling.add(link);
  return link.packets;
}

function count({ held }: LinkDoor, packets: Packets): void {
  const { bytes } = packets.assembly.held();
  held.bytes += bytes - packets.bytes;
  packets.bytes = bytes;
}

function wholeOf(frames: readonly Frame[]): Whole {
  const last = frames.at(-1);
  if (!last) throw new Error('a message of no packets');
  return {
    header: last.header,
    body: Buffer.concat(frames.map(({ body }) => body)),
    bytes: Buffer.concat(frames.map(({ bytes }) => bytes)),
    lastPacket: last,
  };
}

/** A message of several packets has been dealt with, or is stored: what comes of it again is answered at once. */
export function settlePacket(link: Link, { lastPacket }: Pick<Whole, 'lastPacket'>): void {
  if (lastPacket) link.packets?.assembly.stored(lastPacket);
}

/** Asks for packets that did not come, and gives up what nobody completes. */
export function requestMissing(door: LinkDoor, link: Link, now: number): void {
  const { packets } = link;
  if (!packets) return;
  const { missing, expired } = packets.assembly.due(now);
  count(door, packets);
  if (expired.length > 0) refuse(door, 'assembly', expired.length);
  for (const { header, firstSerial, parts } of missing) {
    const edition = editionFor(door, link, header);
    const body = resendParts.encode({ firstSerial, parts }, edition);
    sendMessage(door, link, resendParts.id, body);
  }
  if (packets.assembly.held().open === 0 && now - packets.lastAt > rememberedMs)
    dropPackets(door, link);
}

/** Of a terminal that writes bodies of one edition under headers of another the registry knows it. */
function editionFor({ parts: { registry } }: LinkDoor, { phone }: Link, header: Header): Edition {
  const known = registry.directory().vehicleOfPhone(phone)?.jt808?.edition;
  return known ?? (header.version === undefined ? 2013 : 2019);
}

export function dropPackets(door: LinkDoor, link: Link): void {
  door.assembling.delete(link);
  door.held.bytes -= link.packets?.bytes ?? 0;
  link.packets = undefined;
}
