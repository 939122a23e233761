import { type Metric, metricNames, metrics } from '../model/metrics.ts';

/**
 * The tables. A sample is a row with a column for each metric, NULL where it says nothing. An empty column costs time too, so metrics that
 * come together have a table of their own; a sample of several kinds is a row in each. Rows come in in order of
 * arrival; `tidy` moves sealed days to `…_sorted`, in order of day, device and time, where one device's month touches few row groups.
 * The views `…_all` hold both. What says the newest of each device is saved in `…_latest` from time to time.
 * No table has a key: identity is kept by the position written in the same transaction, and by the judgement of duplicates before.
 */

export const families = ['electric', 'fluid', 'register'] as const;
export type Family = (typeof families)[number];

export const measured = [...families, 'fix'] as const;
export type Measured = (typeof measured)[number];

/** Codes up to here are of electricity, then of what flows, heats and drives; the rest is what few meters tell: tariffs, settlement days, states. */
const lastElectricCode = 39;
const lastFluidCode = 99;

export function familyOf(metric: Metric): Family {
  const { code } = metrics[metric];
  if (code <= lastElectricCode) return 'electric';
  return code <= lastFluidCode ? 'fluid' : 'register';
}

/** Metrics of a family, in the order of the catalogue. */
export const metricsOf: Readonly<Record<Family, readonly Metric[]>> = {
  electric: metricNames.filter((metric) => familyOf(metric) === 'electric'),
  fluid: metricNames.filter((metric) => familyOf(metric) === 'fluid'),
  register: metricNames.filter((metric) => familyOf(metric) === 'register'),
};

type Columns = readonly (readonly [name: string, type: string])[];

/** Columns that every table begins with. `delay_ms`: from the time of the device to receipt. */
const headColumns: Columns = [
  ['device', 'INTEGER'],
  ['at_ms', 'BIGINT'],
  ['seq', 'BIGINT'],
  ['delay_ms', 'BIGINT'],
  ['flags', 'UTINYINT'],
];

const fixColumns: Columns = [
  ['lat', 'DOUBLE'],
  ['lon', 'DOUBLE'],
  ['fixed', 'BOOLEAN'],
  ['speed_kmh', 'DOUBLE'],
  ['heading_deg', 'DOUBLE'],
  ['acc', 'BOOLEAN'],
  ['satellites', 'DOUBLE'],
  ['odometer_km', 'DOUBLE'],
  ['fuel_l', 'DOUBLE'],
  ['soc_pct', 'DOUBLE'],
  ['altitude_m', 'DOUBLE'],
  ['alarms', 'UINTEGER'],
  ['status', 'UINTEGER'],
  ['overspeed_place', 'DOUBLE'],
  ['crossed_place', 'DOUBLE'],
];

const ofMetrics = (family: Family): Columns =>
  metricsOf[family].map((metric) => [metric, 'DOUBLE'] as const);

/** The columns of each table, in the order in which questions ask for them; that of the file may be another. */
export const columnsIn: Readonly<Record<Measured, Columns>> = {
  electric: [...headColumns, ...ofMetrics('electric')],
  fluid: [...headColumns, ...ofMetrics('fluid')],
  register: [...headColumns, ...ofMetrics('register')],
  fix: [...headColumns, ...fixColumns],
};

/** Where in `columnsIn` the table's own columns begin. */
export const headWidth = headColumns.length;

export const namesIn = (table: Measured): string =>
  columnsIn[table].map(([name]) => name).join(', ');

/** In `flags`: the time is that of receipt. */
export const receiptFlag = 1;
/** In `flags` of a fix: the device says that it sends it late or again. */
export const resentFlag = 2;
