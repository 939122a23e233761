/*
 * How much more a meter uses when it is cold or hot outside: two slopes by degree, from the days that are known, none where they do not tell. What a
 * like day used is brought to the temperature of the day in question before it is compared.
 */

/** Share of the usual day by which one degree changes it, each never below 0. Plain JSON. */
export interface WeatherResponse {
  readonly perColdDegree: number;
  readonly perHotDegree: number;
}

export interface WeatherDay {
  /** Working and other days are used differently. */
  readonly rest: boolean;
  /** Consumption of an hour, mean of the day. */
  readonly mean: number;
  /** Mean of the day before, °C. */
  readonly outdoorC: number;
}

/** Mean outdoors below which is heated, and above which is cooled, °C: 15 and 19 leave the mild days out. On a day with a mean of 19 the afternoon is warm enough for it. */
const coldBelowC = 15;
const hotAboveC = 19;
/** A slope from a few degrees is drawn towards none: as if that many square degrees had shown no effect. */
const doubtC2 = 30;
/** Not more than by that share a degree. */
const steepest = 0.15;
/** A comparison over more than that factor is none. */
const mostFactor = 2;
const leastDays = 6;

const cold = (celsius: number): number => Math.max(0, coldBelowC - celsius);
const hot = (celsius: number): number => Math.max(0, celsius - hotAboveC);

/** From days as they were; undefined where too few have a temperature. */
export function responseOf(days: readonly WeatherDay[]): WeatherResponse | undefined {
  if (days.length < leastDays) return undefined;
  return { perColdDegree: slopeOf(days, cold), perHotDegree: slopeOf(days, hot) };
}

/** Within each kind of day, how the share of its mean goes with the degrees. */
function slopeOf(days: readonly WeatherDay[], degrees: (celsius: number) => number): number {
  let together = 0;
  let square = doubtC2;
  for (const kind of [true, false]) {
    const own = days.filter(({ rest, mean }) => rest === kind && mean > 0);
    const usual = meanOf(own.map(({ mean }) => mean));
    const middle = meanOf(own.map(({ outdoorC }) => degrees(outdoorC)));
    for (const { mean, outdoorC } of own) {
      const apart = degrees(outdoorC) - middle;
      together += apart * Math.min(mostFactor, mean / usual - 1);
      square += apart * apart;
    }
  }
  return Math.min(steepest, Math.max(0, together / square));
}

const meanOf = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);

/** What a consumption at one temperature is to be multiplied by to stand for another; 1 where either is not known. */
export function factorOf(
  response: WeatherResponse | null,
  fromC: number | undefined,
  toC: number | undefined,
): number {
  if (response === null || fromC === undefined || toC === undefined) return 1;
  const of = (celsius: number) =>
    1 + response.perColdDegree * cold(celsius) + response.perHotDegree * hot(celsius);
  return Math.min(mostFactor, Math.max(1 / mostFactor, of(toC) / of(fromC)));
}

/** Each of so many degrees beyond all that is known makes what is expected less sure by as much again, up to a third of how sure it was. */
const degreesOfDoubt = 2;
const leastSure = 3;
const leastKnown = 3;

/** By what a spread grows where it is hotter, or colder, than on any of the days that are known; 1 where it is not. */
export function doubtOf(known: readonly number[], at: number | undefined): number {
  if (at === undefined || known.length < leastKnown) return 1;
  const beyond = Math.max(hot(at) - hot(Math.max(...known)), cold(at) - cold(Math.min(...known)));
  return Math.min(leastSure, 1 + Math.max(0, beyond) / degreesOfDoubt);
}
