import type { Metric } from '../../../model/metrics.ts';
import type { SlaveRow } from './pymodbus.ts';

/** The makers' register tables, written a second time from their manuals, with numbers of a meter at work. */

/** The slave's number, and what it means in the metric's unit; without a metric the address only is readable. */
type Row = readonly [
  fc: SlaveRow[0],
  address: number,
  format: SlaveRow[2],
  number: number,
  metric?: Metric,
  means?: number,
];

const f = (fc: 3 | 4, address: number, number: number, metric: Metric, means = number): Row => [
  fc,
  address,
  'f',
  number,
  metric,
  means,
];
const filler = (fc: 3 | 4, from: number, to: number): Row[] =>
  Array.from({ length: to - from + 1 }, (_, i) => [fc, from + i, 'H', 0xdead]);

interface Table {
  readonly rows: readonly Row[];
  readonly ctRatio?: number;
  readonly ptRatio?: number;
}

const singlePhase: Table = {
  rows: [
    f(4, 0, 231.5, 'voltage_a_v'),
    f(4, 6, 4.25, 'current_a_a'),
    f(4, 12, 950.5, 'power_kw', 0.9505),
    f(4, 18, 984, 'apparent_power_kva', 0.984),
    f(4, 24, -254.5, 'reactive_power_kvar', -0.2545),
    f(4, 30, -0.9375, 'power_factor'),
    f(4, 70, 49.75, 'frequency_hz'),
    f(4, 72, 1234.5, 'energy_import_kwh'),
    f(4, 74, 0.5, 'energy_export_kwh'),
    f(4, 76, 77.25, 'reactive_import_kvarh'),
    f(4, 78, 3.75, 'reactive_export_kvarh'),
  ],
};

/** 40 × 2: the ratios of the transformers before the meter. */
const dtsu666 = (importAt: number, exportAt: number): Table => ({
  ctRatio: 40,
  ptRatio: 2,
  rows: [
    f(3, 0x2006, 2305, 'voltage_a_v', 461),
    f(3, 0x2008, 2310, 'voltage_b_v', 462),
    f(3, 0x200a, 2295, 'voltage_c_v', 459),
    f(3, 0x200c, 1500, 'current_a_a', 60),
    f(3, 0x200e, 1250, 'current_b_a', 50),
    f(3, 0x2010, 1750, 'current_c_a', 70),
    f(3, 0x2012, 9000, 'power_kw', 72),
    f(3, 0x2014, 3000, 'power_a_kw', 24),
    f(3, 0x2016, 2500, 'power_b_kw', 20),
    f(3, 0x2018, 3500, 'power_c_kw', 28),
    f(3, 0x201a, -1000, 'reactive_power_kvar', -8),
    f(3, 0x202a, 950, 'power_factor', 0.95),
    f(3, 0x2044, 5000, 'frequency_hz', 50),
    f(3, importAt, 100.25, 'energy_import_kwh', 8020),
    f(3, exportAt, 1.5, 'energy_export_kwh', 120),
  ],
});

const djsf1352 = (kwh: number): Table => ({
  rows: [
    [3, 12, 'I', 21_018, 'energy_import_kwh', 21_018 * kwh],
    [3, 14, 'I', 7, 'energy_export_kwh', 7 * kwh],
    f(3, 50, 750.5, 'voltage_a_v'),
    f(3, 52, -12.25, 'current_a_a'),
    f(3, 54, -9.1875, 'power_kw'),
  ],
});

export const tables: Readonly<Record<string, Table>> = {
  'acrel-adl400': {
    rows: [
      ...filler(3, 0x0800, 0x0835),
      ...filler(3, 0x0842, 0x0857),
      f(3, 0x0800, 230.5, 'voltage_a_v'),
      f(3, 0x0802, 231, 'voltage_b_v'),
      f(3, 0x0804, 229.5, 'voltage_c_v'),
      f(3, 0x080c, 60, 'current_a_a'),
      f(3, 0x080e, 50, 'current_b_a'),
      f(3, 0x0810, 70, 'current_c_a'),
      f(3, 0x0814, 13, 'power_a_kw'),
      f(3, 0x0816, 11, 'power_b_kw'),
      f(3, 0x0818, 15, 'power_c_kw'),
      f(3, 0x081a, 39, 'power_kw'),
      f(3, 0x0822, -4.5, 'reactive_power_kvar'),
      f(3, 0x082a, 41.5, 'apparent_power_kva'),
      f(3, 0x0832, 0.9375, 'power_factor'),
      f(3, 0x0834, 50.25, 'frequency_hz'),
      [3, 0x0842, 'I', 999_999],
      [3, 0x084c, 'I', 305_419_896, 'energy_import_kwh', 30_541_989.6],
      [3, 0x0856, 'I', 17, 'energy_export_kwh', 1.7],
    ],
  },
  'acrel-adw300': {
    rows: [
      [3, 20, 'H', 2305, 'voltage_a_v', 230.5],
      [3, 21, 'H', 2310, 'voltage_b_v', 231],
      [3, 22, 'H', 2295, 'voltage_c_v', 229.5],
      [3, 26, 'H', 425, 'current_a_a', 4.25],
      [3, 27, 'H', 50, 'current_b_a', 0.5],
      [3, 28, 'H', 6553, 'current_c_a', 65.53],
      [3, 30, 'i', -1500, 'power_a_kw', -1.5],
      [3, 32, 'i', 115, 'power_b_kw', 0.115],
      [3, 34, 'i', 15_040, 'power_c_kw', 15.04],
      [3, 36, 'i', 13_655, 'power_kw', 13.655],
      [3, 62, 'i', 123_456_789, 'energy_import_kwh', 1_234_567.89],
      [3, 64, 'i', 5, 'energy_export_kwh', 0.05],
    ],
  },
  'acrel-djsf1352-rn': djsf1352(0.001),
  'acrel-djsf1352-rn-6': djsf1352(0.0001),
  'chint-ddsu666': {
    ctRatio: 10,
    rows: [
      f(3, 0x2000, 231.5, 'voltage_a_v'),
      f(3, 0x2002, 4.25, 'current_a_a', 42.5),
      f(3, 0x2004, 0.875, 'power_kw', 8.75),
      f(3, 0x2006, -0.25, 'reactive_power_kvar', -2.5),
      f(3, 0x200a, 0.9375, 'power_factor'),
      f(3, 0x200e, 50.25, 'frequency_hz'),
      f(3, 0x4000, 1234.5, 'energy_import_kwh', 12_345),
      f(3, 0x400a, 0.5, 'energy_export_kwh', 5),
    ],
  },
  'chint-dtsu666': dtsu666(0x101e, 0x1028),
  'chint-dtsu666-401e': dtsu666(0x401e, 0x4028),
  'eastron-sdm120': singlePhase,
  'eastron-sdm230': singlePhase,
  'eastron-sdm630': {
    rows: [
      f(4, 0x00, 230.5, 'voltage_a_v'),
      f(4, 0x02, 231, 'voltage_b_v'),
      f(4, 0x04, 229.5, 'voltage_c_v'),
      f(4, 0x06, 10, 'current_a_a'),
      f(4, 0x08, 11, 'current_b_a'),
      f(4, 0x0a, 12, 'current_c_a'),
      f(4, 0x0c, 2000, 'power_a_kw', 2),
      f(4, 0x0e, 2250, 'power_b_kw', 2.25),
      f(4, 0x10, -500, 'power_c_kw', -0.5),
      f(4, 0x34, 3750, 'power_kw', 3.75),
      f(4, 0x38, 4500, 'apparent_power_kva', 4.5),
      f(4, 0x3c, -250, 'reactive_power_kvar', -0.25),
      f(4, 0x3e, 0.9375, 'power_factor'),
      f(4, 0x46, 50.25, 'frequency_hz'),
      f(4, 0x48, 123.5, 'energy_import_kwh'),
      f(4, 0x4a, 1.5, 'energy_export_kwh'),
      f(4, 0x4c, 77.25, 'reactive_import_kvarh'),
      f(4, 0x4e, 3.75, 'reactive_export_kvarh'),
    ],
  },
  'eastron-sdm72': {
    rows: [
      f(4, 52, 3750, 'power_kw', 3.75),
      f(4, 72, 123.5, 'energy_import_kwh'),
      f(4, 74, 1.5, 'energy_export_kwh'),
    ],
  },
  'hiking-dds238': {
    rows: [
      [3, 0x08, 'I', 2399, 'energy_export_kwh', 23.99],
      [3, 0x0a, 'I', 4733, 'energy_import_kwh', 47.33],
      [3, 0x0c, 'H', 2327, 'voltage_a_v', 232.7],
      [3, 0x0d, 'H', 425, 'current_a_a', 4.25],
      [3, 0x0e, 'h', -950, 'power_kw', -0.95],
      [3, 0x0f, 'h', -120, 'reactive_power_kvar', -0.12],
      [3, 0x10, 'H', 987, 'power_factor', 0.987],
      [3, 0x11, 'H', 4998, 'frequency_hz', 49.98],
    ],
  },
};

/** What a slave of the model has. @param over other numbers, by address */
export const rowsOf = (
  name: string,
  over: Readonly<Record<number, number>> = {},
): readonly SlaveRow[] =>
  (tables[name]?.rows ?? []).map(([fc, address, format, number]) => [
    fc,
    address,
    format,
    over[address] ?? number,
  ]);
