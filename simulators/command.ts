import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { AppError, messageOf } from '../model/errors.ts';
import { type City, createCity, keyedSecrets } from './city.ts';
import { toInventory } from './inventory.ts';
import { openLabels } from './labels-file.ts';
import { startCity } from './run.ts';
import type { FaultPlan, Progress, StartOptions } from './simulator.ts';

const usage = `simulate --mqtt <url> [--modbus-port <n>] [--seed <n>] [--labels <file>] …

模拟一座不存在的城市：机构、建筑、表计和公务车，用真实的 MQTT 与 Modbus TCP 说话，可对接任何 MQTT 服务。
Simulates a city that does not exist: institutions, buildings, meters and official vehicles that speak
real MQTT and real Modbus TCP, to any broker.

  --mqtt <url>          MQTT 服务地址，如 mqtt://127.0.0.1:1883
                        the broker, such as mqtt://127.0.0.1:1883
  --modbus-port <n>     Modbus TCP 从站端口，0 为任意空闲端口；缺省时由网关以 MQTT 上传
                        port of the Modbus TCP slaves, 0 for any free one; without it their gateways publish for them
  --modbus-host <addr>  Modbus TCP 监听地址，缺省 127.0.0.1
                        address the slaves listen on; default 127.0.0.1
  --seed <n>            同一种子得到同一座城市，缺省 1
                        the same seed is the same city; default 1
  --institutions <n>    机构数量，缺省 6（约 40 块表、25 辆车）
                        how many institutions; default 6 (about 40 meters and 25 vehicles)
  --inventory <file>    写出与之对应的清单（含密钥）；文件已存在时沿用其中的密钥
                        writes the inventory that goes with it, secrets included; where the file is there, its secrets stay
  --only-inventory      只写清单，不连接
                        writes the inventory and connects nowhere
  --labels <file>       故障标签文件，每行一个 JSON；再次启动时据此延续
                        faults as they begin, one JSON a line; a later run goes on from there
  --state <file>        记住已送达的时刻，再次启动时从该处补传
                        remembers up to when all was delivered, so that a later run goes on from there
  --days <n>            先补传多少天历史，缺省 0；车辆至多一天
                        delivers so many days of history first; default 0; of vehicles one day at most
  --history-every <s>   历史读数间隔秒数，缺省 900
                        seconds between readings of the history; default 900
  --speed <1|fast>      1 为实时；fast 只补传历史后退出。缺省 1
                        1 is real time; fast delivers the history and ends. Default 1
  --faults <plan>       none 无故障；demo 数分钟内即有；steady 时有发生。缺省 steady
                        none; demo: within minutes; steady: now and then. Default steady
  --duration <s>        多少秒后结束，缺省直到 Ctrl-C
                        ends after so many seconds; default: at Ctrl-C
  --user, --password    所有设备共用的登录；缺省时各用其编号与密钥
                        one login for all devices; by default each has its id and secret
`;

const options = {
  mqtt: { type: 'string' },
  'modbus-port': { type: 'string' },
  'modbus-host': { type: 'string' },
  seed: { type: 'string', default: '1' },
  institutions: { type: 'string', default: '6' },
  inventory: { type: 'string' },
  'only-inventory': { type: 'boolean', default: false },
  labels: { type: 'string' },
  state: { type: 'string' },
  days: { type: 'string', default: '0' },
  'history-every': { type: 'string', default: '900' },
  speed: { type: 'string', default: '1' },
  faults: { type: 'string', default: 'steady' },
  duration: { type: 'string' },
  user: { type: 'string' },
  password: { type: 'string' },
  help: { type: 'boolean', short: 'h', default: false },
} as const;

const read = (args: readonly string[]) =>
  parseArgs({ args: [...args], options, strict: true, allowPositionals: false }).values;

type Values = ReturnType<typeof read>;

const wrong = (name: string, got: string | undefined, zh: string, en: string) =>
  new AppError(
    'INPUT_INVALID',
    `--${name}：得到 ${got ?? '无'}，应为${zh}。 got ${got ?? 'nothing'}, want ${en}.`,
  );

/** A number within bounds. @throws AppError `INPUT_INVALID` */
function number(values: Values, name: NumberName, min: number, max: number, whole = true): number {
  const text = values[name];
  const value = Number(text);
  const isRight = text !== undefined && text.trim() !== '' && value >= min && value <= max;
  if (isRight && (!whole || Number.isInteger(value))) return value;
  const kind = whole ? ['整数', 'a whole number'] : ['数', 'a number'];
  throw wrong(name, text, ` ${min} 到 ${max} 的${kind[0]}`, `${kind[1]} of ${min} to ${max}`);
}

type NumberName = 'modbus-port' | 'seed' | 'institutions' | 'days' | 'history-every' | 'duration';

function choice<T extends string>(values: Values, name: 'speed' | 'faults', of: readonly T[]): T {
  const found = of.find((each) => each === values[name]);
  if (found === undefined) throw wrong(name, values[name], of.join('、'), of.join(' | '));
  return found;
}

const longestS = 10 * 365 * 86_400;

function toOptions(values: Values, city: City): StartOptions {
  const { mqtt, user, password, state } = values;
  if (mqtt === undefined || !/^mqtts?:\/\/[^/]+/.test(mqtt) || !URL.canParse(mqtt))
    throw wrong('mqtt', mqtt, ' mqtt://主机:端口', 'mqtt://host:port');
  if ((user === undefined) !== (password === undefined))
    throw wrong('user', user, '与 --password 同时给出', 'it together with --password');
  const days = number(values, 'days', 0, 700, false);
  const everyS = number(values, 'history-every', 1, 86_400);
  const speed = choice(values, 'speed', ['1', 'fast'] as const);
  if (speed === 'fast' && days === 0)
    throw wrong('days', values.days, '大于 0 的天数', 'more than 0 with --speed fast');
  const filed = values.labels === undefined ? undefined : openLabels(values.labels);
  return {
    city,
    mqttUrl: mqtt,
    speed: speed === '1' ? 1 : 'fast',
    faults: choice<FaultPlan>(values, 'faults', ['none', 'demo', 'steady']),
    ...(user !== undefined && password !== undefined && { login: { user, password } }),
    ...(values['modbus-port'] !== undefined && {
      modbusPort: number(values, 'modbus-port', 0, 65_535),
    }),
    ...(values['modbus-host'] && { modbusHost: values['modbus-host'] }),
    ...(days > 0 && { backfill: { days, everyS } }),
    ...(filed && { labels: filed.labels, pastFaults: filed.past }),
    ...(state && { stateFile: state }),
  };
}

/** Secrets of an inventory that was written before, by id. */
function secretsIn(file: string): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  if (!existsSync(file)) return found;
  try {
    const inventory = JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>;
    for (const kind of ['meters', 'vehicles', 'gateways']) {
      for (const { id, secret, mqtt } of (inventory[kind] ?? []) as readonly Written[]) {
        const known = secret ?? mqtt?.secret;
        if (known) found.set(id, known);
      }
    }
  } catch (error) {
    const message = `${file} 不是此前写出的清单。 ${file} is not an inventory written before: ${messageOf(error)}`;
    throw new AppError('INPUT_MALFORMED', message);
  }
  return found;
}

interface Written {
  readonly id: string;
  readonly secret?: string;
  readonly mqtt?: { readonly secret?: string };
}

function toCity(values: Values): City {
  const seed = number(values, 'seed', 0, 0xffff_ffff);
  const institutions = number(values, 'institutions', 1, 2000);
  const { inventory } = values;
  if (inventory === undefined) return createCity({ seed, institutions });
  const known = secretsIn(inventory);
  const fresh = keyedSecrets(randomBytes(32).toString('hex'));
  const secretOf = (id: string) => known.get(id) ?? fresh(id);
  return createCity({ seed, institutions, secretOf });
}

function writeInventory(values: Values, city: City): void {
  const { inventory, 'modbus-port': port } = values;
  if (inventory === undefined) {
    if (!values['only-inventory']) return;
    throw wrong('inventory', inventory, '要写出的文件', 'the file to write');
  }
  const written = toInventory(city, {
    ...(port !== undefined && { modbusPort: number(values, 'modbus-port', 1, 65_535) }),
    now: Date.now(),
    ...(values['modbus-host'] && { modbusHost: values['modbus-host'] }),
  });
  writeFileSync(inventory, `${JSON.stringify(written, null, 1)}\n`, { mode: 0o600 });
  print(`已写出清单 ${inventory}。 Inventory written to ${inventory}.`);
}

const print = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

/** Tells of every tenth part. */
function createTeller(): (progress: Progress) => void {
  let told = 0;
  return ({ fraction, readings }) => {
    const tenths = Math.floor(fraction * 10);
    if (tenths <= told) return;
    told = tenths;
    print(
      `历史 ${tenths * 10} %，${readings} 条。 History ${tenths * 10} %, ${readings} readings.`,
    );
  };
}

/** Resolves at Ctrl-C, at the end of the time, or never. */
async function untilTold(durationS: number | undefined, signal: AbortSignal): Promise<void> {
  const told = new Promise<void>((resolve) =>
    signal.addEventListener('abort', () => resolve(), { once: true }),
  );
  if (signal.aborted) return;
  if (durationS === undefined) return told;
  await Promise.race([told, wait(durationS * 1000, undefined, { signal }).catch(() => {})]);
}

/**
 * `npm run guanjia -- simulate …`
 * @returns the exit code
 * @throws AppError for what is wrong with the arguments, the broker or the port
 */
export async function simulate(args: readonly string[]): Promise<number> {
  const values = read(args);
  if (values.help) {
    process.stdout.write(usage);
    return 0;
  }
  const city = toCity(values);
  const started = values['only-inventory'] ? undefined : toOptions(values, city);
  const durationS =
    values.duration === undefined ? undefined : number(values, 'duration', 1, longestS);
  writeInventory(values, city);
  if (!started) return 0;
  const ending = new AbortController();
  const end = () => ending.abort();
  process.once('SIGINT', end);
  process.once('SIGTERM', end);
  try {
    const running = await startCity({
      ...started,
      signal: ending.signal,
      onProgress: createTeller(),
    });
    if (started.speed === 1) {
      const { meters, vehicles } = city;
      const port = running.modbusPort === null ? '' : ` Modbus TCP ${running.modbusPort}.`;
      print(
        `${meters.length} 块表、${vehicles.length} 辆车在线，Ctrl-C 结束。 ${meters.length} meters and ${vehicles.length} vehicles are online; Ctrl-C ends.${port}`,
      );
      await untilTold(durationS, ending.signal);
    }
    await running.stop();
    print(`已送达 ${running.sent()} 条。 ${running.sent()} readings were acknowledged.`);
    return 0;
  } catch (error) {
    if (ending.signal.aborted) return 0;
    throw error;
  } finally {
    process.removeListener('SIGINT', end);
    process.removeListener('SIGTERM', end);
  }
}
