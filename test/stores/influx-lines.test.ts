import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isId } from '../../model/ids.ts';
import type { KeptTrip } from '../../model/trip.ts';
import {
  lineOf,
  qualityLine,
  rollupLine,
  transitionLine,
  tripLine,
} from '../../stores/influx-lines.ts';
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

test('a trip is a point at its start as first recorded', () => {
  const place = { at: dayStart, lat: 36.45, lon: 115.98, places: [] };
  const trip: KeptTrip = {
    id: 'tr-1',
    vehicle: 'v1',
    institution: 'hq',
    firstStartedAt: dayStart,
    startedAt: dayStart + 1000,
    endedAt: dayStart + 61_000,
    endedBy: 'standing',
    start: place,
    now: place,
    distanceKm: 1.5,
    gapKm: 0,
    odometerKm: null,
    unseenKm: 0,
    movingS: 60,
    idlingS: null,
    maxSpeedKmh: null,
    stops: [],
    stopCount: 0,
    visited: [],
    way: [],
    revision: 2,
    revisedAt: dayStart,
  };
  const record = { n: 1, trip, state: 'over', dispatch: 'd1', verdict: 'early,late' } as const;
  expect(tripLine(record)).toBe(
    `trip,institution=hq,vehicle=v1 trip_id="tr-1",state="over",started_at_ms=${dayStart + 1000},ended_at_ms=${dayStart + 61_000},distance_km=1.5,duration_s=60,dispatch="d1",verdict="early,late" ${dayStart}000000`,
  );
  const now = { ...place, at: dayStart + 31_000 };
  const open = { ...record, trip: { ...trip, now, endedAt: null }, state: 'under-way' } as const;
  expect(tripLine({ ...open, dispatch: null })).toMatch(/duration_s=30,dispatch=""/);
  expect(tripLine(open)).not.toContain('ended_at_ms');
  expect(tripLine({ ...record, trip: { ...trip, institution: '' } })).toEqual({
    fault: expect.stringContaining('institution'),
  });
  expect(tripLine({ ...record, trip: { ...trip, firstStartedAt: 0.5 } })).toEqual({
    fault: expect.any(String),
  });
});

test('completeness is a point at the start of its day, with the door the registry names', () => {
  const point = {
    device: 'm1',
    from: dayStart,
    expected: 96,
    received: 90,
    late: 3,
    duplicate: 2,
    quarantined: 1,
  };
  const fields = `received=90,late=3,duplicate=2,quarantined=1 ${dayStart}000000`;
  const known = meterDevice('m1');
  expect(qualityLine(point, known)).toBe(
    `data_quality,device=m1,door=mqtt,institution=hq expected=96,${fields}`,
  );
  expect(qualityLine({ ...point, expected: null }, known)).toBe(
    `data_quality,device=m1,door=mqtt,institution=hq ${fields}`,
  );
  const line = { host: '127.0.0.1', port: 502 };
  const doors = [
    { ...known, meter: { ...('meter' in known && known.meter), modbus: line } },
    { ...known, meter: { ...('meter' in known && known.meter), dlt645: line } },
    { ...known, meter: { ...('meter' in known && known.meter), cjt188: line } },
    { ...vehicleDevice('v1'), vehicle: { jt808: { phone: '13900000000' } } },
    vehicleDevice('v1'),
  ].map((device) => /door=([a-z0-9]+)/.exec(String(qualityLine(point, device as never)))?.[1]);
  expect(doors).toEqual(['modbus', 'serial', 'serial', 'jt808', 'mqtt']);
});

test('completeness of a device nobody knows, or of no time, is refused', () => {
  const point = {
    device: 'x1',
    from: dayStart,
    expected: null,
    received: 0,
    late: 0,
    duplicate: 0,
    quarantined: 0,
  };
  expect(qualityLine(point, undefined)).toEqual({
    fault: 'got the device "x1", want one of the registry',
  });
  expect(qualityLine({ ...point, from: Number.NaN }, meterDevice('x1'))).toMatchObject({
    fault: expect.stringContaining('want whole Unix ms'),
  });
});
