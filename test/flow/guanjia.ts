import { type ChildProcess, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { PipelineView } from '../../api/contract.ts';
import { serviceArguments, serviceEnvironment } from '../../scripts/service.ts';

/** The service as its user runs it: its own process, its own data directory, any free ports. */

export const adminPassword = 'only for these tests';
const root = join(import.meta.dirname, '..', '..');

export interface Guanjia {
  readonly child: ChildProcess;
  readonly folder: string;
  readonly ports: { readonly http: number; readonly mqtt: number; readonly dtu?: number };
  /** GET as the first user. @returns the body as JSON; throws on any answer but 2xx */
  get<T>(path: string): Promise<T>;
  fetch(path: string, init?: RequestInit): Promise<Response>;
  /** Resolves when everything acknowledged before is visible in every answer. */
  settled(): Promise<void>;
  output(): string;
  kill(): Promise<void>;
  stop(): Promise<number | null>;
}

export const makeFolder = (): string => mkdtempSync(join(tmpdir(), 'guanjia-flow-'));
export const removeFolder = (folder: string): void =>
  rmSync(folder, { recursive: true, force: true });

export interface StartOptions {
  /** Text as it stands, anything else as JSON; absent: what was there before. */
  readonly inventory?: unknown;
  readonly settings?: Readonly<Record<string, string>>;
}

/** Starts the service in `folder`, where it goes on if it was there before. */
export async function startGuanjia(folder: string, options: StartOptions = {}): Promise<Guanjia> {
  const run = runGuanjia(folder, options);
  const portsFile = join(folder, 'data', 'ports.json');
  const deadline = Date.now() + 90_000;
  while (!(existsSync(portsFile) && run.output().includes('ready'))) {
    if (run.child.exitCode !== null || Date.now() > deadline) {
      run.child.kill('SIGKILL');
      throw new Error(`Guanjia did not start:\n${run.output()}`);
    }
    await wait(30);
  }
  const ports = JSON.parse(readFileSync(portsFile, 'utf8')) as Guanjia['ports'];
  const base = `http://127.0.0.1:${ports.http}`;
  const answer = await fetch(`${base}/api/v1/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ user: 'admin', password: adminPassword }),
  });
  const { token } = (await answer.json()) as { token: string };
  const ask = (path: string, init: RequestInit = {}) =>
    fetch(`${base}${path}`, {
      ...init,
      headers: { authorization: `Bearer ${token}`, ...init.headers },
    });
  const guanjia: Guanjia = {
    child: run.child,
    folder,
    ports,
    output: run.output,
    fetch: ask,
    async get<T>(path: string) {
      const response = await ask(path);
      if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
      return (await response.json()) as T;
    },
    async settled() {
      for (;;) {
        const { journal, sinks } = await guanjia.get<PipelineView>('/api/v1/pipeline');
        if (sinks.every(({ position }) => position >= journal.head)) return;
        await wait(50);
      }
    },
    async kill() {
      run.child.kill('SIGKILL');
      await run.exited;
      rmSync(portsFile, { force: true });
    },
    async stop() {
      run.child.kill('SIGTERM');
      return run.exited;
    },
  };
  return guanjia;
}

interface Run {
  readonly child: ChildProcess;
  readonly exited: Promise<number | null>;
  output(): string;
  /** The part of the output that is on standard error. */
  errors(): string;
}

interface Ended {
  readonly code: number | null;
  readonly output: string;
  readonly errors: string;
}

/** Starts the process and nothing more, for starts that are meant to fail. */
export function runGuanjia(folder: string, { inventory, settings }: StartOptions = {}): Run {
  const file = join(folder, 'inventory.json');
  if (inventory !== undefined)
    writeFileSync(file, typeof inventory === 'string' ? inventory : JSON.stringify(inventory));
  return runNode(folder, serviceArguments, {
    ...serviceEnvironment,
    GUANJIA_HTTP_PORT: '0',
    GUANJIA_MQTT_PORT: '0',
    GUANJIA_JT808_PORT: '0',
    GUANJIA_ADMIN_PASSWORD: adminPassword,
    ...(existsSync(file) && { GUANJIA_INVENTORY: file }),
    ...settings,
  });
}

/** `npm run guanjia -- …` beside a service in `folder`, or where there is none. */
export async function runCommand(folder: string, ...args: readonly string[]): Promise<Ended> {
  const run = runNode(folder, [join(root, 'guanjia.ts'), ...args]);
  return { code: await run.exited, output: run.output(), errors: run.errors() };
}

/** In `folder`, and without the settings of whoever runs the tests. */
function runNode(
  folder: string,
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Run {
  const inherited = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !name.startsWith('GUANJIA_')),
  );
  const child = spawn(join(root, 'node_modules', '.bin', 'node'), args, {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...inherited, GUANJIA_DATA_DIR: join(folder, 'data'), ...environment },
  });
  let [output, errors] = ['', ''];
  child.stdout.on('data', (chunk: Buffer) => {
    output += chunk;
  });
  child.stderr.on('data', (chunk: Buffer) => {
    output += chunk;
    errors += chunk;
  });
  const exited = new Promise<number | null>((resolve) => child.on('close', resolve));
  return { child, exited, output: () => output, errors: () => errors };
}

/** Looks random enough to be kept as HMAC, so that tests do not wait for password hashes. */
export const secretOf = (id: string): string =>
  createHash('sha256').update(`secret of ${id}`).digest('hex').slice(0, 32);

/** A municipal administration with a building, electricity meters `m0…` and vehicles `v0…`, all by MQTT. */
export function cityOf({
  meters = 1,
  vehicles = 0,
  everyS = 60,
}: {
  meters?: number;
  vehicles?: number;
  everyS?: number;
}) {
  return {
    institutions: [
      { id: 'hq', name: '市机关事务管理局', level: 'municipal', timeZone: 'Asia/Shanghai' },
    ],
    buildings: [{ id: 'b1', institution: 'hq', name: '1号楼' }],
    meters: Array.from({ length: meters }, (_, n) => ({
      id: `m${n}`,
      building: 'b1',
      medium: 'electricity',
      name: `总表${n}`,
      everyS,
      mqtt: { secret: secretOf(`m${n}`) },
    })),
    vehicles: Array.from({ length: vehicles }, (_, n) => ({
      id: `v${n}`,
      institution: 'hq',
      plate: `鲁P${10000 + n}`,
      class: 'general',
      fuel: 'gasoline',
      mqtt: { secret: secretOf(`v${n}`) },
    })),
  };
}
