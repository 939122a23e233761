import { type Metric, type MetricInfo, metricNames, metrics } from '../../model/metrics.ts';
import type { Mapping } from '../mapping.ts';
import type { Range } from '../missing.ts';
import { type Pointer, parsePointer } from './pointer.ts';
import { type Factor, factorOf, scaled } from './units.ts';

/** How the number of a name becomes a value of the catalogue. */
export interface Rule extends Factor {
  readonly metric: Metric;
  /** Of raw numbers. */
  readonly range: Range;
  readonly missing: ReadonlySet<number>;
}

interface Place {
  readonly pointer: Pointer;
  readonly of: 'reading' | 'message';
}

export interface TimePlace extends Place {
  readonly format: Mapping['time'][number]['format'];
}

/** Names and values, as an object or as a list of items. */
export type Form =
  | { readonly fields: Pointer; readonly value: Pointer | undefined }
  | {
      readonly list: Pointer;
      readonly name: Pointer;
      readonly value: Pointer;
      readonly error: Pointer | undefined;
    };

/** A mapping made ready for reading. */
export interface Compiled {
  readonly name: string;
  readonly skips: readonly {
    readonly pointer: Pointer;
    readonly is: ReadonlySet<unknown> | undefined;
  }[];
  readonly readings: readonly { readonly text: string; readonly pointer: Pointer }[];
  readonly meter: Place | { readonly item: string } | undefined;
  readonly times: readonly TimePlace[];
  readonly timeZone: string | undefined;
  readonly forms: readonly Form[];
  /** By name; of the catalogue too. */
  readonly rules: ReadonlyMap<string, Rule>;
  readonly pointed: readonly {
    readonly pointer: Pointer;
    readonly name: string;
    readonly rule: Rule;
  }[];
  readonly ignored: ReadonlySet<string>;
  readonly ignoresOthers: boolean;
}

export function compile(mapping: Mapping): Compiled {
  const named = Object.entries(mapping.metrics).map(
    ([name, said]) => [name, toRule(said)] as const,
  );
  const plain = metricNames.map(
    (metric) => [metric, toRule({ metric, scale: 1, missing: [] })] as const,
  );
  const meter = placeOfMeter(mapping);
  const times = mapping.time.map(({ at, of, format }) => ({
    pointer: parsePointer(at),
    of,
    format,
  }));
  const places = [...times, ...(meter && 'pointer' in meter ? [meter] : [])];
  // What stands beside the values but is none of them.
  const aside = places.flatMap(({ pointer, of }) =>
    of === 'reading' && pointer.length === 1 ? pointer : [],
  );
  return {
    name: mapping.name,
    skips: mapping.skip.map(({ at, is }) => ({ pointer: parsePointer(at), is: is && new Set(is) })),
    readings: mapping.readings.map((text) => ({ text, pointer: parsePointer(text) })),
    meter,
    times,
    timeZone: mapping.timeZone,
    forms: mapping.values.map(toForm),
    rules: new Map([...plain, ...named.filter(([name]) => !name.startsWith('/'))]),
    pointed: named.flatMap(([name, rule]) =>
      name.startsWith('/') ? [{ pointer: parsePointer(name), name, rule }] : [],
    ),
    ignored: new Set([
      ...mapping.ignore,
      ...aside,
      ...(meter && 'item' in meter ? [meter.item] : []),
    ]),
    ignoresOthers: mapping.others === 'ignore',
  };
}

function placeOfMeter({ meter }: Mapping): Compiled['meter'] {
  if (meter?.item !== undefined) return { item: meter.item };
  return meter?.at === undefined ? undefined : { pointer: parsePointer(meter.at), of: meter.of };
}

const optional = (text: string | undefined): Pointer | undefined =>
  text === undefined ? undefined : parsePointer(text);

function toForm({ fields, list, name, value, error }: Mapping['values'][number]): Form {
  if (fields !== undefined) return { fields: parsePointer(fields), value: optional(value) };
  return {
    list: parsePointer(list ?? ''),
    name: parsePointer(name ?? ''),
    value: parsePointer(value ?? ''),
    error: optional(error),
  };
}

function toRule({ metric, unit, scale, missing }: Mapping['metrics'][string]): Rule {
  const info: MetricInfo = metrics[metric];
  const factor = scaled(factorOf(unit ?? info.unit, info.unit) ?? { by: 1, over: 1 }, scale);
  const ends = [info.min, info.max].map((end) => (end * factor.over) / factor.by);
  const range = { min: Math.min(...ends), max: Math.max(...ends) };
  return { metric, ...factor, range, missing: new Set(missing) };
}
