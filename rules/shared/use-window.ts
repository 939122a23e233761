import { type CounterLimits, differenceOf, stepOf } from '../../energy/counter.ts';
import type { Reading } from '../../energy/hourly.ts';
import { hourMs } from '../../model/time.ts';
import { look, type Streak } from './streak.ts';

/** What was used in stretches of an hour and more, against the most that can be. Plain JSON. */
export interface UseState {
  readonly window: Window | null;
  readonly streak: Streak | null;
}

export const newUse: UseState = { window: null, streak: null };

/** What the counter has said since a window of an hour or more began. */
interface Window {
  readonly start: Reading;
  readonly last: Reading;
  readonly used: number;
  /** A window over the limit that a wrong reading could still explain, and how many readings have gone on from it. */
  readonly over: {
    readonly from: number;
    readonly perHour: number;
    readonly followers: number;
  } | null;
}

/** So far over the limit one hour is enough. */
const certain = 3;
const followersWanted = 2;

const begin = (reading: Reading): Window => ({
  start: reading,
  last: reading,
  used: 0,
  over: null,
});

/**
 * Next reading, in order of `at`. A counter that fell or jumped is not judged: that is another's matter.
 *
 * @param most per hour, in the unit of the counter
 */
export function addUse(
  state: UseState,
  reading: Reading,
  limits: CounterLimits,
  most: number,
): UseState {
  const { window } = state;
  if (!window) return { ...state, window: begin(reading) };
  const { last } = window;
  if (reading.at <= last.at) return state;
  const difference = differenceOf(last.value, reading.value, reading.at - last.at, limits);
  if (difference.type !== 'used') return { ...state, window: begin(reading) };
  const grown = { ...window, last: reading, used: window.used + difference.value };
  return closeWindow(believe(state, grown, most), most, 2 * stepOf(reading.value, limits));
}

interface Grown extends UseState {
  readonly window: Window;
}

/** A counter that has gone on from a window over the limit was not wrong. */
function believe({ streak }: UseState, window: Window, most: number): Grown {
  const over = window.over && { ...window.over, followers: window.over.followers + 1 };
  if (!over || over.followers < followersWanted) return { streak, window: { ...window, over } };
  return { streak: lookAt(streak, over, most), window: { ...window, over: null } };
}

function closeWindow(state: Grown, most: number, steps: number): UseState {
  const { streak, window } = state;
  const { start, last, used, over } = window;
  const hours = (last.at - start.at) / hourMs;
  if (hours < 1) return state;
  const next = begin(last);
  // A quarter of an hour and two steps beyond, for counters with coarse steps.
  if (used > most * (hours + 0.25) + steps) {
    const found = { from: start.at, perHour: used / hours, followers: 0 };
    return { streak, window: { ...next, over: found } };
  }
  if (over) return { streak, window: { ...next, over } };
  return { streak: lookAt(streak, { from: last.at, perHour: 0 }, most), window: next };
}

function lookAt(
  streak: Streak | null,
  { from, perHour }: { readonly from: number; readonly perHour: number },
  most: number,
): Streak | null {
  const off = perHour > most ? perHour - most : 0;
  const next = look(streak ?? undefined, from, off, perHour, { count: 2, ms: 0 });
  if (!next) return null;
  return perHour > certain * most ? { ...next, isHeld: true } : next;
}
