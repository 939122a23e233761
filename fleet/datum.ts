import loaded from 'gcoord';
import type { Position } from './geo.ts';
import { distanceM } from './geo.ts';

/** The package is CommonJS and is itself what its types call its default. */
const gcoord = loaded as unknown as typeof loaded.default;

/** Which positions are of which datum by mistake: those of the vehicle, or those the route was drawn by. */
export const datumMistakes = ['fixes-gcj02', 'route-gcj02', 'fixes-bd09', 'route-bd09'] as const;
export type DatumMistake = (typeof datumMistakes)[number];

const systems = { gcj02: gcoord.GCJ02, bd09: gcoord.BD09 };

function shift({ lat, lon }: Position, mistake: DatumMistake): Position {
  const system = systems[mistake.endsWith('gcj02') ? 'gcj02' : 'bd09'];
  const [x, y] = gcoord.transform([lon, lat], gcoord.WGS84, system);
  const sign = mistake.startsWith('fixes') ? -1 : 1;
  return { lat: lat + sign * (y - lat), lon: lon + sign * (x - lon) };
}

/** The position as it is in the datum of the route; within metres, which is enough to tell. */
export const withoutMistake = (position: Position, mistake: DatumMistake | undefined): Position =>
  mistake === undefined ? position : shift(position, mistake);

/** How often a trip was on its route as it is, and as it would be by another datum. Plain JSON. */
export interface DatumTally {
  /** Where it was counted last. */
  readonly last: readonly [lat: number, lon: number] | null;
  readonly samples: number;
  readonly plain: number;
  /** In the order of `datumMistakes`. */
  readonly mistaken: readonly number[];
  /** Decided: there is no mistake, or this one. */
  readonly verdict: DatumMistake | 'none' | null;
}

export const noTally: DatumTally = {
  last: null,
  samples: 0,
  plain: 0,
  mistaken: [0, 0, 0, 0],
  verdict: null,
};

const everyM = 100;
const enough = 10;
/** Later than this a trip that fits nothing is one that is not on its route. */
const most = 60;
/** Shares of the samples. */
const fits = 0.8;
const fitsNot = 0.35;
/** Nearer than this two datums cannot be told apart. */
const apartM = 100;

/** @returns the tally with one more believed fix; the same while nothing is to be counted */
export function tally(
  known: DatumTally,
  position: Position,
  isOnRoute: (position: Position) => boolean,
): DatumTally {
  if (known.verdict !== null) return known;
  const [lat, lon] = known.last ?? [];
  if (lat !== undefined && lon !== undefined && distanceM({ lat, lon }, position) < everyM)
    return known;
  const samples = known.samples + 1;
  const plain = known.plain + Number(isOnRoute(position));
  const mistaken = datumMistakes.map((mistake, index) => {
    const moved = shift(position, mistake);
    const isOther = distanceM(moved, position) >= apartM;
    return (known.mistaken[index] ?? 0) + Number(isOther && isOnRoute(moved));
  });
  const counted = { last: [position.lat, position.lon] as const, samples, plain, mistaken };
  return { ...counted, verdict: judge(counted) };
}

/** Whether so far another datum fits better than this one: what is found meanwhile may be its doing. */
export function isSuspected({ verdict, samples, plain, mistaken }: DatumTally): boolean {
  const best = Math.max(...mistaken);
  return verdict === null && best > plain && best >= fits * samples;
}

function judge({ samples, plain, mistaken }: Omit<DatumTally, 'verdict'>): DatumTally['verdict'] {
  if (plain >= enough / 2 && plain > fitsNot * samples) return 'none';
  const best = Math.max(...mistaken);
  if (samples >= enough && best >= fits * samples && plain <= fitsNot * samples)
    return datumMistakes[mistaken.indexOf(best)] ?? null;
  return samples >= most ? 'none' : null;
}
