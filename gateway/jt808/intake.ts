import type { Envelope } from '../../model/envelope.ts';
import { isAppError } from '../../model/errors.ts';
import { missingBefore } from '../../model/serials.ts';
import type { Frame, Heard } from '../../protocols/jt808/frame.ts';
import { serverTime } from '../../protocols/jt808/messages/p-8004-time.ts';
import { blame, generalAnswer, owe, oweGeneral, result } from './answers.ts';
import { authenticate, isOf, logOut, register } from './arrival.ts';
import { hearAnswer, hearResendRequest } from './asking.ts';
import { end, type Link, type LinkDoor, noteFrame, type Owed, refuse } from './connection.ts';
import { doorLabels, type TerminalRefusal } from './door.ts';
import { isForStrangers, type Kind, kindOf } from './kinds.ts';
import { hearFileSent, hearMedia } from './media.ts';
import { hearPart, isPart, settlePacket, type Whole } from './packets.ts';

/** Deals with what has come, until it is at its end or has to wait. */
export function hearAll(
  door: LinkDoor,
  link: Link,
): { readonly messages: number; readonly bytes: number } {
  const now = door.context.now();
  let messages = 0;
  let bytes = 0;
  while (link.at < link.heard.length && !link.stall && messages < door.limits.turnFrames) {
    const heard = link.heard[link.at];
    if (!heard || !hearOne(door, link, heard, now)) break;
    link.at++;
    messages++;
    bytes += heard.type === 'frame' ? heard.frame.bytes.length : heard.bytes.length;
  }
  if (messages > 0 && link.vehicle !== undefined)
    door.context.count('received', doorLabels, messages);
  return { messages, bytes };
}

/** @returns false where it has to wait; it is then looked at again */
function hearOne(door: LinkDoor, link: Link, heard: Heard, now: number): boolean {
  if (heard.type === 'bad') return hearBad(door, link, heard, now);
  const { frame } = heard;
  // Noted before what answers it.
  if (!link.isAgain) note(door, link, frame, now);
  link.isAgain = !deal(door, link, frame, now);
  if (link.isAgain) return false;
  link.badFrames = 0;
  link.framesIn++;
  if (link.vehicle !== undefined) {
    link.heardAt = door.clock.tick;
    countSerial(link, frame.header.serial);
  } else if (++link.strangerFrames >= door.limits.strangerFrames) end(door, link, 'rate-limited');
  return true;
}

const serials = 0x1_0000;

/** Every frame has the next serial: one that is passed over was lost on its way. */
function countSerial(link: Link, serial: number): void {
  const missing = missingBefore(link.lastSerial, serial, serials);
  if (missing === undefined) return;
  link.lastSerial = serial;
  if (missing === 0) return;
  link.serialGaps.count++;
  link.serialGaps.missing += missing;
}

function note(door: LinkDoor, link: Link, { header, bytes }: Frame, now: number): void {
  link.named ??= door.parts.registry.directory().vehicleOfPhone(header.phone)?.id;
  noteFrame(door, link, 'in', now, bytes);
}

/** It is not known what it was to say, nor by whom: it is not answered, and the terminal sends it again. */
function hearBad(
  door: LinkDoor,
  link: Link,
  { reason, bytes }: Extract<Heard, { type: 'bad' }>,
  now: number,
): boolean {
  if (link.vehicle !== undefined) door.recent.note(link.vehicle, 'in', now, bytes);
  if (++link.badFrames >= door.limits.badFrames) end(door, link, reason);
  else refuse(door, reason);
  return true;
}

/** @returns false where it has to wait */
function deal(door: LinkDoor, link: Link, frame: Frame, now: number): boolean {
  const kind = kindOf(frame.header.id);
  const fault = faultOf(link, frame, kind);
  if (fault) return turnDown(door, link, frame, fault);
  try {
    if (!isPart(frame)) return dealWith(door, link, kind, frame, now);
    if (kind === 'media') return hearMedia(door, link, frame);
    const whole = hearPart(door, link, frame, now);
    if (!whole) return true;
    if (!dealWith(door, link, kind, whole, now)) return false;
    if (kind !== 'kept') settlePacket(link, whole);
    return true;
  } catch (error) {
    if (!isAppError(error)) throw error;
    refuse(door, 'malformed');
    oweGeneral(door, link, frame.header, result.malformed);
    if (link.vehicle === undefined) blame(door, link);
    return true;
  }
}

function faultOf(
  link: Link,
  { header }: Frame,
  kind: Kind | undefined,
): TerminalRefusal | undefined {
  if (link.vehicle === undefined) return isForStrangers(kind) ? undefined : 'not-authenticated';
  return isOf(link, header.phone) ? undefined : 'phone';
}

function turnDown(door: LinkDoor, link: Link, { header }: Frame, reason: TerminalRefusal): true {
  refuse(door, reason);
  oweGeneral(door, link, header, result.failed);
  blame(door, link);
  return true;
}

type Deal = (door: LinkDoor, link: Link, whole: Whole, now: number) => boolean;

const deals: Readonly<Record<Kind, Deal>> = {
  kept: (door, link, whole, now) =>
    keep(door, link, whole, generalAnswer(whole.header, result.done), now),
  'kept-answer'(door, link, whole, now) {
    if (!keep(door, link, whole, undefined, now)) return false;
    hearAnswer(door, link, whole);
    return true;
  },
  answer: done(hearAnswer),
  passing: done((door, link, { header }) => oweGeneral(door, link, header, result.done)),
  logout: done((door, link, { header }) => {
    oweGeneral(door, link, header, result.done);
    logOut(door, link);
  }),
  register: done(register),
  authenticate: done(authenticate),
  time: done((door, link, { header: to }, now) => {
    // UTC: the sentence of the standard that has all times behind it in GMT+8 stands with the location, behind this one.
    const time = new Date(now).toISOString().replace(/\D/g, '').slice(2, 14);
    const body = serverTime.encode({ time }, 2019);
    owe(door, link, { to, answer: { id: serverTime.id, body }, envelope: undefined });
  }),
  resend: done(hearResendRequest),
  media: hearMedia,
  'file-sent': hearFileSent,
};

/** Of what never has to wait. */
function done(deal: (door: LinkDoor, link: Link, whole: Whole, now: number) => void): Deal {
  return (door, link, whole, now) => {
    deal(door, link, whole, now);
    return true;
  };
}

function dealWith(
  door: LinkDoor,
  link: Link,
  kind: Kind | undefined,
  whole: Whole,
  now: number,
): boolean {
  if (kind) return deals[kind](door, link, whole, now);
  refuse(door, 'unsupported');
  oweGeneral(door, link, whole.header, result.unsupported);
  return true;
}

/** Into the journal; answered when it is there. @returns false where nothing can be taken now */
function keep(
  door: LinkDoor,
  link: Link,
  { header, bytes, lastPacket }: Whole,
  answer: Owed['answer'],
  receivedAt: number,
): boolean {
  const { parts, limits, waitingRoom } = door;
  const { vehicle: device, share } = link;
  if (device === undefined || !share) return true;
  // A repetition is known by its serial, where the message has no time: terminals mark none.
  const resend = { client: link.phone, packetId: header.serial, dup: true };
  const envelope: Envelope = { ...kept, device, receivedAt, bytes, resend };
  if (waitingRoom.waitsForJournal(link)) {
    link.stall = 'journal';
  } else if (
    link.underWay >= limits.linkMessages ||
    link.bytesUnderWay >= limits.linkBytes ||
    !parts.shares.hasRoom(share)
  ) {
    link.stall = 'room';
  } else if (!parts.take(envelope, link)) {
    waitingRoom.waitForJournal(link);
    link.stall = 'journal';
  }
  if (link.stall) {
    door.context.count('slowed', doorLabels);
    return false;
  }
  owe(door, link, { to: header, answer, envelope, lastPacket });
  link.handed++;
  link.underWay++;
  link.bytesUnderWay += bytes.length;
  parts.shares.take(share, bytes.length);
  return true;
}

const kept = { door: 'jt808', protocol: 'jt808' } as const;
