/** Time-of-use tariffs (分时电价): dated, with seasons, the day cut into bands. Times of day are those of the institution's zone. */

/** 尖、峰、平、谷、深谷. */
export const tariffBands = ['sharp', 'peak', 'flat', 'valley', 'deep-valley'] as const;
export type TariffBand = (typeof tariffBands)[number];

/** Yuan for each kWh, m³ or GJ. */
export type TariffPrices = Readonly<Partial<Record<TariffBand, number>>>;

export interface TariffPeriod {
  /** `HH:MM`, inclusive. */
  readonly from: string;
  /** `HH:MM`, exclusive, up to `24:00`; one before `from` is of the next day. */
  readonly to: string;
  readonly band: TariffBand;
}

export interface TariffSeason {
  /** 1 to 12. */
  readonly months: readonly number[];
  /** Every minute of a day, once. */
  readonly periods: readonly TariffPeriod[];
  /** Where they differ from those of the tariff. */
  readonly prices?: TariffPrices;
}

/** What may have a price. */
export const pricedMedia = ['electricity', 'water', 'gas', 'heat'] as const;
export type PricedMedium = (typeof pricedMedia)[number];

/** What electricity, or another medium, costs an institution, and those below it that have no tariff of their own. */
export interface Tariff {
  readonly id: string;
  readonly institution: string;
  readonly name?: string;
  /** Electricity where absent; the others have one price all year. */
  readonly medium?: PricedMedium;
  /** YYYY-MM-DD, inclusive. */
  readonly validFrom: string;
  /** YYYY-MM-DD, exclusive; absent: until further notice. */
  readonly validTo?: string;
  /** The document that fixes it. */
  readonly source: string;
  readonly prices: TariffPrices;
  /** Every month, once. */
  readonly seasons: readonly TariffSeason[];
}

export const mediumOf = ({ medium }: Pick<Tariff, 'medium'>): PricedMedium =>
  medium ?? 'electricity';

/** One price at any time. */
export const allYear: readonly TariffSeason[] = [
  {
    months: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12],
    periods: [{ from: '00:00', to: '24:00', band: 'flat' }],
  },
];

/** What contradicts itself within a tariff, and where. */
export interface TariffFault {
  readonly path: readonly (string | number)[];
  readonly message: string;
}

export const dayMinutes = 1440;

/** `HH:MM` → minute of the day, 0 to 1440; undefined for what is none. */
export function minuteOfDay(time: string): number | undefined {
  const match = /^(\d{2}):(\d{2})$/.exec(time);
  if (!match) return undefined;
  const minute = Number(match[1]) * 60 + Number(match[2]);
  return Number(match[2]) < 60 && minute <= dayMinutes ? minute : undefined;
}

const clock = (minute: number): string =>
  `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`;

/** Whether the minute of the day lies in the period. */
export function isWithin({ from, to }: TariffPeriod, minute: number): boolean {
  const begin = minuteOfDay(from) ?? dayMinutes;
  const end = minuteOfDay(to) ?? 0;
  return begin < end ? minute >= begin && minute < end : minute >= begin || minute < end;
}

export const priceOf = (tariff: Tariff, season: TariffSeason, band: TariffBand) =>
  season.prices?.[band] ?? tariff.prices[band];

function* seasonFaults(tariff: Tariff, n: number, season: TariffSeason): Generator<TariffFault> {
  const path = ['seasons', n, 'periods'];
  for (const [i, { from, to, band }] of season.periods.entries()) {
    if (from === to) yield { path: [...path, i], message: `${from} to ${to} is no time` };
    if (priceOf(tariff, season, band) === undefined)
      yield { path: [...path, i, 'band'], message: `${band} has no price` };
  }
  for (let minute = 0; minute < dayMinutes; minute++) {
    const covering = season.periods.filter((period) => isWithin(period, minute)).length;
    if (covering === 1) continue;
    const message = `${clock(minute)} lies in ${covering === 0 ? 'no period' : `${covering} periods`}`;
    yield { path, message };
    return;
  }
}

/** That every month and every minute of the day is there exactly once, with a price; of shapes that are right. */
export function* tariffFaults(tariff: Tariff): Generator<TariffFault> {
  const { validFrom, validTo, seasons } = tariff;
  if (validTo !== undefined && validTo <= validFrom)
    yield { path: ['validTo'], message: `got ${validTo}, want a day after ${validFrom}` };
  for (let month = 1; month <= 12; month++) {
    const times = seasons.flatMap(({ months }) => months).filter((each) => each === month).length;
    if (times !== 1) {
      const message = `month ${month} lies in ${times === 0 ? 'no season' : `${times} seasons`}`;
      yield { path: ['seasons'], message };
    }
  }
  for (const [n, season] of seasons.entries()) yield* seasonFaults(tariff, n, season);
}

type Validity = Pick<Tariff, 'validFrom' | 'validTo'>;

/** Whether two tariffs are in force on the same day. */
export const overlaps = (a: Validity, b: Validity): boolean =>
  (b.validTo === undefined || a.validFrom < b.validTo) &&
  (a.validTo === undefined || b.validFrom < a.validTo);
