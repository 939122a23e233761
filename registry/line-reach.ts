import { z } from 'zod';
import type { SerialLine } from '../model/entities.ts';
import { host, port } from './fields.ts';
import { polledWays } from './line-checks.ts';
import { type Fields, isFields } from './references.ts';
import type { Complaint } from './wording.ts';

/** How a line of meters is reached: over the network, by a DTU that dials in, or by a serial port of this machine. */

/** Devices alone, so that an inventory cannot have another file of the machine opened. */
const path = z
  .string()
  .max(64)
  .regex(/^(?:\/dev(?:\/[A-Za-z0-9_-][A-Za-z0-9._-]*){1,4}|COM\d{1,3})$/, {
    error: 'want a serial port such as /dev/ttyUSB0 or COM3',
  });

const serialLineOf = (baudRate: number, parity: SerialLine['parity']) =>
  z.strictObject({
    path,
    baudRate: z.number().int().min(300).max(1_000_000).default(baudRate),
    parity: z.enum(['none', 'even', 'odd']).default(parity),
    stopBits: z.literal([1, 2]).default(1),
  }) satisfies z.ZodType<SerialLine>;

/** As Modbus slaves come. */
export const serialLine = serialLineOf(9_600, 'none');
/** As DL/T 645 and CJ/T 188 have it. */
const slowSerialLine = serialLineOf(2_400, 'even');

const dtu = z.strictObject({
  id: z
    .string()
    .max(200)
    .regex(/^(?:0x(?:[0-9A-Fa-f]{2})+|(?!0x)[!-~](?:[ -~]*[!-~])?)$/, {
      error: 'want what the DTU sends first: text in ASCII, or its bytes in hexadecimal after 0x',
    }),
});

const reachOf = (serial: ReturnType<typeof serialLineOf>) => ({
  host: host.exactOptional(),
  port: port.exactOptional(),
  dtu: dtu.exactOptional(),
  serial: serial.exactOptional(),
});

export const modbusReach = reachOf(serialLine);
export const framedReach = reachOf(slowSerialLine);

const ways = {
  serial: 'a meter on a serial line',
  dtu: 'a meter behind a DTU that dials in',
} as const;

/** One way to reach it, and the whole of it. */
export function checkReach(fields: Fields): readonly Complaint[] {
  return polledWays.flatMap((language) => {
    const address = fields[language];
    if (!isFields(address)) return [];
    return faultsOf(address).map(([name, message]) => ({ path: [language, name], message }));
  });
}

function faultsOf(address: Fields): readonly (readonly [name: string, message: string])[] {
  const has = (name: string) => address[name] !== undefined;
  const way = has('serial') ? 'serial' : 'dtu';
  if (!has(way)) {
    const message = 'missing; a meter that has neither serial nor dtu wants it';
    return ['host', 'port'].filter((name) => !has(name)).map((name) => [name, message]);
  }
  return ['host', 'port', 'framing', 'dtu']
    .filter((name) => name !== way && has(name))
    .map((name) => [name, `${ways[way]} does not take it`]);
}
