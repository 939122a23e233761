import type { Medium, Metric } from '../../model/metrics.ts';
import { fromBcd } from '../bcd.ts';

/** Raw × `times` / `over` is the value in the catalogue's unit; whole numbers, so that nothing is lost on the way. */
interface Unit {
  readonly times: number;
  readonly over: number;
}

export type Quantity = 'volume' | 'heat' | 'power' | 'flow';

/** By their codes; digits behind the point are part of the format: two, of flow four. */
export const units: Readonly<Record<Quantity, Readonly<Record<number, Unit>>>> = {
  volume: {
    44: { times: 1, over: 100 },
    // Litres.
    41: { times: 1, over: 100_000 },
  },
  heat: {
    // kWh; 1 kWh is 0.0036 GJ.
    5: { times: 36, over: 1_000_000 },
    // MWh.
    8: { times: 36, over: 1_000 },
    // MJ.
    14: { times: 1, over: 100_000 },
    // GJ.
    17: { times: 1, over: 100 },
  },
  power: { 23: { times: 1, over: 100 } },
  flow: {
    // m³/h.
    53: { times: 1, over: 10_000 },
    // L/h.
    50: { times: 1, over: 10_000_000 },
  },
};

interface Part {
  readonly quantity: Quantity;
  readonly metric: Metric;
}

export const temperatures = ['supply_temperature_c', 'return_temperature_c'] as const;
export const temperatureBytes = 3;
export const temperatureOver = 100;

/** What an answer holds, in order: values with units, then for heat two temperatures and hours of work, then the meter's clock, then its state. */
export interface Layout {
  readonly parts: readonly Part[];
  /** Bytes between the values and the clock. */
  readonly extraBytes: number;
}

export const clockBytes = 7;
export const stateBytes = 2;
export const valueBytes = 4;
const quantityBytes = valueBytes + 1;
export const hoursBytes = 3;

const volumes: Layout = {
  parts: [
    { quantity: 'volume', metric: 'volume_m3' },
    { quantity: 'volume', metric: 'volume_settled_m3' },
  ],
  extraBytes: 0,
};

/** By the tens of the type. */
export const layouts: Readonly<Record<number, Layout>> = {
  1: volumes,
  2: {
    parts: [
      { quantity: 'heat', metric: 'heat_settled_gj' },
      { quantity: 'heat', metric: 'heat_gj' },
      { quantity: 'power', metric: 'heat_power_kw' },
      { quantity: 'flow', metric: 'flow_m3h' },
      { quantity: 'volume', metric: 'volume_m3' },
    ],
    extraBytes: temperatures.length * temperatureBytes + hoursBytes,
  },
  3: volumes,
};

export const bytesOfLayout = ({ parts, extraBytes }: Layout): number =>
  parts.length * quantityBytes + extraBytes + clockBytes + stateBytes;

export type Values = Partial<Record<Metric, number>>;

/** The values where every one of them reads with its unit at `unitAt`; nothing where one does not. */
function readParts(
  data: Uint8Array,
  { parts }: Layout,
  unitAt: 0 | typeof valueBytes,
): Values | undefined {
  const values: Values = {};
  for (const [i, { quantity, metric }] of parts.entries()) {
    const bytes = data.subarray(i * quantityBytes, (i + 1) * quantityBytes);
    const raw = fromBcd(unitAt === 0 ? bytes.subarray(1) : bytes.subarray(0, valueBytes));
    if (raw === undefined) continue;
    const unit = units[quantity][bytes[unitAt] ?? 0];
    if (!unit || typeof raw !== 'number') return undefined;
    values[metric] = (raw * unit.times) / unit.over;
  }
  return values;
}

/**
 * The values with units. The standard puts the unit behind the value; some heat meters put it ahead. Which one a meter does shows by all
 * of them reading as numbers with a unit of their own.
 *
 * @returns what was found, or why it is none
 */
export function readQuantities(
  data: Uint8Array,
  layout: Layout,
): Values | { readonly refused: string } {
  const behind = readParts(data, layout, valueBytes);
  const ahead = readParts(data, layout, 0);
  if (!behind && !ahead) return { refused: 'got values or units that are none, in either order' };
  if (!behind || !ahead) return behind ?? ahead ?? {};
  const isSame = layout.parts.every(({ metric }) => behind[metric] === ahead[metric]);
  return isSame ? behind : { refused: 'got values that read in either order of value and unit' };
}

/** Temperatures of a heat meter, behind its quantities; nothing for others. @param faults where those that are no numbers are told */
export function readTemperatures(
  data: Uint8Array,
  { parts, extraBytes }: Layout,
  faults: string[],
): Values {
  const values: Values = {};
  if (extraBytes === 0) return values;
  for (const [i, metric] of temperatures.entries()) {
    const at = parts.length * quantityBytes + i * temperatureBytes;
    const raw = fromBcd(data.subarray(at, at + temperatureBytes));
    if (typeof raw === 'number') values[metric] = raw / temperatureOver;
    else if (raw) faults.push(`${metric}: ${raw.refused}`);
  }
  return values;
}

/** Of the first byte of the state. */
export const bit = { closed: 1, fault: 2, batteryLow: 4 } as const;

/** What the state says; where the valve is at fault, not whether it is closed. Heat meters have none. All FF: nothing. */
export function readState(data: Uint8Array, medium: Medium): Values {
  const [low = 0, high = 0] = data.subarray(-stateBytes);
  if (low === 0xff && high === 0xff) return {};
  const battery = { battery_low: Number((low & bit.batteryLow) !== 0) };
  if (medium === 'heat') return battery;
  const isFaulty = (low & bit.fault) !== 0;
  const position = isFaulty ? {} : { valve_closed: low & bit.closed };
  return { ...position, valve_fault: Number(isFaulty), ...battery };
}
