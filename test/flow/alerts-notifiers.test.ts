import { createEmail } from '../../alerts/channels/email.ts';
import type { Publish } from '../../alerts/channels/mqtt.ts';
import { createMqttTopic } from '../../alerts/channels/mqtt.ts';
import { createWebhook } from '../../alerts/channels/webhook.ts';
import { morning } from '../alerts/samples.ts';
import type { Delivered, Mood } from '../contracts/notifier.ts';
import { notifierContract } from '../contracts/notifier.ts';
import { startMailServer } from './servers/mail.ts';
import { startWebServer } from './servers/web.ts';

const patienceMs = 300;
const zone = { timeZoneOf: () => 'Asia/Shanghai' };
const publicUrl = 'https://guanjia.example';

notifierContract('webhook', ['well', 'passing', 'for-good', 'silent'], async () => {
  let mood: Mood = 'well';
  const delivered: Delivered[] = [];
  const server = await startWebServer(({ headers, body }, response) => {
    if (mood === 'silent') return;
    response.statusCode = { well: 200, passing: 503, 'for-good': 410 }[mood];
    if (mood === 'well') delivered.push({ key: String(headers['idempotency-key']), text: body });
    response.end('{}');
  });
  return {
    notifier: createWebhook({
      url: `${server.url}/hook`,
      secret: () => 's3cret',
      ...zone,
      publicUrl,
      now: () => morning,
      timeoutMs: patienceMs,
    }),
    patienceMs,
    setMood: (next) => {
      mood = next;
    },
    received: () => delivered,
    close: server.close,
  };
});

notifierContract('email', ['well', 'passing', 'for-good'], async () => {
  const server = await startMailServer();
  return {
    notifier: createEmail({
      smtpUrl: server.url,
      from: 'guanjia@city.example',
      to: ['officer1@city.example'],
      publicUrl,
      ...zone,
      nameOf: () => '市机关事务管理局',
      onRefused: () => {},
      timeoutMs: patienceMs,
    }),
    patienceMs,
    setMood: (mood) => {
      delete server.mood.refuse;
      if (mood === 'passing') server.mood.refuse = { step: 'from', code: 451 };
      if (mood === 'for-good') server.mood.refuse = { step: 'to', code: 550 };
    },
    received: () =>
      server.mails.map(({ headers, parts }) => ({
        key: (headers.get('message-id') ?? '').replace(/^<|@guanjia>$/g, ''),
        text: [...parts.values()].join('\n'),
      })),
    close: server.close,
  };
});

notifierContract('mqtt', ['well', 'passing'], async () => {
  let away = false;
  const delivered: Delivered[] = [];
  let nextKey = '';
  const publish: Publish = async ({ payload }) => {
    if (away) throw new Error('the broker is not up');
    delivered.push({ key: nextKey, text: payload });
  };
  const topic = createMqttTopic({ publish, ...zone });
  return {
    // The key of MQTT is the alert's id and version in the payload; the contract's own stand beside it.
    notifier: {
      send: (alert, change, key) => {
        nextKey = key;
        return topic.send(alert, change, key);
      },
    },
    patienceMs,
    setMood: (mood) => {
      away = mood === 'passing';
    },
    received: () => delivered,
    close: async () => {},
  };
});
