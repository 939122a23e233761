import { setTimeout as wait } from 'node:timers/promises';
import { secretOf } from '../flow/guanjia.ts';
import { createClient } from './mqtt-client.ts';
import { offer } from './offer.ts';
import { rssMbOf } from './process.ts';
import { type How, medianOf, type Section, table, whole } from './report.ts';
import { type Stack, startOurs, withStack } from './stacks.ts';

const devices = 10_000;
const busyRate = 20_000;
const connectAtOnce = 200;
const settleMs = 5_000;

interface Measured {
  readonly emptyMb: number;
  readonly idleMb: number;
  readonly busyMb: number;
  readonly busyRate: number;
  readonly busyP99Ms: number;
}

async function measure(stack: Stack, seconds: number): Promise<Measured> {
  await wait(settleMs);
  const emptyMb = rssMbOf(stack.pids());
  const clients = Array.from({ length: devices }, (_, n) =>
    createClient({ id: `m${n}`, secret: secretOf(`m${n}`), window: 1, startAt: 0 }),
  );
  for (let n = 0; n < devices; n += connectAtOnce)
    await Promise.all(clients.slice(n, n + connectAtOnce).map((client) => client.open(stack.port)));
  await wait(settleMs);
  const idleMb = rssMbOf(stack.pids());
  for (const client of clients) client.close();
  await wait(1_000);
  const busy = await offer(stack, { rate: busyRate, seconds, clients: devices });
  return {
    emptyMb,
    idleMb,
    busyMb: busy.rssMb,
    busyRate: busy.load.rate,
    busyP99Ms: busy.load.p99Ms,
  };
}

/** Resident memory of the whole service, registry of ten thousand meters included. */
export async function benchMemory({ seconds, rounds, tell }: How): Promise<readonly Section[]> {
  const runs: Measured[] = [];
  for (let round = 0; round < rounds; round++) {
    const run = await withStack(
      () => startOurs({ clients: devices }),
      (stack) => measure(stack, Math.max(seconds, 10)),
    );
    tell(
      `memory: ${whole(run.emptyMb)} MB empty, ${whole(run.idleMb)} MB with ${whole(devices)} connected, ${whole(run.busyMb)} MB at ${whole(run.busyRate)}/s`,
    );
    runs.push(run);
  }
  const rows = [
    [`${whole(devices)} meters known, none connected`, whole(medianOf(runs, (run) => run.emptyMb))],
    [`${whole(devices)} connected, silent`, whole(medianOf(runs, (run) => run.idleMb))],
    [
      '… which is for ten thousand connections',
      whole(medianOf(runs, (run) => run.idleMb - run.emptyMb)),
    ],
    [
      `${whole(devices)} connected, ${whole(medianOf(runs, (run) => run.busyRate))} messages/s, the most there was (p99 of the acknowledgement ${medianOf(runs, (run) => run.busyP99Ms).toFixed(1)} ms)`,
      whole(medianOf(runs, (run) => run.busyMb)),
    ],
  ];
  return [{ title: 'Memory', text: table(['', 'RSS MB'], rows) }];
}
