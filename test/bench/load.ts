/**
 * MQTT load from raw sockets: prebuilt QoS 1 publishes, a window of unacknowledged ones per client, and the time each PUBACK took.
 * Run as a process of its own, so that the server under test is measured apart: `node load.ts '<Load as JSON>'` prints a `LoadResult`.
 */
import { setTimeout as wait } from 'node:timers/promises';
import { secretOf } from '../flow/guanjia.ts';
import { createHistogram } from './histogram.ts';
import { createClient, type MeterClient } from './mqtt-client.ts';

export interface Load {
  readonly port: number;
  /** They are called `m0`, `m1`, … */
  readonly clients: number;
  /** Unacknowledged publishes per client. */
  readonly window: number;
  readonly seconds: number;
  /** Seconds at the begin that do not count for rate and times, until queues are as full as they stay. */
  readonly rampS?: number;
  /** Messages a second over all clients; absent: as fast as they are acknowledged. */
  readonly rate?: number;
  /** Ends when so many are acknowledged, if that is sooner. */
  readonly messages?: number;
  /** Device time of the first reading, whole seconds as Unix ms; each client's next one is a second later. */
  readonly startAt: number;
}

export interface LoadResult {
  readonly sent: number;
  /** Every one of them, those after the end of the load included. */
  readonly acknowledged: number;
  /** By client; in the order of its messages. */
  readonly acknowledgedOf: readonly number[];
  /** Connections that the server ended. */
  readonly broken: number;
  /** Acknowledged a second while the load lasted. */
  readonly rate: number;
  /** While the load lasted, without the wait for the last acknowledgements. */
  readonly seconds: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
  /** Of the generator itself. */
  readonly cpuS: number;
}

const connectAtOnce = 200;
/** How long the last acknowledgements are waited for. */
const lastAcksMs = 10_000;

async function openAll(clients: readonly MeterClient[], port: number): Promise<void> {
  for (let n = 0; n < clients.length; n += connectAtOnce)
    await Promise.all(clients.slice(n, n + connectAtOnce).map((client) => client.open(port)));
}

/** Spreads `rate` evenly over the clients; who may not send more is passed over. */
async function pace(load: Load, rate: number, clients: readonly MeterClient[], isOver: Over) {
  const begin = performance.now();
  let sent = 0;
  for (let turn = 0; !isOver(); ) {
    const due = Math.min(load.messages ?? Infinity, ((performance.now() - begin) / 1000) * rate);
    for (let passed = 0; sent < due && passed < clients.length; turn++) {
      const client = clients[turn % clients.length];
      if (client && client.free() > 0) {
        client.publish(1);
        sent++;
        passed = 0;
      } else passed++;
    }
    await wait(1);
  }
}

type Over = () => boolean;

async function run(load: Load): Promise<LoadResult> {
  const { messages = Infinity, rate, rampS = 0 } = load;
  let times = createHistogram();
  let sent = 0;
  let acknowledged = 0;
  let running = false;
  let broken = 0;
  const publish = (client: MeterClient) => {
    const count = Math.min(client.free(), messages - sent);
    sent += count;
    if (count > 0) client.publish(count);
  };
  const clients = Array.from({ length: load.clients }, (_, n) =>
    createClient({
      id: `m${n}`,
      secret: secretOf(`m${n}`),
      window: load.window,
      startAt: load.startAt,
      onAck(_, tookMs) {
        acknowledged++;
        times.record(tookMs);
      },
      // At once, not a window at a time: else a server without TCP_NODELAY waits 40 ms for the TCP acknowledgement of its first PUBACK.
      onAcked(client) {
        if (running && rate === undefined) publish(client);
      },
      onBroken: () => broken++,
    }),
  );
  await openAll(clients, load.port);

  const cpu = process.cpuUsage();
  let begin = performance.now();
  const endAt = begin + (rampS + load.seconds) * 1000;
  const isOver = () => acknowledged >= messages || performance.now() >= endAt;
  const ramp = setTimeout(() => {
    times = createHistogram();
    begin = performance.now();
  }, rampS * 1000);
  running = true;
  if (rate === undefined) {
    for (const client of clients) publish(client);
    while (!isOver()) await wait(5);
  } else await pace(load, rate, clients, isOver);
  running = false;
  clearTimeout(ramp);
  const seconds = (performance.now() - begin) / 1000;
  const inTime = times.count();

  const all = clients.reduce((sum, client) => sum + client.next(), 0);
  const giveUpAt = performance.now() + lastAcksMs;
  while (acknowledged < all && broken < clients.length && performance.now() < giveUpAt)
    await wait(5);
  const { user, system } = process.cpuUsage(cpu);
  for (const client of clients) client.close();
  return {
    sent: all,
    acknowledged,
    acknowledgedOf: clients.map((client) => client.acknowledged()),
    broken,
    rate: inTime / seconds,
    seconds,
    p50Ms: times.quantile(0.5),
    p99Ms: times.quantile(0.99),
    maxMs: times.quantile(1),
    cpuS: (user + system) / 1e6,
  };
}

process.stdout.write(JSON.stringify(await run(JSON.parse(process.argv[2] ?? '{}') as Load)));
