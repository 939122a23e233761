import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isId } from '../../model/ids.ts';
import { pointOf, transitionPoint } from '../../stores/influx-points.ts';
import { meterDevice, vehicleDevice } from './directory.ts';
import { dayStart, fix, sample } from './observations.ts';
import { transition } from './transitions.ts';

test('a sample becomes one point with its time in nanoseconds', () => {
  const made = pointOf(
    sample('m1', dayStart + 7, 1, { power_kw: -1.5, power_factor: 1 }),
    meterDevice('m1'),
  );
  expect(made).toEqual({
    point: {
      measurement: 'meter_reading',
      tags: { institution: 'hq', building: 'b1', meter: 'm1', medium: 'electricity' },
      fields: { power_kw: -1.5, power_factor: 1 },
      timeNs: `${dayStart + 7}000000`,
    },
  });
});

test('a fix has only the fields that came', () => {
  const made = pointOf(fix('v1', dayStart, 1, { acc: false, fuelL: 0 }), vehicleDevice('v1'));
  expect(made).toMatchObject({
    point: {
      measurement: 'vehicle_position',
      fields: { lat: 36.45, lon: 115.98, acc: false, fixed: true, fuel_l: 0 },
    },
  });
  expect(JSON.stringify(made)).not.toContain('speed');
});

test('whatever text stands where an id belongs, a tag holds only ids', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.string(), (building, owner) => {
      const made = pointOf(
        sample('m1', dayStart, 1, { power_kw: 1 }),
        meterDevice('m1', building, owner),
      );
      if ('point' in made) expect(Object.values(made.point.tags).every(isId)).toBe(true);
      else expect(made.fault).toMatch(/want an id$/);
      expect('point' in made).toBe(isId(building) && isId(owner));
    }),
  );
});

test('a transition keeps its number in the nanoseconds and its text in one line', () => {
  const summary = { zh: '甲\r\n乙', en: 'a\u0000b' };
  expect(transitionPoint(transition(3_000_042, dayStart, { summary }))).toMatchObject({
    point: {
      timeNs: `${dayStart}000042`,
      fields: { summary: '甲 乙 / a b', alert_id: 'a3000042' },
    },
  });
});

test('a transition with a subject that is no id is refused', () => {
  const made = transitionPoint(
    transition(1, dayStart, { subject: { type: 'door', id: 'mqtt x' } }),
  );
  expect(made).toEqual({ fault: 'got "mqtt x" for the tag subject, want an id' });
});
