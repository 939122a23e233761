export type Unit =
  | 'kWh'
  | 'kvarh'
  | 'kW'
  | 'kvar'
  | 'kVA'
  | 'V'
  | 'A'
  | 'Hz'
  | '1'
  | 'm³'
  | 'm³/h'
  | 'GJ'
  | '°C'
  | '%'
  | 'km/h'
  | 'km'
  | 'L';

export interface MetricInfo {
  readonly unit: Unit;
  /** A counter only rises, but for wrap, reset and replacement; a gauge is momentary. */
  readonly kind: 'counter' | 'gauge';
  /** Values outside are not believed (quarantine `out-of-range`). */
  readonly min: number;
  readonly max: number;
  readonly zh: string;
  readonly en: string;
  /** The number a store keeps instead of the name; never changed, never used again. */
  readonly code: number;
}

const counter = (code: number, unit: Unit, max: number, zh: string, en: string): MetricInfo => ({
  unit,
  kind: 'counter',
  min: 0,
  max,
  zh,
  en,
  code,
});
const gauge = (
  code: number,
  unit: Unit,
  min: number,
  max: number,
  zh: string,
  en: string,
): MetricInfo => ({ unit, kind: 'gauge', min, max, zh, en, code });

const imported = { zh: '正向有功电能', en: 'Active energy, import' };
const exported = { zh: '反向有功电能', en: 'Active energy, export' };

/** An energy register of one tariff, or as it stood on the last settlement day. */
function register(
  code: number,
  { zh, en }: typeof imported,
  { tariff, settled }: { readonly tariff?: number; readonly settled?: true },
): MetricInfo {
  const [tariffZh, tariffEn] = tariff ? [` 费率${tariff}`, `, tariff ${tariff}`] : ['', ''];
  const [settledZh, settledEn] = settled ? ['上一结算日', ', last settlement day'] : ['', ''];
  return counter(code, 'kWh', 1e12, settledZh + zh + tariffZh, en + tariffEn + settledEn);
}

/**
 * The one list of what can be measured. The unit is part of the name and never changes: another unit is another metric.
 * Import is positive; power may be negative where a circuit generates.
 */
export const metrics = {
  energy_import_kwh: counter(1, 'kWh', 1e12, '正向有功电能', 'Active energy, import'),
  energy_export_kwh: counter(2, 'kWh', 1e12, '反向有功电能', 'Active energy, export'),
  reactive_import_kvarh: counter(3, 'kvarh', 1e12, '正向无功电能', 'Reactive energy, import'),
  reactive_export_kvarh: counter(4, 'kvarh', 1e12, '反向无功电能', 'Reactive energy, export'),
  power_kw: gauge(10, 'kW', -1e6, 1e6, '有功功率', 'Active power'),
  power_a_kw: gauge(11, 'kW', -1e6, 1e6, 'A相有功功率', 'Active power, phase A'),
  power_b_kw: gauge(12, 'kW', -1e6, 1e6, 'B相有功功率', 'Active power, phase B'),
  power_c_kw: gauge(13, 'kW', -1e6, 1e6, 'C相有功功率', 'Active power, phase C'),
  reactive_power_kvar: gauge(14, 'kvar', -1e6, 1e6, '无功功率', 'Reactive power'),
  apparent_power_kva: gauge(15, 'kVA', 0, 1e6, '视在功率', 'Apparent power'),
  power_factor: gauge(16, '1', -1, 1, '功率因数', 'Power factor'),
  frequency_hz: gauge(17, 'Hz', 0, 100, '频率', 'Frequency'),
  voltage_a_v: gauge(20, 'V', 0, 1e6, 'A相电压', 'Voltage, phase A'),
  voltage_b_v: gauge(21, 'V', 0, 1e6, 'B相电压', 'Voltage, phase B'),
  voltage_c_v: gauge(22, 'V', 0, 1e6, 'C相电压', 'Voltage, phase C'),
  current_a_a: gauge(23, 'A', -1e5, 1e5, 'A相电流', 'Current, phase A'),
  current_b_a: gauge(24, 'A', -1e5, 1e5, 'B相电流', 'Current, phase B'),
  current_c_a: gauge(25, 'A', -1e5, 1e5, 'C相电流', 'Current, phase C'),
  volume_m3: counter(40, 'm³', 1e12, '累计体积', 'Volume'),
  flow_m3h: gauge(41, 'm³/h', -1e6, 1e6, '瞬时流量', 'Flow'),
  heat_gj: counter(50, 'GJ', 1e12, '累计热量', 'Heat'),
  supply_temperature_c: gauge(51, '°C', -60, 400, '供水温度', 'Supply temperature'),
  return_temperature_c: gauge(52, '°C', -60, 400, '回水温度', 'Return temperature'),
  indoor_temperature_c: gauge(60, '°C', -60, 100, '室内温度', 'Indoor temperature'),
  outdoor_temperature_c: gauge(61, '°C', -90, 70, '室外温度', 'Outdoor temperature'),
  relative_humidity_pct: gauge(62, '%', 0, 100, '相对湿度', 'Relative humidity'),
  speed_kmh: gauge(80, 'km/h', 0, 400, '速度', 'Speed'),
  odometer_km: counter(81, 'km', 1e8, '里程', 'Odometer'),
  fuel_l: gauge(82, 'L', 0, 5000, '油量', 'Fuel level'),
  soc_pct: gauge(83, '%', 0, 100, '电量', 'State of charge'),
  energy_combined_kwh: gauge(100, 'kWh', -1e12, 1e12, '组合有功电能', 'Active energy, combined'),
  energy_import_t1_kwh: register(101, imported, { tariff: 1 }),
  energy_import_t2_kwh: register(102, imported, { tariff: 2 }),
  energy_import_t3_kwh: register(103, imported, { tariff: 3 }),
  energy_import_t4_kwh: register(104, imported, { tariff: 4 }),
  energy_export_t1_kwh: register(105, exported, { tariff: 1 }),
  energy_export_t2_kwh: register(106, exported, { tariff: 2 }),
  energy_export_t3_kwh: register(107, exported, { tariff: 3 }),
  energy_export_t4_kwh: register(108, exported, { tariff: 4 }),
  energy_import_settled_kwh: register(110, imported, { settled: true }),
  energy_import_t1_settled_kwh: register(111, imported, { tariff: 1, settled: true }),
  energy_import_t2_settled_kwh: register(112, imported, { tariff: 2, settled: true }),
  energy_import_t3_settled_kwh: register(113, imported, { tariff: 3, settled: true }),
  energy_import_t4_settled_kwh: register(114, imported, { tariff: 4, settled: true }),
  energy_export_settled_kwh: register(115, exported, { settled: true }),
  energy_export_t1_settled_kwh: register(116, exported, { tariff: 1, settled: true }),
  energy_export_t2_settled_kwh: register(117, exported, { tariff: 2, settled: true }),
  energy_export_t3_settled_kwh: register(118, exported, { tariff: 3, settled: true }),
  energy_export_t4_settled_kwh: register(119, exported, { tariff: 4, settled: true }),
  demand_kw: gauge(120, 'kW', -1e6, 1e6, '当前有功需量', 'Active demand'),
  demand_import_max_kw: gauge(121, 'kW', 0, 1e6, '正向有功最大需量', 'Maximum demand, import'),
  demand_export_max_kw: gauge(122, 'kW', 0, 1e6, '反向有功最大需量', 'Maximum demand, export'),
  volume_settled_m3: counter(130, 'm³', 1e12, '结算日累计体积', 'Volume, last settlement day'),
  heat_settled_gj: counter(131, 'GJ', 1e12, '结算日累计热量', 'Heat, last settlement day'),
  heat_power_kw: gauge(132, 'kW', -1e6, 1e6, '热功率', 'Thermal power'),
  valve_closed: gauge(140, '1', 0, 1, '阀门关闭', 'Valve closed'),
  valve_fault: gauge(141, '1', 0, 1, '阀门异常', 'Valve fault'),
  battery_low: gauge(142, '1', 0, 1, '电池欠压', 'Battery low'),
} as const satisfies Record<string, MetricInfo>;

export type Metric = keyof typeof metrics;

export const isMetric = (name: string): name is Metric => Object.hasOwn(metrics, name);

export const metricNames = Object.keys(metrics) as readonly Metric[];

const byCode = new Map(metricNames.map((name) => [metrics[name].code, name]));

/** The metric a store's number stands for. */
export const metricOfCode = (code: number): Metric | undefined => byCode.get(code);

export type Medium = 'electricity' | 'water' | 'gas' | 'heat' | 'environment';

/** The counter a medium's consumption is computed from; the environment has none. */
export const counterOf = {
  electricity: 'energy_import_kwh',
  water: 'volume_m3',
  gas: 'volume_m3',
  heat: 'heat_gj',
  environment: null,
} as const satisfies Record<Medium, Metric | null>;
