import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { expect } from 'vitest';
import type { PipelineView } from '../../api/contract.ts';
import { adminPassword, cityOf, type Guanjia, secretOf, startGuanjia } from './guanjia.ts';
import type { PoliteReport } from './programs/polite-client.ts';

/** What tests of abuse share: the service with a polite meter beside the attack. */

/** Stands in what the tests send as payloads, so that a log that repeats payloads is found. */
export const payloadMark = 'payload-mark-7f3a';

/** Numbers from 0 to 1 that are the same in every run: mulberry32. */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

export interface Scene {
  readonly guanjia: Guanjia;
  readonly mqtt: number;
  /** The value of a counter, summed over labels that are not named. */
  counter(name: string, labels?: Readonly<Record<string, string>>): Promise<number>;
  rssMb(): number;
  /** User and system time of the process, in seconds. */
  cpuS(): number;
  /** Everything acknowledged so far is visible, though more keeps coming. */
  settled(): Promise<void>;
  /** Nobody who behaves has noticed anything since the last call, and the service is as well as before. */
  expectUnharmed(limits?: { readonly p99Ms?: number }): Promise<PoliteReport>;
  close(): Promise<void>;
}

/** The service with meters `m0…`, of which `polite` is left to the one who behaves, and a service account `bi` that may hear all. */
export async function openScene(
  folder: string,
  {
    meters = 20,
    settings = {},
    more = {},
  }: { meters?: number; settings?: Record<string, string>; more?: Record<string, unknown> } = {},
): Promise<Scene> {
  const city = cityOf({ meters, vehicles: 2 });
  const inventory = {
    ...city,
    meters: [
      ...city.meters,
      {
        id: 'polite',
        building: 'b1',
        medium: 'electricity',
        name: '守规矩的表',
        everyS: 60,
        mqtt: { secret: secretOf('polite') },
      },
    ],
    serviceAccounts: [{ id: 'bi', secret: secretOf('bi'), institution: 'hq', subscribe: ['v1/#'] }],
    ...more,
  };
  const guanjia = await startGuanjia(folder, {
    inventory,
    settings: { GUANJIA_LOG_LEVEL: 'debug', ...settings },
  });
  const since = Date.now() - 1000;
  const polite = await startPolite(guanjia.ports.mqtt);
  let acknowledged = 0;
  const { pid } = guanjia.child;

  async function counter(name: string, labels: Readonly<Record<string, string>> = {}) {
    const text = await (await guanjia.fetch('/metrics')).text();
    const wanted = Object.entries(labels).map(([label, value]) => `${label}="${value}"`);
    return text
      .split('\n')
      .filter((line) => line.startsWith(`guanjia_${name}_total`))
      .filter((line) => wanted.every((pair) => line.includes(pair)))
      .reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' '))), 0);
  }

  async function settled(): Promise<void> {
    const { journal } = await guanjia.get<PipelineView>('/api/v1/pipeline');
    await until(async () => {
      const { sinks } = await guanjia.get<PipelineView>('/api/v1/pipeline');
      return sinks.every(({ position }) => position >= journal.head);
    });
  }

  const scene: Scene = {
    guanjia,
    settled,
    mqtt: guanjia.ports.mqtt,
    counter,
    rssMb: () =>
      Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024,
    cpuS() {
      const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
      return (Number(fields[11]) + Number(fields[12])) / 100;
    },
    async expectUnharmed({ p99Ms = 3000 } = {}) {
      // However short the attack was, the polite meter has said something since.
      await wait(200);
      const report = await polite.report();
      acknowledged += report.acknowledged;
      expect(report.closed).toBe(false);
      expect(report.acknowledged).toBeGreaterThan(0);
      expect(report.p99Ms).toBeLessThan(p99Ms);
      expect(report.oldestMs).toBeLessThan(2 * p99Ms);
      expect(guanjia.child.exitCode).toBeNull();
      const ready = await guanjia.fetch('/readyz');
      expect(await ready.json()).toMatchObject({ ready: true });
      expectQuietLog(guanjia.output());
      return report;
    },
    async close() {
      acknowledged += (await polite.stop()).acknowledged;
      await settled();
      let kept = 0;
      let next: string | null = '';
      while (next !== null) {
        const page: { items: unknown[]; next: string | null } = await guanjia.get(
          `/api/v1/meters/polite/readings?metric=power_kw&from=${since}&to=${Date.now() + 1000}${next && `&cursor=${next}`}`,
        );
        kept += page.items.length;
        next = page.next;
      }
      expect(kept).toBeGreaterThanOrEqual(acknowledged);
      expectQuietLog(guanjia.output());
      expect(await guanjia.stop()).toBe(0);
    },
  };
  return scene;
}

/**
 * Attacks until a round leaves no more than `mostMb` behind, at most ten times. What is kept for ever makes every round grow; a heap
 * that settles does not.
 */
export async function expectNoGrowth(
  scene: Pick<Scene, 'rssMb'>,
  mostMb: number,
  attack: (round: number) => Promise<void>,
): Promise<void> {
  const sizes: number[] = [];
  for (let round = 0; round < 10; round++) {
    await attack(round);
    sizes.push(Math.round(scene.rssMb()));
    if ((sizes.at(-1) ?? 0) - (sizes.at(-2) ?? Number.NEGATIVE_INFINITY) < mostMb) return;
  }
  throw new Error(`memory grows with every attack: ${sizes.join(', ')} MB`);
}

/** Nothing went wrong that the service did not expect, and no secret nor payload is written down. */
export function expectQuietLog(output: string): void {
  const lines = output.split('\n');
  expect(lines.filter((line) => line.includes('"level":"error"'))).toEqual([]);
  expect(lines.filter((line) => /Unhandled|uncaught|MaxListeners/i.test(line))).toEqual([]);
  const secrets = ['m0', 'm1', 'bi', 'polite'].map(secretOf);
  for (const secret of [...secrets, payloadMark, adminPassword])
    expect(output.includes(secret)).toBe(false);
}

async function startPolite(port: number) {
  const thread = new Worker(new URL('./programs/polite-client.ts', import.meta.url), {
    workerData: { port, user: 'polite', secret: secretOf('polite') },
  });
  await once(thread, 'message');
  const report = async (message: unknown): Promise<PoliteReport> => {
    thread.postMessage(message);
    const [answer] = await once(thread, 'message');
    return answer as PoliteReport;
  };
  return {
    report: () => report('report'),
    stop: () => report(null),
  };
}

/** Waits until it holds, for at most `ms`. */
export async function until(
  holds: () => boolean | Promise<boolean>,
  ms = 20_000,
  what = holds.toString(),
): Promise<void> {
  const deadline = Date.now() + ms;
  while (!(await holds())) {
    if (Date.now() > deadline) throw new Error(`never: ${what}`);
    await wait(50);
  }
}

export const readingOf = (at: number): string =>
  JSON.stringify({ at, values: { power_kw: 1 }, note: payloadMark });
