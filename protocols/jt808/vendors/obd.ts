import { scaled, u8, u16 } from '../fields.ts';
import { kind } from '../item.ts';
import type { VendorProfile } from './profile.ts';

/** Trackers at the diagnostic socket. */
export const obd: VendorProfile = {
  name: 'obd',
  source: 'Traccar, Jt808ProtocolDecoder.java, commit 9e5c458a',
  items: [
    kind(0x61, 2, '电瓶电压 (OBD)', 'battery voltage (OBD)', scaled(2, 100, 'V')),
    kind(0x85, 2, '油耗 (OBD)', 'fuel consumption (OBD)', u16()),
    {
      ...kind(0x8c, 4, '总里程 (OBD)', 'odometer (OBD)', scaled(4, 10, 'km')),
      quantity: 'odometerKm',
    },
    { ...kind(0x8e, 1, '剩余油量 (OBD)', 'fuel left (OBD)', u8('%')), quantity: 'fuelPct' },
  ],
};
