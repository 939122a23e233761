import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { cityOf, makeFolder, removeFolder, startGuanjia } from '../flow/guanjia.ts';
import { influxQuery, startInfluxd } from '../flow/servers/influxd.ts';
import { startMosquitto } from '../flow/servers/mosquitto.ts';
import { freePort } from '../flow/servers/program.ts';
import { ledgerSums, pipelineOf } from './observe.ts';
import { installNodeRed, startNodeRed } from './servers/node-red.ts';

/** Something that takes readings by MQTT, judges them and stores them, as a whole. */
export interface Stack {
  readonly port: number;
  /** All its processes. */
  pids(): readonly number[];
  /** Messages taken since ever, and those of them still under way, as far as it can tell; NaN where it cannot. */
  progress(): Promise<{ readonly taken: number; readonly behind: number }>;
  /** Messages stored of each client since the device time given. */
  stored(since: number): Promise<ReadonlyMap<string, number>>;
  /** SIGKILL of what is between the devices and the database, and started again. */
  kill(): Promise<void>;
  /** Its database away, and back. */
  readonly outage?: { begin(): Promise<void>; end(): Promise<void> };
  stop(): Promise<void>;
}

export const stackClients = 500;
const database = 'guanjia';

async function pointsSince(url: string, since: number): Promise<ReadonlyMap<string, number>> {
  const rows = await influxQuery(
    url,
    database,
    `SELECT count(energy_import_kwh) AS n FROM meter_reading WHERE time >= ${since}ms GROUP BY meter`,
  );
  return new Map(rows.map((row) => [String(row['meter']), Number(row['n'])]));
}

async function startDatabase(folder: string) {
  const home = join(folder, 'influxdb');
  mkdirSync(home, { recursive: true });
  const port = await freePort();
  let server = await startInfluxd({ folder: home, port });
  await influxQuery(server.url, database, `CREATE DATABASE ${database}`);
  return {
    port,
    url: server.url,
    pids: () => (server.pid > 0 ? [server.pid] : []),
    outage: {
      async begin() {
        await server.stop();
        server = { ...server, pid: 0, stop: async () => {} };
      },
      async end() {
        server = await startInfluxd({ folder: home, port });
      },
    },
    stop: () => server.stop(),
  };
}

/** The service as its user runs it, with the embedded store, and with InfluxDB beside it where wanted. */
export async function startOurs({
  influx = false,
  clients = stackClients,
}: {
  readonly influx?: boolean;
  readonly clients?: number;
} = {}): Promise<Stack> {
  const folder = makeFolder();
  const db = influx ? await startDatabase(folder) : undefined;
  const settings = {
    GUANJIA_LOG_LEVEL: 'warn',
    GUANJIA_MQTT_PORT: String(await freePort()),
    ...(db && { GUANJIA_INFLUX_URL: db.url }),
  };
  let guanjia = await startGuanjia(folder, { inventory: cityOf({ meters: clients }), settings });
  const since = Date.now();
  const ids = Array.from({ length: clients }, (_, n) => `m${n}`);
  /** The ledger knows no device time: what it said at the last count is what was there before. */
  let counted = new Map<string, number>();
  return {
    port: guanjia.ports.mqtt,
    pids: () => [guanjia.child.pid ?? 0, ...(db?.pids() ?? [])],
    async progress() {
      const { journal, sinks } = await pipelineOf(guanjia);
      const least = Math.min(...sinks.map(({ position }) => position));
      return { taken: journal.head, behind: journal.head - least };
    },
    async stored(from) {
      if (db) return pointsSince(db.url, from);
      const sums = await ledgerSums(guanjia, ids, since);
      const now = new Map([...sums].map(([id, { stored }]) => [id, stored]));
      const before = counted;
      counted = now;
      return new Map([...now].map(([id, stored]) => [id, stored - (before.get(id) ?? 0)]));
    },
    async kill() {
      await guanjia.kill();
      guanjia = await startGuanjia(folder, { settings });
    },
    ...(db && { outage: db.outage }),
    async stop() {
      await guanjia.kill();
      await db?.stop();
      removeFolder(folder);
    },
  };
}

/** Starts a stack, lets it be used and stops it, whatever comes of it. */
export async function withStack<T>(
  start: () => Promise<Stack>,
  use: (stack: Stack) => Promise<T>,
): Promise<T> {
  const stack = await start();
  try {
    return await use(stack);
  } finally {
    await stack.stop();
  }
}

/**
 * What a user would otherwise put together: mosquitto → Node-RED → InfluxDB, tuned.
 * @param queue messages mosquitto keeps for Node-RED; 0 is without limit, 1,000 what it does by itself
 */
export async function startPeer(queue: number, tell: (line: string) => void): Promise<Stack> {
  const packages = installNodeRed(tell);
  const folder = makeFolder();
  const db = await startDatabase(folder);
  const mosquitto = await startMosquitto([
    'allow_anonymous true',
    'log_type none',
    `max_queued_messages ${queue}`,
    'max_inflight_messages 1000',
  ]);
  const options = { mqttPort: mosquitto.port, influxPort: db.port, database };
  const nodeRed = await startNodeRed(packages, options);
  return {
    port: mosquitto.port,
    pids: () => [mosquitto.pid, nodeRed.pid(), ...db.pids()],
    progress: async () => ({ taken: Number.NaN, behind: Number.NaN }),
    stored: (since) => pointsSince(db.url, since),
    kill: nodeRed.kill,
    outage: db.outage,
    async stop() {
      await nodeRed.stop();
      await mosquitto.stop();
      await db.stop();
      removeFolder(folder);
    },
  };
}

/** Node-RED in a burst takes everything in before it stores anything. */
const patienceMs = 15_000;

/** @returns seconds until nothing more is under way: all stored, or nothing more came for a while, which does not count */
export async function drained(
  stack: Stack,
  sinceDeviceTime: number,
  messages: number,
): Promise<number> {
  const begin = performance.now();
  let seen = -1;
  for (let movedAt = begin; performance.now() - movedAt < patienceMs; await wait(100)) {
    const { behind } = await stack.progress();
    if (behind === 0) return (performance.now() - begin) / 1000;
    const stored = Number.isNaN(behind)
      ? sum(await stack.stored(sinceDeviceTime))
      : messages - behind;
    if (Number.isNaN(behind) && stored >= messages) return (performance.now() - begin) / 1000;
    if (stored === seen) continue;
    seen = stored;
    movedAt = performance.now();
  }
  return (performance.now() - begin - patienceMs) / 1000;
}

export const sum = (counts: ReadonlyMap<string, number>): number =>
  [...counts.values()].reduce((total, count) => total + count, 0);
