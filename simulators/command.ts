import { randomBytes } from 'node:crypto';
import { existsSync, openSync, readFileSync, writeFileSync, writeSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { AppError, messageOf } from '../model/errors.ts';
import { type City, createCity, keyedSecrets } from './city.ts';
import { usage } from './command-usage.ts';
import { toInventory } from './inventory.ts';
import { openLabels } from './labels-file.ts';
import { startCity } from './run.ts';
import type { FaultPlan, Progress, StartOptions } from './simulator.ts';

const options = {
  mqtt: { type: 'string' },
  jt808: { type: 'string' },
  terminals: { type: 'string' },
  acknowledged: { type: 'string' },
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

type NumberName =
  | 'terminals'
  | 'modbus-port'
  | 'seed'
  | 'institutions'
  | 'days'
  | 'history-every'
  | 'duration';

function choice<T extends string>(values: Values, name: 'speed' | 'faults', of: readonly T[]): T {
  const found = of.find((each) => each === values[name]);
  if (found === undefined) throw wrong(name, values[name], of.join('、'), of.join(' | '));
  return found;
}

const longestS = 10 * 365 * 86_400;

type Places = Pick<StartOptions, 'mqttUrl' | 'jt808'>;

/** Where the city is to speak. @throws AppError `INPUT_INVALID` */
function placesOf({ mqtt, jt808 }: Values): Places {
  const isUrl = mqtt !== undefined && /^mqtts?:\/\/[^/]+/.test(mqtt) && URL.canParse(mqtt);
  if (!isUrl && (mqtt !== undefined || jt808 === undefined))
    throw wrong('mqtt', mqtt, ' mqtt://主机:端口', 'mqtt://host:port');
  const [, bracketed, plain, port] = /^(?:\[([^\]]+)\]|([^:]+)):(\d{1,5})$/.exec(jt808 ?? '') ?? [];
  const host = bracketed ?? plain;
  if (jt808 !== undefined && (host === undefined || !(Number(port) <= 65_535)))
    throw wrong('jt808', jt808, ' 主机:端口', 'host:port');
  return {
    ...(mqtt !== undefined && { mqttUrl: mqtt }),
    ...(host !== undefined && { jt808: { host, port: Number(port) } }),
  };
}

/** Which share of the vehicles has a terminal. */
function terminalsOf(values: Values): number {
  const { terminals, jt808, mqtt } = values;
  if (terminals !== undefined) return number(values, 'terminals', 0, 100, false) / 100;
  if (jt808 === undefined) return 0;
  return mqtt === undefined ? 1 : defaultTerminals;
}

const defaultTerminals = 0.4;

/** Written at once, so that none is lost however the process ends. */
function appending(file: string): NonNullable<StartOptions['acknowledged']> {
  const opened = openSync(file, 'a');
  return { write: (lines: string) => writeSync(opened, lines) > 0 };
}

function toOptions(values: Values, city: City): StartOptions {
  const { user, password, state, acknowledged } = values;
  const places = placesOf(values);
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
    ...places,
    speed: speed === '1' ? 1 : 'fast',
    faults: choice<FaultPlan>(values, 'faults', ['none', 'demo', 'steady', 'rough']),
    ...(user !== undefined && password !== undefined && { login: { user, password } }),
    ...(values['modbus-port'] !== undefined && {
      modbusPort: number(values, 'modbus-port', 0, 65_535),
    }),
    ...(values['modbus-host'] && { modbusHost: values['modbus-host'] }),
    ...(days > 0 && { backfill: { days, everyS } }),
    ...(filed && { labels: filed.labels, pastFaults: filed.past }),
    ...(state && { stateFile: state }),
    ...(acknowledged && { acknowledged: appending(acknowledged) }),
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
  const terminals = terminalsOf(values);
  const { inventory } = values;
  if (inventory === undefined) return createCity({ seed, institutions, terminals });
  const known = secretsIn(inventory);
  const fresh = keyedSecrets(randomBytes(32).toString('hex'));
  const secretOf = (id: string) => known.get(id) ?? fresh(id);
  return createCity({ seed, institutions, secretOf, terminals });
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

/** How many are let speak. */
function speakersOf({ meters, vehicles }: City, { mqttUrl, jt808 }: StartOptions) {
  const heard = vehicles.filter(({ terminal }) => (terminal ? jt808 : mqttUrl));
  return { meters: mqttUrl === undefined ? 0 : meters.length, vehicles: heard.length };
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
      const { meters, vehicles } = speakersOf(city, started);
      const port = running.modbusPort === null ? '' : ` Modbus TCP ${running.modbusPort}.`;
      print(
        `${meters} 块表、${vehicles} 辆车在线，Ctrl-C 结束。 ${meters} meters and ${vehicles} vehicles are online; Ctrl-C ends.${port}`,
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
