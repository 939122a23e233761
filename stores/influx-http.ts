import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { HttpError, InfluxDB } from '@influxdata/influxdb-client';
import { messageOf } from '../model/errors.ts';

/** What came back, or what kept it from coming back. */
export type Reply =
  | {
      readonly status: number;
      readonly body: string;
      readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
    }
  | {
      /** `late` where the time was up, `closed` where we hung up ourselves, else Node's code such as `ECONNREFUSED`, or empty. */
      readonly failed: string;
      readonly message: string;
    };

export interface Http {
  /** Sends one request once. Never rejects, never takes longer than the time limit, leaves no connection half used. */
  post(path: string, body: string, headers?: Readonly<Record<string, string>>): Promise<Reply>;
  /** Breaks off what is under way; nothing is sent any more. */
  close(): void;
}

/** On its way over a network a body is worth compressing; on the same machine it only costs time. */
const gzipFromBytes = 10_000;
const isLoopback = (host: string): boolean => /^(localhost|127\.[\d.]+|\[::1\])$/.test(host);

/** The clients' own limit ends when an answer has begun, so that ours decides. */
const beyondOursMs = 1_000;

/** HTTP through the client of InfluxDB, without its buffers and retries. */
export function createHttp(
  url: URL,
  token: string | undefined,
  timeoutMs: number,
  /** A user name and password of 1.x. */
  basic?: string,
): Http {
  const agent = new (url.protocol === 'https:' ? HttpsAgent : HttpAgent)({ keepAlive: true });
  const { transport } = new InfluxDB({
    url: url.href.replace(/\/$/, ''),
    timeout: timeoutMs + beyondOursMs,
    transportOptions: { agent },
    ...(token === undefined ? {} : { token }),
    ...(basic === undefined ? {} : { headers: { authorization: basic } }),
  });
  const compress = isLoopback(url.hostname) ? {} : { gzipThreshold: gzipFromBytes };
  const hangUp = new AbortController();

  return {
    post: (path, body, headers = {}) =>
      new Promise((resolve) => {
        const late = AbortSignal.timeout(timeoutMs);
        const signal = AbortSignal.any([late, hangUp.signal]);
        const fail = (error: Error) => {
          if (hangUp.signal.aborted) resolve({ failed: 'closed', message: 'it is being closed' });
          else if (late.aborted) resolve({ failed: 'late', message: messageOf(error) });
          else resolve(replyOf(error));
        };
        let status = 0;
        let answered: Record<string, string | string[] | undefined> = {};
        if (signal.aborted) return fail(new Error('closed'));
        transport.send(
          path,
          body,
          {
            method: 'POST',
            headers: { 'content-type': 'text/plain; charset=utf-8', ...headers },
            signal,
            ...compress,
          },
          {
            responseStarted(started, code) {
              status = code ?? 0;
              answered = started;
            },
            next() {},
            error: fail,
            complete: () => resolve({ status, body: '', headers: answered }),
          },
        );
      }),
    close() {
      hangUp.abort();
      agent.destroy();
    },
  };
}

function replyOf(error: Error): Reply {
  if (error instanceof HttpError)
    return {
      status: error.statusCode,
      body: error.body ?? error.message,
      headers: error.headers ?? {},
    };
  return {
    failed: 'code' in error && typeof error.code === 'string' ? error.code : '',
    message: error.message,
  };
}
