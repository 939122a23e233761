import { centred, seedOf, unit, wander } from '../noise.ts';
import { occupancy, type SiteDay, slots } from './occupancy.ts';
import type { Site } from './sites.ts';
import type { Weather } from './weather.ts';

/** What electricity is used for, and how much of it in each quarter of an hour when nothing is wrong. */

export const circuitNames = [
  'lights',
  'corridor',
  'landscape',
  'air',
  'lift1',
  'lift2',
  'server',
  'boiler',
  'kitchen',
  'rest',
] as const;
export type CircuitName = (typeof circuitNames)[number];

/** Mean kW of each quarter of an hour. */
export type Quarters = Float64Array;
export type Circuits = Readonly<Record<CircuitName, Quarters>>;

interface Moment {
  readonly site: Site;
  readonly day: SiteDay;
  readonly hour: number;
  /** Of the people. */
  readonly there: number;
  readonly outdoorC: number;
  /** -1 to 1, of the circuit and the quarter. */
  readonly shake: number;
}

/** W for each m², with what is on standby while nobody is there. */
const wattsFor: Readonly<Record<CircuitName, (moment: Moment) => number>> = {
  lights: ({ site, day, there }) => (0.5 + 7.5 * there) * relit(site, day),
  corridor: ({ site, day, hour }) =>
    0.25 + (day.open && hour >= site.openH - 1 && hour < site.closeH + 2 ? 0.6 : 0.05),
  landscape: ({ day, hour }) =>
    day.kind === 'statutory-holiday' && hour >= 18.5 && hour < 22.5 ? 0.55 : 0.003,
  air: airW,
  lift1: ({ there, shake }) => 0.06 + 0.55 * there + (shake > 0.7 ? 0.08 : 0),
  lift2: ({ there }) => 0.06 + (there > 0.15 ? 0.5 * there : 0),
  server: ({ outdoorC }) => 1.7 * (1 + 0.006 * Math.max(0, outdoorC - 10)),
  boiler: boilerW,
  kitchen: ({ day, hour }) => 0.15 + (day.open ? 1.4 * mealAt(hour) : 0),
  rest: ({ there }) => 0.6 + 1.4 * there,
};

const relit = ({ retrofit }: Site, { day }: SiteDay): number =>
  retrofit && day >= retrofit.day ? retrofit.share : 1;

/** Breakfast, noon, evening. */
const mealAt = (hour: number): number =>
  (hour >= 6 && hour < 8 ? 0.5 : 0) +
  (hour >= 10 && hour < 13 ? 1 : 0) +
  (hour >= 16.5 && hour < 18.5 ? 0.5 : 0);

/** An hour after opening until an hour before closing; a hospital day and night. */
function airW({ site, day, hour, there, outdoorC, shake }: Moment): number {
  const standby = 0.12;
  const cooling = clamp((outdoorC - 23) / 11);
  const heating = site.heatsByAir ? 0.75 * clamp((10 - outdoorC) / 16) : 0;
  const load = (cooling + heating) * (1 + 0.1 * shake);
  if (site.kind === 'hospital') return standby + 13 * load * (0.35 + 0.65 * there);
  const isOn = day.open && hour >= site.openH + 1 && hour < site.closeH - 1;
  const late = day.overtime && there > 0.09 && (hour >= site.closeH || !day.open) ? 0.3 : 0;
  return standby + 13 * load * Math.max(isOn ? 1 : 0, late);
}

const clamp = (value: number): number => Math.min(1.1, Math.max(0, value));

/** Heats up before the house opens, keeps warm, and is switched off by a timer. */
function boilerW({ site, day, hour, shake }: Moment): number {
  const standby = 0.004;
  if (site.kind === 'hospital') return standby + 0.5 + 0.2 * shake;
  if (!day.open || hour < site.openH - 1 || hour >= site.closeH - 0.25) return standby;
  return standby + (hour < site.openH ? 0.9 : 0.35 + 0.15 * shake);
}

/** How much circuits differ from day to day and from quarter to quarter. */
const unrest: Readonly<Record<CircuitName, readonly [day: number, quarter: number]>> = {
  lights: [0.04, 0.04],
  corridor: [0.01, 0.01],
  landscape: [0.01, 0.01],
  air: [0.05, 0.06],
  lift1: [0.04, 0.25],
  lift2: [0.04, 0.25],
  server: [0.01, 0.02],
  boiler: [0.02, 0.1],
  kitchen: [0.08, 0.15],
  rest: [0.04, 0.06],
};

export function circuitsOn(site: Site, day: SiteDay, weather: Weather): Circuits {
  const kw = (name: CircuitName) => quartersOf(name, site, day, weather);
  return {
    lights: kw('lights'),
    corridor: kw('corridor'),
    landscape: kw('landscape'),
    air: kw('air'),
    lift1: kw('lift1'),
    lift2: kw('lift2'),
    server: kw('server'),
    boiler: kw('boiler'),
    kitchen: kw('kitchen'),
    rest: kw('rest'),
  };
}

function quartersOf(name: CircuitName, site: Site, day: SiteDay, weather: Weather): Quarters {
  const seed = seedOf(site.seed, name);
  const [byDay, byQuarter] = unrest[name];
  const grown = 1 + (site.growthPerYear * day.day) / 365;
  const kwPerW = (site.areaM2 / 1000) * site.thrift * grown * (1 + byDay * centred(seed, day.day));
  const wattsOf = wattsFor[name];
  const quarters = new Float64Array(slots);
  for (let slot = 0; slot < slots; slot += 1) {
    const hour = (slot + 0.5) / 4;
    const n = day.day * slots + slot;
    const shake = centred(seed + 1, n);
    const watts = wattsOf({
      site,
      day,
      hour,
      there: occupancy(site, day, hour),
      outdoorC: weather.outdoorC(day.day, hour),
      shake,
    });
    const drift = 0.4 * wander(seed + 2, n / 6) + 0.6 * (2 * unit(seed + 3, n) - 1);
    quarters[slot] = watts * kwPerW * (1 + byQuarter * drift);
  }
  return quarters;
}

export function total(of: readonly Quarters[]): Quarters {
  const sum = new Float64Array(slots);
  for (const quarters of of)
    for (let slot = 0; slot < slots; slot += 1)
      sum[slot] = (sum[slot] ?? 0) + (quarters[slot] ?? 0);
  return sum;
}
