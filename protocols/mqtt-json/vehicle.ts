import type { Vehicle } from '../../model/entities.ts';
import { metrics } from '../../model/metrics.ts';
import type { Fix } from '../../model/observation.ts';
import type { Range } from '../missing.ts';
import { isAbsent, parseAt } from './at.ts';
import { type Position, toDatum, toWgs84 } from './datum.ts';
import type { Fields } from './json.ts';
import { show, toNumber } from './number.ts';
import { type Faults, malformed, type Part } from './part.ts';

/** Wide open: what is too far is told apart from what is no number. */
const anywhere: Range = { min: -Infinity, max: Infinity };
const headingRange: Range = { min: 0, max: 360 };
const satelliteRange: Range = { min: 0, max: 255 };

/** Optional numbers of a position: name in the message, name in a fix, range outside of which 16-bit extremes are fills. */
const numbers = [
  ['speed_kmh', 'speedKmh', metrics.speed_kmh],
  ['heading_deg', 'headingDeg', headingRange],
  ['satellites', 'satellites', satelliteRange],
  ['odometer_km', 'odometerKm', metrics.odometer_km],
  ['fuel_l', 'fuelL', metrics.fuel_l],
  ['soc_pct', 'socPct', metrics.soc_pct],
] as const;

type Writable<T> = { -readonly [Key in keyof T]: T[Key] };

/** `{"at", "lat", "lon", "speed_kmh", …}`: a fix without a position is refused, one with a bad accessory field goes without it. */
export function toFix(fields: Fields, vehicle: Vehicle, receivedAt: number): Part {
  const stamp = fields['at'];
  const timed = !isAbsent(stamp);
  const at = timed ? parseAt(stamp, undefined) : receivedAt;
  if (typeof at !== 'number') return malformed(`got at ${show(stamp)}: ${at.refused}`);
  const position = toPosition(fields);
  if (!('lat' in position)) return position;
  const wrong: string[] = [];
  const fix: Writable<Fix> = {
    type: 'fix',
    device: vehicle.id,
    at,
    timeSource: timed ? 'device' : 'receipt',
    lat: position.lat,
    lon: position.lon,
    fixed: toFlag(fields, 'fixed', wrong) ?? true,
  };
  const acc = toFlag(fields, 'acc', wrong);
  if (acc !== undefined) fix.acc = acc;
  readNumbers(fields, fix, wrong);
  const faults: Faults | undefined =
    wrong.length > 0 ? { reason: 'malformed', detail: wrong.join('; ') } : undefined;
  return { observation: fix, faults };
}

function toPosition(fields: Fields): Position | Part {
  const lat = toNumber(fields['lat'], anywhere);
  const lon = toNumber(fields['lon'], anywhere);
  if (typeof lat !== 'number' || typeof lon !== 'number') {
    return malformed(`got lat ${show(fields['lat'])} and lon ${show(fields['lon'])}, want degrees`);
  }
  if (Math.abs(lat) > 90 || Math.abs(lon) > 180) {
    const detail = `got lat ${lat} and lon ${lon}, want degrees within ±90 and ±180`;
    return { faults: { reason: 'out-of-range', detail } };
  }
  const datum = toDatum(fields['datum']);
  if (!datum) return malformed(`got datum ${show(fields['datum'])}, want wgs84, gcj02 or bd09`);
  return toWgs84({ lat, lon }, datum);
}

const flags = new Map<unknown, boolean>([
  [true, true],
  [1, true],
  ['1', true],
  ['true', true],
  [false, false],
  [0, false],
  ['0', false],
  ['false', false],
]);

function toFlag(fields: Fields, name: 'acc' | 'fixed', wrong: string[]): boolean | undefined {
  const value = fields[name];
  if (value === undefined || value === null) return undefined;
  const flag = flags.get(value);
  if (flag === undefined) wrong.push(`got ${name} ${show(value)}, want true or false`);
  return flag;
}

function readNumbers(fields: Fields, fix: Writable<Fix>, wrong: string[]): void {
  for (const [name, key, range] of numbers) {
    const given = fields[name];
    if (given === undefined) continue;
    const value = toNumber(given, range);
    if (value === 'wrong') wrong.push(`got ${name} ${show(given)}, want a number`);
    else if (value !== 'missing') fix[key] = value;
  }
  const { headingDeg } = fix;
  if (headingDeg === undefined) return;
  if (headingDeg >= 0 && headingDeg <= 360) fix.headingDeg = headingDeg % 360;
  else {
    delete fix.headingDeg;
    wrong.push(`got heading_deg ${headingDeg}, want 0 to 360`);
  }
}
