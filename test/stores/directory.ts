import type { Institution, Meter, Vehicle } from '../../model/entities.ts';
import type { Device } from '../../registry/registry.ts';
import type { SavedPosition } from '../../stores/influx.ts';

export const institution = (id: string): Institution => ({
  id,
  name: id,
  level: 'municipal',
  parent: null,
  timeZone: 'Asia/Shanghai',
});

const meter = (id: string, building: string): Meter => ({
  id,
  building,
  medium: 'electricity',
  name: id,
  ctRatio: 1,
  ptRatio: 1,
});

const vehicle = (id: string): Vehicle => ({
  id,
  institution: 'hq',
  plate: '鲁P12345',
  class: 'general',
  fuel: 'gasoline',
  exempt: [],
  sealed: [],
});

export const meterDevice = (id: string, building = 'b1', owner = 'hq'): Device => ({
  type: 'meter',
  meter: meter(id, building),
  institution: institution(owner),
});

export const vehicleDevice = (id: string): Device => ({
  type: 'vehicle',
  vehicle: vehicle(id),
  institution: institution('hq'),
});

/** Ids that begin with `m` are meters, with `v` vehicles; others are unknown. */
export const byFirstLetter = (id: string): Device | undefined => {
  if (id.startsWith('m')) return meterDevice(id);
  return id.startsWith('v') ? vehicleDevice(id) : undefined;
};

export function positionInMemory(): SavedPosition {
  let seq = 0;
  return {
    load: () => seq,
    save: (next) => {
      seq = next;
    },
  };
}
