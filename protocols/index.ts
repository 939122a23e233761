import type { ProtocolName } from '../model/envelope.ts';
import { createModbus } from './modbus/index.ts';
import { mqttJson } from './mqtt-json/index.ts';
import type { Profiles } from './profile.ts';
import type { Protocol } from './protocol.ts';

/** Every device language by its name. */
export function createProtocols(profiles: Profiles): ReadonlyMap<ProtocolName, Protocol> {
  const protocols: readonly Protocol[] = [mqttJson, createModbus(profiles)];
  return new Map(protocols.map((protocol) => [protocol.name, protocol]));
}
