import type { Entry, ProtocolName } from '../model/envelope.ts';
import type { Accepted } from '../model/observation.ts';
import type { Protocol } from '../protocols/protocol.ts';
import type { Directory } from '../registry/registry.ts';
import type { Store } from '../stores/store.ts';
import { decode, type Memories } from './decode.ts';
import { createMemory, deduplicate, newestOf } from './deduplicate.ts';
import { createClocks, isResent, normalise } from './normalise.ts';
import { createAside, type Numbered, type Part, type Passage } from './passage.ts';
import { validate } from './validate.ts';

/** Entries of the journal in, observations that are let in out, in order. Remembers what identity and clocks need. */
export interface Pipeline {
  /** @param known what is kept of given instants, all that was passed before included; asked only for late data */
  pass(entries: readonly Entry[], known: Store['known']): Promise<Passage>;
  /** Shows entries that went through before a restart, so that their repetition is known, and what was said in part. */
  remember(entries: readonly Entry[]): void;
}

export interface PipelineParts {
  readonly protocols: ReadonlyMap<ProtocolName, Protocol>;
  readonly directory: () => Directory;
  /** What the store's newest instants are at the start. */
  readonly newest: ReadonlyMap<string, number>;
}

export function createPipeline({ protocols, directory, newest }: PipelineParts): Pipeline {
  const clocks = createClocks();
  const memory = createMemory(newest);
  const memories: Memories = new Map();
  const newestKnown = (device: string) => newestOf(memory, device) ?? 0;
  return {
    async pass(entries, known) {
      const aside = createAside();
      const repeated: Part[] = [];
      const serials: Numbered[] = [];

      const decoded = decode(entries, protocols, directory(), aside, serials, memories);
      const normalised = normalise(decoded, clocks, newestKnown, aside, repeated);
      const validated = validate(normalised, aside);
      const { accepted, continued } = await deduplicate(validated, memory, known, aside, repeated);

      return {
        accepted,
        continued,
        duplicates: repeated.map(({ entry }) => entry),
        quarantined: aside.items,
        serials,
        flaws: aside.flaws,
      };
    },

    remember(entries) {
      const parts = decode(entries, protocols, directory(), createAside(), [], memories);
      const withoutTime = parts.filter(({ observation }) => observation.timeSource === 'receipt');
      for (const entry of new Set(withoutTime.map((part) => part.entry))) isResent(entry, clocks);
    },
  };
}

/** How many observations each door brought in. Both ascend by `seq`. */
export function perDoor(
  entries: readonly Entry[],
  accepted: readonly Accepted[],
): Map<string, number> {
  const counts = new Map<string, number>();
  let index = 0;
  for (const { seq, door } of entries) {
    const before = index;
    while (accepted[index]?.seq === seq) index++;
    if (index > before) counts.set(door, (counts.get(door) ?? 0) + index - before);
  }
  return counts;
}
