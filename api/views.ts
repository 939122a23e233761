import loaded from 'gcoord';
import type { FixMark } from '../fleet/hygiene.ts';
import { isClockLost } from '../model/clock.ts';
import type { Entities, EntityKind } from '../model/entities.ts';
import { metrics } from '../model/metrics.ts';
import type { Fix } from '../model/observation.ts';
import { alarmBits } from '../model/terminal-alarms.ts';
import { isoInZone, secondMs } from '../model/time.ts';
import type { Device, Directory } from '../registry/registry.ts';
import type { LatestReading, StoredFix } from '../stores/store.ts';
import type {
  Datum,
  EntityView,
  LatestReading as LatestReadingView,
  Position,
  Track,
} from './contract.ts';
import type { Who } from './http.ts';
import { zoneOf } from './scope.ts';

/** What the inside keeps → what HTTP shows: times as text in the institution's zone, coordinates in the datum asked for. */

// The package is CommonJS whose types describe an ES module.
const gcoord = loaded as unknown as typeof loaded.default;
const systems = { gcj02: gcoord.GCJ02, bd09: gcoord.BD09 } as const;

/** A device is online while it was heard within three of its intervals, but at least this. */
const shortestSilenceMs = 120 * secondMs;

export function toEntityView<K extends EntityKind>(
  who: Who,
  directory: Directory,
  kind: K,
  entity: Entities[K] & { readonly version: number },
): EntityView<K> {
  let view: object = entity;
  if (kind === 'dispatches') {
    const { from, to, filedAt, vehicle, ...rest } = entity as Entities['dispatches'];
    const zone = zoneOf(directory, directory.device(vehicle)?.institution.id);
    view = {
      ...rest,
      vehicle,
      from: isoInZone(from, zone),
      to: isoInZone(to, zone),
      ...(filedAt !== undefined && { filedAt: isoInZone(filedAt, zone) }),
    };
  }
  if (kind === 'replacements') {
    const { at, confirmedAt, ...rest } = entity as Entities['replacements'];
    const zone = zoneOf(directory, directory.device(rest.meter)?.institution.id);
    view = { ...rest, at: isoInZone(at, zone), confirmedAt: isoInZone(confirmedAt, zone) };
  }
  if (kind === 'users' && who.role !== 'admin' && entity.id !== who.user) {
    const { email: _, ...rest } = entity as Entities['users'];
    view = rest;
  }
  return view as EntityView<K>;
}

export function inDatum(
  { lat, lon }: Pick<Fix, 'lat' | 'lon'>,
  datum: Datum,
): { lat: number; lon: number } {
  if (datum === 'wgs84') return { lat, lon };
  const [x, y] = gcoord.transform([lon, lat], gcoord.WGS84, systems[datum]);
  return { lat: y, lon: x };
}

type VehicleDevice = Extract<Device, { type: 'vehicle' }>;

export function toPosition(
  fix: StoredFix,
  { vehicle, institution }: VehicleDevice,
  now: number,
  datum: Datum,
): Position {
  const patienceMs = Math.max(3 * (vehicle.everyS ?? 0) * secondMs, shortestSilenceMs);
  return {
    vehicle: vehicle.id,
    at: isoInZone(fix.at, institution.timeZone),
    ...inDatum(fix, datum),
    speedKmh: fix.speedKmh ?? null,
    headingDeg: fix.headingDeg ?? null,
    acc: fix.acc ?? null,
    fixed: fix.fixed,
    online: now - fix.receivedAt <= patienceMs,
  };
}

export function toTrackItem(
  fix: StoredFix,
  mark: FixMark | undefined,
  zone: string,
  datum: Datum,
): Track['items'][number] {
  return {
    at: isoInZone(fix.at, zone),
    ...inDatum(fix, datum),
    speedKmh: fix.speedKmh ?? null,
    headingDeg: fix.headingDeg ?? null,
    odometerKm: fix.odometerKm ?? null,
    quality: isClockLost(fix) ? 'clock' : mark === 'few-satellites' ? 'poor' : (mark ?? 'good'),
    alarms: alarmBits(fix.alarms ?? 0),
  };
}

export function toLatestReading(reading: LatestReading, zone: string): LatestReadingView {
  return {
    meter: reading.device,
    metric: reading.metric,
    unit: metrics[reading.metric].unit,
    at: isoInZone(reading.at, zone),
    value: reading.value,
    quality: 'measured',
    timeSource: reading.timeSource,
  };
}
