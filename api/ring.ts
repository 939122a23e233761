/** The last events, numbered from 1; what they look like outside is worked out once, when first asked for. */
export interface Ring<Event, Part> {
  push(event: Event): void;
  /** Number of the oldest one kept; `last() + 1` when empty. */
  first(): number;
  last(): number;
  /** @param n from `first()` to `last()` */
  parts(n: number): readonly Part[];
}

interface Slot<Event, Part> {
  readonly event: Event;
  parts?: readonly Part[];
}

export function createRing<Event, Part>(
  keep: number,
  toParts: (event: Event) => readonly Part[],
): Ring<Event, Part> {
  const slots: Slot<Event, Part>[] = [];
  let last = 0;
  return {
    push(event) {
      last++;
      slots[last % keep] = { event };
    },
    first: () => Math.max(1, last - keep + 1),
    last: () => last,
    parts(n) {
      const slot = slots[n % keep];
      if (!slot) return [];
      slot.parts ??= toParts(slot.event);
      return slot.parts;
    },
  };
}
