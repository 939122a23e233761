import { HttpError, InfluxDB, Point as Line } from '@influxdata/influxdb-client';
import { messageOf } from '../model/errors.ts';
import type { Point } from './influx-points.ts';
import { answered, type InfluxSettings, type SendPoints, trouble } from './influx-settings.ts';

/** `/api/v2/write` of InfluxDB 2.x and 3.x, and of what speaks like them. Waits as long as a `Retry-After` says. */
export function createV2(
  settings: InfluxSettings,
  timeoutMs: number,
  now: () => number,
): SendPoints {
  const token = settings.token ?? userAndPassword(settings);
  const client = new InfluxDB({
    url: settings.url,
    timeout: timeoutMs,
    ...(token === undefined ? {} : { token }),
  });
  let notBefore = 0;
  return async (points) => {
    if (now() < notBefore)
      throw trouble(`asked to wait until ${new Date(notBefore).toISOString()}`);
    const lines = points.map(toLine);
    const writer = client.getWriteApi(settings.org ?? '', settings.database, 'ns', {
      // One lot, sent once, by `flush`, with nothing kept for later.
      batchSize: lines.length + 1,
      maxBatchBytes: Number.POSITIVE_INFINITY,
      flushInterval: 0,
      maxRetries: 0,
      writeFailed: (error) => Promise.reject(error),
    });
    try {
      writer.writeRecords(lines);
      await writer.flush();
    } catch (error) {
      if (!(error instanceof HttpError)) throw trouble(messageOf(error), error);
      notBefore = now() + waitMs(error);
      throw answered(error.statusCode, error.body || error.message, error);
    } finally {
      writer.dispose();
    }
  };
}

/** InfluxDB 1.8 takes these as a token. */
const userAndPassword = ({ username, password }: InfluxSettings): string | undefined =>
  username === undefined ? undefined : `${username}:${password ?? ''}`;

/** What the server's `Retry-After` asks for, at most five minutes. */
function waitMs(error: HttpError): number {
  const header = error.headers?.['retry-after'];
  const seconds = Number(Array.isArray(header) ? header[0] : header);
  return seconds > 0 ? Math.min(seconds, 300) * 1_000 : 0;
}

function toLine({ measurement, tags, fields, timeNs }: Point): string {
  const line = new Line(measurement).timestamp(timeNs);
  for (const [name, value] of Object.entries(tags)) line.tag(name, value);
  for (const [name, value] of Object.entries(fields)) {
    if (typeof value === 'number') line.floatField(name, value);
    else if (typeof value === 'boolean') line.booleanField(name, value);
    else line.stringField(name, value);
  }
  return line.toLineProtocol() ?? '';
}
