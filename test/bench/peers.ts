import { setTimeout as wait } from 'node:timers/promises';
import { hasInfluxd } from '../flow/servers/influxd.ts';
import { mosquittoProgram } from '../flow/servers/mosquitto.ts';
import {
  inTurns,
  type Offered,
  offer,
  type Search,
  type Sustained,
  searchSustained,
  warmUp,
} from './offer.ts';
import { type How, median, type Section, table, whole } from './report.ts';
import { nodeRedVersions } from './servers/node-red.ts';
import { type Stack, stackClients, startOurs, startPeer, withStack } from './stacks.ts';

interface Contestant {
  readonly name: string;
  /** Where the search for the sustained rate begins. */
  readonly from: number;
  readonly start: () => Promise<Stack>;
}

/** A rate that all keep up with. */
const commonRate = 6_000;
const burstMessages = 200_000;
const killRate = 6_000;

/** What is tried of each by itself, in a life of its own. */
interface Alone {
  readonly burst: Offered;
  readonly killed: Offered;
}

interface Measured extends Alone {
  readonly sustained: Sustained | undefined;
  readonly common: Offered;
}

const withWarm = <T>({ start }: Contestant, use: (stack: Stack) => Promise<T>): Promise<T> =>
  withStack(start, async (stack) => {
    await warmUp(stack);
    return use(stack);
  });

async function alone(who: Contestant, { tell }: How): Promise<Alone> {
  tell(`${who.name}:`);
  const killed = await withWarm(who, (stack) =>
    offer(stack, {
      rate: killRate,
      seconds: 10,
      meanwhile: () => wait(5_000).then(() => stack.kill()),
    }),
  );
  tell(`  killed at ${whole(killRate)}/s: ${whole(killed.lost)} acknowledged and lost`);
  const burst = await withWarm(who, (stack) =>
    offer(stack, { messages: burstMessages, seconds: 60 }),
  );
  tell(
    `  a burst: ${whole(burst.load.acknowledged)} acknowledged at ${whole(burst.load.rate)}/s, ${whole(burst.stored)} stored`,
  );
  return { killed, burst };
}

/** All are up, and one at a time runs. */
async function together(all: readonly Contestant[], { seconds, tell }: How) {
  const commons: Offered[] = [];
  const searches = new Map<Stack, Search>();
  try {
    for (const { name, from, start } of all) {
      const stack = await start();
      const say = (line: string) => tell(`  ${name}: ${line}`);
      searches.set(stack, searchSustained(stack, from, seconds, say));
      await warmUp(stack);
      commons.push(await offer(stack, { rate: commonRate, seconds }));
    }
    return { commons, sustained: await inTurns(searches) };
  } finally {
    for (const stack of searches.keys()) await stack.stop();
  }
}

/** A line of the table: one figure of everybody, median of the rounds. */
type Figure = readonly [
  name: string,
  of: (run: Measured) => number | undefined,
  show: (value: number) => string,
];

const two = (value: number) => value.toFixed(2);
const one = (value: number) => value.toFixed(1);

const figures: readonly Figure[] = [
  ['sustained without loss, messages/s', ({ sustained }) => sustained?.rate ?? 0, whole],
  ['CPU s/100k at that rate', ({ sustained }) => sustained?.cpuPer100k, two],
  ['p99 of the acknowledgement at that rate, ms', ({ sustained }) => sustained?.load.p99Ms, one],
  ['RSS at that rate, MB', ({ sustained }) => sustained?.rssMb, whole],
  [`CPU s/100k at ${whole(commonRate)}/s`, ({ common }) => common.cpuPer100k, two],
  [`a burst of ${whole(burstMessages)}: acknowledged/s`, ({ burst }) => burst.load.rate, whole],
  ['… of which stored in the end', ({ burst }) => burst.stored, whole],
  ['… acknowledged but lost', ({ burst }) => burst.lost, whole],
  [`killed at ${whole(killRate)}/s: acknowledged`, ({ killed }) => killed.load.acknowledged, whole],
  ['… acknowledged but lost', ({ killed }) => killed.lost, whole],
];

const ours = 'Guanjia, DuckDB';
const oursInflux = 'Guanjia, DuckDB and InfluxDB';
const peer = 'mosquitto → Node-RED → InfluxDB, queue without limit';
const peerBounded = '… queue of 1,000 (default)';

const contestants = (tell: How['tell']): readonly Contestant[] => [
  { name: ours, from: 20_000, start: () => startOurs() },
  { name: oursInflux, from: 15_000, start: () => startOurs({ influx: true }) },
  { name: peer, from: 6_000, start: () => startPeer(0, tell) },
  { name: peerBounded, from: 6_000, start: () => startPeer(1_000, tell) },
];

/** The same procedure for all, side by side. */
export async function benchPeers(how: How): Promise<readonly Section[]> {
  const title = 'Beside mosquitto, Node-RED and InfluxDB';
  if (!(hasInfluxd() && mosquittoProgram))
    return [{ title, text: 'Not measured: needs the Debian packages mosquitto and influxdb.' }];
  const all = contestants(how.tell);
  const measured = new Map<string, Measured[]>(all.map(({ name }) => [name, []]));
  for (let round = 0; round < how.rounds; round++) {
    const apart: Alone[] = [];
    for (const who of all) apart.push(await alone(who, how));
    const { commons, sustained } = await together(all, how);
    for (const [n, { name }] of all.entries()) {
      const [own, common] = [apart[n], commons[n]];
      if (own && common) measured.get(name)?.push({ ...own, common, sustained: sustained[n] });
    }
  }
  const of = (name: string, pick: Figure[1]) =>
    median((measured.get(name) ?? []).map((run) => pick(run) ?? Number.NaN));
  const rows = figures.map(([name, pick, show]) => [
    name,
    ...all.map((who) => show(of(who.name, pick))),
  ]);
  const ratios = [ours, oursInflux].flatMap((name) =>
    [peer, peerBounded].map(
      (other) =>
        `${name}, against ${other === peer ? 'a queue without limit' : 'a queue of 1,000'}: ${two(of(name, rateOf) / of(other, rateOf))} × its sustained rate, ${two(of(name, cpuOf) / of(other, cpuOf))} × its CPU per message at the rate each sustains.`,
    ),
  );
  const text = `The stack a user would otherwise put together (${nodeRedVersions}): QoS 1 into one function that parses, judges by one threshold and writes batches of up to 5,000 points, its MQTT session kept over restarts. ${stackClients} clients, seven values a message; CPU and memory of all processes of a stack together. Sustained: the highest offered rate of which everything acknowledged is stored within two seconds of the end, by steps, each tried twice; one trial of each stack in turn, woken by a second of load, the others standing still, so that all have the same minutes of the machine. Killed: \`kill -9\` of Node-RED, or of the service, in the midst of the load.\n\n${table(['', ...all.map(({ name }) => name)], rows)}\n\nA queue without limit takes everything in and stores it later: its sustained rate is where it falls behind by less than two seconds. Ratios:\n\n${ratios.map((line) => `- ${line}`).join('\n')}`;
  return [{ title, text }];
}

const rateOf: Figure[1] = ({ sustained }) => sustained?.rate ?? 0;
const cpuOf: Figure[1] = ({ sustained }) => sustained?.cpuPer100k;
