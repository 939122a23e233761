import { hourMs } from '../model/time.ts';
import type { Said } from './ingest.ts';
import type { LocalDay } from './local-day.ts';
import type { SaidDay } from './revision-file.ts';

/** An hour as it is derived now. */
export interface ToldHour {
  readonly from: number;
  readonly to: number;
  /** Null where nothing can be said. */
  readonly value: number | null;
  readonly quality: string;
}

/** Never 0, which stands for nothing said. */
function fingerprint({ value, quality }: ToldHour): number {
  let hash = 0x811c9dc5;
  for (const letter of `${value} ${quality}`)
    hash = Math.imul(hash ^ letter.charCodeAt(0), 0x01000193);
  return hash >>> 0 || 1;
}

/** From the worst on. */
const order = ['missing', 'reset', 'replaced', 'estimated'] as const;

function saidOf(hours: readonly ToldHour[]): Said {
  const known = hours.flatMap(({ value }) => (value === null ? [] : [value]));
  // Rounded, since sums of decimals carry binary dust.
  const total = Math.round(known.reduce((sum, value) => sum + value, 0) * 1e6) / 1e6;
  const qualities = new Set(hours.map(({ quality }) => quality));
  const quality = order.find((each) => qualities.has(each)) ?? 'measured';
  if (known.length === hours.length) return { value: total, quality };
  return { value: null, ...(known.length > 0 ? { knownValue: total } : {}), quality };
}

/**
 * Holds a day as it is derived now against what was said of it.
 * @param hours of the day, none younger than may be told
 * @returns the day as it is said now, the hours that had been said otherwise, and the end of the last hour that says anything
 */
export function compare(day: LocalDay, old: SaidDay | undefined, hours: readonly ToldHour[]) {
  const marks = new Uint32Array(Math.round((day.to - day.from) / hourMs));
  marks.set(old?.hours.subarray(0, marks.length) ?? []);
  const placeOf = ({ from }: ToldHour) => Math.floor((from - day.from) / hourMs);
  const changed: number[] = [];
  let until = 0;
  for (const hour of hours) {
    const was = marks[placeOf(hour)] ?? 0;
    if (hour.value === null && was === 0) continue;
    const mark = fingerprint(hour);
    if (was !== 0 && was !== mark) changed.push(hour.from);
    marks[placeOf(hour)] = mark;
    until = Math.max(until, hour.to);
  }
  const said = saidOf(hours.filter((hour) => marks[placeOf(hour)] !== 0));
  const isNew = marks.some((mark, n) => mark !== (old?.hours[n] ?? 0));
  return { day: { hours: marks, said }, changed, until, isNew };
}
