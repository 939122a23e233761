import { ownerOfFilter } from './topics.ts';

/** Who could hear what: a cheap first look that spares messages nobody listens to the way through the library. */
export interface Audience {
  /** @param member who listens, told apart by identity; one filter each */
  joined(member: unknown, filter: string): void;
  left(member: unknown): void;
  /** False only where certainly nobody subscribes to the topic. */
  mayHear(topic: string): boolean;
}

export function createAudience(): Audience {
  const filters = new Map<unknown, string>();
  /** Filters that stay within the topics of one device, by device. */
  const owned = new Map<string, number>();
  let others = 0;

  function count(filter: string, change: 1 | -1): void {
    const owner = ownerOfFilter(filter);
    if (owner === undefined) {
      others += change;
      return;
    }
    const left = (owned.get(owner) ?? 0) + change;
    if (left > 0) owned.set(owner, left);
    else owned.delete(owner);
  }

  return {
    joined(member, filter) {
      // The library talks to itself below $SYS, which no other filter reaches. MQTT 3.1.1, 4.7.2.
      if (filters.has(member) || filter.startsWith('$SYS/')) return;
      filters.set(member, filter);
      count(filter, 1);
    },
    left(member) {
      const filter = filters.get(member);
      if (filter !== undefined && filters.delete(member)) count(filter, -1);
    },
    mayHear: (topic) => others > 0 || (owned.size > 0 && owned.has(ownerOfFilter(topic) ?? '')),
  };
}
