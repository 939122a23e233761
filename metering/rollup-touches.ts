import type { Period } from '../energy/consumption/periods.ts';
import type { Accepted, Sample } from '../model/observation.ts';
import { hourMs, minuteMs } from '../model/time.ts';

/** Where what meters used may have changed. */

export interface Touch extends Period {
  readonly meter: string;
  /**
   * `next`: from the reading before it to a new one. `first`: a new one, and the reading before it is to be looked for. `late`: what lies around it
   * changes too.
   */
  readonly kind: 'next' | 'first' | 'late';
}

export interface Touches {
  /** Cheap: most readings end nothing. */
  note(observation: Accepted): void;
  add(touch: Touch): void;
  /** A wrong reading may have been taken for right: until a day has gone by, what comes next decides of it as well. */
  doubt(meter: string, from: number): void;
  /** All of them, and none is left. */
  take(): readonly Touch[];
}

const quarterMs = 15 * minuteMs;
const longestDoubtMs = 25 * hourMs;

const isCounted = ({ values }: Sample): boolean =>
  values.energy_import_kwh !== undefined ||
  values.volume_m3 !== undefined ||
  values.heat_gj !== undefined;

export function createTouches(): Touches {
  let touched = new Map<string, Touch>();
  const newest = new Map<string, number>();
  const doubts = new Map<string, number>();

  /** One for what goes on and one for what comes late: together they would be all that lies between. */
  function add(touch: Touch): void {
    const key = `${touch.kind === 'late' ? 'late' : 'next'} ${touch.meter}`;
    const known = touched.get(key);
    if (!known) touched.set(key, touch);
    else
      touched.set(key, {
        ...(known.from <= touch.from ? known : touch),
        to: Math.max(known.to, touch.to),
      });
  }

  function goOn(meter: string, last: number, at: number): void {
    newest.set(meter, at);
    if (Math.floor(last / quarterMs) === Math.floor(at / quarterMs)) return;
    const doubt = doubts.get(meter) ?? at;
    const isOver = at - doubt > longestDoubtMs;
    if (isOver) doubts.delete(meter);
    add({ meter, from: isOver ? last : Math.min(last, doubt), to: at, kind: 'next' });
  }

  return {
    add,
    note(observation) {
      if (observation.type !== 'sample' || !isCounted(observation)) return;
      const { device: meter, at } = observation;
      const last = newest.get(meter);
      if (last === undefined) {
        newest.set(meter, at);
        add({ meter, from: at, to: at, kind: 'first' });
      } else if (at > last) goOn(meter, last, at);
      else add({ meter, from: at, to: at, kind: 'late' });
    },
    doubt: (meter, from) => void doubts.set(meter, Math.min(from, doubts.get(meter) ?? from)),
    take() {
      const all = [...touched.values()];
      touched = new Map();
      return all;
    },
  };
}
