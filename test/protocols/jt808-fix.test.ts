import { describe, expect, test } from 'vitest';
import { alarms } from '../../model/terminal-alarms.ts';
import { toAlarms2019 } from '../../protocols/jt808/alarms.ts';
import { toClock } from '../../protocols/jt808/clock.ts';
import { encodeMessage } from '../../protocols/jt808/frame.ts';
import { jt808 } from '../../protocols/jt808/index.ts';
import { type Item, toItem } from '../../protocols/jt808/items.ts';
import { locationReport } from '../../protocols/jt808/messages/t-0200-location.ts';
import { locationAsked } from '../../protocols/jt808/messages/t-0201-location-asked.ts';
import { driver } from '../../protocols/jt808/messages/t-0702-driver.ts';
import { locationBatch } from '../../protocols/jt808/messages/t-0704-batch.ts';
import { toWgs84 } from '../../protocols/mqtt-json/datum.ts';
import { aboutMeter, aboutVehicle } from './about.ts';

import {
  at,
  codeOf,
  decode,
  here,
  noBytes,
  phone,
  phone2019,
  receivedAt,
  said,
  send,
} from './jt808-terminal.ts';

describe('a location as a fix', () => {
  test('says all there is a place for', () => {
    const items = [toItem('odometerKm', 1234.5), toItem('fuelL', 45), toItem('satellites', 14)];
    expect(said({ items, alarms: 1 << 23 })).toEqual({
      fix: {
        type: 'fix',
        device: 'v1',
        at,
        timeSource: 'device',
        lat: 36.456789,
        lon: 115.985432,
        fixed: true,
        acc: true,
        alarms: 1 << 23,
        status: 3,
        altitudeM: 35,
        speedKmh: 45.3,
        headingDeg: 270,
        odometerKm: 1234.5,
        fuelL: 45,
        satellites: 14,
      },
      refused: [],
    });
  });
  test('hemispheres are in the status alone', () => {
    const { fix } = said({ lat: -22.9, lon: -43.2 });
    expect(fix).toMatchObject({ lat: -22.9, lon: -43.2, status: 0b1111 });
    expect(Object.is(said({ lat: 0, lon: 0, status: 0b1111 }).fix?.lat, 0)).toBe(true);
  });
  test('without a position its coordinates decide nothing; ignition off', () => {
    expect(said({ status: 0 }).fix).toMatchObject({ fixed: false, acc: false });
  });
  test('a time of nothing but zeros is that of receipt, and no position', () => {
    const { fix, refused } = said({ time: '000000000000' });
    expect(fix).toMatchObject({ at: receivedAt, timeSource: 'receipt', fixed: false });
    expect(refused).toEqual([]);
    expect(said({ time: '000000123456' }).fix?.timeSource).toBe('receipt');
  });
  test.each(['261322155930', '260230155930', '261122245930', '261122156030', 'ffffffffffff'])(
    'the time %s is none, and refused',
    (time) => {
      const { fix, refused } = said({ time });
      expect(fix).toBeUndefined();
      expect(refused).toMatchObject([{ reason: 'malformed', part: 0 }]);
    },
  );
  test('clocks are of the zone of the standard or that of the inventory', () => {
    expect(said({}, { utcOffsetMinutes: 0 }).fix?.at).toBe(at + 8 * 3_600_000);
    expect(said({}, { utcOffsetMinutes: -210 }).fix?.at).toBe(at + (8 + 3.5) * 3_600_000);
  });
  test('a terminal that speaks GCJ-02 is brought to WGS-84', () => {
    const { lat, lon } = here;
    const { fix } = said({}, { datum: 'gcj02' });
    expect({ lat: fix?.lat, lon: fix?.lon }).toEqual(toWgs84({ lat, lon }, 'gcj02'));
    expect(fix?.lat).not.toBe(lat);
  });
  test('coordinates that cannot be are refused; the rest of the report counts', () => {
    const { fix, refused } = said({ lat: 91, items: [toItem('odometerKm', 5)] });
    expect(fix).toMatchObject({ lat: 0, lon: 0, fixed: false, odometerKm: 5, acc: true });
    expect(refused).toMatchObject([{ reason: 'out-of-range' }]);
    expect(said({ lon: 181, status: 0 })).toMatchObject({ fix: { fixed: false }, refused: [] });
  });
  test('a heading of 360 is north, beyond it none; fills are left out', () => {
    expect(said({ headingDeg: 360 }).fix?.headingDeg).toBe(0);
    const beyond = said({ headingDeg: 361 });
    expect(beyond.fix).not.toHaveProperty('headingDeg');
    expect(beyond.refused).toMatchObject([{ reason: 'malformed' }]);
    const ones = Uint8Array.of(0xff, 0xff, 0xff, 0xff);
    const items: readonly Item[] = [
      { id: 1, bytes: ones },
      { id: 2, bytes: ones.subarray(2) },
    ];
    const { fix } = said({ altitudeM: 0xffff, speedKmh: 6553.5, headingDeg: 0xffff, items });
    for (const key of ['altitudeM', 'speedKmh', 'headingDeg', 'odometerKm', 'fuelL']) {
      expect(fix).not.toHaveProperty(key);
    }
  });
  test('the first of two like items counts, and one of an odd length is no such item', () => {
    const items = [
      { id: 1, bytes: Uint8Array.of(1, 2) },
      toItem('odometerKm', 7),
      toItem('odometerKm', 8),
    ];
    expect(said({ items }).fix?.odometerKm).toBe(7);
  });
  test('what was whole ahead of a cut item counts, and the cut is told; zeros are padding', () => {
    const items = [toItem('fuelL', 30)];
    const { fix, refused } = said({ items, rest: Uint8Array.of(0x31, 2, 9) });
    expect(fix?.fuelL).toBe(30);
    expect(refused).toEqual([
      { part: 0, reason: 'malformed', detail: 'got 3 bytes behind the last whole item' },
    ]);
    for (const zeros of [1, 4, 7])
      expect(said({ items, rest: new Uint8Array(zeros) }).refused).toEqual([]);
  });
  test('an item that comes twice is told', () => {
    const items = [toItem('odometerKm', 7), toItem('fuelL', 30), toItem('odometerKm', 7)];
    const { fix, refused } = said({ items });
    expect(fix).toMatchObject({ odometerKm: 7, fuelL: 30 });
    expect(refused).toEqual([{ part: 0, reason: 'malformed', detail: 'got item 0x01 twice' }]);
    expect(said({ items: items.slice(0, 2) }).refused).toEqual([]);
  });
  test('what is wrong in every report is counted in each, and told once an hour', () => {
    const rest = Uint8Array.of(0x31, 2, 9);
    const broken = { ...here, rest };
    const one = send(0x0200, locationReport.encode(broken, 2013));
    const both = send(
      0x0704,
      locationBatch.encode({ count: 2, kind: 0, locations: [broken, broken] }, 2013),
    );
    const hear = (bytes: Uint8Array, afterMs: number, memory?: object) =>
      jt808.decode(bytes, aboutVehicle({ jt808: { phone } }), receivedAt + afterMs, memory);
    const first = hear(one, 0);
    expect(first).toMatchObject({ flawed: 1, refused: [{ reason: 'malformed' }] });
    const again = hear(both, 3_599_000, first.memory);
    expect(again).toMatchObject({ flawed: 2, refused: [] });
    expect(again.observations).toHaveLength(2);
    const other = send(0x0200, locationReport.encode({ ...here, headingDeg: 400 }, 2013));
    expect(hear(other, 60_000, again.memory)).toMatchObject({
      refused: [{ detail: 'got heading 400, want 0 to 359' }],
      memory: again.memory,
    });
    expect(hear(one, 3_600_000, again.memory).refused).toHaveLength(1);
    expect(hear(both, 0)).toMatchObject({ flawed: 2, refused: [{ part: 0 }] });
    expect(said({})).toEqual({ fix: expect.anything(), refused: [] });
  });
  test('a count or a reading of nothing but ones is none', () => {
    const items: readonly Item[] = [
      { id: 0x31, bytes: Uint8Array.of(0xff) },
      { id: 0x8c, bytes: Uint8Array.of(0xff, 0xff, 0xff, 0xff) },
    ];
    const { fix } = said({ items }, { profile: 'obd' });
    expect(fix).not.toHaveProperty('satellites');
    expect(fix).not.toHaveProperty('odometerKm');
  });
  test("a maker's items count where its profile is named and the standard's are not there", () => {
    const items: readonly Item[] = [
      { id: 0x8c, bytes: Uint8Array.of(0, 0, 0x27, 0x10) },
      { id: 0x8e, bytes: Uint8Array.of(50) },
    ];
    expect(said({ items }).fix).not.toHaveProperty('odometerKm');
    const { fix } = said({ items: [toItem('odometerKm', 3), ...items] }, { profile: 'obd' });
    expect(fix).toMatchObject({ odometerKm: 3, fuelL: 30 });
    expect(said({ items }, { profile: 'obd' }).fix?.odometerKm).toBe(1000);
    expect(said({ items }, { profile: 'nobody' }).fix).not.toHaveProperty('odometerKm');
  });
});

describe('alarms', () => {
  test('there is one of every bit but the last, and the platform may confirm seven', () => {
    expect(alarms.map(({ bit }) => bit)).toEqual(Array.from({ length: 31 }, (_, bit) => bit));
    const until = (want: string) =>
      alarms.filter((one) => one.until === want).map((one) => one.bit);
    expect(until('cleared')).toEqual([0, 20, 21, 22, 27, 28]);
  });
  test('of older editions keep only what means the same in 2019', () => {
    expect(toAlarms2019(0xffff_ffff, 2019)).toBe(0x7fff_ffff);
    const cleared = [3, 15, 16, 17, 31];
    const kept = Array.from({ length: 32 }, (_, bit) => bit).filter(
      (bit) => !cleared.includes(bit),
    );
    expect(toAlarms2019(0xffff_ffff, 2013)).toBe(kept.reduce((bits, bit) => bits + 2 ** bit, 0));
    expect(said({ alarms: 1 << 16 }).fix?.alarms).toBe(0);
    expect(said({ alarms: 1 << 16 }, { edition: 2019 }).fix?.alarms).toBe(1 << 16);
  });
});

describe('messages of several locations', () => {
  test('an answer to a query has a serial ahead', () => {
    const body = locationAsked.encode({ serial: 9, location: here }, 2013);
    expect(decode(send(0x0201, body)).observations).toMatchObject([{ at, lat: here.lat }]);
  });
  test('a batch is many fixes; a blind-area one was kept back, and says so', () => {
    const later = { ...here, time: '261122160000', items: [toItem('odometerKm', 9)] };
    for (const kind of [0, 1]) {
      const body = locationBatch.encode({ count: 2, kind, locations: [here, later] }, 2013);
      const { observations, refused } = decode(send(0x0704, body));
      expect(observations).toMatchObject([{ at }, { at: at + 30_000, odometerKm: 9 }]);
      expect(observations.map((one) => 'resent' in one)).toEqual([kind === 1, kind === 1]);
      expect(refused).toEqual([]);
    }
  });
  test('a bad location among good ones is refused alone; one cut off is missed', () => {
    const locations = [here, { ...here, time: '991399000000' }, here];
    const body = locationBatch.encode({ count: 3, kind: 0, locations }, 2013);
    const { observations, refused } = decode(send(0x0704, body.subarray(0, -1)));
    expect(observations).toHaveLength(1);
    expect(refused).toMatchObject([
      { part: 1, reason: 'malformed' },
      { part: 2, detail: 'got 2 whole locations, want 3' },
    ]);
  });
  test('a late report without a time has no place', () => {
    const locations = [{ ...here, time: '000000000000' }];
    const body = locationBatch.encode({ count: 1, kind: 1, locations }, 2013);
    const { observations, refused } = decode(send(0x0704, body));
    expect(observations).toEqual([]);
    expect(refused).toMatchObject([{ reason: 'malformed' }]);
  });
  test('a batch split into frames is read as one', () => {
    const locations = Array.from({ length: 60 }, (_, i) => ({
      ...here,
      time: toClock(at + i * 10_000),
    }));
    const body = locationBatch.encode({ count: 60, kind: 1, locations }, 2019);
    const head = { id: 0x0704, phone: phone2019, version: 1, serial: 65_535, encryption: 0 };
    const frames = encodeMessage(head, body);
    expect(frames).toHaveLength(2);
    const whole = Uint8Array.from(Buffer.concat(frames));
    const { observations, refused } = decode(whole);
    expect(refused).toEqual([]);
    expect(observations.map((one) => one.at)).toEqual(locations.map((_, i) => at + i * 10_000));
    const [first, second] = frames;
    expect(codeOf(() => decode(first ?? noBytes))).toBe('DECODE_TRUNCATED');
    const swapped = Uint8Array.from(Buffer.concat([second ?? noBytes, first ?? noBytes]));
    expect(codeOf(() => decode(swapped))).toBe('DECODE_MALFORMED');
  });
});

describe('what is no location', () => {
  test('is kept without observations where it is what it says it is', () => {
    const passed = send(0x0900, Uint8Array.of(0x41, 1, 2, 3));
    expect(decode(passed)).toEqual({ observations: [], refused: [] });
    expect(codeOf(() => decode(send(0x0705, Uint8Array.of(1))))).toBe('DECODE_TRUNCATED');
  });
  test('is kept too where it is of 2011, whose headers are those of 2013', () => {
    const card = {
      driver: '张三',
      identityCard: '371500199001011234',
      certificate: '371500199001011234',
      issuer: '聊城',
    };
    const frame = send(0x0702, driver.encode(card, 2011));
    expect(codeOf(() => driver.decode(driver.encode(card, 2011), 2013))).toBe('DECODE_TRUNCATED');
    expect(decode(frame)).toEqual({ observations: [], refused: [] });
    expect(codeOf(() => decode(frame, { edition: 2013 }))).toBe('DECODE_TRUNCATED');
  });
  test('is refused where it is unknown, encrypted, or not of a vehicle', () => {
    expect(codeOf(() => decode(send(0x0f0f, noBytes)))).toBe('DECODE_UNSUPPORTED');
    const secret = send(0x0200, locationReport.encode(here, 2013), { encryption: 1 });
    expect(codeOf(() => decode(secret))).toBe('DECODE_UNSUPPORTED');
    expect(codeOf(() => jt808.decode(passing, aboutMeter(), receivedAt))).toBe(
      'DECODE_UNSUPPORTED',
    );
  });
  const passing = send(0x0002, noBytes);
});
