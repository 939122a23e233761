// The demo: the service as it is, a city that does not exist, and what a person needs to look at it. Started by `npm run demo`.
import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join, resolve } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { writeDashboards, writeProvisioning } from '../dashboards/write.ts';
import { messageOf } from '../model/errors.ts';
import { createCity, keyedSecrets } from '../simulators/city.ts';
import { toInventory } from '../simulators/inventory.ts';
import { openLabels } from '../simulators/labels-file.ts';
import { startCity } from '../simulators/run.ts';
import type { Progress } from '../simulators/simulator.ts';
import { beginForm } from './demo-form.ts';
import { type DemoInflux, startDemoInflux } from './influx.ts';
import { serviceArguments, serviceEnvironment } from './service.ts';

const root = join(import.meta.dirname, '..');
const folder = resolve(process.env['GUANJIA_DATA_DIR'] ?? join(root, 'data', 'demo'));
const historyDays = 30;
/** Of the meters. */
const historyEveryS = 900;
/** Of the vehicles, that speak JT/T 808 in place of MQTT. */
const terminals = 0.4;

const { values } = parseArgs({ options: { influx: { type: 'boolean', default: false } } });

const say = (zh: string, en: string): void => {
  process.stdout.write(`${zh} ${en}\n`);
};

/** What the demo must remember to go on where it stopped: kept in its folder, for its owner alone. */
interface Memory {
  readonly password: string;
  /** Secrets of the devices come from it. */
  readonly key: string;
  readonly seed: number;
  readonly modbusPort: number;
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  return new Promise((done) => {
    server.once('error', () => done(false));
    server.listen(port, '127.0.0.1', () => server.close(() => done(true)));
  });
}

async function freePort(): Promise<number> {
  const server = createServer();
  return new Promise((done, failed) => {
    server.once('error', failed);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => done(typeof address === 'object' && address ? address.port : 0));
    });
  });
}

/** The usual port where it is free, else any. */
const portOr = async (variable: string, usual: number): Promise<string> =>
  process.env[variable] ?? String((await isFree(usual)) ? usual : 0);

async function recall(): Promise<Memory> {
  const file = join(folder, 'demo.json');
  const fresh = {
    password: randomBytes(9).toString('base64url'),
    key: randomBytes(32).toString('hex'),
    seed: 371_500,
    modbusPort: 0,
  };
  const known: Memory = existsSync(file)
    ? (JSON.parse(readFileSync(file, 'utf8')) as Memory)
    : fresh;
  const modbusPort =
    known.modbusPort > 0 && (await isFree(known.modbusPort)) ? known.modbusPort : await freePort();
  const memory = { ...known, modbusPort };
  writeFileSync(file, JSON.stringify(memory), { mode: 0o600 });
  return memory;
}

interface Service {
  readonly child: ChildProcess;
  readonly exited: Promise<number | null>;
  readonly ports: { readonly http: number; readonly mqtt: number; readonly jt808: number };
}

/** Starts the service in a group of its own: Ctrl-C is for the demo, which stops the city first. */
async function startService(environment: NodeJS.ProcessEnv): Promise<Service> {
  const portsFile = join(folder, 'ports.json');
  rmSync(portsFile, { force: true });
  const child = spawn(process.execPath, serviceArguments, {
    cwd: root,
    detached: true,
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    env: { ...environment, ...serviceEnvironment },
  });
  const exited = new Promise<number | null>((done) => child.once('exit', done));
  while (!existsSync(portsFile)) {
    if (child.exitCode !== null) process.exit(child.exitCode);
    await wait(50);
  }
  return { child, exited, ports: JSON.parse(readFileSync(portsFile, 'utf8')) as Service['ports'] };
}

/** One line that is written anew on a terminal; elsewhere one line for every tenth. */
function createTeller(): (progress: Progress) => void {
  let told = -1;
  return ({ fraction, readings }) => {
    const percent = Math.floor(fraction * 100);
    const step = process.stdout.isTTY ? 1 : 10;
    if (percent < told + step) return;
    told = percent;
    const line = `  ${String(percent).padStart(3)} %  ${readings.toLocaleString('en')} 条 readings`;
    process.stdout.write(
      process.stdout.isTTY ? `\r${line}${percent >= 100 ? '\n' : ''}` : `${line}\n`,
    );
  };
}

async function openInflux(): Promise<DemoInflux | undefined> {
  if (!values.influx) return undefined;
  const influx = await startDemoInflux(join(folder, 'influxdb'), freePort);
  if (!influx)
    say(
      '找不到 influxd，演示继续，但不写入 InfluxDB。',
      'No influxd was found: the demo goes on without InfluxDB.',
    );
  return influx;
}

async function writeGrafana(url: string, publicUrl: string): Promise<void> {
  const dashboards = join(folder, 'grafana', 'dashboards');
  await writeDashboards(dashboards, { publicUrl, timeZone: 'Asia/Shanghai' });
  const provisioning = join(folder, 'grafana', 'provisioning');
  await writeProvisioning(provisioning, { url, version: 1, database: 'guanjia' }, dashboards);
  say(`  InfluxDB        ${url}\n  Grafana         ${provisioning}`, '(GF_PATHS_PROVISIONING)');
}

const writeInventory = (file: string, inventory: object): void =>
  writeFileSync(file, JSON.stringify(inventory, null, 1), { mode: 0o600 });

/** Beside the service that runs: `npm run guanjia -- import <file>`. */
async function importInventory(file: string): Promise<void> {
  const child = spawn(process.execPath, [join(root, 'guanjia.ts'), 'import', file], {
    cwd: root,
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...process.env, GUANJIA_DATA_DIR: folder },
  });
  const code = await new Promise<number | null>((done) => child.once('exit', done));
  if (code !== 0) throw new Error(`import ${file}: ${code}`);
}

async function main(): Promise<void> {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const { password, key, seed, modbusPort } = await recall();
  const city = createCity({ seed, secretOf: keyedSecrets(key), terminals });
  const inventory = join(folder, 'inventory.json');
  const asOf = { modbusPort, now: Date.now() };
  // Of the history nothing is missing only as long as no more is expected.
  const past = toInventory(city, { ...asOf, historyEveryS });
  writeInventory(inventory, past);

  say('正在启动服务 …', 'Starting the service …');
  const influx = await openInflux();
  const service = await startService({
    ...process.env,
    GUANJIA_DATA_DIR: folder,
    GUANJIA_INVENTORY: inventory,
    GUANJIA_ADMIN_PASSWORD: password,
    GUANJIA_HTTP_PORT: await portOr('GUANJIA_HTTP_PORT', 8080),
    GUANJIA_MQTT_PORT: await portOr('GUANJIA_MQTT_PORT', 1883),
    GUANJIA_JT808_PORT: await portOr('GUANJIA_JT808_PORT', 8808),
    GUANJIA_LOG_LEVEL: process.env['GUANJIA_LOG_LEVEL'] ?? 'error',
    ...(influx && { GUANJIA_INFLUX_URL: influx.url }),
  });

  const ending = new AbortController();
  process.on('SIGINT', () => ending.abort());
  process.on('SIGTERM', () => ending.abort());
  const address = `http://127.0.0.1:${service.ports.http}`;
  const show = () => {
    process.stdout.write(`
  控制台 console   ${address}
  登录 login       admin / ${password}
  MQTT            mqtt://127.0.0.1:${service.ports.mqtt}
  JT/T 808        127.0.0.1:${service.ports.jt808}\n`);
  };
  show();
  if (influx) await writeGrafana(influx.url, address);

  const { past: pastFaults, labels } = openLabels(join(folder, 'labels.jsonl'));
  say(
    '\n正在补入历史数据 …',
    `Filling in the history: ${historyDays} days at first, later what was missed …`,
  );
  try {
    const running = await startCity({
      city,
      mqttUrl: `mqtt://127.0.0.1:${service.ports.mqtt}`,
      jt808: { host: '127.0.0.1', port: service.ports.jt808 },
      modbusPort,
      speed: 1,
      // As far back as the inventory has orders.
      backfill: { days: historyDays, everyS: historyEveryS, vehicleDays: 2 },
      faults: 'demo',
      pastFaults,
      labels,
      stateFile: join(folder, 'city.json'),
      onProgress: createTeller(),
      signal: ending.signal,
    });
    say(
      `${city.meters.length} 块表、${city.vehicles.length} 辆车在线；三分钟内会出现偏离路线和用能异常报警。Ctrl-C 结束。`,
      `${city.meters.length} meters and ${city.vehicles.length} vehicles are online; within three minutes an off-route and a consumption alert appear. Ctrl-C ends.`,
    );
    show();
    writeInventory(inventory, toInventory(city, asOf));
    await importInventory(inventory);
    // Who has changed the password has been here before.
    await beginForm({ address, password }, Date.now()).catch(() => {});
    await Promise.race([service.exited, new Promise((done) => onAbort(ending.signal, done))]);
    say('\n正在停止 …', 'Stopping …');
    await running.stop();
  } catch (error) {
    if (!ending.signal.aborted) process.stderr.write(`${messageOf(error)}\n`);
  }
  service.child.kill('SIGTERM');
  const code = await service.exited;
  await influx?.stop();
  process.exit(code ?? 1);
}

function onAbort(signal: AbortSignal, done: (value: unknown) => void): void {
  if (signal.aborted) done(undefined);
  else signal.addEventListener('abort', done, { once: true });
}

await main();
