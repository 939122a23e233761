import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { findProgram } from './program.ts';

/** Serial lines that are none: pseudo-terminals. */

const socat = findProgram('socat');

export const hasSocat = (): boolean => socat !== undefined;

const pty = 'pty,raw,echo=0';

/**
 * A serial port with something at its other end.
 * @param other by default a second serial port; or such as `tcp:127.0.0.1:5020`
 * @param link a path that leads to the port, whatever its own is
 * @returns paths of the ports
 */
export async function startSerialLine(
  other = pty,
  link?: string,
): Promise<{ readonly paths: readonly string[]; stop(): Promise<void> }> {
  const wanted = other === pty ? 2 : 1;
  const child = spawn(socat ?? '', ['-d', '-d', link ? `${pty},link=${link}` : pty, other], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const gone = once(child, 'exit');
  let told = '';
  const paths = () => [...told.matchAll(/PTY is (\S+)/g)].map(([, path = '']) => path);
  child.stderr.on('data', (bytes: Buffer) => {
    told += bytes;
  });
  while (paths().length < wanted || !told.includes('starting data transfer loop')) {
    await Promise.race([
      once(child.stderr, 'data'),
      gone.then(() => {
        throw new Error(`socat ended: ${told}`);
      }),
    ]);
  }
  return {
    paths: paths(),
    async stop() {
      child.kill();
      await gone;
    },
  };
}
