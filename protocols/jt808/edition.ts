import type { Frame } from './frame.ts';

/** Which text of JT/T 808 a terminal was built to. */
export type Edition = 2011 | 2013 | 2019;

const register = 0x0100;
/** Fixed part of a registration of 2013. One of 2011 is 25 and rarely has so long a plate. */
const fixedBytes2013 = 37;
/** Fixed part of a registration of 2011 and the 17 characters of a VIN. */
const vin2011 = { fixedBytes: 25, characters: 17 } as const;
const vinPattern = /^[A-HJ-NPR-Z0-9]{17}$/;

/**
 * The edition a frame is written in. The header tells 2019 from the others; 2011 and 2013 differ in the registration alone and are told
 * apart by its length, which a VIN in place of a plate makes ambiguous.
 *
 * @param known what the registry or an earlier registration says of this terminal; believed before the frame, since some terminals send
 * bodies of 2019 under headers of 2013
 */
export function editionOf({ header, body }: Frame, known?: Edition): Edition {
  if (known !== undefined) return known;
  if (header.version !== undefined) return 2019;
  if (header.id !== register) return 2013;
  return body.length < fixedBytes2013 || hasVinOf2011(body) ? 2011 : 2013;
}

/** 25 bytes, the last of them colour 0, and a VIN: 42 bytes, which as 2013 would have a plate of five bytes. */
function hasVinOf2011(body: Uint8Array): boolean {
  const { fixedBytes, characters } = vin2011;
  if (body.length !== fixedBytes + characters || body[fixedBytes - 1] !== 0) return false;
  return vinPattern.test(Buffer.from(body.subarray(fixedBytes)).toString('latin1'));
}
