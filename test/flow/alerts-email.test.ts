import { once } from 'node:events';
import type { AddressInfo, Socket } from 'node:net';
import { createServer } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { createEmail } from '../../alerts/channels/email.ts';
import type { ChannelWorld } from '../../alerts/channels/index.ts';
import { createNotifier } from '../../alerts/channels/index.ts';
import { morning, sampleAlert } from '../alerts/samples.ts';
import { startMailServer } from './servers/mail.ts';

const serve = async () => {
  const server = await startMailServer();
  onTestFinished(server.close);
  return server;
};

const email = (smtpUrl: string, refused: string[] = []) =>
  createEmail({
    smtpUrl,
    from: 'guanjia@city.example',
    to: ['officer1@city.example', 'officer2@city.example'],
    publicUrl: 'https://guanjia.example',
    timeZoneOf: () => 'Asia/Shanghai',
    nameOf: () => '市机关事务管理局 <A&B>',
    onRefused: (receivers) => refused.push(...receivers),
    timeoutMs: 300,
  });

test('one message for all, bilingual, as text and escaped HTML, with the link', async () => {
  const server = await serve();
  const alert = sampleAlert({
    severity: 'critical',
    summary: { zh: '用电 <异常>', en: 'Power "odd" & high\r\nBcc: x@example.com' },
  });
  await email(server.url).send(alert, 'opened', 'al-1-1');
  const [mail, more] = server.mails;
  expect(more).toBeUndefined();
  expect(mail?.to).toEqual(['officer1@city.example', 'officer2@city.example']);
  expect(mail?.from).toBe('guanjia@city.example');
  expect(mail?.headers.get('message-id')).toBe('<al-1-1@guanjia>');
  expect(mail?.headers.get('auto-submitted')).toBe('auto-generated');
  expect(mail?.headers.has('bcc')).toBe(false);
  const plain = mail?.parts.get('text/plain') ?? '';
  const html = mail?.parts.get('text/html') ?? '';
  const link = `https://guanjia.example/alerts/${alert.id}`;
  const opened = '2026-11-23T08:00:00+08:00';
  for (const wanted of ['用电 <异常>', '严重 / Critical', '发生 / opened', opened, link])
    expect(plain).toContain(wanted);
  const escaped = ['用电 &lt;异常&gt;', 'Power &quot;odd&quot; &amp; high', '&lt;A&amp;B&gt;'];
  for (const wanted of [...escaped, `href="${link}"`]) expect(html).toContain(wanted);
  expect(html).not.toContain('<异常>');
});

test.each([
  ['from', 421, true],
  ['data', 452, true],
  ['data', 554, false],
] as const)('a refusal at %s with %i is worth another try: %s', async (step, code, retryable) => {
  const server = await serve();
  server.mood.refuse = { step, code };
  const sending = email(server.url).send(sampleAlert(), 'opened', 'k');
  await expect(sending).rejects.toMatchObject({ code: 'NOTIFY_FAILED', retryable });
});

test('a receiver that is refused is told of, and the others get the message', async () => {
  const server = await serve();
  const refused: string[] = [];
  server.mood.refuse = { step: 'to', code: 550, only: 'officer2@city.example' };
  await email(server.url, refused).send(sampleAlert(), 'opened', 'k');
  expect(server.mails.map(({ to }) => to)).toEqual([['officer1@city.example']]);
  expect(refused).toEqual(['officer2@city.example']);
});

test('a server that never greets, and none at all, are given up in time and worth another try', async () => {
  const sockets: Socket[] = [];
  const server = createServer((socket) => sockets.push(socket)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const send = () => email(`smtp://127.0.0.1:${port}`).send(sampleAlert(), 'opened', 'k');
  const failure = { code: 'NOTIFY_FAILED', retryable: true };
  await expect(send()).rejects.toMatchObject(failure);
  for (const socket of sockets) socket.destroy();
  await new Promise((resolve) => server.close(resolve));
  await expect(send()).rejects.toMatchObject(failure);
});

test('a channel of the inventory becomes what it is set up as', async () => {
  const server = await serve();
  const world: ChannelWorld = {
    publicUrl: 'https://guanjia.example',
    smtpUrl: server.url,
    mailFrom: 'guanjia@city.example',
    institution: () => ({ name: '市机关事务管理局', timeZone: 'Asia/Urumqi' }),
    secretOf: () => undefined,
    now: () => morning,
    log: () => {},
  };
  const channel = { id: 'mail', kind: 'email', to: ['officer1@city.example'] } as const;
  await createNotifier(channel, world).send(sampleAlert(), 'opened', 'k');
  expect(server.mails[0]?.parts.get('text/plain')).toContain('市机关事务管理局 (lc-hq)');
  expect(server.mails[0]?.parts.get('text/plain')).toContain('2026-11-23T06:00:00+06:00');
  const none = createNotifier(channel, { ...world, smtpUrl: undefined });
  await expect(none.send(sampleAlert(), 'opened', 'k')).rejects.toMatchObject({ retryable: true });
});
