import { dayMs } from '../model/time.ts';
import type { WeatherMonth } from '../model/weather.ts';

/** Imported means of days by institution: day since 1970-01-01 → °C. */
export type ImportedWeather = ReadonlyMap<string, ReadonlyMap<number, number>>;

export function importedWeather(months: readonly WeatherMonth[]): ImportedWeather {
  const byInstitution = Map.groupBy(months, ({ institution }) => institution);
  return new Map(
    [...byInstitution].map(([institution, own]) => [
      institution,
      new Map(
        own
          .flatMap(({ dailyMeanC }) => Object.entries(dailyMeanC))
          .map(([date, celsius]) => [Date.parse(date) / dayMs, celsius]),
      ),
    ]),
  );
}
