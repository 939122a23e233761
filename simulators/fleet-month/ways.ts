import type { LonLat } from '../../model/entities.ts';
import { distanceM, moved } from '../streets.ts';
import type { FleetDice } from './dice.ts';

/** A line that can be driven along, with the speed that is usual on it. */
export interface Way {
  readonly line: readonly LonLat[];
  /** Metres from the start at each of its points. */
  readonly alongM: readonly number[];
  readonly lengthM: number;
  /** A road out of town lies between these; nothing else does. */
  readonly road?: readonly [fromM: number, toM: number];
}

export function toWay(line: readonly LonLat[], road?: readonly [number, number]): Way {
  const alongM = [0];
  for (let i = 1; i < line.length; i += 1)
    alongM.push((alongM[i - 1] ?? 0) + distanceM(line[i - 1] as LonLat, line[i] as LonLat));
  return { line, alongM, lengthM: alongM.at(-1) ?? 0, ...(road && { road }) };
}

export function back({ line, lengthM, road }: Way): Way {
  return toWay(line.toReversed(), road && [lengthM - road[1], lengthM - road[0]]);
}

export interface Spot {
  readonly point: LonLat;
  readonly headingDeg: number;
}

/** @param hint index of a point at or before the place; the one found goes into the next call */
export function spotAt({ line, alongM }: Way, metres: number, hint: number) {
  let i = Math.max(1, hint);
  while (i < line.length - 1 && (alongM[i] ?? 0) < metres) i += 1;
  const from = line[i - 1] as LonLat;
  const to = line[i] as LonLat;
  const length = (alongM[i] ?? 0) - (alongM[i - 1] ?? 0);
  const share = length > 0 ? Math.min(1, (metres - (alongM[i - 1] ?? 0)) / length) : 1;
  const point: LonLat = [from[0] + (to[0] - from[0]) * share, from[1] + (to[1] - from[1]) * share];
  const east = (to[0] - from[0]) * Math.cos((to[1] * Math.PI) / 180);
  const headingDeg = ((Math.atan2(east, to[1] - from[1]) * 180) / Math.PI + 360) % 360;
  return { point, headingDeg, hint: i };
}

/** A road into the country: bends of a few degrees every two kilometres. */
export function countryRoad(from: LonLat, bearingDeg: number, km: number, dice: FleetDice) {
  const line: LonLat[] = [from];
  let bearing = bearingDeg;
  let here = from;
  for (let driven = 0; driven < km; driven += 2) {
    bearing += (bearingDeg - bearing) * 0.3 + dice.between(-14, 14);
    const rad = (bearing * Math.PI) / 180;
    here = moved(here, 2000 * Math.sin(rad), 2000 * Math.cos(rad));
    line.push(here);
  }
  return line;
}

/** What of a way is out of town. */
export function roadOf({ line, alongM, road }: Way): Way | undefined {
  if (!road) return undefined;
  const way = toWay(line.slice(alongM.findIndex((metres) => metres >= road[0] - 1)));
  return { ...way, road: [0, way.lengthM] };
}
