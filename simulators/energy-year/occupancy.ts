import { centred, unit } from '../noise.ts';
import { type Day, dayAt, isWorked } from './calendar.ts';
import type { Site } from './sites.ts';

/** How many are there, and how long. */

export const slots = 96;
export const slotMs = 900_000;

/** A site on one day. */
export interface SiteDay extends Day {
  /** Working, in term, open to visitors. */
  readonly open: boolean;
  /** Times the usual number of people. */
  readonly crowd: number;
  /** A few stay longer: share of the people, until that hour; a few come on a rest day. */
  readonly overtime: { readonly share: number; readonly untilH: number } | null;
}

const overtimeADay = 0.12;
const weekendWorkADay = 0.06;

export function siteDay(site: Site, day: number): SiteDay {
  const each = dayAt(day);
  const open = isOpen(site, each);
  return { ...each, open, crowd: crowdOf(site, each), overtime: overtimeOf(site, each, open) };
}

function isOpen({ kind }: Site, day: Day): boolean {
  if (kind === 'hospital') return isWorked(day);
  if (kind === 'venue') return day.weekday !== 1;
  return isWorked(day) && !(kind === 'school' && day.vacation);
}

function crowdOf({ seed }: Site, day: Day): number {
  const aroundFestival = day.date >= '2026-02-12' && day.date <= '2026-02-26' ? 0.9 : 1;
  return (1 + 0.05 * centred(seed + 1, day.day)) * aroundFestival;
}

/** Ordered and usual: some evenings a month, some Saturdays a year. Nothing is wrong with it. */
function overtimeOf({ kind, seed, closeH }: Site, { day, kind: dayKind }: Day, open: boolean) {
  const [drawn, share, until] = [0, 1, 2].map((n) => unit(seed + 2, day * 4 + n));
  if (kind === 'venue' && open && (drawn ?? 1) < 0.04) return { share: 0.6, untilH: 22.5 };
  if (kind !== 'office') return null;
  if (open)
    return (drawn ?? 1) < overtimeADay
      ? { share: 0.1 + 0.15 * (share ?? 0), untilH: closeH + 1.5 + 2 * (until ?? 0) }
      : null;
  return dayKind === 'weekend' && (drawn ?? 1) < weekendWorkADay
    ? { share: 0.08 + 0.12 * (share ?? 0), untilH: 16 + (until ?? 0) }
    : null;
}

/** 0 before `from`, 1 after `to`. */
const ramp = (x: number, from: number, to: number): number =>
  Math.min(1, Math.max(0, (x - from) / (to - from)));

/** Share of the usual number of people at an hour of the day, with fractions. */
export function occupancy(site: Site, day: SiteDay, hour: number): number {
  const { kind, openH, closeH } = site;
  if (kind === 'hospital') {
    const bell = ramp(hour, 6.5, 9) * (1 - ramp(hour, 16.5, 19));
    return (0.5 + (day.open ? 0.5 : 0.32) * bell) * day.crowd;
  }
  const late = overtimeAt(day, openH, hour);
  if (!day.open) return Math.max(quietShare(site, day, hour), late);
  const lunch =
    kind === 'venue' ? 1 : 1 - 0.25 * ramp(hour, 11.8, 12.2) * (1 - ramp(hour, 13, 13.5));
  const there = ramp(hour, openH - 0.7, openH + 0.3) * (1 - ramp(hour, closeH - 0.2, closeH + 0.9));
  return Math.max(there * lunch * day.crowd, late, quietShare(site, day, hour) / 2);
}

const overtimeAt = ({ overtime, open }: SiteDay, openH: number, hour: number): number =>
  overtime && hour < overtime.untilH && hour > (open ? 12 : openH + 0.5) ? overtime.share : 0;

/** Guards, those on duty, pupils who stay. */
function quietShare({ kind, boards }: Site, day: SiteDay, hour: number): number {
  const duty = hour > 7.5 && hour < 18 ? 0.05 : 0.015;
  return kind === 'school' && boards && !day.vacation && hour > 7 ? 0.2 : duty;
}
