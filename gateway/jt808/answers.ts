import { encodeFrame, encodeMessage, type Header } from '../../protocols/jt808/frame.ts';
import { generalReply } from '../../protocols/jt808/messages/p-8001-general-reply.ts';
import { isLeaving, type Link, type LinkDoor, noteFrame, type Owed } from './connection.ts';

/** Results of a general reply. JT/T 808-2019 8.2. */
export const result = { done: 0, failed: 1, malformed: 2, unsupported: 3 } as const;

export const generalAnswer = (to: Header, said: number): NonNullable<Owed['answer']> => ({
  id: generalReply.id,
  body: generalReply.encode({ serial: to.serial, id: to.id, result: said }, 2019),
});

/** Answers by the general reply, in its turn. */
export function oweGeneral(door: LinkDoor, link: Link, to: Header, said: number): void {
  owe(door, link, { to, answer: generalAnswer(to, said), envelope: undefined });
}

/** Answers in its turn: at once, where nothing that came before waits for the journal. */
export function owe(door: LinkDoor, link: Link, owed: Owed): void {
  if (owed.envelope || link.owed.length > 0) link.owed.push(owed);
  else answer(door, link, owed);
}

/** The layout of the header is that of the message that is answered. */
function answer(door: LinkDoor, link: Link, { to, answer: said }: Owed): void {
  if (!said || link.closed) return;
  const { phone, version } = to;
  const layout = { phone, encryption: 0, ...(version !== undefined && { version }) };
  const frame = encodeFrame({ ...layout, id: said.id, serial: nextSerial(link) }, said.body);
  queue(door, link, frame);
}

function nextSerial(link: Link): number {
  const { serial } = link;
  link.serial = (serial + 1) & 0xffff;
  return serial;
}

function queue(door: LinkDoor, link: Link, frame: Uint8Array): void {
  link.out.push(frame);
  link.framesOut++;
  noteFrame(door, link, 'out', door.context.now(), frame);
}

/** The next `count` messages are in the journal: they are answered, and what waited behind them. */
export function settleOwed(door: LinkDoor, link: Link, count: number): void {
  const { owed } = link;
  let left = count;
  let at = 0;
  for (; at < owed.length; at++) {
    const next = owed[at];
    if (!next || (next.envelope && left-- === 0)) break;
    answer(door, link, next);
    if (!next.envelope) continue;
    release(door, link, next.envelope.bytes.length);
    if (next.lastPacket) link.packets?.assembly.stored(next.lastPacket);
  }
  if (at === owed.length) link.owed = [];
  else owed.splice(0, at);
}

/** A message is under way no more. */
export function release(door: LinkDoor, link: Link, bytes: number): void {
  link.underWay--;
  link.bytesUnderWay -= bytes;
  if (link.share) door.parts.shares.giveBack(link.share, 1, bytes);
}

/** Sends a message of our own, in several frames where it is long. @returns its frames and the serial of the first */
export function sendMessage(
  door: LinkDoor,
  link: Link,
  id: number,
  body: Uint8Array,
): { readonly first: number; readonly frames: readonly Uint8Array[] } {
  const { phone, version, serial: first } = link;
  const header = { id, phone, serial: first, encryption: 0 };
  const frames = encodeMessage({ ...header, ...(version !== undefined && { version }) }, body);
  link.serial = (first + frames.length) & 0xffff;
  for (const frame of frames) queue(door, link, frame);
  return { first, frames };
}

/** A frame once more, as it was. */
export const resend = queue;

/** Everything that was queued, in one piece. */
export function flush(link: Link): void {
  const { out } = link;
  if (out.length === 0) return;
  link.out = [];
  const [only] = out;
  if (link.socket.writable) link.socket.write(out.length === 1 && only ? only : Buffer.concat(out));
}

/** What was sent may not be sent, or does not let anybody in: who goes on with that is sent away. */
export function blame(door: LinkDoor, link: Link): void {
  if (++link.faults >= door.limits.strangerFaults && !isLeaving(link)) bidFarewell(door, link);
}

/** Closes the link when what was answered has been read. */
function bidFarewell(door: LinkDoor, link: Link): void {
  flush(link);
  link.stall = 'leaving';
  link.heardAt = door.clock.tick;
  link.heard = [];
  link.at = 0;
  link.socket.end();
  // What still comes is not looked at; only that the terminal has gone is.
  link.socket.resume();
}
