import type { Line } from './line.ts';
import type { ModbusLink } from './modbus-link.ts';
import { hearRtu, toRtuRequest } from './rtu-frame.ts';

/**
 * Modbus slaves on a line of bytes. `modbus-serial` has such ports too, but they take the first bytes that look like the head of an answer for
 * one, and a port of theirs cannot be shared with meters of other languages.
 */
export function createRtuLink(line: Line): ModbusLink {
  return {
    async read(unit, block) {
      const got = await line.ask(toRtuRequest(unit, block), (received) =>
        hearRtu(unit, block, received),
      );
      return got.kind === 'heard' ? got.heard : got;
    },
    close: line.close,
  };
}
