import type { Reply } from './influx-http.ts';

/** What a reply to a write means. */
export type Answer =
  | { readonly is: 'kept' }
  /** Something in the request is bad; in the server's words. */
  | { readonly is: 'refused'; readonly words: string }
  /** More than the server, or what stands before it, takes at once. */
  | { readonly is: 'too-large'; readonly words: string }
  /** No complete answer in time: it may or may not have been kept. */
  | { readonly is: 'late'; readonly words: string }
  /** Says nothing against any point: to be tried again, `waitMs` from now at the earliest. */
  | { readonly is: 'trouble'; readonly words: string; readonly waitMs: number };

const wordsKept = 500;
/** However long a server asks to be left alone, it is asked again after this. */
const longestWaitMs = 300_000;

/**
 * Reads a reply. Only InfluxDB itself can refuse a point: an error page of a proxy, a server that wants TLS or something else at the same
 * address says nothing about what was sent, whatever its status.
 *
 * @param where host and port, for the person who reads it
 * @param now Unix ms UTC
 */
export function answerOf(reply: Reply, where: string, now: number): Answer {
  if ('failed' in reply) return failure(reply.failed, reply.message, where);
  const { status, headers } = reply;
  if (status === 204) return { is: 'kept' };
  const said = saidBy(reply.body) ?? first(headers['x-influxdb-error']);
  const words = (said ?? reply.body).replace(/\s+/g, ' ').trim().slice(0, wordsKept);
  if (status === 413) return { is: 'too-large', words: words || 'request too large' };
  if ((status === 400 || status === 422) && said !== undefined) return { is: 'refused', words };
  const waitMs = waitMsOf(first(headers['retry-after']), now);
  const wait = waitMs > 0 ? `, asked to wait ${waitMs / 1000} s` : '';
  return {
    is: 'trouble',
    words: `${meaning(status, words, where)} (${status}${words && `: ${words}`})${wait}`,
    waitMs,
  };
}

const first = (header: string | readonly string[] | undefined): string | undefined =>
  typeof header === 'string' ? header : header?.[0];

/** Whether no database of this name exists, as 1.x says it. */
export const isDatabaseMissing = (reply: Reply): boolean =>
  'status' in reply && reply.status === 404 && reply.body.includes('database not found');

/** The words of an error answer of InfluxDB: `error` of 1.x and 3.x, `message` of 2.x, and of 3.x also what is wrong with the first line. */
function saidBy(body: string): string | undefined {
  let parsed: unknown;
  try {
    parsed = JSON.parse(body);
  } catch {
    return undefined;
  }
  const { error, message, data } = Object(parsed) as Readonly<Record<string, unknown>>;
  const words = [error, message].find((word): word is string => typeof word === 'string');
  const line: unknown = Array.isArray(data) ? Object(data[0])['error_message'] : undefined;
  return words !== undefined && typeof line === 'string' ? `${words}: ${line}` : words;
}

function meaning(status: number, words: string, where: string): string {
  if (status === 401 || status === 403)
    return `InfluxDB at ${where} does not let us in: user name, password or token`;
  if (status === 404) return `InfluxDB at ${where} has no such database or bucket`;
  if (status === 429) return `InfluxDB at ${where} wants fewer writes`;
  if (status === 503) return `InfluxDB at ${where} is not available`;
  if (status >= 500 && /no space left|disk quota|disk full/i.test(words))
    return `InfluxDB at ${where} has no room left on its disk, and 1.x must be restarted once it has`;
  if (status >= 500) return `InfluxDB at ${where} could not write`;
  return `what answers at ${where} is not InfluxDB`;
}

function failure(code: string, message: string, where: string): Answer {
  if (code === 'late')
    return { is: 'late', words: `InfluxDB at ${where} gave no complete answer in time` };
  return { is: 'trouble', words: reason(code, message, where), waitMs: 0 };
}

function reason(code: string, message: string, where: string): string {
  if (code === 'closed') return `the connection to InfluxDB at ${where} is being closed`;
  if (/^(ECONNRESET|EPIPE|ECONNABORTED)$/.test(code))
    return `the connection to InfluxDB at ${where} broke off`;
  if (code === 'ECONNREFUSED') return `InfluxDB is not there: nobody listens at ${where}`;
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN')
    return `InfluxDB is not there: the name in ${where} is not known`;
  if (/^(EHOST|ENET)UNREACH$|^ETIMEDOUT$/.test(code))
    return `InfluxDB is not there: no way to ${where}`;
  if (code.startsWith('HPE_')) return `what answers at ${where} does not speak HTTP`;
  if (/CERT|SSL|TLS|EPROTO|SELF_SIGNED|UNABLE_TO/.test(code))
    return `no trusted TLS connection to ${where}: ${message}`;
  return `no answer from InfluxDB at ${where}: ${message}`;
}

/** `Retry-After` in seconds or as a date. */
function waitMsOf(header: string | undefined, now: number): number {
  if (header === undefined) return 0;
  const seconds = Number(header);
  const ms = Number.isNaN(seconds) ? Date.parse(header) - now : seconds * 1000;
  return ms > 0 ? Math.min(ms, longestWaitMs) : 0;
}
