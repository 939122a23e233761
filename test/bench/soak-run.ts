import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { cityOf, type Guanjia, startGuanjia } from '../flow/guanjia.ts';
import { startInfluxd } from '../flow/servers/influxd.ts';
import { freePort } from '../flow/servers/program.ts';
import { ledgerSums, pipelineOf } from './observe.ts';
import { rssMbOf } from './process.ts';
import { journalledOf, pointsOf, type Stored, storedOf } from './soak-check.ts';
import { type Flatness, flatness, type MemorySample } from './soak-memory.ts';
import { type Meter, type Senders, startSenders } from './soak-senders.ts';

export interface SoakPlan {
  /** Empty; left as it is at the end. */
  readonly folder: string;
  readonly seconds: number;
  /** Messages a second. */
  readonly rate: number;
  readonly clients: number;
  readonly killEveryS: number;
  /** InfluxDB beside the embedded store, and away for a while; absent: none. */
  readonly outage?: { readonly fromS: number; readonly seconds: number };
  /** Of the service, beside those of every soak. */
  readonly settings?: Readonly<Record<string, string>>;
  readonly sampleEveryS: number;
  readonly tellEveryS: number;
  readonly tell: (line: string) => void;
  /** How long acknowledgements and sinks may take at the end. */
  readonly patienceS: number;
}

/** Sums over all meters. Ledger = journal = store where `unequal` is empty. */
export interface SoakOutcome {
  readonly sent: number;
  readonly acknowledged: number;
  readonly lost: number;
  readonly twice: number;
  readonly foreign: number;
  readonly rows: number;
  readonly points: number | undefined;
  readonly ledger: {
    readonly received: number;
    readonly stored: number;
    readonly duplicate: number;
  };
  readonly quarantined: number;
  readonly journalled: number;
  /** Meters of which ledger, journal, store and what was sent do not agree, with the figures. */
  readonly unequal: readonly string[];
  readonly kills: number;
  readonly broken: number;
  readonly memory: Flatness;
}

interface Soak {
  readonly plan: SoakPlan;
  readonly settings: Readonly<Record<string, string>>;
  readonly begin: number;
  guanjia: Guanjia;
  startedAt: number;
  kills: number;
  readonly samples: MemorySample[];
}

const startAt = Date.UTC(2026, 0, 1);
const meterIds = (clients: number) => Array.from({ length: clients }, (_, n) => `m${n}`);

/** Runs the plan against the service as its user runs it, and counts in the end. */
export async function runSoak(plan: SoakPlan): Promise<SoakOutcome> {
  const { folder, clients, rate } = plan;
  const influx = plan.outage ? await startDatabase(folder) : undefined;
  const port = await freePort();
  const settings = {
    ...plan.settings,
    GUANJIA_LOG_LEVEL: 'warn',
    GUANJIA_MQTT_PORT: String(port),
    GUANJIA_JOURNAL_MAX_BYTES: String(200 * 1024 ** 3),
    ...(influx && { GUANJIA_INFLUX_URL: influx.url }),
  };
  const since = Date.now();
  const guanjia = await startGuanjia(folder, { inventory: cityOf({ meters: clients }), settings });
  const begin = performance.now();
  const soak: Soak = { plan, settings, begin, guanjia, startedAt: begin, kills: 0, samples: [] };
  const senders = startSenders({ port, clients, rate, startAt });
  try {
    await Promise.all([
      killAgainAndAgain(soak),
      influx && takeAway(soak, influx),
      sample(soak),
      tellOn(soak, senders),
    ]);
    plan.tell('the load ends; waiting for the last acknowledgements and for every sink');
    await senders.finish(plan.patienceS * 1000);
    await settledWithin(soak.guanjia, plan.patienceS);
    return await judge(soak, senders, since, influx?.url);
  } finally {
    await soak.guanjia.kill();
    await influx?.stop();
  }
}

async function startDatabase(folder: string) {
  const home = join(folder, 'influxdb');
  mkdirSync(home, { recursive: true });
  const port = await freePort();
  let server = await startInfluxd({ folder: home, port });
  return {
    url: server.url,
    stop: () => server.stop(),
    async start() {
      server = await startInfluxd({ folder: home, port });
    },
  };
}

type Database = Awaited<ReturnType<typeof startDatabase>>;

const elapsedS = ({ begin }: Soak): number => (performance.now() - begin) / 1000;
const untilS = (soak: Soak, seconds: number) =>
  wait(Math.max(0, (seconds - elapsedS(soak)) * 1000));

async function killAgainAndAgain(soak: Soak): Promise<void> {
  const { killEveryS, seconds, folder, tell } = soak.plan;
  for (let at = killEveryS; at < seconds; at += killEveryS) {
    await untilS(soak, at);
    await soak.guanjia.kill();
    soak.startedAt = Number.NaN;
    const killedAt = performance.now();
    soak.guanjia = await startGuanjia(folder, { settings: soak.settings });
    soak.startedAt = killedAt;
    soak.kills++;
    tell(`killed; ready again after ${((performance.now() - killedAt) / 1000).toFixed(1)} s`);
  }
  await untilS(soak, seconds);
}

async function takeAway(soak: Soak, database: Database): Promise<void> {
  const { outage, tell } = soak.plan;
  if (!outage) return;
  await untilS(soak, outage.fromS);
  await database.stop();
  tell('InfluxDB is away');
  await untilS(soak, outage.fromS + outage.seconds);
  await database.start();
  tell('InfluxDB is back');
}

/** Calls `look` every so often while the soak lasts; what a kill makes impossible is passed over. */
async function every(soak: Soak, everyS: number, look: () => unknown): Promise<void> {
  for (let at = everyS; at < soak.plan.seconds; at += everyS) {
    await untilS(soak, at);
    if (Number.isNaN(soak.startedAt)) continue;
    try {
      await look();
    } catch {
      // Killed meanwhile.
    }
  }
}

const sample = (soak: Soak): Promise<void> =>
  every(soak, soak.plan.sampleEveryS, () => {
    const ageS = (performance.now() - soak.startedAt) / 1000;
    const rssMb = rssMbOf([soak.guanjia.child.pid ?? 0]);
    soak.samples.push({ elapsedS: elapsedS(soak), ageS, rssMb });
  });

function tellOn(soak: Soak, { meters, broken }: Senders): Promise<void> {
  const { tell, tellEveryS } = soak.plan;
  return every(soak, tellEveryS, async () => {
    const { journal, sinks } = await pipelineOf(soak.guanjia);
    const sent = meters.reduce((sum, meter) => sum + meter.sent(), 0);
    const acknowledged = meters.reduce((sum, meter) => sum + meter.acknowledged.size(), 0);
    const behind = sinks.map(({ name, position }) => `${name} ${journal.head - position}`);
    tell(
      `${(elapsedS(soak) / 60).toFixed(1)} min: sent ${sent}, acknowledged ${acknowledged}, behind: ${behind.join(', ')}; ${soak.samples.at(-1)?.rssMb.toFixed(0)} MB, connections broken ${broken()}`,
    );
  });
}

async function settledWithin(guanjia: Guanjia, patienceS: number): Promise<void> {
  const late = wait(patienceS * 1000, undefined, { ref: false }).then(() => {
    throw new Error(`the sinks were not at the head after ${patienceS} s`);
  });
  await Promise.race([guanjia.settled(), late]);
}

/** So many meters are asked about at a time: the store answers while what it said is counted. */
const askedAtOnce = 4;

async function storedOfAll(
  guanjia: Guanjia,
  meters: readonly Meter[],
  { tell, tellEveryS }: SoakPlan,
): Promise<ReadonlyMap<string, Stored>> {
  const stored = new Map<string, Stored>();
  const left = meters.values();
  const telling = setInterval(
    () => tell(`counted what is stored of ${stored.size} of ${meters.length} meters`),
    tellEveryS * 1000,
  );
  const askOn = async () => {
    for (const meter of left) stored.set(meter.id, await storedOf(guanjia, meter, startAt));
  };
  try {
    await Promise.all(Array.from({ length: askedAtOnce }, askOn));
  } finally {
    clearInterval(telling);
  }
  return stored;
}

async function judge(
  soak: Soak,
  { meters, broken }: Senders,
  since: number,
  influxUrl: string | undefined,
): Promise<SoakOutcome> {
  const { plan, guanjia } = soak;
  plan.tell('counting');
  const ledger = await ledgerSums(guanjia, meterIds(plan.clients), since);
  const stored = await storedOfAll(guanjia, meters, plan);
  const points = influxUrl === undefined ? undefined : await pointsOf(influxUrl);
  await guanjia.stop();
  const journal = await journalledOf(plan.folder);

  const accounts = meters.map((meter) => {
    const { id, acknowledged } = meter;
    const counted = {
      sent: meter.sent(),
      acknowledged: acknowledged.size(),
      ...{ rows: 0, lost: 0, twice: 0, foreign: 0, ...stored.get(id) },
      ...{ received: 0, stored: 0, duplicate: 0, quarantined: 0, ...ledger.get(id) },
      journalled: journal.get(id) ?? 0,
      points: points ? (points.get(id) ?? 0) : meter.sent(),
    };
    return { id, counted };
  });
  type Counted = (typeof accounts)[number]['counted'];
  const total = (name: keyof Counted) =>
    accounts.reduce((sum, { counted }) => sum + counted[name], 0);
  const isEqual = (c: Counted) =>
    [c.acknowledged, c.rows, c.stored, c.points].every((count) => count === c.sent) &&
    c.received === c.journalled &&
    c.received === c.stored + c.duplicate + c.quarantined;
  const { kills, samples } = soak;
  const fromAgeS = plan.killEveryS / 3;
  return {
    sent: total('sent'),
    acknowledged: total('acknowledged'),
    lost: total('lost'),
    twice: total('twice'),
    foreign: total('foreign'),
    rows: total('rows'),
    points: points && total('points'),
    ledger: {
      received: total('received'),
      stored: total('stored'),
      duplicate: total('duplicate'),
    },
    quarantined: total('quarantined'),
    journalled: total('journalled'),
    unequal: accounts
      .filter(({ counted }) => !isEqual(counted))
      .map(({ id, counted }) => `${id}: ${JSON.stringify(counted)}`),
    kills,
    broken: broken(),
    memory: flatness(samples, plan.seconds, fromAgeS, plan.sampleEveryS),
  };
}
