import { z } from 'zod';
import type { SerialLine } from '../model/entities.ts';
import { type Fields, isFields } from './references.ts';
import type { Complaint } from './wording.ts';

/** How a Modbus slave is reached: over the network, or by a serial port of this machine. */

/** Devices alone, so that an inventory cannot have another file of the machine opened. */
const path = z
  .string()
  .max(64)
  .regex(/^(?:\/dev(?:\/[A-Za-z0-9_-][A-Za-z0-9._-]*){1,4}|COM\d{1,3})$/, {
    error: 'want a serial port such as /dev/ttyUSB0 or COM3',
  });

export const serialLine = z.strictObject({
  path,
  baudRate: z.number().int().min(300).max(1_000_000).default(9_600),
  parity: z.enum(['none', 'even', 'odd']).default('none'),
  stopBits: z.literal([1, 2]).default(1),
}) satisfies z.ZodType<SerialLine>;

export function checkModbusReach({ modbus }: Fields): readonly Complaint[] {
  if (!isFields(modbus)) return [];
  if (modbus['serial'] === undefined) {
    return ['host', 'port']
      .filter((name) => modbus[name] === undefined)
      .map((name) => ({
        path: ['modbus', name],
        message: 'missing; a slave without a serial line wants it',
      }));
  }
  return ['host', 'port', 'framing']
    .filter((name) => modbus[name] !== undefined)
    .map((name) => ({
      path: ['modbus', name],
      message: 'a slave on a serial line does not take it',
    }));
}
