import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { findProgram, freePort, type Server, startProgram } from './program.ts';

export interface InfluxdOptions {
  /** Kept after `stop`, for a server that comes back with its data. */
  readonly folder?: string;
  readonly port?: number;
  /** Requests need a user; the first one is made with `CREATE USER … WITH ALL PRIVILEGES`. */
  readonly auth?: boolean;
}

const settings = (folder: string, port: number, rpcPort: number, auth: boolean) => `
reporting-disabled = true
bind-address = "127.0.0.1:${rpcPort}"
[meta]
dir = "${folder}/meta"
[data]
dir = "${folder}/data"
wal-dir = "${folder}/wal"
index-version = "tsi1"
max-series-per-database = 0
max-values-per-tag = 0
query-log-enabled = false
[monitor]
store-enabled = false
[http]
bind-address = "127.0.0.1:${port}"
auth-enabled = ${auth}
log-enabled = false
[subscriber]
enabled = false
[logging]
level = "warn"
`;

/** Whether Debian's `influxdb` (1.6.7) is installed. */
export const hasInfluxd = (): boolean => findProgram('influxd') !== undefined;

/** InfluxDB 1.x with the TSI index and no limits on series, on a free port of loopback. */
export function startInfluxd(options: InfluxdOptions = {}): Promise<Server> {
  const { folder, port, auth = false } = options;
  return startProgram({
    program: findProgram('influxd') ?? 'influxd',
    ready: '/ping',
    ...(folder === undefined ? {} : { folder }),
    ...(port === undefined ? {} : { port }),
    async prepare(home, httpPort) {
      for (const name of ['meta', 'data', 'wal'])
        await mkdir(join(home, name), { recursive: true });
      const file = join(home, 'influxd.conf');
      await writeFile(file, settings(home, httpPort, await freePort(), auth));
      return ['-config', file];
    },
  });
}

/** Rows of one InfluxQL statement as objects, tags and columns alike; times in Unix ms. */
export async function influxQuery(
  url: string,
  database: string,
  statement: string,
): Promise<readonly Record<string, unknown>[]> {
  const query = new URLSearchParams({ db: database, epoch: 'ms', q: statement });
  const answer = await fetch(`${url}/query`, { method: 'POST', body: query });
  const body = (await answer.json()) as {
    error?: string;
    results?: { error?: string; series?: Series[] }[];
  };
  const fault = body.error ?? body.results?.[0]?.error;
  if (fault !== undefined) throw new Error(fault);
  return (body.results?.[0]?.series ?? []).flatMap(({ columns, values = [], tags }) =>
    values.map((row) => ({
      ...tags,
      ...Object.fromEntries(columns.map((name, i) => [name, row[i]])),
    })),
  );
}

interface Series {
  readonly columns: readonly string[];
  readonly values?: readonly (readonly unknown[])[];
  readonly tags?: Readonly<Record<string, string>>;
}
