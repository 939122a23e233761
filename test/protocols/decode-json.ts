import { mqttJson } from '../../protocols/mqtt-json/index.ts';
import type { About, Decoded } from '../../protocols/protocol.ts';
import { aboutMeter } from './about.ts';

export const receivedAt = 1_795_228_800_123;

/** Decodes a text as it is, anything else as its JSON. */
export function decodeJson(message: unknown, about: About = aboutMeter()): Decoded {
  const text = typeof message === 'string' ? message : JSON.stringify(message);
  return mqttJson.decode(new Uint8Array(Buffer.from(text)), about, receivedAt);
}
