import { seedOf, wander } from '../noise.ts';
import { startOf } from './calendar.ts';
import type { YearFault } from './faults.ts';
import type { SiteDay } from './occupancy.ts';
import type { Site } from './sites.ts';
import type { Weather } from './weather.ts';

type Active = (what: string, at: number) => YearFault | undefined;

/** Air of an office, °C: as warm as the weather and the people make it, cooled to 26 and heated to 19 while somebody is there. */
export function roomC(
  site: Site,
  day: SiteDay,
  hour: number,
  weather: Weather,
  active: (what: string, at: number) => YearFault | undefined,
): number {
  const seed = seedOf(site.seed, 'room');
  const shake = wander(seed, day.day * 24 + hour);
  const mean = weather.meanC(day.day);
  const isUsed = day.open && hour > site.openH && hour < site.closeH;
  const free = Math.max(
    mean < 12 ? 13 : 0,
    mean + 2.5 + 1.2 * Math.sin(((hour - 9) / 24) * 2 * Math.PI),
  );
  const wrong = isUsed ? wrongC(day, hour, active) : undefined;
  return Number(((wrong ?? usualC(site, day, free, isUsed)) + 0.5 * shake).toFixed(1));
}

function usualC(site: Site, day: SiteDay, free: number, isUsed: boolean): number {
  if (isUsed && free > 26.8) return 26.8;
  if (day.heating && !site.heatsByAir) return Math.max(free, 19);
  return isUsed && free < 18.5 ? 18.5 : Math.min(free, 31);
}

function wrongC({ day }: SiteDay, hour: number, active: Active): number | undefined {
  const at = startOf(day) + hour * 3_600_000;
  return (active('room-cold', at) ?? active('room-hot', at))?.change.size;
}
