import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { syncTimes } from './disk.ts';
import { type Offered, offer, warmUp } from './offer.ts';
import { type How, medianOf, type Section, table, whole } from './report.ts';
import { stackClients, startOurs, withStack } from './stacks.ts';

const rates = [2_000, 10_000, 20_000, 30_000];

interface Waited extends Offered {
  /** 99th percentile of what the disk alone takes at this rate, measured right before. */
  readonly diskP99Ms: number;
}

async function diskAlone(rate: number, seconds: number): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'guanjia-disk-'));
  try {
    return (await syncTimes(folder, rate, seconds)).quantile(0.99);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** How long a device waits for its PUBACK while everything behind the journal is at work. */
export async function benchLatency({ seconds, rounds, tell }: How): Promise<readonly Section[]> {
  const runs = new Map<number, Waited[]>(rates.map((rate) => [rate, []]));
  for (let round = 0; round < rounds; round++) {
    await withStack(startOurs, async (stack) => {
      await warmUp(stack);
      for (const rate of rates) {
        const diskP99Ms = await diskAlone(rate, seconds);
        const run = { ...(await offer(stack, { rate, seconds })), diskP99Ms };
        runs.get(rate)?.push(run);
        tell(
          `${whole(rate)}/s: p50 ${run.load.p50Ms.toFixed(1)} ms, p99 ${run.load.p99Ms.toFixed(1)} ms, the disk alone ${diskP99Ms.toFixed(1)} ms`,
        );
      }
    });
  }
  const rows = [...runs].map(([rate, some]) => [
    `${whole(rate)}/s`,
    whole(medianOf(some, ({ load }) => load.rate)),
    medianOf(some, ({ load }) => load.p50Ms).toFixed(1),
    medianOf(some, ({ load }) => load.p99Ms).toFixed(1),
    medianOf(some, ({ load }) => load.maxMs).toFixed(0),
    medianOf(some, ({ diskP99Ms }) => diskP99Ms).toFixed(1),
    medianOf(some, ({ lagS }) => lagS).toFixed(1),
    medianOf(some, ({ cpuPer100k }) => cpuPer100k).toFixed(2),
    whole(medianOf(some, ({ rssMb }) => rssMb)),
  ]);
  const head = [
    'offered',
    'acknowledged/s',
    'p50 ms',
    'p99 ms',
    'longest ms',
    'the disk alone, p99 ms',
    'behind at the end, s',
    'CPU s/100k',
    'RSS MB',
  ];
  const text = `From the write of a PUBLISH to its PUBACK, ${stackClients} clients, spread evenly in steps of a millisecond, the first two seconds left out, DuckDB and every rule at work. The disk alone: as many messages gathered, written and synced right before, by nothing else; no door that acknowledges what is on disk is faster.\n\n${table(head, rows)}`;
  return [{ title: 'Acknowledgements under load', text }];
}
