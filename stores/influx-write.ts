import { messageOf } from '../model/errors.ts';
import { type Answer, answerOf, isDatabaseMissing } from './influx-answers.ts';
import { createHttp, type Http } from './influx-http.ts';
import type { InfluxSettings } from './influx-settings.ts';

/** Writes lines of the line protocol, without a buffer or retry of its own; never rejects. */
export interface Lines {
  write(body: string): Promise<Answer>;
  /** Breaks off what is under way. */
  close(): void;
}

/** `/write` of 1.x, `/api/v2/write` of 2.x and 3.x and of what speaks like them. */
export function createLines(settings: InfluxSettings, timeoutMs: number, now: () => number): Lines {
  const url = new URL(settings.url);
  const http =
    settings.version === 1
      ? httpOfV1(url, settings, timeoutMs)
      : httpOfV2(url, settings, timeoutMs);
  const path = settings.version === 1 ? pathOfV1(settings) : pathOfV2(settings);
  return {
    async write(body) {
      const reply = await http.post(path, body);
      if (settings.version !== 1 || !isDatabaseMissing(reply))
        return answerOf(reply, url.host, now());
      const failed = await makeDatabase(url, settings);
      if (failed === undefined) return answerOf(await http.post(path, body), url.host, now());
      const words = `InfluxDB at ${url.host} has no database ${settings.database}, and none could be made: ${failed}`;
      return { is: 'trouble', words, waitMs: 0 };
    },
    close: http.close,
  };
}

function httpOfV1(url: URL, { username, password }: InfluxSettings, timeoutMs: number): Http {
  const pair = Buffer.from(`${username}:${password ?? ''}`).toString('base64');
  return createHttp(
    url,
    undefined,
    timeoutMs,
    username === undefined ? undefined : `Basic ${pair}`,
  );
}

/** InfluxDB 1.8 takes user name and password as a token. */
function httpOfV2(url: URL, settings: InfluxSettings, timeoutMs: number): Http {
  const { token, username, password } = settings;
  const pair = username === undefined ? undefined : `${username}:${password ?? ''}`;
  return createHttp(url, token ?? pair, timeoutMs);
}

const pathOfV1 = ({ database }: InfluxSettings): string =>
  `/write?${new URLSearchParams({ db: database, precision: 'n' })}`;

const pathOfV2 = ({ org, database }: InfluxSettings): string =>
  `/api/v2/write?${new URLSearchParams({ org: org ?? '', bucket: database, precision: 'ns' })}`;

/** @returns what went wrong; undefined when the database is there */
async function makeDatabase(
  { protocol, hostname, port }: URL,
  { database, username, password }: InfluxSettings,
): Promise<string | undefined> {
  // Only 1.x needs it, and only once.
  const { InfluxDB } = await import('influx');
  const scheme = protocol === 'https:' ? 'https' : 'http';
  const host = {
    host: hostname,
    port: Number(port) || defaultPorts[scheme],
    protocol: scheme,
  } as const;
  const client = new InfluxDB({
    hosts: [host],
    ...(username !== undefined && { username }),
    ...(password !== undefined && { password }),
    pool: { requestTimeout: 10_000, maxRetries: 0 },
  });
  return client.createDatabase(database).then(
    () => undefined,
    (error: unknown) => messageOf(error),
  );
}

const defaultPorts = { http: 80, https: 443 } as const;
