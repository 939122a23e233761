import type { Meter, Register, Vehicle } from '../../model/entities.ts';
import type { About } from '../../protocols/protocol.ts';

/** Devices for tests; what is not said is as plain as can be. */

export const aMeter = (over: Partial<Meter> = {}): Meter => ({
  id: 'm1',
  building: 'b1',
  medium: 'electricity',
  name: '总表',
  ctRatio: 1,
  ptRatio: 1,
  ...over,
});

export const aVehicle = (over: Partial<Vehicle> = {}): Vehicle => ({
  id: 'v1',
  institution: 'i1',
  plate: '鲁P12345',
  class: 'general',
  fuel: 'gasoline',
  exempt: [],
  sealed: [],
  ...over,
});

export const aboutMeter = (over: Partial<Meter> = {}): About => ({
  type: 'meter',
  meter: aMeter(over),
});
export const aboutVehicle = (over: Partial<Vehicle> = {}): About => ({
  type: 'vehicle',
  vehicle: aVehicle(over),
});

export const aPolledMeter = (
  profile: string,
  over: Partial<Meter> = {},
  registers?: readonly Register[],
): Meter =>
  aMeter({
    modbus: { host: '127.0.0.1', port: 502, unit: 1, profile, ...(registers && { registers }) },
    ...over,
  });

export const aRegister = (over: Partial<Register> = {}): Register => ({
  metric: 'power_kw',
  address: 0,
  fc: 3,
  type: 'u16',
  order: 'ABCD',
  scale: 1,
  side: 'primary',
  ...over,
});
