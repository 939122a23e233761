import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { createNotifier } from '../../alerts/channels/index.ts';
import { createMqttTopic } from '../../alerts/channels/mqtt.ts';
import { startRouter } from '../../alerts/router.ts';
import type { ChannelSettings, Routing } from '../../model/entities.ts';
import type { Desk } from '../alerts/samples.ts';
import { directoryOf, finding, morning, openDesk } from '../alerts/samples.ts';
import { folderOfTest } from './folders.ts';
import { startMailServer } from './servers/mail.ts';
import { startWebServer } from './servers/web.ts';

const everything = (channel: string): Routing => ({
  id: channel,
  institution: 'city',
  kinds: ['vehicle.*'],
  severity: 'info',
  channel,
});

function start(
  desk: Desk,
  channels: readonly ChannelSettings[],
  smtpUrl: string,
  topics: string[],
) {
  const timeZoneOf = () => 'Asia/Shanghai';
  return startRouter({
    book: desk,
    database: desk.database,
    directory: () =>
      directoryOf(
        channels.map(({ id }) => everything(id)),
        channels,
      ),
    notifier: (channel) =>
      createNotifier(channel, {
        publicUrl: 'http://127.0.0.1',
        smtpUrl,
        mailFrom: 'guanjia@city.example',
        institution: () => undefined,
        secretOf: () => 's3cret',
        now: desk.context.now,
        log: desk.context.log,
      }),
    feed: createMqttTopic({ publish: async ({ topic }) => void topics.push(topic), timeZoneOf }),
    context: desk.context,
    random: () => 0,
  });
}

const vehicle = (id: string) => finding({ subject: { type: 'vehicle', id } });

test('a full outbox survives a restart; what was sent is not sent again, and nothing is lost', async () => {
  const path = join(folderOfTest(), 'alerts.sqlite');
  let away = true;
  const web = await startWebServer((_posted, response) => {
    response.writeHead(away ? 503 : 204).end();
  });
  const mail = await startMailServer();
  const topics: string[] = [];
  const channels: ChannelSettings[] = [
    { id: 'hook', kind: 'webhook', url: web.url },
    { id: 'mail', kind: 'email', to: ['officer1@city.example'] },
    { id: 'nobody', kind: 'webhook', url: 'http://127.0.0.1:9/' },
  ];
  const ids = Array.from({ length: 20 }, (_, index) => `v${index}`);

  const before = openDesk(morning, path);
  before.report(ids.map(vehicle));
  const first = start(before, channels, mail.url, topics);
  await vi.waitFor(() => expect(mail.mails).toHaveLength(20), { timeout: 10_000 });
  await vi.waitFor(() => expect(web.posted).toHaveLength(20), { timeout: 10_000 });
  expect(topics.sort()).toEqual(ids.map((id) => `v1/alerts/lc-hq/${id}`).sort());
  await first.stop();
  before.database.close();

  away = false;
  const after = openDesk(morning + 60_000, path);
  after.report(ids.map(vehicle));
  const second = start(after, channels, mail.url, topics);
  second.kick();
  await vi.waitFor(() => expect(web.posted).toHaveLength(40), { timeout: 10_000 });
  after.report([finding({ change: 'clear', at: morning + 5, openedAt: morning })]);
  second.kick();
  await vi.waitFor(() => expect(mail.mails).toHaveLength(21), { timeout: 10_000 });
  await second.stop();
  const keys = web.posted.map(({ headers }) => headers['idempotency-key']);
  expect(new Set(keys.slice(20, 40))).toEqual(new Set(keys.slice(0, 20)));
  expect(topics).toHaveLength(21);
  const waiting = after.database
    .prepare("SELECT DISTINCT channel FROM outbox WHERE state = 'waiting'")
    .all();
  expect(waiting).toEqual([{ channel: 'nobody' }]);
  after.database.close();
  await Promise.all([web.close(), mail.close()]);
});

test('stopping waits for what is on its way, but not for ever', async () => {
  const web = await startWebServer(() => {});
  const desk = openDesk();
  desk.report([vehicle('v1')]);
  const router = start(desk, [{ id: 'hook', kind: 'webhook', url: web.url }], '', []);
  await vi.waitFor(() => expect(web.posted).toHaveLength(1));
  const begun = performance.now();
  await router.stop();
  expect(performance.now() - begun).toBeLessThan(4000);
  const [row] = desk.database.prepare("SELECT attempts FROM outbox WHERE channel = 'hook'").all();
  expect(row).toEqual({ attempts: 1 });
  desk.database.close();
  await web.close();
});
