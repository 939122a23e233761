import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { AppError, type Fault, messageOf } from './model/errors.ts';
import { together } from './setting-checks.ts';
import { density, flag, keptDays, optionalPort, port, url, whole } from './setting-kinds.ts';

/** Every setting: in `guanjia.yaml` under this name, in the environment as `GUANJIA_` and the name in capitals. */
const schema = z.strictObject({
  dataDir: z
    .string()
    .min(1)
    .default('data')
    .describe('Folder for everything the service keeps. One service at a time.'),
  bind: z
    .string()
    .min(1)
    .default('127.0.0.1')
    .describe(
      'Address the doors listen on. Any but a loopback address needs TLS or `allowPlaintext`.',
    ),
  httpPort: port.default(8080).describe('Console and API. 0 is any free port.'),
  mqttPort: port.default(1883).describe('MQTT 3.1.1. 0 is any free port.'),
  mqttMessagesPerS: whole
    .min(1)
    .default(2000)
    .describe(
      'Messages a second that a client of the MQTT door may send in the long run for each device it speaks for; faster ones are read more slowly, nothing is dropped.',
    ),
  mqttBytesPerS: whole
    .min(64 * 1024)
    .default(2 * 1024 ** 2)
    .describe('The same in bytes.'),
  jt808Port: port.default(8808).describe('JT/T 808 over TCP. 0 is any free port.'),
  jt808HeartbeatS: whole
    .min(10)
    .max(86_400)
    .default(180)
    .describe(
      'Silence after which the link of a JT/T 808 terminal is closed, seconds: three of its heartbeats.',
    ),
  jt808MessagesPerS: whole
    .min(1)
    .default(200)
    .describe(
      'Messages a second that a JT/T 808 terminal may send in the long run; faster ones are read more slowly, nothing is dropped.',
    ),
  jt808Open: flag
    .default(false)
    .describe(
      '`1` lets in whoever names the phone of a vehicle, with any plate, terminal and code. For trials only; shown in red while it is on.',
    ),
  nmeaPort: optionalPort.describe(
    'NMEA 0183 lines over TCP (`docs/terminals-nmea.md`). 0 is any free port; absent: no such door.',
  ),
  dtuPort: optionalPort.describe(
    'For meter DTUs that dial in (`docs/meter-lines.md`), always in plain text. 0 is any free port; absent: no such door.',
  ),
  publicUrl: url('http:', 'https:')
    .optional()
    .describe('How people reach the console; used in links of messages.'),
  inventory: z
    .string()
    .min(1)
    .optional()
    .describe('Inventory file; imported at start when it has changed since the last import.'),
  adminPassword: z
    .string()
    .min(12, 'want at least 12 characters')
    .optional()
    .describe(
      'Password of the first user, `admin`; first start only. Generated and printed once when absent.',
    ),
  tlsCert: z
    .string()
    .min(1)
    .optional()
    .describe('PEM file with the certificate chain; with `tlsKey` every door speaks TLS.'),
  tlsKey: z.string().min(1).optional().describe('PEM file with the private key.'),
  allowPlaintext: flag
    .default(false)
    .describe('`1` lets plain-text doors listen on an address that is not loopback.'),
  smtpUrl: url('smtp:', 'smtps:')
    .optional()
    .describe('Mail server for e-mail channels, such as `smtp://user:password@mail.example:587`.'),
  mailFrom: z.string().min(3).default('guanjia@localhost').describe('Sender of e-mail.'),
  journalDays: whole
    .min(0)
    .max(3650)
    .default(7)
    .describe('How long the journal is kept after every sink has passed it.'),
  journalMaxBytes: whole
    .min(1024 * 1024)
    .default(20 * 1024 ** 3)
    .describe(
      'Size at which the journal takes no more: acknowledgements stop, devices keep their data.',
    ),
  readingsDays: keptDays
    .default(400)
    .describe(
      'How long readings are kept in full, days; of older ones stays what hourly consumption is computed from. 0 is for ever, else at least 60.',
    ),
  rollupsDays: keptDays
    .default(3660)
    .describe('How long what stays of older readings is kept, days. 0 is for ever.'),
  positionsDays: keptDays
    .default(365)
    .describe('How long fixes of vehicles are kept, days. 0 is for ever, else at least 60.'),
  alertsDays: keptDays
    .default(1825)
    .describe('How long alerts that are over are kept, days. 0 is for ever.'),
  ledgerDays: whole
    .min(31)
    .max(3650)
    .default(400)
    .describe('How long the ledger of what each device sent is kept, days.'),
  quarantineDays: whole
    .min(1)
    .max(3650)
    .default(90)
    .describe('How long what was not understood is kept, with its bytes.'),
  quarantineMaxBytes: whole
    .min(1024 * 1024)
    .default(512 * 1024 ** 2)
    .describe(
      'Size at which quarantine drops the oldest of the device that fills it most; what went stays counted.',
    ),
  storeMemory: z
    .string()
    .regex(/^\d+(MB|GB)$/, 'want a number and MB or GB')
    .default('128MB')
    .describe('Memory the embedded store may use for queries.'),
  influxUrl: url('http:', 'https:')
    .optional()
    .describe('InfluxDB to fill beside the embedded store.'),
  influxVersion: z.coerce
    .number()
    .pipe(z.literal([1, 2, 3]))
    .default(1)
    .describe('1, 2 or 3.'),
  influxDatabase: z
    .string()
    .min(1)
    .default('guanjia')
    .describe('Database of InfluxDB 1.x and 3.x.'),
  influxBucket: z
    .string()
    .min(1)
    .optional()
    .describe('Bucket of InfluxDB 2.x; the database name when absent.'),
  influxOrg: z.string().optional().describe('Organisation of InfluxDB 2.x.'),
  influxUsername: z.string().optional().describe('User of InfluxDB 1.x.'),
  influxPassword: z.string().optional().describe('Password of InfluxDB 1.x.'),
  influxToken: z.string().optional().describe('Token of InfluxDB 2.x and 3.x.'),
  gasolineKgPerL: density
    .default(0.73)
    .describe(
      'Density of gasoline for the statistics form, kg/L: factors are by mass, fuel cards by volume. 0.725 to 0.74 is usual, no standard was read.',
    ),
  dieselKgPerL: density.default(0.84).describe('The same of diesel.'),
  keroseneKgPerL: density.default(0.8).describe('The same of kerosene.'),
  mapTiles: z
    .string()
    .optional()
    .describe(
      'Tile URL with {z}/{x}/{y} for the map; without it the map is drawn from places and routes alone.',
    ),
  mapDatum: z
    .enum(['wgs84', 'gcj02', 'bd09'])
    .default('wgs84')
    .describe('Datum of the tiles: most Chinese map services use gcj02.'),
  logLevel: z
    .enum(['debug', 'info', 'warn', 'error'])
    .default('info')
    .describe('Least level that is logged.'),
});

export type Settings = z.infer<typeof schema>;

/** `httpPort` → `GUANJIA_HTTP_PORT`. */
export const environmentName = (setting: string): string =>
  `GUANJIA_${setting.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase()}`;

/** Every setting with its description and default, for the documentation. */
export function describeSettings(): readonly {
  name: string;
  environment: string;
  description: string;
  fallback: string;
}[] {
  const defaults = schema.parse({}) as Record<string, unknown>;
  return Object.entries(schema.shape).map(([name, field]) => ({
    name,
    environment: environmentName(name),
    description: field.description ?? '',
    fallback: defaults[name] === undefined ? '' : String(defaults[name]),
  }));
}

/**
 * Settings from `guanjia.yaml` (`GUANJIA_CONFIG` names another file), over which the environment stands.
 * @throws AppError `SETTINGS_INVALID` with every fault at once
 */
export function loadSettings(environment: NodeJS.ProcessEnv, folder = process.cwd()): Settings {
  const file = resolve(folder, environment['GUANJIA_CONFIG'] ?? 'guanjia.yaml');
  const faults: Fault[] = [];
  const given = {
    ...readFile(file, environment['GUANJIA_CONFIG'] !== undefined),
    ...fromEnvironment(environment, faults),
  };
  const parsed = schema.safeParse(given);
  for (const { path, message } of parsed.error?.issues ?? []) {
    const name = String(path[0] ?? '');
    const variable = environmentName(name);
    faults.push({ path: variable in environment ? variable : name || file, message });
  }
  if (parsed.success) faults.push(...together(parsed.data));
  if (parsed.success && faults.length === 0) return parsed.data;
  const lines = faults.map(({ path, message }) => `  ${path}: ${message}`);
  throw new AppError('SETTINGS_INVALID', `Settings are wrong:\n${lines.join('\n')}`, { faults });
}

function fromEnvironment(environment: NodeJS.ProcessEnv, faults: Fault[]): Record<string, unknown> {
  const names = new Map(Object.keys(schema.shape).map((name) => [environmentName(name), name]));
  const given: Record<string, unknown> = {};
  for (const [variable, value] of Object.entries(environment)) {
    const name = names.get(variable);
    if (name) given[name] = value;
    else if (variable.startsWith('GUANJIA_') && !otherVariables.has(variable)) {
      faults.push({ path: variable, message: 'there is no such setting' });
    }
  }
  return given;
}

/** Read elsewhere: by the settings themselves, the demo and the tests. */
const otherVariables = new Set(['GUANJIA_CONFIG', 'GUANJIA_SHARED_DATA']);

function readFile(file: string, wanted: boolean): Record<string, unknown> {
  if (!existsSync(file)) {
    if (!wanted) return {};
    throw new AppError(
      'SETTINGS_INVALID',
      `Settings are wrong:\n  GUANJIA_CONFIG: there is no file ${file}`,
    );
  }
  try {
    return (parse(readFileSync(file, 'utf8')) ?? {}) as Record<string, unknown>;
  } catch (cause) {
    throw new AppError('SETTINGS_INVALID', `Settings are wrong:\n  ${file}: ${messageOf(cause)}`, {
      cause,
    });
  }
}
