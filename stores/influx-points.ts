import { isId } from '../model/ids.ts';
import type { Accepted } from '../model/observation.ts';
import type { Device } from '../registry/registry.ts';
import type { StoredFix, Transition } from './store.ts';

/** A point of InfluxDB whose tags and fields have been checked: nothing in it can become a second line. */
export interface Point {
  readonly measurement: 'meter_reading' | 'vehicle_position' | 'alert';
  readonly tags: Readonly<Record<string, string>>;
  /** Numbers are floats; never empty. */
  readonly fields: Readonly<Record<string, number | boolean | string>>;
  /** Unix ns UTC in digits. */
  readonly timeNs: string;
}

export type PointOrFault = { readonly point: Point } | { readonly fault: string };

/** Greatest Unix ms whose ns are a signed 64-bit integer: in the year 2262. */
const lastAtMs = 9_223_372_036_854;

const isAt = (at: number): boolean => Number.isSafeInteger(at) && at > 0 && at <= lastAtMs;

/** Letters, digits, dots, dashes: what needs no escaping, and can hold no line break. */
function faultOfTags(tags: Readonly<Record<string, string>>): string | undefined {
  for (const [name, value] of Object.entries(tags))
    if (!isId(value)) return `got ${JSON.stringify(value)} for the tag ${name}, want an id`;
  return undefined;
}

function checked(
  measurement: Point['measurement'],
  tags: Point['tags'],
  fields: Readonly<Record<string, number | boolean | string | undefined>>,
  at: number,
  ns = 0,
): PointOrFault {
  if (!isAt(at)) return { fault: `got ${at} for at, want whole Unix ms up to the year 2262` };
  const fault = faultOfTags(tags);
  if (fault !== undefined) return { fault };
  const there: Record<string, number | boolean | string> = {};
  for (const [name, value] of Object.entries(fields)) {
    if (value === undefined || (typeof value === 'number' && !Number.isFinite(value))) continue;
    there[name] = value;
  }
  if (Object.keys(there).length === 0) return { fault: 'got no value that is a number, want one' };
  const timeNs = `${at}${String(ns).padStart(6, '0')}`;
  return { point: { measurement, tags, fields: there, timeNs } };
}

const positionFields = (fix: StoredFix) => ({
  lat: fix.lat,
  lon: fix.lon,
  speed_kmh: fix.speedKmh,
  heading_deg: fix.headingDeg,
  odometer_km: fix.odometerKm,
  fuel_l: fix.fuelL,
  soc_pct: fix.socPct,
  acc: fix.acc,
  fixed: fix.fixed,
});

/** @param device as it was at the observation's `at`; undefined where the registry does not know it */
export function pointOf(observation: Accepted, device: Device | undefined): PointOrFault {
  if (device === undefined)
    return {
      fault: `got the device ${JSON.stringify(observation.device)}, want one of the registry`,
    };
  const institution = device.institution.id;
  if (observation.type === 'sample' && device.type === 'meter') {
    const { id, building, medium } = device.meter;
    const tags = { institution, building, meter: id, medium };
    return checked('meter_reading', tags, observation.values, observation.at);
  }
  if (observation.type === 'fix' && device.type === 'vehicle') {
    const tags = { institution, vehicle: device.vehicle.id };
    return checked('vehicle_position', tags, positionFields(observation), observation.at);
  }
  return {
    fault: `got a ${observation.type} of a ${device.type}, want samples of meters and fixes of vehicles`,
  };
}

/** Line breaks and other control characters become blanks. */
const oneLine = (text: string): string => text.replace(/\p{Cc}+/gu, ' ');

/** The transition's number stands in the nanoseconds, so that two at one instant, such as alerts withdrawn together, stay two points. */
export function transitionPoint({ n, at, alert }: Transition): PointOrFault {
  const tags = {
    institution: alert.institution,
    severity: alert.severity,
    kind: alert.kind,
    subject_type: alert.subject.type,
    subject: alert.subject.id,
  };
  const fields = {
    alert_id: oneLine(alert.id),
    state: alert.state,
    summary: oneLine(`${alert.summary.zh} / ${alert.summary.en}`),
  };
  return checked('alert', tags, fields, at, n % 1_000_000);
}
