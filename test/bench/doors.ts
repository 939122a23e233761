import { mosquittoProgram, startMosquitto } from '../flow/servers/mosquitto.ts';
import { applyLoad, cpuSecondsOf, rssMbOf, type Server, startScript } from './process.ts';
import { type How, medianOf, type Section, table, whole } from './report.ts';

const ours = 'Guanjia, acknowledged when on disk';
const aedes = 'aedes alone, keeps nothing';
const mosquitto = 'mosquitto, keeps nothing';

const doors: Readonly<Record<string, () => Promise<Server>>> = {
  [ours]: () => startScript('servers/door.ts'),
  [aedes]: () => startScript('servers/aedes.ts'),
  ...(mosquittoProgram && {
    [mosquitto]: () => startMosquitto(['allow_anonymous true', 'log_type none']),
  }),
};

/** Unacknowledged publishes of all clients together, at ten each and at least one. */
const inFlight = 10_000;

interface Measured {
  readonly rate: number;
  readonly cpuPer100k: number;
  readonly rssMb: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly loadCpuPer100k: number;
}

async function measure(server: Server, clients: number, seconds: number): Promise<Measured> {
  const window = Math.max(1, Math.min(10, inFlight / clients));
  const load = { port: server.port, clients, window, startAt: Date.UTC(2026, 0, 1), rampS: 1 };
  await applyLoad({ ...load, seconds: 1 });
  // Connecting is measured elsewhere: a run that only connects costs what is to be left out.
  const beforeIdle = cpuSecondsOf([server.pid]);
  await applyLoad({ ...load, seconds: 0, rampS: 0, messages: 0 });
  const before = cpuSecondsOf([server.pid]);
  const result = await applyLoad({ ...load, seconds, startAt: Date.UTC(2026, 1, 1) });
  const cpuS = cpuSecondsOf([server.pid]) - before - (before - beforeIdle);
  return {
    rate: result.rate,
    cpuPer100k: (cpuS / result.acknowledged) * 1e5,
    rssMb: rssMbOf([server.pid]),
    p50Ms: result.p50Ms,
    p99Ms: result.p99Ms,
    loadCpuPer100k: (result.cpuS / result.acknowledged) * 1e5,
  };
}

async function measureAll(clients: number, { seconds, rounds, tell }: How) {
  const measured = new Map<string, Measured[]>(Object.keys(doors).map((name) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    for (const [name, start] of Object.entries(doors)) {
      const server = await start();
      try {
        const run = await measure(server, clients, seconds);
        measured.get(name)?.push(run);
        tell(
          `${clients} clients, ${name}: ${whole(run.rate)}/s, ${run.cpuPer100k.toFixed(2)} CPU s/100k`,
        );
      } finally {
        await server.stop();
      }
    }
  }
  return measured;
}

/** QoS 1, about 200 bytes, flat out; in turn, so that a slow minute hits all. */
export async function benchDoors(how: How): Promise<readonly Section[]> {
  const rows: string[][] = [];
  for (const clients of [100, 1_000, 10_000]) {
    const measured = await measureAll(clients, how);
    const of = (name: string, pick: (run: Measured) => number) =>
      medianOf(measured.get(name) ?? [], pick);
    const rate = (name: string) => of(name, (run) => run.rate);
    const cpu = (name: string) => of(name, (run) => run.cpuPer100k);
    const ratio = (value: number) => (Number.isNaN(value) ? '–' : value.toFixed(2));
    for (const name of measured.keys()) {
      rows.push([
        whole(clients),
        name,
        whole(rate(name)),
        ratio(rate(name) / rate(aedes)),
        ratio(rate(name) / rate(mosquitto)),
        cpu(name).toFixed(2),
        ratio(cpu(name) / cpu(aedes)),
        of(name, (run) => run.p50Ms).toFixed(1),
        of(name, (run) => run.p99Ms).toFixed(1),
        whole(of(name, (run) => run.rssMb)),
        of(name, (run) => run.loadCpuPer100k).toFixed(2),
      ]);
    }
  }
  const head = [
    'clients',
    'door',
    'messages/s',
    '× aedes',
    '× mosquitto',
    'CPU s/100k',
    '× aedes',
    'p50 ms',
    'p99 ms',
    'RSS MB',
    'generator CPU s/100k',
  ];
  const text = `QoS 1, messages of about 200 bytes, ten unacknowledged per client (one with 10,000 clients), flat out: latencies are those of full queues. Where a door acknowledges ten messages at once the next ten come in one piece, which is cheap for both sides; with 10,000 clients there is nothing of that. CPU is that of the server, connecting left out.\n\n${table(head, rows)}`;
  return [{ title: 'The MQTT door', text }];
}
