import { fileReceived } from '../../protocols/jt808/messages/p-9212-file-received.ts';
import { fileSent } from '../../protocols/jt808/messages/t-1212-file-sent.ts';
import { owe } from './answers.ts';
import type { Link, LinkDoor } from './connection.ts';
import type { Whole } from './packets.ts';

/** Pictures, sounds and films are not kept: that they came is answered, else the terminal would send them for ever. JT/T 808-2013 8.52, 8.53. */

const answerId = 0x8800;
const idBytes = 4;

/** The number of what comes stands in its first packet; it is answered behind its last. */
export function hearMedia(door: LinkDoor, link: Link, { header: to, body }: Whole): true {
  const { total, index } = to.part ?? { total: 1, index: 1 };
  if (index === 1) link.media = body.slice(0, idBytes);
  if (index < total || link.media?.length !== idBytes) return true;
  owe(door, link, { to, answer: { id: answerId, body: link.media }, envelope: undefined });
  link.media = undefined;
  return true;
}

/** Nor are the files of an alarm, which go to a server of their own: none of it is wanted once more. */
export function hearFileSent(door: LinkDoor, link: Link, { header: to, body }: Whole): true {
  const { name, kind } = fileSent.decode(body, 2019);
  const said = fileReceived.encode({ name, kind, result: 0, missing: [] }, 2019);
  owe(door, link, { to, answer: { id: fileReceived.id, body: said }, envelope: undefined });
  return true;
}
