import type { Builder, Dataquery } from '@grafana/grafana-foundation-sdk/cog';
import type { Metric } from '../model/metrics.ts';
import { metricNames } from '../model/metrics.ts';

/** Measurements as they are written to InfluxDB; a name that is not among them does not compile. */
export const measurements = {
  meter_reading: { tags: ['institution', 'building', 'meter', 'medium'], fields: metricNames },
  meter_consumption: {
    tags: ['institution', 'building', 'meter', 'medium', 'sub_item', 'by'],
    fields: ['value', 'quality'],
  },
  vehicle_position: {
    tags: ['institution', 'vehicle'],
    fields: [
      'lat',
      'lon',
      'speed_kmh',
      'heading_deg',
      'odometer_km',
      'fuel_l',
      'soc_pct',
      'acc',
      'fixed',
    ],
  },
  alert: {
    tags: ['institution', 'severity', 'kind', 'subject_type', 'subject'],
    fields: ['alert_id', 'state', 'summary'],
  },
} as const;

type Measurement = keyof typeof measurements;
export type Tag<M extends Measurement> = (typeof measurements)[M]['tags'][number];
export type Field<M extends Measurement> = M extends 'meter_reading'
  ? Metric
  : (typeof measurements)[M]['fields'][number];

type Aggregate = 'mean' | 'max' | 'sum' | 'last' | 'count';

/** One thing a query gives back, under the name `as` (the field's or tag's own where absent). */
export type Column<M extends Measurement> =
  | { readonly field: Field<M>; readonly aggregate?: Aggregate; readonly as?: string }
  | { readonly distinct: Field<M>; readonly as: string }
  | { readonly tag: Tag<M> };

export type Condition<M extends Measurement> =
  /** Chosen in the dashboard by the variable of this name: one, several or all. */
  | { readonly tag: Tag<M>; readonly variable: string }
  | { readonly tag: Tag<M>; readonly is: string }
  | { readonly field: Field<M>; readonly is: string | boolean }
  | { readonly field: Field<M>; readonly isNot: string };

export interface Select<M extends Measurement> {
  readonly from: M;
  readonly columns: readonly Column<M>[];
  readonly where: readonly Condition<M>[];
  readonly by?: readonly Tag<M>[];
  /** Width of the windows: a duration or `$__interval`. */
  readonly every?: string;
  /** A gap is not a value, so windows without data stay empty unless they are counts. */
  readonly fill?: 'none' | 'null' | 0;
  /** Only the newest so many rows. */
  readonly newest?: number;
  /** Zone of the windows' boundaries: a variable or an IANA name. */
  readonly zone?: string;
}

const quoted = (name: string): string => `"${name}"`;
const literal = (value: string | boolean): string =>
  typeof value === 'boolean' ? String(value) : `'${value}'`;

function columnOf<M extends Measurement>(column: Column<M>): string {
  if ('tag' in column) return `${quoted(column.tag)}::tag`;
  if ('distinct' in column)
    return `count(distinct(${quoted(column.distinct)})) AS ${quoted(column.as)}`;
  const { field, aggregate, as = field } = column;
  if (aggregate) return `${aggregate}(${quoted(field)}) AS ${quoted(as)}`;
  return as === field ? quoted(field) : `${quoted(field)} AS ${quoted(as)}`;
}

/**
 * The format `regex` and the anchors are right for one value, several and all, in every version of Grafana;
 * without anchors `b1` would also take `b10`.
 */
const conditionOf = <M extends Measurement>(condition: Condition<M>): string => {
  if ('variable' in condition)
    return `${quoted(condition.tag)} =~ /^\${${condition.variable}:regex}$/`;
  if ('isNot' in condition) return `${quoted(condition.field)} != ${literal(condition.isNot)}`;
  const name = 'tag' in condition ? condition.tag : condition.field;
  return `${quoted(name)} = ${literal(condition.is)}`;
};

/** InfluxQL as 1.x, 2.x and 3.x take it, over the time range of the dashboard. */
export function toInfluxQl<M extends Measurement>(select: Select<M>): string {
  const { from, columns, where, by = [], every, fill = 'none', newest, zone } = select;
  const groups = [...(every ? [`time(${every})`] : []), ...by.map(quoted)];
  return [
    `SELECT ${columns.map(columnOf).join(', ')} FROM ${quoted(from)}`,
    `WHERE ${['$timeFilter', ...where.map(conditionOf)].join(' AND ')}`,
    groups.length > 0 ? `GROUP BY ${groups.join(', ')}` : '',
    every ? `fill(${fill})` : '',
    newest === undefined ? '' : `ORDER BY time DESC LIMIT ${newest}`,
    zone === undefined ? '' : `tz('${zone}')`,
  ]
    .filter((part) => part !== '')
    .join(' ');
}

interface CountOf<M extends Measurement> {
  /** One row per thing to be counted. */
  readonly rows: Select<M>;
  readonly column: string;
  readonly as: string;
  /** Counts only rows whose column has one of these values. */
  readonly among?: readonly string[];
}

/** How many rows an inner query gives. */
export function countRows<M extends Measurement>({ rows, column, as, among }: CountOf<M>): string {
  const wanted = among?.map((value) => `${quoted(column)} = ${literal(value)}`).join(' OR ');
  const where = ['$timeFilter', ...(wanted ? [`(${wanted})`] : [])].join(' AND ');
  return `SELECT count(${quoted(column)}) AS ${quoted(as)} FROM (${toInfluxQl(rows)}) WHERE ${where}`;
}

interface TargetOptions {
  /** `table`: one frame with tags as columns; otherwise one series per group. */
  readonly table?: boolean;
  /** Name of a series, such as `$tag_meter`. */
  readonly alias?: string;
  readonly refId?: string;
}

/** A query of Grafana's InfluxDB data source; the SDK has no builder for it. */
export const target = (
  query: string,
  { table = false, alias, refId = 'A' }: TargetOptions = {},
): Builder<Dataquery> => ({
  build: () => {
    const model = {
      refId,
      rawQuery: true,
      query,
      resultFormat: table ? 'table' : 'time_series',
      ...(alias === undefined ? {} : { alias }),
    };
    return { ...model, _implementsDataqueryVariant: () => {} };
  },
});

/** Query of a variable: the values of a tag where the variables before it hold. */
export const tagValues = <M extends Measurement>(
  from: M,
  tag: Tag<M>,
  where: readonly Condition<M>[] = [],
): string =>
  [
    `SHOW TAG VALUES FROM ${quoted(from)} WITH KEY = ${quoted(tag)}`,
    where.length > 0 ? `WHERE ${where.map(conditionOf).join(' AND ')}` : '',
  ]
    .filter((part) => part !== '')
    .join(' ');
