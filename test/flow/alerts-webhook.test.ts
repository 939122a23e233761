import { createHmac } from 'node:crypto';
import { expect, onTestFinished, test } from 'vitest';
import type { WebhookOptions } from '../../alerts/channels/webhook.ts';
import { createWebhook } from '../../alerts/channels/webhook.ts';
import { toAlertView } from '../../alerts/view.ts';
import { morning, sampleAlert } from '../alerts/samples.ts';
import { startWebServer } from './servers/web.ts';

const webhook = (url: string, over: Partial<WebhookOptions> = {}) =>
  createWebhook({
    url,
    secret: () => 's3cret',
    timeZoneOf: () => 'Asia/Shanghai',
    publicUrl: 'https://guanjia.example',
    now: () => morning,
    timeoutMs: 2000,
    ...over,
  });

const serve = async (...[answer]: Parameters<typeof startWebServer>) => {
  const server = await startWebServer(answer);
  onTestFinished(server.close);
  return server;
};

const failure = (retryable: boolean) => ({ code: 'NOTIFY_FAILED', retryable });

test('is signed over id, time and body as Standard Webhooks says', async () => {
  const server = await serve((_posted, response) => response.end());
  const alert = sampleAlert();
  const encodedSecret = 'MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
  const send = (secret: string | undefined, key: string) =>
    webhook(server.url, { secret: () => secret }).send(alert, 'cleared', key);
  await send('s3cret', 'al-1-2');
  await send(`whsec_${encodedSecret}`, 'k');
  await send(undefined, 'k');
  const [plain, encoded, unsigned] = server.posted;
  expect(JSON.parse(plain?.body ?? '')).toEqual({
    change: 'cleared',
    url: `https://guanjia.example/alerts/${alert.id}`,
    alert: JSON.parse(JSON.stringify(toAlertView(alert, 'Asia/Shanghai'))),
  });
  const sign = (secret: string | Buffer, text: string) =>
    `v1,${createHmac('sha256', secret).update(text).digest('base64')}`;
  const timestamp = String(morning / 1000);
  expect(plain).toMatchObject({
    method: 'POST',
    headers: {
      'content-type': 'application/json; charset=utf-8',
      'webhook-id': 'al-1-2',
      'idempotency-key': 'al-1-2',
      'webhook-timestamp': timestamp,
      'webhook-signature': sign('s3cret', `al-1-2.${timestamp}.${plain?.body}`),
    },
  });
  expect(encoded?.headers['webhook-signature']).toBe(
    sign(Buffer.from(encodedSecret, 'base64'), `k.${timestamp}.${encoded?.body}`),
  );
  expect(unsigned?.headers).not.toHaveProperty('webhook-signature');
});

test.each([
  [400, false],
  [401, false],
  [404, false],
  [408, true],
  [422, false],
  [425, true],
  [429, true],
  [500, true],
  [502, true],
  [301, false],
  [304, false],
])('answer %i is worth another try: %s', async (status, retryable) => {
  const server = await serve((_posted, response) => response.writeHead(status).end());
  const sending = webhook(server.url).send(sampleAlert(), 'opened', 'k');
  await expect(sending).rejects.toMatchObject(failure(retryable));
});

test('an answer that begins and never ends is taken at its word', async () => {
  const server = await serve((_posted, response) => {
    response.writeHead(200);
    response.write('slow');
  });
  await webhook(server.url).send(sampleAlert(), 'opened', 'k');
});

test('redirects are followed with method and body within the host, and only there', async () => {
  const other = await serve((_posted, response) => response.end());
  const server = await serve(({ path }, response) => {
    if (path === '/loop') response.writeHead(307, { location: '/loop' });
    if (path === '/old') response.writeHead(308, { location: '/new' });
    if (path === '/away') response.writeHead(307, { location: `${other.url}/new` });
    if (path === '/file') response.writeHead(307, { location: 'file:///etc/passwd' });
    response.end();
  });
  const send = (path: string) => webhook(server.url + path).send(sampleAlert(), 'opened', 'k');
  await send('/old');
  const seen = server.posted.map(({ method, path }) => `${method} ${path}`);
  expect(seen).toEqual(['POST /old', 'POST /new']);
  expect(server.posted[1]?.body).toBe(server.posted[0]?.body);
  for (const path of ['/loop', '/away', '/file'])
    await expect(send(path)).rejects.toMatchObject(failure(false));
  expect(other.posted).toEqual([]);
});

test.each(['', 'ftp://127.0.0.1/', 'file:///etc/passwd', 'javascript:1', 'no address'])(
  'refuses the address %j',
  async (url) => {
    const sending = webhook(url).send(sampleAlert(), 'opened', 'k');
    await expect(sending).rejects.toMatchObject(failure(false));
  },
);

test('nobody there is worth another try', async () => {
  const server = await startWebServer(() => {});
  await server.close();
  const sending = webhook(server.url).send(sampleAlert(), 'opened', 'k');
  await expect(sending).rejects.toMatchObject(failure(true));
});
