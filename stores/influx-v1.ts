import { InfluxDB } from 'influx';
import { isAppError, messageOf } from '../model/errors.ts';
import type { Point } from './influx-points.ts';
import { answered, type InfluxSettings, type SendPoints, trouble } from './influx-settings.ts';

/** Never takes the only host out of service: when to try again is for the caller to say. */
const noBackoff = { getDelay: () => 0, next: () => noBackoff, reset: () => noBackoff };

/** Keeps the client from signing in as `root` with the password `root`, which it does for an absent name. */
const nobody = null as unknown as string;

/** `/write` of InfluxDB 1.x. Makes the database when the server says that there is none. */
export function createV1(settings: InfluxSettings, timeoutMs: number): SendPoints {
  const url = new URL(settings.url);
  const protocol = url.protocol === 'https:' ? 'https' : 'http';
  const client = new InfluxDB({
    database: settings.database,
    username: settings.username ?? nobody,
    password: settings.password ?? '',
    hosts: [
      {
        host: url.hostname,
        port: Number(url.port) || (protocol === 'https' ? 443 : 80),
        protocol,
        path: url.pathname === '/' ? '' : url.pathname,
      },
    ],
    pool: { maxRetries: 0, requestTimeout: timeoutMs, backoff: noBackoff },
  });

  const write = (points: readonly Point[]) =>
    client.writePoints(
      points.map(({ measurement, tags, fields, timeNs }) => ({
        measurement,
        tags: { ...tags },
        fields: { ...fields },
        timestamp: timeNs,
      })),
      { precision: 'n' },
    );
  return async (points) => {
    try {
      await write(points).catch(async (error: unknown) => {
        if (!isMissingDatabase(error)) throw error;
        await client.createDatabase(settings.database);
        await write(points);
      });
    } catch (error) {
      throw isAppError(error) ? error : toAppError(error);
    }
  };
}

/** Status and words of the client's `RequestError`, which it does not export; its other errors have no answer. */
function answerOf(error: unknown): { readonly status: number; readonly words: string } | undefined {
  if (!(error instanceof Error) || !('res' in error)) return undefined;
  const { statusCode } = error.res as { readonly statusCode?: number };
  return statusCode === undefined ? undefined : { status: statusCode, words: error.message };
}

const isMissingDatabase = (error: unknown): boolean => {
  const answer = answerOf(error);
  return answer?.status === 404 && answer.words.includes('database not found');
};

function toAppError(error: unknown) {
  const answer = answerOf(error);
  return answer ? answered(answer.status, answer.words, error) : trouble(messageOf(error), error);
}
