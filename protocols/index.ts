import type { ProtocolName } from '../model/envelope.ts';
import { cjt188 } from './cjt188/index.ts';
import { dlt645 } from './dlt645/index.ts';
import { jt808 } from './jt808/index.ts';
import type { Mappings } from './mapping.ts';
import { createModbus } from './modbus/index.ts';
import { mqttJson } from './mqtt-json/index.ts';
import { createMqttMapping } from './mqtt-mapping/index.ts';
import { nmea } from './nmea/index.ts';
import type { Profiles } from './profile.ts';
import type { Protocol } from './protocol.ts';

/** Every device language by its name. */
export function createProtocols(
  profiles: Profiles,
  mappings: Mappings,
): ReadonlyMap<ProtocolName, Protocol> {
  const protocols: readonly Protocol[] = [
    mqttJson,
    nmea,
    createMqttMapping(mappings),
    createModbus(profiles),
    dlt645,
    cjt188,
    jt808,
  ];
  return new Map(protocols.map((protocol) => [protocol.name, protocol]));
}
