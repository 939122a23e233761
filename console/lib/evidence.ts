import type { LonLat } from '../../model/entities.ts';
import type { Locale } from './format.ts';
import { formatNumber, instantOf } from './format.ts';
import type { Hour } from './series.ts';

/**
 * Evidence is plain JSON whose names carry their units; every kind of rule has its own. Two things can be drawn: `hours`, each with `start`,
 * `value` and `quality`, beside expected ones with `value`, `low` and `high`; and a `track` with `at`, `lat` and `lon`. The rest is told as facts.
 */

type Facts = Readonly<Record<string, unknown>>;

const isRecord = (value: unknown): value is Facts =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const recordsIn = (value: unknown): Facts[] => (Array.isArray(value) ? value.filter(isRecord) : []);

const numberOf = (value: unknown): number | undefined =>
  typeof value === 'number' ? value : undefined;

/** Evidence carries instants as ISO text or as Unix ms; a small number, such as an hour of the day, is none. */
function evidenceInstant(value: unknown): number | undefined {
  const at = instantOf(value);
  return at !== undefined && at > 9e11 && at < 5e12 ? at : undefined;
}

/** Hours of the observed joined with those of the expected, ascending; undefined where the evidence has none. */
export function hoursOf(observed: Facts, expected: Facts): Hour[] | undefined {
  const wanted = new Map(
    recordsIn(expected['hours']).map((item) => [evidenceInstant(item['start']), item]),
  );
  const hours = recordsIn(observed['hours']).flatMap((item): Hour[] => {
    const at = evidenceInstant(item['start']);
    if (at === undefined) return [];
    const match = wanted.get(at);
    const [middle, low, high] = [
      numberOf(match?.['value']),
      numberOf(match?.['low']),
      numberOf(match?.['high']),
    ];
    return [
      {
        at,
        value: numberOf(item['value']) ?? null,
        ...(typeof item['quality'] === 'string' ? { quality: item['quality'] } : {}),
        ...(middle === undefined ? {} : { expected: middle }),
        ...(low === undefined ? {} : { low }),
        ...(high === undefined ? {} : { high }),
      },
    ];
  });
  return hours.length === 0 ? undefined : hours.sort((a, b) => a.at - b.at);
}

export interface StretchPoint {
  /** Unix ms UTC. */
  readonly at: number;
  readonly position: LonLat;
}

/** The track in the evidence; undefined where there is none. */
export function trackOf(observed: Facts): StretchPoint[] | undefined {
  const track = recordsIn(observed['track']).flatMap((item): StretchPoint[] => {
    const [at, lat, lon] = [
      evidenceInstant(item['at']),
      numberOf(item['lat']),
      numberOf(item['lon']),
    ];
    return at === undefined || lat === undefined || lon === undefined
      ? []
      : [{ at, position: [lon, lat] }];
  });
  return track.length === 0 ? undefined : track;
}

const idOf = (value: unknown): string | undefined => {
  if (typeof value === 'string') return value;
  return isRecord(value) && typeof value['id'] === 'string' ? value['id'] : undefined;
};

/** Ids of the routes the evidence names, as `route`, `routes` or that of a `dispatch`. */
export function routeIdsOf(...facts: readonly Facts[]): string[] {
  const ids = facts.flatMap((fact) =>
    [
      fact['route'],
      ...recordsIn(fact['routes']),
      ...recordsIn([fact['dispatch']]).map((order) => order['route']),
    ].map(idOf),
  );
  return [...new Set(ids.filter((id) => id !== undefined))];
}

/** Endings of names → units, the longer first. */
const unitEndings: readonly (readonly [ending: string, unit: string])[] = [
  ['KmPerH', 'km/h'],
  ['Kmh', 'km/h'],
  ['M3PerDay', 'm³/d'],
  ['M3h', 'm³/h'],
  ['LitresPerHour', 'L/h'],
  ['Kwh', 'kWh'],
  ['KWh', 'kWh'],
  ['Kw', 'kW'],
  ['Kvarh', 'kvarh'],
  ['M3', 'm³'],
  ['Gj', 'GJ'],
  ['Pct', '%'],
  ['Percent', '%'],
  ['Deg', '°'],
  ['Minutes', 'min'],
  ['Min', 'min'],
  ['Hours', 'h'],
  ['Days', 'd'],
  ['Weeks', 'wk'],
  ['Ms', 'ms'],
  ['Km', 'km'],
  ['S', 's'],
  ['M', 'm'],
  ['H', 'h'],
  ['L', 'L'],
  ['V', 'V'],
  ['A', 'A'],
  ['C', '°C'],
];

/** `maxDistanceM` → its words and its unit. */
export function nameOf(
  key: string,
  words: Readonly<Record<string, string>>,
): { readonly label: string; readonly unit: string } {
  const [ending, unit] = unitEndings.find(
    ([candidate]) =>
      key.length > candidate.length &&
      key.endsWith(candidate) &&
      /[a-z0-9]$/.test(key.slice(0, -candidate.length)),
  ) ?? ['', ''];
  const bare = ending === '' ? key : key.slice(0, -ending.length);
  const plain = bare
    .replace(/[_-]/g, ' ')
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .toLowerCase();
  return {
    label: words[key] ?? words[bare] ?? `${plain.charAt(0).toUpperCase()}${plain.slice(1)}`,
    unit,
  };
}

interface Fact {
  readonly key: string;
  readonly label: string;
  readonly value: string;
}

export interface FactTelling {
  readonly locale: Locale;
  /** Names of evidence in the language. */
  readonly words: Readonly<Record<string, string>>;
  /** Values in the language, such as day kinds. */
  readonly values: Readonly<Record<string, string>>;
  readonly yes: string;
  readonly no: string;
  time(at: number): string;
}

/** The same word may mean something else under another name. */
const wordFor = (key: string, value: string, { values }: FactTelling): string =>
  values[`${key}: ${value}`] ?? values[value] ?? value;

function valueText(
  value: unknown,
  { key, unit }: { readonly key: string; readonly unit: string },
  telling: FactTelling,
): string | undefined {
  if (typeof value === 'boolean') return value ? telling.yes : telling.no;
  const at = unit === '' ? evidenceInstant(value) : undefined;
  if (at !== undefined) return telling.time(at);
  if (typeof value === 'number') {
    return `${formatNumber(value, telling.locale, 2)}${unit === '' ? '' : ` ${unit}`}`;
  }
  if (typeof value === 'string') return wordFor(key, value, telling);
  if (isRecord(value)) return bilingual(value, telling.locale);
  return undefined;
}

const bilingual = (value: Facts, locale: Locale): string | undefined => {
  const text = value[locale];
  return typeof text === 'string' ? text : undefined;
};

const isNumbers = (value: unknown): value is number[] =>
  Array.isArray(value) && value.every((item) => typeof item === 'number');

const fewRecords = 3;
const fewItems = 6;

/** A short list is told item by item; a long one of records is drawn or stands in the raw evidence, any other is told by how long it is. */
function tellList(
  list: readonly unknown[],
  at: Omit<Fact, 'value'>,
  named: { readonly key: string; readonly unit: string },
  telling: FactTelling,
): Fact[] {
  if (list.length > 0 && list.length <= fewRecords && list.every(isRecord)) {
    return list.flatMap((item, n) =>
      tell(item, telling, list.length > 1 ? `${at.label} ${n + 1}` : at.label),
    );
  }
  if (list.some(isRecord)) return [];
  const items = list.map((item) =>
    isNumbers(item) ? item.join(' ') : valueText(item, named, telling),
  );
  const isTold = items.length <= fewItems && items.every((item) => item !== undefined);
  return [
    {
      ...at,
      value: isTold ? items.join(', ') || '—' : formatNumber(list.length, telling.locale, 0),
    },
  ];
}

/** Lists that are drawn. */
const drawn = new Set(['hours', 'track']);

/** Facts as labelled lines; records in records are told with both names. */
export function tell(facts: Facts, telling: FactTelling, prefix = ''): Fact[] {
  return Object.entries(facts).flatMap(([key, value]): Fact[] => {
    if (value === undefined || value === null) return [];
    if (drawn.has(key) && recordsIn(value).length > 0) return [];
    const { label: own, unit } = nameOf(key, telling.words);
    const label = prefix === '' ? own : `${prefix} · ${own}`;
    const text = valueText(value, { key, unit }, telling);
    if (text !== undefined) return [{ key: `${prefix}.${key}`, label, value: text }];
    if (isRecord(value)) return tell(value, telling, label);
    return Array.isArray(value)
      ? tellList(value, { key: `${prefix}.${key}`, label }, { key, unit }, telling)
      : [];
  });
}
