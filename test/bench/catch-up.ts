import { setTimeout as wait } from 'node:timers/promises';
import { cityOf, makeFolder, removeFolder, secretOf, startGuanjia } from '../flow/guanjia.ts';
import { hasInfluxd } from '../flow/servers/influxd.ts';
import { freePort } from '../flow/servers/program.ts';
import { fillJournal } from './journal-behind.ts';
import { createClient, type MeterClient } from './mqtt-client.ts';
import { offer, warmUp } from './offer.ts';
import { type How, medianOf, type Section, table, whole } from './report.ts';
import { type Stack, stackClients, startOurs, withStack } from './stacks.ts';

/** A province's devices, and what the stack beside us takes at most. */
const liveRates = [5_000, 10_000];
const outageS = 20;
const loadAfterS = 40;
const meters = 500;

interface CaughtUp {
  readonly behind: number;
  readonly tookS: number;
  /** Messages a second while catching up, as a multiple of the live rate. */
  readonly multiple: number;
}

/** InfluxDB away for twenty seconds under load that goes on: how fast it is again where the devices are. */
async function measureOutage(stack: Stack, rate: number): Promise<CaughtUp> {
  await warmUp(stack);
  let caught: CaughtUp | undefined;
  const meanwhile = async () => {
    await wait(3_000);
    await stack.outage?.begin();
    await wait(outageS * 1000);
    await stack.outage?.end();
    const begin = performance.now();
    const before = await stack.progress();
    let after = before;
    for (; after.behind > rate / 2; after = await stack.progress()) await wait(50);
    const tookS = (performance.now() - begin) / 1000;
    const delivered = before.behind + after.taken - before.taken - after.behind;
    caught = { behind: before.behind, tookS, multiple: delivered / tookS / rate };
  };
  await offer(stack, { rate, seconds: 3 + outageS + loadAfterS, meanwhile });
  if (!caught) throw new Error('the outage was not measured');
  return caught;
}

interface Started {
  readonly doorsS: number;
  readonly caughtUpS: number;
}

/** Starts the service with so many messages in its journal that no sink has seen. */
async function measureStart(messages: number): Promise<Started> {
  const folder = makeFolder();
  const port = await freePort();
  const settings = { GUANJIA_LOG_LEVEL: 'warn', GUANJIA_MQTT_PORT: String(port) };
  const first = await startGuanjia(folder, { inventory: cityOf({ meters }), settings });
  await first.stop();
  if (messages > 0) await fillJournal(folder, meters, messages);
  const begin = performance.now();
  const starting = startGuanjia(folder, { settings });
  const client = createClient({ id: 'm0', secret: secretOf('m0'), window: 1, startAt: 0 });
  while (!(await isOpen(client, port))) await wait(10);
  const doorsS = (performance.now() - begin) / 1000;
  client.close();
  const guanjia = await starting;
  await guanjia.settled();
  const caughtUpS = (performance.now() - begin) / 1000;
  await guanjia.kill();
  removeFolder(folder);
  return { doorsS, caughtUpS };
}

const isOpen = (client: MeterClient, port: number): Promise<boolean> =>
  client.open(port).then(
    () => true,
    () => false,
  );

const behindAtStart = [0, 1_000_000];

/** After an outage of a store, and after one of the service. */
export async function benchCatchUp({ rounds, tell }: How): Promise<readonly Section[]> {
  const outages = new Map<number, CaughtUp[]>(liveRates.map((rate) => [rate, []]));
  const starts = new Map<number, Started[]>(behindAtStart.map((messages) => [messages, []]));
  for (let round = 0; round < rounds; round++) {
    for (const rate of hasInfluxd() ? liveRates : []) {
      const outage = await withStack(
        () => startOurs({ influx: true }),
        (stack) => measureOutage(stack, rate),
      );
      tell(
        `outage at ${whole(rate)}/s: ${whole(outage.behind)} behind, back after ${outage.tookS.toFixed(1)} s, ${outage.multiple.toFixed(1)} × live`,
      );
      outages.get(rate)?.push(outage);
    }
    for (const messages of behindAtStart) {
      const started = await measureStart(messages);
      tell(
        `start with ${whole(messages)} behind: doors open after ${started.doorsS.toFixed(2)} s, caught up after ${started.caughtUpS.toFixed(1)} s`,
      );
      starts.get(messages)?.push(started);
    }
  }
  const startRows = [...starts].map(([messages, some]) => {
    const doorsS = medianOf(some, (run) => run.doorsS);
    const caughtUpS = medianOf(some, (run) => run.caughtUpS);
    return [
      whole(messages),
      doorsS.toFixed(2),
      caughtUpS.toFixed(1),
      messages > 0 ? whole(messages / caughtUpS) : '–',
    ];
  });
  const startTable = table(
    ['messages behind', 'doors answer CONNECT after, s', 'caught up after, s', 'messages/s'],
    startRows,
  );
  const outageTable = table(
    ['live, messages/s', 'behind at its end', 'caught up after, s', 'speed against live'],
    [...outages].map(([rate, some]) => [
      whole(rate),
      whole(medianOf(some, ({ behind }) => behind)),
      medianOf(some, ({ tookS }) => tookS).toFixed(1),
      `${medianOf(some, ({ multiple }) => multiple).toFixed(1)} ×`,
    ]),
  );
  const outageText = `InfluxDB away for ${outageS} s while ${stackClients} clients go on; from the moment it answers again until it is half a second behind, the load going on for another ${loadAfterS} s at most:\n\n${hasInfluxd() ? outageTable : 'Not measured: needs the Debian package influxdb.'}`;
  const startText = `Start, with messages in the journal that neither store nor rules have seen, of ${meters} meters:\n\n${startTable}`;
  return [{ title: 'Catch-up and start', text: `${outageText}\n\n${startText}` }];
}
