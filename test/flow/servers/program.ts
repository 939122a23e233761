import { type ChildProcess, spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { accessSync, constants } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';

/** A server of the machine, started for a test. */
export interface Server {
  /** `http://127.0.0.1:<port>`. */
  readonly url: string;
  readonly port: number;
  readonly pid: number;
  /** Ends it and removes what it stored. */
  stop(): Promise<void>;
}

const isExecutable = (path: string): boolean => {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
};

/** Path of a program on this machine, undefined where it is not installed. */
export const findProgram = (name: string): string | undefined =>
  [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin', '/usr/bin']
    .map((folder) => join(folder, name))
    .find(isExecutable);

/** Below those the kernel gives to outgoing connections, which would take a port again before its server is there. */
const ports = { from: 20_000, to: 32_000 };

/** A port that was free a moment ago. */
export async function freePort(): Promise<number> {
  for (;;) {
    const server = createServer().listen(randomInt(ports.from, ports.to), '127.0.0.1');
    const isFree = await once(server, 'listening').then(
      () => true,
      () => false,
    );
    const address = server.address();
    if (!isFree || address === null || typeof address === 'string') continue;
    server.close();
    await once(server, 'close');
    return address.port;
  }
}

async function isUp(url: string): Promise<boolean> {
  try {
    const answer = await fetch(url, { signal: AbortSignal.timeout(1_000) });
    return answer.status < 300;
  } catch {
    return false;
  }
}

async function untilUp(url: string, child: ChildProcess, heard: readonly string[]): Promise<void> {
  const giveUpAt = Date.now() + 20_000;
  while (Date.now() < giveUpAt && child.exitCode === null) {
    if (await isUp(url)) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  child.kill('SIGKILL');
  throw new Error(`the server did not come up: ${heard.join('').slice(-2_000)}`);
}

export interface Start {
  readonly program: string;
  /** Prepares the folder. @returns the arguments */
  readonly prepare: (folder: string, port: number) => Promise<readonly string[]>;
  /** Answers 2xx once the server is up. */
  readonly ready: string;
  /** A folder to keep, so that a second start finds what the first one stored. */
  readonly folder?: string;
  readonly port?: number;
}

/** Starts a server on loopback with a temporary folder of its own. */
export async function startProgram(start: Start): Promise<Server> {
  const port = start.port ?? (await freePort());
  const folder = start.folder ?? (await mkdtemp(join(tmpdir(), 'guanjia-server-')));
  const args = await start.prepare(folder, port);
  const child = spawn(start.program, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  const heard: string[] = [];
  child.stdout.on('data', (data: Buffer) => heard.push(data.toString()));
  child.stderr.on('data', (data: Buffer) => heard.push(data.toString()));
  const ended = once(child, 'exit');
  const url = `http://127.0.0.1:${port}`;
  await untilUp(`${url}${start.ready}`, child, heard);
  return {
    url,
    port,
    pid: child.pid ?? 0,
    async stop() {
      if (child.exitCode === null) child.kill('SIGTERM');
      const lastResort = setTimeout(() => child.kill('SIGKILL'), 5_000);
      await ended;
      clearTimeout(lastResort);
      if (start.folder === undefined) await rm(folder, { recursive: true, force: true });
    },
  };
}
