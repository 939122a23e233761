import { checksumOf } from '../../protocols/nmea/sentence.ts';

/** How a modem says whose sentences it brings: `$GUANJIA,<vehicle id>,<secret>`, with `*hh` of NMEA 0183 behind it or without. */
export interface Introduction {
  readonly id: string;
  readonly secret: string;
}

export const opening = '$GUANJIA,';

const form = /^\$GUANJIA,([A-Za-z0-9][A-Za-z0-9._-]{0,63}),(.+)$/;
const closed = /^\$(.*)\*([0-9A-Fa-f]{2})$/;

/**
 * What is not closed ends where the line does, at the next `$`, or with the pause behind a registration packet.
 *
 * @returns undefined while it may go on
 */
export function endOfIntroduction(text: string): number | undefined {
  const end = text.slice(1).search(/[\r\n$]/);
  if (end >= 0) return end + 1;
  return closed.test(text) && readIntroduction(text) ? text.length : undefined;
}

/** @param line bytes as characters @returns undefined where it is none, or its checksum does not fit */
export function readIntroduction(line: string): Introduction | undefined {
  const [, body, said] = closed.exec(line) ?? [];
  if (body !== undefined && said?.toUpperCase() !== checksumOf(body)) return undefined;
  const [, id, secret] = form.exec(body === undefined ? line : `$${body}`) ?? [];
  if (id === undefined || secret === undefined) return undefined;
  return { id, secret: Buffer.from(secret, 'latin1').toString() };
}
