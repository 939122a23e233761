/** Outdoor temperatures that people bring in, where no sensor tells them. */

/** Means of days, as a weather service or a logger has them: of an institution, and those below it that have none of their own. */
export interface WeatherMonth {
  readonly id: string;
  readonly institution: string;
  /** YYYY-MM */
  readonly month: string;
  /** By day, YYYY-MM-DD. */
  readonly dailyMeanC: Readonly<Record<string, number>>;
  /** Where they come from. */
  readonly source?: string;
}

/** No day of China was colder or hotter in the mean; what is above is most likely in °F. */
export const dailyMeanLimits = { minC: -50, maxC: 45 } as const;
