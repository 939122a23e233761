import type { Institution, Meter, Vehicle } from '../../model/entities.ts';
import type { Credential, Device, Directory } from '../../registry/registry.ts';

const institution = { id: 'i1' } as Institution;

/** A directory of meters `m…`, vehicles `v…` and these credentials. */
export function directoryOf(
  credentials: readonly Partial<Credential>[],
  devices: readonly string[],
): Directory {
  const device = (id: string): Device | undefined => {
    if (!devices.includes(id)) return undefined;
    return id.startsWith('m')
      ? { type: 'meter', meter: { id } as Meter, institution }
      : { type: 'vehicle', vehicle: { id } as Vehicle, institution };
  };
  const all = credentials.map((some): Credential => {
    const id = some.id ?? '';
    return {
      id,
      kind: 'device',
      hash: `hash of ${id}-secret`,
      devices: [id],
      subscribe: [],
      institution: 'i1',
      ...some,
    };
  });
  const directory: Pick<Directory, 'device' | 'credential'> = {
    device,
    credential: (name) => all.find(({ id }) => id === name),
  };
  return directory as Directory;
}

export const verifyPlain = async (hash: string, secret: string): Promise<boolean> =>
  hash === `hash of ${secret}`;
