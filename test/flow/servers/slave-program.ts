import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

/** Debian's own; a Python further ahead in the path may not see its packages. */
const python = '/usr/bin/python3';

/** A Modbus slave made with a library of the machine. */
export interface Slave {
  readonly port: number;
  stop(): Promise<void>;
}

export const runsInPython = (line: string): boolean => spawnSync(python, ['-c', line]).status === 0;

/** Starts a slave: it prints its port once it answers, and ends with its standard input. @param script in this folder */
export async function startSlave(script: string, args: readonly string[]): Promise<Slave> {
  const child = spawn(python, [join(import.meta.dirname, script), ...args], {
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
