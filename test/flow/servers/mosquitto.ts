import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { findProgram, freePort } from './program.ts';

export const mosquittoProgram = findProgram('mosquitto');

async function isListening(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}

/** Starts Debian's broker on a free port of 127.0.0.1. @param settings lines of its configuration */
export async function startMosquitto(
  settings: readonly string[] = ['allow_anonymous true'],
  port?: number,
): Promise<{ readonly port: number; readonly pid: number; stop(): Promise<void> }> {
  const chosen = port ?? (await freePort());
  const folder = mkdtempSync(join(tmpdir(), 'guanjia-mosquitto-'));
  const file = join(folder, 'mosquitto.conf');
  writeFileSync(file, [`listener ${chosen} 127.0.0.1`, ...settings, ''].join('\n'));
  const child = spawn(mosquittoProgram ?? 'mosquitto', ['-c', file], { stdio: 'ignore' });
  const gone = once(child, 'exit');
  while (!(await isListening(chosen))) {
    if (child.exitCode !== null) throw new Error('mosquitto did not start');
    await wait(30);
  }
  return {
    port: chosen,
    pid: child.pid ?? 0,
    async stop() {
      child.kill('SIGTERM');
      await gone;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
