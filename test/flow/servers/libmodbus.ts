import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

const python = '/usr/bin/python3';

export const hasLibmodbus = (): boolean =>
  spawnSync(python, ['-c', 'import ctypes; ctypes.CDLL("libmodbus.so.5")']).status === 0;

/**
 * Starts a slave of libmodbus on a free port of 127.0.0.1, or on a serial port.
 * @param where `tcp`, or such as `/dev/pts/3:9600:N`
 * @param words of holding and input registers by address
 */
export async function startLibmodbus(
  where: string,
  unit: number,
  words: Readonly<Record<number, number>>,
): Promise<{ readonly port: number; stop(): Promise<void> }> {
  const script = join(import.meta.dirname, 'libmodbus-slave.py');
  const child = spawn(python, [script, where, String(unit), JSON.stringify(words)], {
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
