import type { Door } from '../model/envelope.ts';
import { isId } from '../model/ids.ts';
import { isMetric } from '../model/metrics.ts';
import type { Accepted, Sample } from '../model/observation.ts';
import { secondMs } from '../model/time.ts';
import type { Device } from '../registry/registry.ts';
import type { QualityPoint, RollupPoint, StoredFix, Transition, TripRecord } from './store.ts';

/** Why something cannot become a point, as a sentence. */
export interface Fault {
  readonly fault: string;
}

/** One line of the line protocol without its line break: a point whose tags and fields have been checked, so that it cannot become two. */
export type LineOrFault = string | Fault;

/** Greatest Unix ms whose ns are a signed 64-bit integer: in the year 2262. */
const lastAtMs = 9_223_372_036_854;

const isAt = (at: number): boolean => Number.isSafeInteger(at) && at > 0 && at <= lastAtMs;

/**
 * Measurement and tags; tags stand in order of their names, as InfluxDB likes them. Ids are letters, digits, dots and dashes: nothing to
 * escape, and no room for a line break.
 */
function seriesOf(measurement: string, tags: readonly (readonly [string, string])[]): LineOrFault {
  for (const [name, value] of tags)
    if (!isId(value))
      return { fault: `got ${JSON.stringify(value)} for the tag ${name}, want an id` };
  return [measurement, ...tags.map(([name, value]) => `${name}=${value}`)].join(',');
}

/** A device is the same object until the registry changes, and its series with it. */
const seriesOfDevice = new WeakMap<Device, LineOrFault>();

function deviceSeries(device: Device): LineOrFault {
  const known = seriesOfDevice.get(device);
  if (known !== undefined) return known;
  const institution = ['institution', device.institution.id] as const;
  const series =
    device.type === 'meter'
      ? seriesOf('meter_reading', [
          ['building', device.meter.building],
          institution,
          ['medium', device.meter.medium],
          ['meter', device.meter.id],
        ])
      : seriesOf('vehicle_position', [institution, ['vehicle', device.vehicle.id]]);
  seriesOfDevice.set(device, series);
  return series;
}

/** Numbers are floats in the line protocol where no `i` follows. */
function sampleFields(values: Sample['values']): string {
  let fields = '';
  for (const metric in values) {
    const value = isMetric(metric) ? values[metric] : undefined;
    if (value === undefined || !Number.isFinite(value)) continue;
    fields += fields === '' ? `${metric}=${value}` : `,${metric}=${value}`;
  }
  return fields;
}

const fixFields: readonly (readonly [string, keyof StoredFix])[] = [
  ['lat', 'lat'],
  ['lon', 'lon'],
  ['speed_kmh', 'speedKmh'],
  ['heading_deg', 'headingDeg'],
  ['odometer_km', 'odometerKm'],
  ['fuel_l', 'fuelL'],
  ['soc_pct', 'socPct'],
  ['acc', 'acc'],
  ['fixed', 'fixed'],
];

function fieldsOf(fix: StoredFix): string {
  let fields = '';
  for (const [name, key] of fixFields) {
    const value = fix[key];
    if (typeof value !== 'boolean' && !Number.isFinite(value)) continue;
    fields += fields === '' ? `${name}=${value}` : `,${name}=${value}`;
  }
  return fields;
}

/** @param device as it was at the observation's `at`; undefined where the registry does not know it */
export function lineOf(observation: Accepted, device: Device | undefined): LineOrFault {
  const { at, type } = observation;
  if (device === undefined)
    return {
      fault: `got the device ${JSON.stringify(observation.device)}, want one of the registry`,
    };
  if ((type === 'sample') !== (device.type === 'meter'))
    return {
      fault: `got a ${type} of a ${device.type}, want samples of meters and fixes of vehicles`,
    };
  if (!isAt(at)) return { fault: `got ${at} for at, want whole Unix ms up to the year 2262` };
  const series = deviceSeries(device);
  if (typeof series !== 'string') return series;
  const fields =
    observation.type === 'sample' ? sampleFields(observation.values) : fieldsOf(observation);
  if (fields === '') return { fault: 'got no value that is a number, want one' };
  return `${series} ${fields} ${at}000000`;
}

/** Line breaks and other control characters become blanks. */
const quoted = (text: string): string =>
  `"${text.replace(/\p{Cc}+/gu, ' ').replace(/["\\]/g, '\\$&')}"`;

/**
 * A point at the start of its interval. One that is missing has no `value`, or what it had before: its quality says that it does not count.
 *
 * @param device as it was then
 */
export function rollupLine(point: RollupPoint, device: Device | undefined): LineOrFault {
  const { by, from, value, quality } = point;
  if (device?.type !== 'meter')
    return { fault: `got the device ${JSON.stringify(point.meter)}, want a meter of the registry` };
  if (!isAt(from)) return { fault: `got ${from} for at, want whole Unix ms up to the year 2262` };
  const { meter, institution } = device;
  const series = seriesOf('meter_consumption', [
    ['building', meter.building],
    ['by', by],
    ['institution', institution.id],
    ['medium', meter.medium],
    ['meter', meter.id],
    ...(meter.subItem === undefined ? [] : [['sub_item', meter.subItem] as const]),
  ]);
  if (typeof series !== 'string') return series;
  const field = value === null || !Number.isFinite(value) ? '' : `,value=${value}`;
  return `${series} quality=${quoted(quality)}${field} ${from}000000`;
}

/** The transition's number stands in the nanoseconds, so that two at one instant, such as alerts withdrawn together, stay two points. */
export function transitionLine({ n, at, alert }: Transition): LineOrFault {
  if (!isAt(at)) return { fault: `got ${at} for at, want whole Unix ms up to the year 2262` };
  const series = seriesOf('alert', [
    ['institution', alert.institution],
    ['kind', alert.kind],
    ['severity', alert.severity],
    ['subject', alert.subject.id],
    ['subject_type', alert.subject.type],
  ]);
  if (typeof series !== 'string') return series;
  const summary = quoted(`${alert.summary.zh} / ${alert.summary.en}`);
  const fields = `alert_id=${quoted(alert.id)},state=${quoted(alert.state)},summary=${summary}`;
  return `${series} ${fields} ${at}${String(n % 1_000_000).padStart(6, '0')}`;
}

/** At the start as first recorded: what is said of the trip again takes its place. */
export function tripLine({ trip, state, dispatch, verdict }: TripRecord): LineOrFault {
  const { id, vehicle, institution, firstStartedAt, startedAt, endedAt, distanceKm, now } = trip;
  if (!isAt(firstStartedAt))
    return { fault: `got ${firstStartedAt} for the start, want whole Unix ms up to the year 2262` };
  const series = seriesOf('trip', [
    ['institution', institution],
    ['vehicle', vehicle],
  ]);
  if (typeof series !== 'string') return series;
  const fields = [
    `trip_id=${quoted(id)}`,
    `state=${quoted(state)}`,
    `started_at_ms=${startedAt}`,
    ...(endedAt === null ? [] : [`ended_at_ms=${endedAt}`]),
    `distance_km=${distanceKm}`,
    `duration_s=${((endedAt ?? now.at) - startedAt) / secondMs}`,
    `dispatch=${quoted(dispatch ?? '')}`,
    `verdict=${quoted(verdict)}`,
  ];
  return `${series} ${fields.join(',')} ${firstStartedAt}000000`;
}

/** The way the registry says the device comes: NMEA lines, with or without a broker, have the device's MQTT secret. */
function doorOf(device: Device): Door {
  if (device.type === 'vehicle') return device.vehicle.jt808 ? 'jt808' : 'mqtt';
  const { modbus, dlt645, cjt188 } = device.meter;
  if (modbus) return 'modbus';
  return dlt645 || cjt188 ? 'serial' : 'mqtt';
}

/**
 * A point at the start of the day.
 *
 * @param device as it was then
 */
export function qualityLine(point: QualityPoint, device: Device | undefined): LineOrFault {
  const { from, expected, received, late, duplicate, quarantined } = point;
  if (device === undefined)
    return { fault: `got the device ${JSON.stringify(point.device)}, want one of the registry` };
  if (!isAt(from)) return { fault: `got ${from} for at, want whole Unix ms up to the year 2262` };
  const series = seriesOf('data_quality', [
    ['device', point.device],
    ['door', doorOf(device)],
    ['institution', device.institution.id],
  ]);
  if (typeof series !== 'string') return series;
  const known = expected === null ? '' : `expected=${expected},`;
  return `${series} ${known}received=${received},late=${late},duplicate=${duplicate},quarantined=${quarantined} ${from}000000`;
}
