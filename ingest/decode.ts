import type { Entry, ProtocolName } from '../model/envelope.ts';
import { isAppError, messageOf } from '../model/errors.ts';
import type { QuarantineReason } from '../model/observation.ts';
import type { Decoded, Protocol } from '../protocols/protocol.ts';
import type { Directory } from '../registry/registry.ts';
import type { Aside, Numbered, Part } from './passage.ts';

/** What languages remember from one message of a device to the next: most of them nothing. */
export type Memories = Map<ProtocolName, Map<string, object>>;

function remember(memories: Memories, { protocol, device }: Entry, memory: object): void {
  const devices = memories.get(protocol) ?? new Map<string, object>();
  memories.set(protocol, devices.set(device, memory));
}

/**
 * Bytes → observations. What a codec cannot read is set aside; whatever a codec throws, the line goes on.
 *
 * @param memories of the messages before; what is read again stands alone
 */
export function decode(
  entries: readonly Entry[],
  protocols: ReadonlyMap<ProtocolName, Protocol>,
  directory: Directory,
  aside: Aside,
  serials: Numbered[] = [],
  memories: Memories = new Map(),
): readonly Part[] {
  const parts: Part[] = [];
  for (const entry of entries) {
    const memory = entry.requeued ? undefined : memories.get(entry.protocol)?.get(entry.device);
    const decoded = read(entry, protocols.get(entry.protocol), directory, aside, memory);
    if (!decoded) continue;
    if (decoded.memory && !entry.requeued) remember(memories, entry, decoded.memory);
    for (const observation of decoded.observations) parts.push({ entry, observation });
    for (const { reason, detail } of decoded.refused) aside.put(entry, reason, detail);
    aside.flaw(entry, decoded.flawed);
    if (decoded.serial) serials.push({ seq: entry.seq, serial: decoded.serial });
  }
  return parts;
}

/** @returns undefined where the whole of it was set aside */
function read(
  entry: Entry,
  protocol: Protocol | undefined,
  directory: Directory,
  aside: Aside,
  memory: object | undefined,
): Decoded | undefined {
  const { device: id, protocol: name, receivedAt } = entry;
  const device =
    directory.device(id, receivedAt) ??
    (name === 'mqtt-mapping' ? directory.gateway(id, receivedAt) : undefined);
  if (!device) {
    aside.put(entry, 'unknown-device', `got device ${id}, which the registry does not know`);
    return undefined;
  }
  if (!protocol) {
    aside.put(entry, 'unsupported', `got protocol ${name}, for which there is no codec`);
    return undefined;
  }
  try {
    return protocol.decode(entry.bytes, device, receivedAt, memory);
  } catch (error) {
    aside.put(entry, reasonOf(error), messageOf(error));
    return undefined;
  }
}

const reasonOf = (error: unknown): QuarantineReason =>
  isAppError(error) && error.code === 'DECODE_UNSUPPORTED' ? 'unsupported' : 'malformed';
