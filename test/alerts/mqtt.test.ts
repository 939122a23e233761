import { expect, test } from 'vitest';
import type { Publish } from '../../alerts/channels/mqtt.ts';
import { createMqttTopic } from '../../alerts/channels/mqtt.ts';
import { toAlertView } from '../../alerts/view.ts';
import { sampleAlert } from './samples.ts';

test('MQTT carries the alert object to its topic, QoS 1, not retained', async () => {
  const messages: Parameters<Publish>[0][] = [];
  const publish: Publish = async (message) => {
    messages.push(message);
  };
  const alert = sampleAlert();
  const topic = createMqttTopic({ publish, timeZoneOf: () => 'Asia/Shanghai' });
  await topic.send(alert, 'opened', 'k');
  const payload = JSON.stringify(toAlertView(alert, 'Asia/Shanghai'));
  expect(messages).toEqual([{ topic: 'v1/alerts/lc-hq/v1', payload, qos: 1, retain: false }]);
});
