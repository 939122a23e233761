import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isId } from '../../model/ids.ts';
import { lineOf, rollupLine, transitionLine } from '../../stores/influx-lines.ts';
import { meterDevice, vehicleDevice } from './directory.ts';
import { dayStart, fix, sample } from './observations.ts';
import { transition } from './transitions.ts';

test('a sample becomes one line, its tags in order, its time in nanoseconds', () => {
  const made = lineOf(
    sample('m1', dayStart + 7, 1, { power_kw: -1.5, power_factor: 1, volume_m3: 1e21 }),
    meterDevice('m1'),
  );
  expect(made).toBe(
    `meter_reading,building=b1,institution=hq,medium=electricity,meter=m1 power_kw=-1.5,power_factor=1,volume_m3=1e+21 ${dayStart + 7}000000`,
  );
});

test('a fix has only the fields that came', () => {
  const made = lineOf(fix('v1', dayStart, 1, { acc: false, fuelL: 0 }), vehicleDevice('v1'));
  expect(made).toBe(
    `vehicle_position,institution=hq,vehicle=v1 lat=36.45,lon=115.98,fuel_l=0,acc=false,fixed=true ${dayStart}000000`,
  );
});

test('whatever text stands where an id belongs, a line holds only ids and stays one', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.string(), (building, owner) => {
      const made = lineOf(
        sample('m1', dayStart, 1, { power_kw: 1 }),
        meterDevice('m1', building, owner),
      );
      expect(typeof made === 'string').toBe(isId(building) && isId(owner));
      if (typeof made === 'string') expect(made).toMatch(/^[^\s]+ [^\s]+ \d+$/);
      else expect(made.fault).toMatch(/want an id$/);
    }),
  );
});

test('a name that is no metric of the catalogue gets into no line', () => {
  const values = { power_kw: 1, ['x=1 1\nmeter_reading,meter=m2 power_kw']: 2 };
  const made = lineOf(sample('m1', dayStart, 1, values), meterDevice('m1'));
  expect(made).toMatch(/ power_kw=1 \d+$/);
});

test('a device that moved has the tags of where it is', () => {
  const before = lineOf(sample('m1', dayStart, 1, { power_kw: 1 }), meterDevice('m1', 'b1'));
  const after = lineOf(sample('m1', dayStart, 2, { power_kw: 1 }), meterDevice('m1', 'b2'));
  expect([before, after]).toEqual([
    expect.stringContaining('building=b1'),
    expect.stringContaining('building=b2'),
  ]);
});

test('a transition keeps its number in the nanoseconds and its text in one line', () => {
  const summary = { zh: '甲\r\n乙 "引号"\\', en: 'a\u0000b,c=d' };
  const state = 'open';
  expect(transitionLine(transition(3_000_042, dayStart, { summary, state }))).toBe(
    `alert,institution=hq,kind=vehicle.off-route,severity=warning,subject=v1,subject_type=vehicle alert_id="a3000042",state="open",summary="甲 乙 \\"引号\\"\\\\ / a b,c=d" ${dayStart}000042`,
  );
});

test('a transition with a subject that is no id is refused', () => {
  const made = transitionLine(transition(1, dayStart, { subject: { type: 'door', id: 'mqtt x' } }));
  expect(made).toEqual({ fault: 'got "mqtt x" for the tag subject, want an id' });
});

test('consumption is a point at the start of its interval; what is missing has no value', () => {
  const device = meterDevice('m1');
  const withSubItem: typeof device =
    device.type === 'meter' ? { ...device, meter: { ...device.meter, subItem: 'A1' } } : device;
  const point = {
    meter: 'm1',
    by: 'quarter',
    from: dayStart,
    value: 2.5,
    quality: 'estimated',
  } as const;
  expect(rollupLine(point, withSubItem)).toBe(
    `meter_consumption,building=b1,by=quarter,institution=hq,medium=electricity,meter=m1,sub_item=A1 quality="estimated",value=2.5 ${dayStart}000000`,
  );
  expect(rollupLine({ ...point, by: 'day', value: null, quality: 'missing' }, device)).toBe(
    `meter_consumption,building=b1,by=day,institution=hq,medium=electricity,meter=m1 quality="missing" ${dayStart}000000`,
  );
  expect(rollupLine(point, vehicleDevice('m1'))).toEqual({
    fault: expect.stringContaining('meter'),
  });
  expect(rollupLine(point, undefined)).toEqual({ fault: expect.stringContaining('"m1"') });
  expect(rollupLine({ ...point, from: 0.5 }, device)).toEqual({ fault: expect.any(String) });
});
