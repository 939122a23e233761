import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Load, LoadResult } from './load.ts';

const here = import.meta.dirname;
const ticksPerSecond = 100;

/** CPU seconds of these processes so far, all their threads. */
export const cpuSecondsOf = (pids: readonly number[]): number =>
  pids.reduce((sum, pid) => {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
    return sum + (Number(fields[11]) + Number(fields[12])) / ticksPerSecond;
  }, 0);

/** Resident memory of these processes together, MB. */
export const rssMbOf = (pids: readonly number[]): number =>
  pids.reduce((sum, pid) => {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    return sum + Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024;
  }, 0);

/** Looks at the memory of these processes every half second. @returns what tells the most there was, MB, and ends it */
export function watchRss(pids: readonly number[]): () => number {
  let most = rssMbOf(pids);
  const timer = setInterval(() => {
    most = Math.max(most, rssMbOf(pids));
  }, 500);
  return () => {
    clearInterval(timer);
    return Math.max(most, rssMbOf(pids));
  };
}

export interface Server {
  readonly port: number;
  readonly pid: number;
  stop(): Promise<void>;
}

/** Starts a program of this folder that prints its port. */
export async function startScript(file: string): Promise<Server> {
  const child = spawn(process.execPath, [join(here, file)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const port = await new Promise<number>((resolve, reject) => {
    child.stdout.once('data', (chunk: Buffer) => resolve(Number(chunk.toString())));
    child.once('exit', (code) => reject(new Error(`${file} ended with ${code}`)));
  });
  return { port, pid: child.pid ?? 0, stop: () => killChild(child) };
}

export async function killChild(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill('SIGKILL');
  await gone;
}

/** Runs the load in a process of its own. */
export async function applyLoad(load: Load): Promise<LoadResult> {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [join(here, 'load.ts'), JSON.stringify(load)],
    { maxBuffer: 1 << 24 },
  );
  return JSON.parse(stdout) as LoadResult;
}
