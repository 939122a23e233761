import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

/** Debian's own; a Python further ahead in the path may not see its packages. */
const python = '/usr/bin/python3';

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

export const hasPymodbus = (): boolean => spawnSync(python, ['-c', 'import pymodbus']).status === 0;

/** Starts a slave on a free port of 127.0.0.1. */
export async function startPymodbus(
  units: SlaveMap,
  framing: 'tcp' | 'rtu' = 'tcp',
): Promise<{ readonly port: number; stop(): Promise<void> }> {
  const script = join(import.meta.dirname, 'modbus-slave.py');
  const child = spawn(python, [script, JSON.stringify(units), framing], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const [line] = await Promise.race([
    once(child.stdout, 'data'),
    once(child, 'exit').then(([code]) => {
      throw new Error(`the slave ended with ${code}`);
    }),
  ]);
  return {
    port: Number(String(line)),
    async stop() {
      const gone = once(child, 'exit');
      child.stdin.end();
      await gone;
    },
  };
}

/** Big-endian words of bytes in hexadecimal, from an address on. */
export function wordsAt(address: number, hex: string): Record<number, number> {
  const bytes = Buffer.from(hex.replaceAll(' ', ''), 'hex');
  return Object.fromEntries(
    Array.from({ length: bytes.length / 2 }, (_, i) => [address + i, bytes.readUInt16BE(i * 2)]),
  );
}
