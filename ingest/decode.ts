import type { Entry, ProtocolName } from '../model/envelope.ts';
import { isAppError, messageOf } from '../model/errors.ts';
import type { QuarantineReason } from '../model/observation.ts';
import type { Protocol } from '../protocols/protocol.ts';
import type { Directory } from '../registry/registry.ts';
import type { Aside, Part } from './passage.ts';

/** Bytes → observations. What a codec cannot read is set aside; whatever a codec throws, the line goes on. */
export function decode(
  entries: readonly Entry[],
  protocols: ReadonlyMap<ProtocolName, Protocol>,
  directory: Directory,
  aside: Aside,
): readonly Part[] {
  const parts: Part[] = [];
  for (const entry of entries) {
    const device = directory.device(entry.device, entry.receivedAt);
    const protocol = protocols.get(entry.protocol);
    if (!device) {
      aside.put(
        entry,
        'unknown-device',
        `got device ${entry.device}, which the registry does not know`,
      );
    } else if (!protocol) {
      aside.put(
        entry,
        'unsupported',
        `got protocol ${entry.protocol}, for which there is no codec`,
      );
    } else {
      try {
        const decoded = protocol.decode(entry.bytes, device, entry.receivedAt);
        for (const observation of decoded.observations) parts.push({ entry, observation });
        for (const { reason, detail } of decoded.refused) aside.put(entry, reason, detail);
      } catch (error) {
        aside.put(entry, reasonOf(error), messageOf(error));
      }
    }
  }
  return parts;
}

const reasonOf = (error: unknown): QuarantineReason =>
  isAppError(error) && error.code === 'DECODE_UNSUPPORTED' ? 'unsupported' : 'malformed';
