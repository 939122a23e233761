import { medianOf, spreadOf } from './robust.ts';

/*
 * What a day of a meter comes to by the temperature outdoors: a line with bends at fixed temperatures, fitted to days as they were. Each slope is drawn
 * towards none, so that what few days show counts little; how unsure that leaves the line is known, most of all beyond the temperatures of these days.
 */

export interface ModelDay {
  /** Consumption of an hour, mean of the day. */
  readonly mean: number;
  /** Mean outdoors of the day, °C; undefined where nobody measured it. */
  readonly outdoorC: number | undefined;
}

interface Prediction {
  readonly mean: number;
  /** Standard error of that, as a share of it, by the days it rests on. */
  readonly error: number;
}

export interface DayModel {
  predict(outdoorC: number | undefined): Prediction;
  /** How far single days lie from the line, as a share of the usual day. */
  readonly scatter: number;
}

/** Houses are heated below and cooled above, a little at first, °C. */
export const coldBelowC = [12, 5];
export const hotAboveC = [19, 24];
const size = 1 + coldBelowC.length + hotAboveC.length;
/** By such a share of its usual day, and seldom more, a meter goes with a degree. */
const slopeShare = 0.03;
/** No line is closer to days to come. */
const leastScatter = 0.04;
/** Days that lie further off than so many deviations weigh the less the further they are. */
const fair = 1.5;
const rounds = 4;
const leastShare = 0.1;

const bendsOf = (celsius: number | undefined): readonly number[] => [
  1,
  ...coldBelowC.map((bend) => (celsius === undefined ? 0 : Math.max(0, bend - celsius))),
  ...hotAboveC.map((bend) => (celsius === undefined ? 0 : Math.max(0, celsius - bend))),
];

const product = (a: readonly number[], b: readonly number[]): number =>
  a.reduce((sum, each, place) => sum + each * (b[place] ?? 0), 0);

interface Row {
  readonly bends: readonly number[];
  /** Share of the usual day above it. */
  readonly above: number;
}

/** From days of one kind; undefined where nothing was used. */
export function modelOf(days: readonly ModelDay[]): DayModel | undefined {
  const usual = medianOf(days.map(({ mean }) => mean));
  if (usual <= 0) return undefined;
  const rows = days.map(
    ({ mean, outdoorC }): Row => ({ bends: bendsOf(outdoorC), above: mean / usual - 1 }),
  );
  let scatter = 2 * leastScatter;
  let weights = rows.map(() => 1);
  let line = lineOf(rows, weights, scatter);
  for (let round = 1; round < rounds; round += 1) {
    const off = rows.map(({ bends, above }) => above - product(bends, line.slopes));
    scatter = Math.max(leastScatter, spreadOf(off, 0));
    weights = off.map((each) => Math.min(1, (fair * scatter) / Math.max(Math.abs(each), 1e-9)));
    line = lineOf(rows, weights, scatter);
  }
  const { slopes, inverse } = line;
  const lowest = Math.max(leastShare, Math.min(...rows.map(({ above }) => 1 + above)));
  return {
    scatter,
    predict(outdoorC) {
      const bends = bendsOf(outdoorC);
      const share = Math.max(lowest, 1 + product(bends, slopes));
      const variance = product(
        bends,
        inverse.map((row) => product(row, bends)),
      );
      return { mean: usual * share, error: (scatter * Math.sqrt(Math.max(0, variance))) / share };
    },
  };
}

/** Least squares with slopes of which it is known beforehand that they are small. */
function lineOf(rows: readonly Row[], weights: readonly number[], scatter: number) {
  const square = bendsOf(undefined).map((_, i) =>
    Array.from({ length: size }, (__, j) =>
      i === j ? (scatter / (i === 0 ? 1 : slopeShare)) ** 2 : 0,
    ),
  );
  const together = Array.from({ length: size }, () => 0);
  rows.forEach(({ bends, above }, n) => {
    bends.forEach((bend, i) => {
      const weighed = (weights[n] ?? 0) * bend;
      const own = square[i];
      if (weighed === 0 || !own) return;
      together[i] = (together[i] ?? 0) + weighed * above;
      for (let j = 0; j < size; j += 1) own[j] = (own[j] ?? 0) + weighed * (bends[j] ?? 0);
    });
  });
  const inverse = inverseOf(square);
  return { inverse, slopes: inverse.map((row) => product(row, together)) };
}

/** Of a symmetric positive definite matrix, after Gauss and Jordan. */
function inverseOf(square: readonly (readonly number[])[]): readonly (readonly number[])[] {
  const rows = square.map((row, i) => [...row, ...row.map((_, j) => (i === j ? 1 : 0))]);
  rows.forEach((own, i) => {
    const pivot = own[i] ?? 1;
    own.forEach((each, j) => {
      own[j] = each / pivot;
    });
    for (const other of rows) {
      const share = other === own ? 0 : (other[i] ?? 0);
      if (share !== 0)
        own.forEach((each, j) => {
          other[j] = (other[j] ?? 0) - share * each;
        });
    }
  });
  return rows.map((row) => row.slice(size));
}
