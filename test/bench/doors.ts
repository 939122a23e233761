import { spawn } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { How } from './main.ts';
import { applyLoad, median, type Server, serverOf, startScript } from './process.ts';

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === 'object' && address ? address.port : 0;
}

async function startMosquitto(): Promise<Server> {
  const port = await freePort();
  const file = join(mkdtempSync(join(tmpdir(), 'guanjia-bench-mosquitto-')), 'mosquitto.conf');
  writeFileSync(file, `listener ${port} 127.0.0.1\nallow_anonymous true\nlog_type none\n`);
  const child = spawn('mosquitto', ['-c', file], { stdio: 'ignore' });
  await new Promise((resolve, reject) =>
    child.once('spawn', () => resolve(undefined)).once('error', reject),
  );
  for (let tries = 0; tries < 100; tries++) {
    const open = await new Promise<boolean>((resolve) => {
      const socket = connect(port, '127.0.0.1', () => resolve(true)).once('error', () =>
        resolve(false),
      );
      socket.once('connect', () => socket.destroy());
    });
    if (open) return serverOf(child, port);
    await wait(50);
  }
  throw new Error('mosquitto does not listen');
}

interface Measured {
  readonly rate: number;
  readonly cpuPer100k: number;
  readonly p99Ms: number;
}

async function measure(server: Server, clients: number, seconds: number): Promise<Measured> {
  const load = { port: server.port, clients, window: 10, startAt: Date.UTC(2026, 0, 1) };
  await applyLoad({ ...load, seconds: 1 });
  const before = server.cpuS();
  const result = await applyLoad({ ...load, seconds });
  const cpu = server.cpuS() - before;
  return {
    rate: result.acknowledged / result.seconds,
    cpuPer100k: (cpu / result.acknowledged) * 100_000,
    p99Ms: result.p99Ms,
  };
}

/** QoS 1, about 200 bytes, ten unacknowledged per client, flat out; in turn, so that a slow minute hits all. */
export async function benchDoors({ seconds, rounds }: How): Promise<string> {
  const doors = {
    'Guanjia, acknowledged when on disk': () => startScript('servers/door.ts'),
    'aedes alone, keeps nothing': () => startScript('servers/aedes.ts'),
    'mosquitto, keeps nothing': startMosquitto,
  };
  const lines = [
    '## The MQTT door\n',
    'QoS 1, messages of about 200 bytes, ten unacknowledged per client, flat out. CPU is that of the server, per 100,000 messages.\n',
    '| clients | door | messages/s | CPU s/100k | p99 of the acknowledgement, ms | rate against aedes |',
    '| --- | --- | --- | --- | --- | --- |',
  ];
  for (const clients of [100, 1_000]) {
    const measured = new Map<string, Measured[]>(Object.keys(doors).map((name) => [name, []]));
    for (let round = 0; round < rounds; round++) {
      for (const [name, start] of Object.entries(doors)) {
        const server = await start();
        measured.get(name)?.push(await measure(server, clients, seconds));
        await server.stop();
      }
    }
    const rateOf = (name: string) => median((measured.get(name) ?? []).map(({ rate }) => rate));
    for (const [name, runs] of measured) {
      const ratio = rateOf(name) / rateOf('aedes alone, keeps nothing');
      const cpu = median(runs.map(({ cpuPer100k }) => cpuPer100k));
      const p99 = median(runs.map(({ p99Ms }) => p99Ms));
      lines.push(
        `| ${clients} | ${name} | ${Math.round(rateOf(name)).toLocaleString('en')} | ${cpu.toFixed(2)} | ${p99.toFixed(1)} | ${ratio.toFixed(2)} |`,
      );
    }
  }
  return `${lines.join('\n')}\n`;
}
