import { centred, seedOf, unit } from '../noise.ts';
import type { Quarters } from './circuits.ts';
import { occupancy, type SiteDay, slots } from './occupancy.ts';
import type { Site } from './sites.ts';
import type { Weather } from './weather.ts';

/** Water, gas and heat, when nothing is wrong: m³ or GJ in each quarter of an hour. */

export const branchNames = ['house', 'canteen', 'grounds', 'gas', 'heat'] as const;
export type BranchName = (typeof branchNames)[number];
export type Branches = Readonly<Record<BranchName, Quarters>>;

/** What every quarter of an hour of a day has. */
const each = (pick: (slot: number, hour: number) => number): Quarters =>
  Float64Array.from({ length: slots }, (_, slot) => pick(slot, (slot + 0.5) / 4));

/** m³ of a usual working day. */
export const dayM3 = ({ heads, waterL }: Site): number => (heads * waterL) / 1000;

export function branchesOn(site: Site, day: SiteDay, weather: Weather): Branches {
  return {
    house: houseOn(site, day),
    canteen: canteenOn(site, day),
    grounds: groundsOn(site, day),
    gas: gasOn(site, day),
    heat: heatOn(site, day, weather),
  };
}

const peopleHours = { office: 9, school: 11, hospital: 17, venue: 11 } as const;
/** A flush, m³. */
const flushM3 = 0.006;

/** Washrooms: much of it in flushes, so that the nights of those on duty are not quite still. */
function houseOn(site: Site, day: SiteDay): Quarters {
  const seed = seedOf(site.seed, 'house');
  const quarterM3 = (0.8 * dayM3(site)) / peopleHours[site.kind] / 4;
  const atNight = site.boards ? 0.3 : 0.08;
  const own = each((slot, hour) => {
    const n = day.day * slots + slot;
    const isStill = (hour < 5.5 || hour > 23) && site.kind !== 'hospital';
    const mean = isStill ? atNight * flushM3 : quarterM3 * occupancy(site, day, hour);
    // Of few people one washes his hands now and again, or nobody does.
    if (mean < flushM3) return unit(seed, n) < mean / flushM3 ? flushM3 : 0;
    return mean * (1 + 0.35 * centred(seed, n));
  });
  return site.tank ? throughTank(site, day, own) : own;
}

/** The meter sees the tank being filled: in the day as it empties, and on some nights to the brim. */
function throughTank(site: Site, { day }: SiteDay, used: Quarters): Quarters {
  const seed = seedOf(site.seed, 'tank');
  const filled = new Float64Array(slots);
  const batchM3 = dayM3(site) / 12;
  let owed = unit(seed, day) * batchM3;
  for (let slot = 0; slot < slots; slot += 1) {
    owed += used[slot] ?? 0;
    const fills = owed >= batchM3;
    filled[slot] = fills ? owed : 0;
    if (fills) owed = 0;
  }
  if (unit(seed + 1, day) < 0.15) {
    const at = Math.floor(unit(seed + 2, day) * 20);
    filled[at] = (filled[at] ?? 0) + batchM3 * unit(seed + 3, day);
  }
  return filled;
}

function canteenOn(site: Site, day: SiteDay): Quarters {
  const seed = seedOf(site.seed, 'canteen water');
  const meals = site.kind === 'hospital' || day.open;
  return each((slot, hour) => {
    const busy =
      meals &&
      ((hour > 6 && hour < 8) || (hour > 9.5 && hour < 13.5) || (hour > 16.5 && hour < 19));
    const noise = 1 + 0.3 * centred(seed, day.day * slots + slot);
    return busy ? ((0.2 * dayM3(site)) / 34) * noise * day.crowd : 0;
  });
}

/** Every second night of the warm months, by a timer. */
function groundsOn(site: Site, day: SiteDay): Quarters {
  const month = Number(day.date.slice(5, 7));
  const waters = site.irrigates && month >= 5 && month <= 9 && day.day % 2 === 0;
  return each((_, hour) => (waters && hour > 4 && hour < 5 ? dayM3(site) * 0.04 : 0));
}

function gasOn(site: Site, day: SiteDay): Quarters {
  const seed = seedOf(site.seed, 'gas');
  const cooks = site.kind === 'hospital' || day.open;
  return each((slot, hour) => {
    const meal =
      (hour > 5.5 && hour < 8) || (hour > 9.5 && hour < 12.5) || (hour > 16 && hour < 18);
    const noise =
      (1 + 0.1 * centred(seed, day.day)) * (1 + 0.25 * centred(seed + 1, day.day * slots + slot));
    return cooks && meal ? site.heads * 0.0035 * noise * day.crowd : site.heads * 0.00004;
  });
}

/** District heat by the outdoor temperature, a little less when nobody is there. */
function heatOn(site: Site, day: SiteDay, weather: Weather): Quarters {
  const seed = seedOf(site.seed, 'heat');
  if (!day.heating || site.heatsByAir) return new Float64Array(slots);
  return each((slot, hour) => {
    const demand = Math.max(0.1, (18 - weather.outdoorC(day.day, hour)) / 25);
    const used = (site.areaM2 * 45e-6 * 3.6) / 4;
    const lowered = day.open && hour > 5 && hour < 19 ? 1 : 0.85;
    return used * demand * lowered * (1 + 0.06 * centred(seed, day.day * slots + slot));
  });
}
