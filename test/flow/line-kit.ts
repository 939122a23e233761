import { createRequire } from 'node:module';
import type { LineAddress, Meter } from '../../model/entities.ts';
import { answerTo as answerCjt188 } from '../../protocols/cjt188/compose.ts';
import { answerTo as answerDlt645 } from '../../protocols/dlt645/compose.ts';
import type { LineMeter } from '../../simulators/dtu.ts';
import { aMeter, aRegister } from '../protocols/about.ts';

/** Meters of three languages on the line of one DTU. */

export type Where = LineAddress;

/** The one of the Modbus library, so that ours is checked by another. */
const crc16: (bytes: Uint8Array) => number = createRequire(import.meta.url)(
  'modbus-serial/utils/crc16.js',
);

const withCrc = (bytes: Uint8Array): Buffer => {
  const crc = crc16(Buffer.from(bytes));
  return Buffer.from([...bytes, crc & 0xff, crc >> 8]);
};

/** @param words by address; another is answered with exception 2 */
export function rtuSlave(unit: number, word: (address: number) => number | undefined): LineMeter {
  return {
    answer(request) {
      const asked = Buffer.from(request);
      const isMine = asked.length === 8 && asked[0] === unit && (asked[1] === 3 || asked[1] === 4);
      if (!isMine || !withCrc(asked.subarray(0, 6)).equals(asked)) return undefined;
      const fc = asked.readUInt8(1);
      const words = Array.from({ length: asked.readUInt16BE(4) }, (_, i) =>
        word(asked.readUInt16BE(2) + i),
      );
      if (words.includes(undefined)) return withCrc(Buffer.from([unit, fc | 0x80, 2]));
      const bytes = words.flatMap((value = 0) => [value >> 8, value & 0xff]);
      return withCrc(Buffer.from([unit, fc, bytes.length, ...bytes]));
    },
  };
}

/** @param values by item; another is refused */
export const dlt645Meter = (
  address: string,
  values: (item: string) => number | undefined,
  frameBytes?: number,
): LineMeter => ({
  answer: (request) =>
    answerDlt645(
      request,
      {
        address,
        value: (item) => {
          const value = values(item);
          return value === undefined ? undefined : { value };
        },
      },
      frameBytes,
    ),
});

export const waterMeter = (address: string, m3: () => number): LineMeter => ({
  answer: (request) =>
    answerCjt188(request, {
      type: 'cold-water',
      address,
      value: (metric) => (metric === 'volume_m3' ? m3() : undefined),
    }),
});

export const asModbus = (id: string, at: Where, unit: number, over: Partial<Meter> = {}): Meter =>
  aMeter({
    id,
    everyS: 1,
    modbus: {
      ...at,
      ...(at.host !== undefined && { framing: 'rtu' }),
      unit,
      profile: 'generic',
      registers: [aRegister()],
    },
    ...over,
  });

export const asDlt645 = (
  id: string,
  at: Where,
  address: string,
  items: readonly string[] = ['00010000'],
  over: Partial<Meter> = {},
): Meter => aMeter({ id, everyS: 1, dlt645: { ...at, address, items }, ...over });

export const asWater = (id: string, at: Where, address: string, over: Partial<Meter> = {}): Meter =>
  aMeter({ id, everyS: 1, medium: 'water', cjt188: { ...at, address }, ...over });
