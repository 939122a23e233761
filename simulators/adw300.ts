import type { Metric } from '../model/metrics.ts';
import type { Values } from './meter.ts';

/** What a meter of the ADW300 family calls its values; item 0 is its serial number. */
const items: readonly (readonly [item: number, metric: Metric])[] = [
  [1, 'voltage_a_v'],
  [2, 'voltage_b_v'],
  [3, 'voltage_c_v'],
  [7, 'current_a_a'],
  [8, 'current_b_a'],
  [9, 'current_c_a'],
  [10, 'power_a_kw'],
  [11, 'power_b_kw'],
  [12, 'power_c_kw'],
  [13, 'power_kw'],
  [17, 'reactive_power_kvar'],
  [21, 'apparent_power_kva'],
  [25, 'power_factor'],
  [26, 'frequency_hz'],
  [28, 'energy_import_kwh'],
];

export const adw300Topic = 'platform/acrel/meter/json-v2/analog/0000';

/** The message of a meter of that family. */
export const toAdw300 = (serial: string, at: number, values: Values): object => ({
  data: [
    {
      tp: at,
      point: [
        { id: 0, val: serial },
        ...items.flatMap(([id, metric]) => {
          const val = values[metric];
          return val === undefined ? [] : [{ id, val }];
        }),
      ],
    },
  ],
});
