import { z } from 'zod';

/**
 * What an archive says of itself, as its last entry: an archive that was cut off has none. The parts are named as in the data directory, and no
 * other name is ever written to a disk.
 */

export const manifestName = 'manifest.json';

/** Raised whenever an older Guanjia could not restore what a newer one wrote. */
export const formatVersion = 1;

const partPattern = /^(?:[a-z]+\.(?:db|key|duckdb)|journal\/\d{20}\.seg)$/;

/** Whether this is a name a part may have: a file of the data directory, or a segment of its journal. */
export const isPartName = (name: string): boolean => partPattern.test(name);

const count = z.number().int().min(0);

const manifestShape = z.object({
  format: z.literal('guanjia-backup'),
  version: z.number().int().min(1),
  /** When the telemetry stood still, Unix ms UTC. */
  takenAt: count,
  /** Journal position up to which the telemetry is in the archive, and the oldest of any sink. */
  positions: z.object({ store: count, oldest: count }),
  /** In the order of the archive. */
  parts: z.array(
    z.object({
      name: z.string().refine(isPartName),
      bytes: count,
      sha256: z.string().regex(/^[0-9a-f]{64}$/),
    }),
  ),
});

export type Manifest = z.infer<typeof manifestShape>;
export type PartSum = Manifest['parts'][number];

/** @returns undefined where it is none */
export function parseManifest(text: string): Manifest | undefined {
  try {
    return manifestShape.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
