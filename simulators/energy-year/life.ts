import { hourMs } from '../../model/time.ts';
import { dayOf, startOf } from './calendar.ts';
import { type Circuits, circuitNames, circuitsOn, type Quarters, total } from './circuits.ts';
import type { YearFault } from './faults.ts';
import { type Branches, branchesOn, branchNames } from './flows.ts';
import { type SiteDay, siteDay, slotMs, slots } from './occupancy.ts';
import type { Site } from './sites.ts';
import type { Weather } from './weather.ts';

/** What a fault really changed, in one circuit or branch. */
export interface Changed {
  /** kWh, m³ or GJ beyond the usual; below counts as such in `moved`. */
  excess: number;
  moved: number;
  /** In the same quarters, without the fault. */
  usual: number;
}

/** Of one fault: by circuit or branch, of all electricity or water together, and of its nights. */
export interface Truth {
  readonly by: Map<string, Changed>;
  readonly whole: Changed;
  readonly nights: Changed;
  nightCount: number;
  /** First and last quarter in which anything was different. */
  first: number;
  last: number;
}

export interface LivedDay {
  readonly day: SiteDay;
  readonly circuits: Circuits;
  readonly branches: Branches;
}

const newChanged = (): Changed => ({ excess: 0, moved: 0, usual: 0 });
export const newTruth = (): Truth => ({
  by: new Map(),
  whole: newChanged(),
  nights: newChanged(),
  nightCount: 0,
  first: Number.POSITIVE_INFINITY,
  last: Number.NEGATIVE_INFINITY,
});

/** A site's days, one after the other, with what goes wrong on them. */
export function createLife(site: Site, faults: readonly YearFault[], weather: Weather) {
  const truths = new Map(faults.map((fault) => [fault, newTruth()]));
  return {
    truths,
    live(n: number): LivedDay {
      const day = siteDay(site, n);
      const active = faults.filter(({ from, to }) => dayOf(from) <= n && dayOf(to - 1) >= n);
      const lived = active.find(({ change }) => change.as === 'lived');
      const branches = branchesOn(site, day, weather);
      const usual = circuitsOn(site, day, weather);
      const circuits = lived
        ? circuitsOn(site, { ...day, open: true, crowd: lived.change.size }, weather)
        : usual;
      if (lived) noteDifference(lived, usual, circuits, n, truths.get(lived));
      for (const fault of active)
        if (fault !== lived)
          apply(fault, { day, circuits, branches }, truths.get(fault) ?? newTruth());
      return { day, circuits, branches };
    },
  };
}

function noteDifference(
  { from, to }: YearFault,
  usual: Circuits,
  now: Circuits,
  n: number,
  truth: Truth | undefined,
): void {
  if (!truth || startOf(n) < from || startOf(n) >= to) return;
  const [before, after] = [total(Object.values(usual)), total(Object.values(now))];
  for (let slot = 0; slot < slots; slot += 1)
    noteWhole(truth, slot, before[slot] ?? 0, after[slot] ?? 0, 1 / 4);
  for (const name of circuitNames)
    for (let slot = 0; slot < slots; slot += 1)
      add(ownOf(truth, name), usual[name][slot] ?? 0, now[name][slot] ?? 0, 1 / 4);
  widen(truth, startOf(n));
  widen(truth, startOf(n + 1) - slotMs);
}

/** 0:00 to 4:00. */
const nightSlots = 16;

function noteWhole(truth: Truth, slot: number, before: number, after: number, hours: number): void {
  add(truth.whole, before, after, hours);
  if (slot < nightSlots) add(truth.nights, before, after, hours);
}

function ownOf({ by }: Truth, name: string): Changed {
  const own = by.get(name) ?? newChanged();
  by.set(name, own);
  return own;
}

/** @param hours by which kW become kWh; 1 for what is an amount already */
function add(changed: Changed, before: number, after: number, hours: number): void {
  changed.excess += (after - before) * hours;
  changed.moved += Math.abs(after - before) * hours;
  changed.usual += before * hours;
}

function widen(truth: Truth, at: number): void {
  truth.first = Math.min(truth.first, at);
  truth.last = Math.max(truth.last, at + slotMs);
}

function apply(fault: YearFault, lived: LivedDay, truth: Truth): void {
  const { day, circuits, branches } = lived;
  if (fault.change.as === 'shown') {
    widen(truth, Math.max(fault.from, startOf(day.day)));
    widen(truth, Math.min(fault.to, startOf(day.day + 1)) - slotMs);
    return;
  }
  const isFlow = fault.on.some(isBranch);
  const all = isFlow
    ? total([branches.house, branches.canteen, branches.grounds])
    : total(Object.values(circuits));
  const mean = all.reduce((sum, kw) => sum + kw, 0) / slots;
  let touched = false;
  for (let slot = 0; slot < slots; slot += 1) {
    const at = startOf(day.day) + slot * slotMs;
    if (at < fault.from || at >= fault.to || !actsAt(fault, (slot + 0.5) / 4)) continue;
    const whole = all[slot] ?? 0;
    const changed = applySlot(fault, lived, truth, { slot, at, whole, mean, isFlow });
    noteWhole(truth, slot, whole, whole + changed, isFlow ? 1 : 1 / 4);
    if (Math.abs(changed) <= 1e-9) continue;
    widen(truth, at);
    touched ||= slot < nightSlots;
  }
  if (touched) truth.nightCount += 1;
}

interface Slot {
  readonly slot: number;
  readonly at: number;
  /** All electricity, or all water. */
  readonly whole: number;
  /** Of the day. */
  readonly mean: number;
  readonly isFlow: boolean;
}

/** @returns by how much it changes all together */
function applySlot(
  fault: YearFault,
  { circuits, branches }: LivedDay,
  truth: Truth,
  slot: Slot,
): number {
  let changed = 0;
  for (const name of fault.on) {
    const quarters = isBranch(name) ? branches[name] : circuits[name];
    const before = quarters[slot.slot] ?? 0;
    const after = changedTo(fault, quarters, before, slot);
    quarters[slot.slot] = after;
    changed += after - before;
    add(ownOf(truth, name), before, after, slot.isFlow ? 1 : 1 / 4);
  }
  return changed;
}

const isBranch = (name: string): name is keyof Branches =>
  (branchNames as readonly string[]).includes(name);

function actsAt({ hours }: YearFault, hour: number): boolean {
  if (!hours) return true;
  const { from, to } = hours;
  return from <= to ? hour >= from && hour < to : hour >= from || hour < to;
}

function changedTo(
  { change, from, to }: YearFault,
  quarters: Quarters,
  before: number,
  { at, whole, mean, isFlow }: Slot,
): number {
  switch (change.as) {
    case 'add':
      return before + (isFlow ? (change.size * slotMs) / hourMs : change.size);
    case 'times':
      return before * change.size;
    case 'hold':
      return Math.max(before, change.size);
    case 'hold-share':
      return Math.max(before, change.size * quarters.reduce((a, b) => Math.max(a, b), 0));
    case 'share':
      return before + change.size * whole;
    case 'grow':
      return before + ((change.size * (at - from)) / (to - from)) * whole;
    case 'flat':
      return before + (mean - whole) * change.size;
    case 'reach':
      return before + Math.max(0, change.size - whole);
    default:
      return before;
  }
}
