import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Load, LoadResult } from './load.ts';

const here = import.meta.dirname;
export const node = join(here, '..', '..', 'node_modules', '.bin', 'node');
const ticksPerSecond = 100;

export interface Server {
  readonly port: number;
  /** CPU seconds of the process so far, all threads. */
  cpuS(): number;
  rssMb(): number;
  stop(): Promise<void>;
}

/** Starts a program that prints its port. */
export async function startScript(
  file: string,
  environment: Record<string, string> = {},
): Promise<Server> {
  const child = spawn(process.execPath, [join(here, file)], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, ...environment },
  });
  const port = await new Promise<number>((resolve, reject) => {
    child.stdout?.once('data', (chunk: Buffer) => resolve(Number(chunk.toString())));
    child.once('exit', (code) => reject(new Error(`${file} ended with ${code}`)));
  });
  return serverOf(child, port);
}

export function serverOf(child: ChildProcess, port: number): Server {
  const pid = child.pid ?? 0;
  return {
    port,
    cpuS() {
      const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
      return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond;
    },
    rssMb: () =>
      Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024,
    async stop() {
      const gone = new Promise((resolve) => child.once('close', resolve));
      child.kill('SIGKILL');
      await gone;
    },
  };
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

export const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
