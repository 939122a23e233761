import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { killChild } from '../process.ts';

/** Node-RED as somebody would put it between mosquitto and InfluxDB who knows it well: one function that judges, and writes in batches. */

const wanted = { 'node-red': '5.0.7', 'node-red-contrib-influxdb': '0.7.0' };

export const nodeRedVersions = Object.entries(wanted)
  .map(([name, version]) => `${name} ${version}`)
  .join(', ');

/** Installed once, beside the project and not into it. @returns the folder that has node_modules */
export function installNodeRed(tell: (line: string) => void): string {
  const cache = process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache');
  const folder = join(cache, 'guanjia-bench', `node-red-${Object.values(wanted).join('-')}`);
  if (existsSync(join(folder, 'node_modules', 'node-red-contrib-influxdb'))) return folder;
  tell(`installing ${nodeRedVersions} into ${folder}`);
  mkdirSync(folder, { recursive: true });
  writeFileSync(
    join(folder, 'package.json'),
    JSON.stringify({ private: true, dependencies: wanted }),
  );
  const args = ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
  const { status } = spawnSync('npm', args, { cwd: folder, stdio: 'inherit' });
  if (status !== 0) throw new Error('Node-RED could not be installed; is the npm registry there?');
  return folder;
}

const pointsAtOnce = 5_000;
const everyMs = 100;

/** Runs within Node-RED: judges one message and keeps it for the next batch. */
const judge = `
const { at, values } = JSON.parse(msg.payload);
const meter = msg.topic.split('/')[2];
if (values.power_kw > 400) node.send([null, { payload: { meter, at, power_kw: values.power_kw } }]);
const batch = context.get('batch');
batch.push({ measurement: 'meter_reading', tags: { meter }, fields: values, timestamp: at });
if (batch.length >= ${pointsAtOnce}) {
  context.set('batch', []);
  node.send([{ payload: batch }, null]);
}
`;

const gather = `
context.set('batch', []);
context.set('timer', setInterval(() => {
  const batch = context.get('batch');
  if (batch.length === 0) return;
  context.set('batch', []);
  node.send([{ payload: batch }, null]);
}, ${everyMs}));
`;

export interface NodeRedOptions {
  readonly mqttPort: number;
  readonly influxPort: number;
  readonly database: string;
}

const flow = ({ mqttPort, influxPort, database }: NodeRedOptions) => [
  { id: 'tab', type: 'tab', label: 'meters' },
  {
    id: 'broker',
    type: 'mqtt-broker',
    broker: '127.0.0.1',
    port: String(mqttPort),
    clientid: 'node-red',
    autoConnect: true,
    usetls: false,
    protocolVersion: '4',
    keepalive: '60',
    // Its session outlives a restart, so that mosquitto keeps what comes meanwhile.
    cleansession: false,
    autoUnsubscribe: false,
  },
  {
    id: 'in',
    z: 'tab',
    type: 'mqtt in',
    topic: 'v1/meters/+/readings',
    qos: '1',
    datatype: 'utf8',
    broker: 'broker',
    inputs: 0,
    wires: [['judge']],
  },
  {
    id: 'judge',
    z: 'tab',
    type: 'function',
    func: judge,
    initialize: gather,
    finalize: "clearInterval(context.get('timer'));",
    outputs: 2,
    wires: [['write'], ['alert']],
  },
  {
    id: 'alert',
    z: 'tab',
    type: 'mqtt out',
    topic: 'alerts',
    qos: '1',
    broker: 'broker',
    wires: [],
  },
  { id: 'write', z: 'tab', type: 'influxdb batch', influxdb: 'db', precision: 'ms', wires: [] },
  {
    id: 'db',
    type: 'influxdb',
    influxdbVersion: '1.x',
    hostname: '127.0.0.1',
    port: String(influxPort),
    database,
    usetls: false,
    credentials: {},
  },
];

export interface NodeRed {
  pid(): number;
  /** SIGKILL, and started again. */
  kill(): Promise<void>;
  stop(): Promise<void>;
}

export async function startNodeRed(folder: string, options: NodeRedOptions): Promise<NodeRed> {
  const home = mkdtempSync(join(tmpdir(), 'guanjia-bench-node-red-'));
  const settings = `module.exports = ${JSON.stringify({
    uiPort: 0,
    uiHost: '127.0.0.1',
    httpAdminRoot: false,
    httpNodeRoot: false,
    flowFile: 'flows.json',
    nodesDir: join(folder, 'node_modules', 'node-red-contrib-influxdb'),
    logging: { console: { level: 'info', metrics: false, audit: false } },
  })};`;
  writeFileSync(join(home, 'settings.js'), settings);
  writeFileSync(join(home, 'flows.json'), JSON.stringify(flow(options)));
  const program = join(folder, 'node_modules', 'node-red', 'red.js');
  let child = await start(program, home);
  return {
    pid: () => child.pid ?? 0,
    async kill() {
      await killChild(child);
      child = await start(program, home);
    },
    async stop() {
      await killChild(child);
      rmSync(home, { recursive: true, force: true });
    },
  };
}

/** Resolves when it has subscribed. */
async function start(program: string, home: string): Promise<ChildProcess> {
  const args = [program, '--userDir', home, '--settings', join(home, 'settings.js')];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'], cwd: home });
  let said = '';
  await new Promise<void>((resolve, reject) => {
    const hear = (chunk: Buffer) => {
      if (said.length < 20_000) said += chunk;
      if (said.includes('Connected to broker')) resolve();
    };
    child.stdout.on('data', hear);
    child.stderr.on('data', hear);
    child.once('exit', () => reject(new Error(`Node-RED did not start:\n${said}`)));
  });
  return child;
}
