import { seedOf } from '../noise.ts';
import { startOf, yearDays, yearFrom } from './calendar.ts';
import { addUse, type Goals, goalsOf, type Used } from './goals.ts';
import { doubtsOf, labelsOf, type YearLabel } from './labels.ts';
import { createLife, type LivedDay } from './life.ts';
import { drawFaults } from './plan.ts';
import { createSites, type Site, type YearMeter } from './sites.ts';
import { createVoice, type YearReading } from './voice.ts';

export type { YearReading };

import { createWeather } from './weather.ts';

export interface YearOptions {
  readonly seed: number;
  readonly institutions: number;
  /** The same year in which nothing goes wrong. */
  readonly faultless?: boolean;
  /** Days of the year, from 0; `to` exclusive. */
  readonly to?: number;
}

/** A year of institutions that do not exist: what their meters say, and what is true. */
export interface EnergyYear {
  readonly sites: readonly Site[];
  /** At the institution above all others. */
  readonly weatherMeter: YearMeter;
  readonly from: number;
  readonly to: number;
  /** Readings of the next day, meter by meter, ascending within each. @returns undefined behind the last */
  next(): readonly (readonly YearReading[])[] | undefined;
  /** What was true of the days asked for, of meters. */
  labels(): readonly YearLabel[];
  /** What institutions are held to, and what is true of that; to be asked for when the year is over. */
  goals(): Goals;
}

/** The same for the same seed. */
export function createEnergyYear(options: YearOptions): EnergyYear {
  const { seed, institutions, faultless = false, to = yearDays } = options;
  const weather = createWeather(seedOf(seed, 'weather'));
  const sites = createSites(seed, institutions);
  const homes = sites.map((site) => {
    const faults = faultless ? [] : drawFaults(seed, site);
    const shown = faults.filter(({ change }) => change.as === 'shown');
    const voices = site.meters.map((meter) => createVoice(seed, site, meter, shown, weather));
    return {
      site,
      life: createLife(site, faults, weather),
      voices,
      months: new Map<string, Used>(),
    };
  });
  const weatherMeter: YearMeter = {
    id: 'city-weather',
    medium: 'environment',
    name: '室外温度',
    everyS: 3600,
    step: 0.1,
    gauges: false,
    seed: seedOf(seed, 'city-weather'),
    role: 'weather',
  };
  const [first] = sites;
  const station = first && createVoice(seed, first, weatherMeter, [], weather);
  let day = 0;
  return {
    sites,
    weatherMeter,
    from: yearFrom,
    to: startOf(to),
    next() {
      if (day >= to) return undefined;
      const said = homes.flatMap(({ site, life, voices, months }, n) => {
        const lived = life.live(day);
        noteUse(site, lived, months);
        const own = n === 0 && station ? [station, ...voices] : voices;
        return own.map((voice) => voice.say(lived));
      });
      day += 1;
      return said;
    },
    labels: () =>
      homes
        .flatMap(({ site, life, voices }) => {
          const silences = new Map(voices.map(({ meter, silences }) => [meter.id, silences]));
          const told = [...life.truths].flatMap(([fault, truth]) =>
            labelsOf(fault, truth, silences),
          );
          return [...told, ...doubtsOf(site)];
        })
        .filter(({ from }) => from < startOf(day)),
    goals: () => goalsOf(seed, homes),
  };
}

/** Of what has meters. */
function noteUse(
  { meters }: Site,
  { day, circuits, branches }: LivedDay,
  months: Map<string, Used>,
): void {
  const sum = (quarters: readonly Float64Array[]) =>
    quarters.reduce((all, each) => all + each.reduce((a, b) => a + b, 0), 0);
  const has = (role: string) => meters.some((meter) => meter.role === role);
  const { house, canteen, grounds, gas, heat } = branches;
  addUse(months, day.date, 'electricity', sum(Object.values(circuits)) / 4);
  if (has('master')) addUse(months, day.date, 'water', sum([house, canteen, grounds]));
  if (has('gas')) addUse(months, day.date, 'gas', sum([gas]));
  if (has('heat')) addUse(months, day.date, 'heat', sum([heat]));
}
