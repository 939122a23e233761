import { setTimeout as wait } from 'node:timers/promises';
import {
  cityOf,
  type Guanjia,
  makeFolder,
  removeFolder,
  secretOf,
  startGuanjia,
} from '../flow/guanjia.ts';
import type { How } from './main.ts';
import { applyLoad, median, serverOf } from './process.ts';

const clients = 500;
const warmUpS = 3;
const secrets = Object.fromEntries(
  Array.from({ length: clients }, (_, n) => [`m${n}`, secretOf(`m${n}`)]),
);

interface Position {
  readonly journal: { readonly head: number };
  readonly sinks: readonly { readonly name: string; readonly position: number }[];
}

/** Waits until every sink is at the head. @returns how long that took */
async function catchUp(guanjia: Guanjia): Promise<number> {
  const begin = performance.now();
  for (;;) {
    const { journal, sinks } = await guanjia.get<Position>('/api/v1/pipeline');
    if (sinks.every(({ position }) => position >= journal.head))
      return (performance.now() - begin) / 1000;
    await wait(20);
  }
}

interface Measured {
  readonly acknowledged: number;
  readonly stored: number;
  readonly cpuPer100k: number;
  readonly p99Ms: number;
  readonly rssMb: number;
}

async function measure(rate: number | undefined, seconds: number): Promise<Measured> {
  const folder = makeFolder();
  const guanjia = await startGuanjia(folder, {
    inventory: cityOf({ meters: clients }),
    settings: { GUANJIA_LOG_LEVEL: 'warn' },
  });
  const server = serverOf(guanjia.child, guanjia.ports.mqtt);
  const load = {
    port: guanjia.ports.mqtt,
    clients,
    window: 10,
    seconds,
    secrets,
    startAt: Date.UTC(2026, 0, 1),
  };
  await applyLoad({ ...load, seconds: warmUpS, rate: 2_000, startAt: Date.UTC(2025, 0, 1) });
  await catchUp(guanjia);
  const { head } = (await guanjia.get<Position>('/api/v1/pipeline')).journal;
  const before = server.cpuS();
  const begin = performance.now();
  const result = await applyLoad({ ...load, ...(rate && { rate }) });
  await catchUp(guanjia);
  const { journal } = await guanjia.get<Position>('/api/v1/pipeline');
  const elapsed = (performance.now() - begin) / 1000;
  const messages = journal.head - head;
  const measured = {
    acknowledged: result.acknowledged / result.seconds,
    stored: messages / elapsed,
    cpuPer100k: ((server.cpuS() - before) / messages) * 100_000,
    p99Ms: result.p99Ms,
    rssMb: server.rssMb(),
  };
  await guanjia.kill();
  removeFolder(folder);
  return measured;
}

/** The whole service: broker, journal, ingest, DuckDB and every rule, until all of it is stored and judged. */
export async function benchPath({ seconds, rounds }: How): Promise<string> {
  const lines = [
    '## The whole path\n',
    `MQTT until stored in DuckDB and judged by every rule, ${clients} clients, seven values a message; the service as its user runs it. "Stored and judged" counts from the first message until every sink is at the head, connecting included, after a warm-up.\n`,
    '| offered | acknowledged/s | stored and judged/s | CPU s/100k | p99 of the acknowledgement, ms | memory, MB |',
    '| --- | --- | --- | --- | --- | --- |',
  ];
  for (const rate of [undefined, 10_000, 2_000]) {
    const runs: Measured[] = [];
    for (let round = 0; round < rounds; round++) runs.push(await measure(rate, seconds));
    const of = (pick: (run: Measured) => number) => median(runs.map(pick));
    const whole = (value: number) => Math.round(value).toLocaleString('en');
    lines.push(
      `| ${rate ? `${whole(rate)}/s` : 'flat out'} | ${whole(of((run) => run.acknowledged))} | ${whole(of((run) => run.stored))} | ${of((run) => run.cpuPer100k).toFixed(2)} | ${of((run) => run.p99Ms).toFixed(1)} | ${whole(of((run) => run.rssMb))} |`,
    );
  }
  return `${lines.join('\n')}\n`;
}
