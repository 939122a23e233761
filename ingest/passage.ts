import type { Entry } from '../model/envelope.ts';
import type { Accepted, Observation, Quarantined, QuarantineReason } from '../model/observation.ts';
import type { Serial } from '../protocols/protocol.ts';

/** One observation on its way through the line, with the entry it came in. */
export interface Part<T extends Observation = Observation> {
  readonly entry: Entry;
  readonly observation: T;
}

/** What came of a run of entries. */
export interface Passage {
  readonly accepted: readonly Accepted[];
  /** Of those accepted, what speaks of an instant of its device of which something is kept already: another part of a reading. */
  readonly continued: ReadonlySet<Accepted>;
  /** The entry of each observation that said nothing new. */
  readonly duplicates: readonly Entry[];
  readonly quarantined: readonly Quarantined[];
  /** Numbers of messages, where the protocol has them. */
  readonly serials: readonly Numbered[];
  /** By door, how many observations something was wrong beside; none where absent. */
  readonly flaws?: ReadonlyMap<string, number>;
}

export interface Numbered {
  readonly seq: number;
  readonly serial: Serial;
}

/** More than this of one message says nothing more about what is wrong with it. */
const itemsPerEntry = 20;

/** Gathers what is set aside, numbers the parts of an entry, and keeps a flood from one message small. */
export interface Aside {
  put(entry: Entry, reason: QuarantineReason, detail: string): void;
  readonly items: readonly Quarantined[];
  /** Counts what is let in although something beside it was not understood. */
  flaw(entry: Entry, observations: number | undefined): void;
  /** By door. */
  readonly flaws: ReadonlyMap<string, number>;
}

export function createAside(): Aside {
  const items: Quarantined[] = [];
  const perEntry = new Map<number, number>();
  const flaws = new Map<string, number>();
  return {
    items,
    flaws,
    flaw({ door }, observations) {
      if (observations) flaws.set(door, (flaws.get(door) ?? 0) + observations);
    },
    put(entry, reason, detail) {
      const part = perEntry.get(entry.seq) ?? 0;
      perEntry.set(entry.seq, part + 1);
      if (part >= itemsPerEntry) return;
      const { seq, door, protocol, device, receivedAt, bytes } = entry;
      items.push({ seq, part, door, protocol, device, receivedAt, reason, detail, bytes });
    },
  };
}
