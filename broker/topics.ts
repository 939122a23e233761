import type { ProtocolName } from '../model/envelope.ts';

/** A device's own topic, taken apart. */
export type DeviceTopic =
  | { readonly device: string; readonly type: 'meter' | 'vehicle'; readonly protocol: ProtocolName }
  | { readonly device: string; readonly type: 'state' };

const topicPattern = /^v1\/(meters|vehicles|devices)\/([A-Za-z0-9][A-Za-z0-9._-]{0,63})\/([a-z]+)$/;

const meanings: Readonly<Record<string, { type: 'meter' | 'vehicle'; protocol: ProtocolName }>> = {
  'meters/readings': { type: 'meter', protocol: 'mqtt-json' },
  'vehicles/positions': { type: 'vehicle', protocol: 'mqtt-json' },
  'vehicles/nmea': { type: 'vehicle', protocol: 'nmea' },
};

/** Undefined for a topic no device publishes to. */
export function parseTopic(topic: string): DeviceTopic | undefined {
  const [, family, device, leaf] = topicPattern.exec(topic) ?? [];
  if (family === undefined || device === undefined) return undefined;
  if (family === 'devices') return leaf === 'state' ? { device, type: 'state' } : undefined;
  const meaning = meanings[`${family}/${leaf}`];
  return meaning && { device, ...meaning };
}

export const stateTopic = (device: string): string => `v1/devices/${device}/state`;

const ownPattern = /^v1\/(?:meters|vehicles|devices)\/([^/+#]+)\/./;

/** The device whose own topics the filter stays within; undefined where it reaches further. */
export const ownerOfFilter = (filter: string): string | undefined => ownPattern.exec(filter)?.[1];

/** Whether the text can be the topic of a message. MQTT 3.1.1, 4.7. */
export const isTopicName = (text: string, levelsMax: number): boolean =>
  text !== '' && !/[+#]/.test(text) && !text.includes('\0') && text.split('/').length <= levelsMax;

/** [MQTT-4.7.1-2] and [MQTT-4.7.1-3]: a wildcard is a level of its own, and # the last one. */
export const isFilter = (text: string): boolean =>
  text !== '' && !text.includes('\0') && !/[^/][+#]|\+[^/]|#./.test(text);

/** Whether every topic that `asked` matches is matched by `granted` too. MQTT 3.1.1, 4.7. */
export function covers(granted: string, asked: string): boolean {
  const have = granted.split('/');
  const want = asked.split('/');
  // [MQTT-4.7.2-1] A wildcard at the beginning does not match topics that begin with $.
  if (want[0]?.startsWith('$') && want[0] !== have[0]) return false;
  for (const [level, word] of have.entries()) {
    if (word === '#') return true;
    const other = want[level];
    if (other === undefined || other === '#') return false;
    if (word !== '+' && word !== other) return false;
  }
  return have.length === want.length;
}
