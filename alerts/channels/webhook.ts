import { createHmac } from 'node:crypto';
import { AppError, messageOf } from '../../model/errors.ts';
import type { Notifier } from '../alerts.ts';
import { toAlertView } from '../view.ts';

export interface WebhookOptions {
  readonly url: string;
  /** Asked at every attempt, so that a new secret counts at once; undefined: messages are not signed. */
  secret(): string | undefined;
  timeZoneOf(institution: string): string;
  /** Where people find the console, without a slash at the end. */
  readonly publicUrl: string;
  now(): number;
  /** For one attempt, redirects included. */
  readonly timeoutMs?: number;
}

const maxRedirects = 3;

const failed = (message: string, retryable: boolean, cause?: unknown) =>
  new AppError('NOTIFY_FAILED', message, { retryable, cause });

/** Answers that say "not now" rather than "never". */
const isPassing = (status: number): boolean =>
  status === 408 || status === 425 || status === 429 || status >= 500;

const keyOf = (secret: string): Buffer =>
  secret.startsWith('whsec_') ? Buffer.from(secret.slice(6), 'base64') : Buffer.from(secret);

/**
 * Headers of the Standard Webhooks specification: the signature is over id, time and body, so that nothing of them can be changed or replayed later.
 * @see https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
 */
function headersOf(key: string, atMs: number, body: string, secret: string | undefined) {
  const timestamp = String(Math.floor(atMs / 1000));
  const headers: Record<string, string> = {
    'content-type': 'application/json; charset=utf-8',
    'user-agent': 'Guanjia',
    'idempotency-key': key,
    'webhook-id': key,
    'webhook-timestamp': timestamp,
  };
  if (secret !== undefined) {
    const signed = `${key}.${timestamp}.${body}`;
    const mac = createHmac('sha256', keyOf(secret)).update(signed).digest('base64');
    headers['webhook-signature'] = `v1,${mac}`;
  }
  return headers;
}

function targetOf(text: string, base?: URL): URL {
  const url = URL.canParse(text, base?.href) ? new URL(text, base?.href) : undefined;
  if (!url || (url.protocol !== 'http:' && url.protocol !== 'https:'))
    throw failed('The address of the webhook must begin with http:// or https://.', false);
  if (base && url.origin !== base.origin)
    throw failed(
      `It redirects to ${url.origin}; alerts go to no other host than ${base.origin}.`,
      false,
    );
  return url;
}

/** Follows only redirects that keep method and body, and only within the same origin. */
async function post(url: URL, init: RequestInit, redirects = 0): Promise<void> {
  const response = await fetch(url, { ...init, method: 'POST', redirect: 'manual' });
  await response.body?.cancel();
  const { status } = response;
  if (status >= 200 && status < 300) return;
  const location = response.headers.get('location');
  if ((status === 307 || status === 308) && location !== null && redirects < maxRedirects)
    return post(targetOf(location, url), init, redirects + 1);
  throw failed(`The webhook answered ${status}.`, isPassing(status));
}

/** HTTP POST of `{"change", "url", "alert"}`, the alert as over the API. */
export function createWebhook(options: WebhookOptions): Notifier {
  const { publicUrl, timeZoneOf, timeoutMs = 10_000 } = options;
  return {
    send: async (alert, change, key) => {
      const url = targetOf(options.url);
      const body = JSON.stringify({
        change,
        url: `${publicUrl}/alerts/${alert.id}`,
        alert: toAlertView(alert, timeZoneOf(alert.institution)),
      });
      const headers = headersOf(key, options.now(), body, options.secret());
      try {
        await post(url, { body, headers, signal: AbortSignal.timeout(timeoutMs) });
      } catch (error) {
        if (error instanceof AppError) throw error;
        const cause = error instanceof Error && error.cause ? error.cause : error;
        throw failed(`The webhook could not be reached: ${messageOf(cause)}`, true, error);
      }
    },
  };
}
