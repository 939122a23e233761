import { isMetric, type Metric } from '../../model/metrics.ts';

/** How a value of an item is written. */
export interface Format {
  readonly bytes: number;
  readonly decimals: number;
  readonly signed?: true;
  /** Five more bytes say when it was: minute, hour, day, month, year. */
  readonly timed?: true;
}

export const timeBytes = 5;

/** One value of an item; an item that is a block has several. */
export interface Field {
  /** Data identifier of the value alone, DI3 to DI0. */
  readonly item: string;
  readonly format: Format;
  /** Without, the catalogue has no place for it. */
  readonly metric?: Metric;
}

const block = 0xff;
const lastTariff = 63;
const lastSettlementDay = 12;
const upTo = (last: number): readonly number[] => Array.from({ length: last + 1 }, (_, i) => i);

const itemOf = (...di: readonly number[]): string =>
  di.map((byte) => byte.toString(16).toUpperCase().padStart(2, '0')).join('');

const toMetric = (...words: readonly string[]): Pick<Field, 'metric'> => {
  const name = words.filter(Boolean).join('_');
  return isMetric(name) ? { metric: name } : {};
};

const energyFormat: Format = { bytes: 4, decimals: 2 };
const signedEnergy: Format = { ...energyFormat, signed: true };

/** By DI2. Combined energies may be differences, hence below zero. */
const energies: readonly (readonly [stem: string, unit: string, format: Format])[] = [
  ['energy_combined', 'kwh', signedEnergy],
  ['energy_import', 'kwh', energyFormat],
  ['energy_export', 'kwh', energyFormat],
  ['reactive_import', 'kvarh', signedEnergy],
  ['reactive_export', 'kvarh', signedEnergy],
];

/** Tariff 0 is the total, settlement day 0 is now and 1 the last one. */
function energyField(di2: number, tariff: number, settlementDay: number): Field | undefined {
  const energy = energies[di2];
  if (!energy) return undefined;
  const [stem, unit, format] = energy;
  const words = [stem, tariff > 0 ? `t${tariff}` : '', settlementDay > 0 ? 'settled' : '', unit];
  const item = itemOf(0, di2, tariff, settlementDay);
  return { item, format, ...(settlementDay <= 1 ? toMetric(...words) : {}) };
}

const demandFormat: Format = { bytes: 3, decimals: 4, timed: true };
const demandStems = ['', 'demand_import', 'demand_export'];

/** A demand has its own time, so that those of earlier settlement days are the same quantity at an earlier time. */
function demandField(di2: number, tariff: number, settlementDay: number): Field | undefined {
  const stem = demandStems[di2];
  if (!stem) return undefined;
  const metric = tariff === 0 ? toMetric(stem, 'max_kw') : {};
  return { item: itemOf(1, di2, tariff, settlementDay), format: demandFormat, ...metric };
}

const current: Format = { bytes: 3, decimals: 3, signed: true };
const power: Format = { bytes: 3, decimals: 4, signed: true };
const factor: Format = { bytes: 2, decimals: 3, signed: true };

/** By DI2: what is measured now, total (DI1 0) and phases A to C; `first` is the first DI1 there is. */
const momentary: Readonly<
  Record<
    number,
    { readonly first: 0 | 1; readonly format: Format; readonly metrics: readonly string[] }
  >
> = {
  1: {
    first: 1,
    format: { bytes: 2, decimals: 1 },
    metrics: ['voltage_a_v', 'voltage_b_v', 'voltage_c_v'],
  },
  2: { first: 1, format: current, metrics: ['current_a_a', 'current_b_a', 'current_c_a'] },
  3: { first: 0, format: power, metrics: ['power_kw', 'power_a_kw', 'power_b_kw', 'power_c_kw'] },
  4: { first: 0, format: power, metrics: ['reactive_power_kvar'] },
  5: { first: 0, format: { bytes: 3, decimals: 4 }, metrics: ['apparent_power_kva'] },
  6: { first: 0, format: factor, metrics: ['power_factor'] },
};
const lastPhase = 3;

function momentaryFields(di2: number, di1: number): readonly Field[] {
  const row = momentary[di2];
  if (!row) return [];
  const all = upTo(lastPhase).slice(row.first);
  return all
    .filter((phase) => di1 === block || di1 === phase)
    .map((phase) => ({
      item: itemOf(2, di2, phase, 0),
      format: row.format,
      ...toMetric(row.metrics[phase - row.first] ?? ''),
    }));
}

const others: Readonly<Record<string, Field>> = {
  '02800002': {
    item: '02800002',
    format: { bytes: 2, decimals: 2 },
    metric: 'frequency_hz',
  },
  '02800004': { item: '02800004', format: power, metric: 'demand_kw' },
};

const within = (di: number, last: number): readonly number[] => {
  if (di === block) return upTo(last);
  return di <= last ? [di] : [];
};

function registerFields(
  fieldOf: typeof energyField,
  [di2, di1, di0]: readonly [number, number, number],
): readonly Field[] {
  if (di1 === block && di0 === block) return [];
  const fields = within(di1, lastTariff).flatMap((tariff) =>
    within(di0, lastSettlementDay).map((day) => fieldOf(di2, tariff, day)),
  );
  return fields.filter((field) => field !== undefined);
}

function resolve(item: string): readonly Field[] {
  const other = others[item];
  if (other) return [other];
  const [di3 = 0, di2 = 0, di1 = 0, di0 = 0] = Buffer.from(item, 'hex');
  if (di3 === 0) return registerFields(energyField, [di2, di1, di0]);
  if (di3 === 1) return registerFields(demandField, [di2, di1, di0]);
  return di3 === 2 && di0 === 0 ? momentaryFields(di2, di1) : [];
}

const resolved = new Map<string, readonly Field[]>();

/**
 * The values an item holds, in their order on the line; a meter may send fewer of a block. None: we do not know the item.
 * @param item data identifier, DI3 to DI0, 8 hex digits
 */
export function fieldsOf(item: string): readonly Field[] {
  const name = item.toUpperCase();
  const known = resolved.get(name);
  if (known) return known;
  const fields = resolve(name);
  if (fields.length > 0) resolved.set(name, fields);
  return fields;
}

/** Whether an item holds anything the catalogue has a metric for. */
export const isKnownItem = (item: string): boolean => fieldsOf(item).some(({ metric }) => metric);

/** Asked of a meter that names none: what nearly every one has, and refuses singly where it has not. */
export const usualItems: readonly string[] = [
  '00010000',
  '0001FF00',
  '00020000',
  '0201FF00',
  '0202FF00',
  '0203FF00',
  '02060000',
  '02800002',
];
