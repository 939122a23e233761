import { runsInPython, type Slave, startSlave } from './slave-program.ts';

/** A number at an address, packed by Python's struct: `f` float, `H` `h` 16 bits, `I` `i` 32, `Q` `q` 64, small letters signed. */
export type SlaveRow = readonly [
  fc: 3 | 4,
  address: number,
  format: 'f' | 'd' | 'H' | 'h' | 'I' | 'i' | 'Q' | 'q',
  number: number,
  /** Each byte on the wire, A the highest, as many letters as bytes; high byte first where it is left out. */
  order?: string,
];

/** By unit: words of holding and input registers by address, or numbers. */
export type SlaveMap = Readonly<
  Record<number, Readonly<Record<number, number>> | readonly SlaveRow[]>
>;

export const hasPymodbus = (): boolean => runsInPython('import pymodbus');

/** Starts a slave on a free port of 127.0.0.1. */
export const startPymodbus = (units: SlaveMap, framing: 'tcp' | 'rtu' = 'tcp'): Promise<Slave> =>
  startSlave('modbus-slave.py', [JSON.stringify(units), framing]);

/** Big-endian words of bytes in hexadecimal, from an address on. */
export function wordsAt(address: number, hex: string): Record<number, number> {
  const bytes = Buffer.from(hex.replaceAll(' ', ''), 'hex');
  return Object.fromEntries(
    Array.from({ length: bytes.length / 2 }, (_, i) => [address + i, bytes.readUInt16BE(i * 2)]),
  );
}
