import { expect, test } from 'vitest';
import { packAlarmPlace, unpackAlarmPlace } from '../../model/alarm-place.ts';
import { jt808 } from '../../protocols/jt808/index.ts';
import { aboutVehicle } from './about.ts';
import { receivedAt, said } from './jt808-terminal.ts';

const item = (id: number, ...bytes: readonly number[]) => ({ id, bytes: Uint8Array.from(bytes) });

test('the places that alarms are about are in the fix', () => {
  const items = [item(0x11, 3, 0, 0, 0, 7), item(0x12, 4, 0xff, 0xff, 0xff, 0xff, 1)];
  const { fix, refused } = said({ items });
  expect(refused).toEqual([]);
  expect(unpackAlarmPlace(fix?.overspeedPlace ?? 0)).toEqual({
    kind: 'polygon',
    number: 7,
    leaving: false,
  });
  expect(unpackAlarmPlace(fix?.crossedPlace ?? 0)).toEqual({
    kind: 'route',
    number: 0xffff_ffff,
    leaving: true,
  });
});

test('an overspeed without a place, and items of a wrong length, say nothing', () => {
  const items = [item(0x11, 0), item(0x12, 3, 0, 0, 0, 7)];
  const { fix } = said({ items });
  expect(fix).not.toHaveProperty('overspeedPlace');
  expect(fix).not.toHaveProperty('crossedPlace');
  expect(unpackAlarmPlace(packAlarmPlace(9, 7, false))).toBeUndefined();
});

test('the frame of a car that leaves a polygon too fast', () => {
  const frame =
    '7E0200002B013800138000000400100002000C0003022C495506E9CC18002303B9010E261121221600110503000000071206030000000701267E';
  const about = aboutVehicle({ jt808: { phone: '013800138000' } });
  const { observations } = jt808.decode(Buffer.from(frame, 'hex'), about, receivedAt);
  expect(observations).toMatchObject([
    {
      speedKmh: 95.3,
      alarms: 0x0010_0002,
      overspeedPlace: packAlarmPlace(3, 7, false),
      crossedPlace: packAlarmPlace(3, 7, true),
    },
  ]);
});
