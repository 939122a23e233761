import { alarms } from '../../model/terminal-alarms.ts';
import type { Edition } from './edition.ts';
import type { Words } from './field.ts';

/** Bit 31 is reserved in 2019. */
const illegalDoor: Words = { zh: '非法开门报警', en: 'illegal door opening' };

const namesOf2019: Readonly<Record<number, Words>> = Object.fromEntries(
  alarms.map(({ bit, zh, en }) => [bit, { zh, en }]),
);
const namesBefore2019: Readonly<Record<number, Words>> = {
  ...Object.fromEntries(
    alarms.flatMap(({ bit, zh, en, before2019 }) =>
      before2019 === null ? [] : [[bit, before2019 ?? { zh, en }]],
    ),
  ),
  31: illegalDoor,
};

/** Names of the bits as an edition has them. */
export const alarmNames = (edition: Edition): Readonly<Record<number, Words>> =>
  edition === 2019 ? namesOf2019 : namesBefore2019;

/** Bits that mean before 2019 what they mean in 2019, or nearly: 29 warns of the collision that it tells since. */
const kept = alarms
  .filter(({ bit, before2019 }) => before2019 === undefined || bit === 29)
  .reduce((bits, { bit }) => bits | (1 << bit), 0);
const defined2019 = 0x7fff_ffff;

/**
 * Alarm flags in the meanings of 2019, whatever the edition they were sent in. Cleared are what 2019 reserves, and before 2019 bits 3
 * (another meaning), 15 to 17 (reserved, makers' own) and 31 (no longer there).
 */
export const toAlarms2019 = (flags: number, edition: Edition): number =>
  (flags & (edition === 2019 ? defined2019 : kept)) >>> 0;

/** Only these may be confirmed by 0x8203. */
export const confirmableBits: readonly number[] = [0, 3, 20, 21, 22, 27, 28];
