import { owe } from './answers.ts';
import type { Link, LinkDoor } from './connection.ts';
import type { Whole } from './packets.ts';

/** Pictures, sounds and films are not kept: that they came is answered, else the terminal would send them for ever. JT/T 808-2019 8.57, 8.58. */

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
