import type { Gateway, Meter } from '../../model/entities.ts';
import { loadMappings, type Mapping, parseMapping } from '../../protocols/mapping.ts';
import { createMqttMapping } from '../../protocols/mqtt-mapping/index.ts';
import type { About, Decoded } from '../../protocols/protocol.ts';
import { aboutMeter, aMeter } from './about.ts';

export const receivedAt = Date.parse('2026-11-22T08:00:00.123Z');

const known = createMqttMapping(loadMappings());

/** A meter that sends by itself. */
export const sender = (mapping: string, id?: string, over: Partial<Meter> = {}): About =>
  aboutMeter({ mqtt: { mapping, ...(id !== undefined && { id }) }, ...over });

/** A gateway `g1` and its meters, by the names they have there. */
export function gatewayOf(mapping: string, meters: Readonly<Record<string, Meter>>): About {
  const gateway: Gateway = {
    id: 'g1',
    devices: Object.values(meters).map(({ id }) => id),
    mqtt: { mapping },
  };
  return {
    type: 'gateway',
    gateway,
    meter: (name) => (Object.hasOwn(meters, name) ? meters[name] : undefined),
  };
}

export const meterNamed = (id: string): Meter => aMeter({ id });

const bytesOf = (message: unknown): Uint8Array =>
  new Uint8Array(Buffer.from(typeof message === 'string' ? message : JSON.stringify(message)));

/** Decodes a text as it is, anything else as its JSON. */
export const decodeMapped = (message: unknown, about: About): Decoded =>
  known.decode(bytesOf(message), about, receivedAt);

const head = 'name: own\ntitle: { zh: 表, en: meter }\nsource: test\n';

/** A mapping for a test; what it does not say of topics is said here. */
export const mappingOf = (yaml: string): Mapping =>
  parseMapping(`${head}${/^topics:/m.test(yaml) ? '' : 'topics: [a/b]\n'}${yaml}`);

/** Decodes by a mapping of the test's own. */
export const decodeBy = (yaml: string, message: unknown, over: Partial<Meter> = {}): Decoded =>
  createMqttMapping(new Map([['own', mappingOf(yaml)]])).decode(
    bytesOf(message),
    sender('own', undefined, over),
    receivedAt,
  );
