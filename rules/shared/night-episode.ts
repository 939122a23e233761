import { decodeAmounts, encodeAmounts } from '../../energy/letters.ts';
import { noTotals, round, roundOrNull, sumTotals, type Totals } from './load-totals.ts';

/** A night with more than there should be. */
export interface HighNight extends Totals {
  /** Local day that it ends in, days since 1970. */
  readonly day: number;
  readonly kw: number;
  readonly usualKw: number;
  /** Above this it is too high. */
  readonly limitKw: number;
  /** How many nights it was compared with. */
  readonly nights: number;
  readonly after: 'work' | 'rest';
  /** kWh from midnight on, undefined where not measured; of older nights none. */
  readonly hours: readonly (number | undefined)[];
}

/** As it is kept, for there may be many. Plain JSON. */
export type KeptNight = readonly [
  day: number,
  kw: number,
  usualKw: number,
  limitKw: number,
  wastedKwh: number,
  yuan: number | null,
  nights: number,
  afterRest: 0 | 1,
  hours: string,
];

/** Above what is usual, or above the limit by floor area. */
export type NightCause = 'rise' | 'limit';

/** What is kept of a stretch of such nights. Plain JSON. */
export interface NightEpisode {
  readonly cause: NightCause;
  readonly first: number;
  /** The newest, ascending. */
  readonly nights: readonly KeptNight[];
  /** Of those before. */
  readonly earlier: Totals & { readonly nights: number };
  /** Usual nights since. */
  readonly calm: readonly { readonly day: number; readonly kw: number }[];
}

/** Nights that are remembered one by one; what is above a limit may stay there for years. */
const mostNights = 32;
/** And so many with their hours. */
const mostWithHours = 4;

export const toKeptNight = (night: HighNight): KeptNight => [
  night.day,
  round(night.kw),
  round(night.usualKw),
  round(night.limitKw),
  round(night.wastedKwh),
  roundOrNull(night.yuan),
  night.nights,
  night.after === 'rest' ? 1 : 0,
  encodeAmounts(night.hours),
];

export const toHighNight = ([
  day,
  kw,
  usualKw,
  limitKw,
  wastedKwh,
  yuan,
  nights,
  afterRest,
  hours,
]: KeptNight): HighNight => ({
  day,
  kw,
  usualKw,
  limitKw,
  wastedKwh,
  yuan,
  nights,
  after: afterRest === 1 ? 'rest' : 'work',
  hours: decodeAmounts(hours),
});

const withoutHours = (night: KeptNight): KeptNight => night.with(-1, '') as unknown as KeptNight;

export const beginNights = (cause: NightCause, nights: readonly KeptNight[]): NightEpisode => ({
  cause,
  first: nights[0]?.[0] ?? 0,
  nights,
  earlier: { ...noTotals, nights: 0 },
  calm: [],
});

export function withNightAdded(episode: NightEpisode, night: KeptNight): NightEpisode {
  const all = [...episode.nights, night];
  const gone = all.slice(0, -mostNights).map(toHighNight);
  const kept = all.slice(-mostNights);
  const from = kept.length - mostWithHours;
  return {
    ...episode,
    nights: kept.map((each, index) => (index < from ? withoutHours(each) : each)),
    earlier: {
      ...sumTotals(gone, episode.earlier),
      nights: episode.earlier.nights + gone.length,
    },
    calm: [],
  };
}
