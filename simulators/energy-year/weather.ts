import { wander } from '../noise.ts';
import { startOf } from './calendar.ts';

/** Weather of the city: Liaocheng's year with warm and cold spells, °C. */
export interface Weather {
  meanC(day: number): number;
  /** @param hour of the day, with fractions */
  outdoorC(day: number, hour: number): number;
}

const coldest = Date.parse('2026-01-18T00:00:00+08:00');
const yearMs = 365.25 * 86_400_000;

export function createWeather(seed: number): Weather {
  const meanC = (day: number) =>
    13.5 -
    14.5 * Math.cos((2 * Math.PI * (startOf(day) - coldest)) / yearMs) +
    3 * wander(seed, day / 5) +
    1.5 * wander(seed + 1, day / 1.5);
  return {
    meanC,
    outdoorC: (day, hour) => {
      const swing = 4 + wander(seed + 2, day / 2);
      const around = meanC(day) * (1 - hour / 24) + meanC(day + 1) * (hour / 24);
      return around - swing * Math.cos((2 * Math.PI * (hour - 3)) / 24);
    },
  };
}
