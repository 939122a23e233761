import { type Offered, offer, warmUp } from './offer.ts';
import { type How, medianOf, type Section, table, whole } from './report.ts';
import { type Stack, stackClients, startOurs, withStack } from './stacks.ts';

const stores: Readonly<Record<string, () => Promise<Stack>>> = {
  DuckDB: () => startOurs(),
  'DuckDB and InfluxDB': () => startOurs({ influx: true }),
};
const rates = [undefined, 20_000, 10_000, 2_000];

async function measure(stack: Stack, store: string, seconds: number, tell: How['tell']) {
  const runs = new Map<string, Offered>();
  await warmUp(stack);
  for (const rate of rates) {
    const run = await offer(stack, { seconds, ...(rate !== undefined && { rate }) });
    const offered = rate === undefined ? 'flat out' : `${whole(rate)}/s`;
    runs.set(`${store}|${offered}`, run);
    tell(
      `${store}, ${offered}: ${whole(run.storedRate)}/s stored, ${run.cpuPer100k.toFixed(2)} CPU s/100k`,
    );
  }
  return runs;
}

/** The whole service: broker, journal, ingest, stores and every rule, until all of it is stored and judged. */
export async function benchPath({ seconds, rounds, tell }: How): Promise<readonly Section[]> {
  const runs = new Map<string, Offered[]>();
  for (let round = 0; round < rounds; round++) {
    for (const [store, start] of Object.entries(stores)) {
      const measured = await withStack(start, (stack) => measure(stack, store, seconds, tell));
      for (const [name, run] of measured) runs.set(name, [...(runs.get(name) ?? []), run]);
    }
  }
  const rows = [...runs].map(([name, some]) => [
    ...name.split('|'),
    whole(medianOf(some, ({ load }) => load.rate)),
    whole(medianOf(some, ({ storedRate }) => storedRate)),
    medianOf(some, ({ cpuPer100k }) => cpuPer100k).toFixed(2),
    medianOf(some, ({ load }) => load.p50Ms).toFixed(1),
    medianOf(some, ({ load }) => load.p99Ms).toFixed(1),
    whole(medianOf(some, ({ rssMb }) => rssMb)),
    whole(some.reduce((all, { lost }) => all + lost, 0)),
  ]);
  const head = [
    'stores',
    'offered',
    'acknowledged/s',
    'stored and judged/s',
    'CPU s/100k',
    'p50 ms',
    'p99 ms',
    'RSS MB',
    'acknowledged but lost',
  ];
  const text = `MQTT until stored and judged by every rule, ${stackClients} clients, seven values a message; the service as its user runs it, and InfluxDB's own process where it is there. "Stored and judged" counts from the begin of the load, connecting included, until every sink is at the head; one service for all rates of a round, after a warm-up.\n\n${table(head, rows)}`;
  return [{ title: 'The whole path', text }];
}
