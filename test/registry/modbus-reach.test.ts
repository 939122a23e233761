import { expect, test } from 'vitest';
import { checkReach, serialLine } from '../../registry/line-reach.ts';

const faults = (modbus: Record<string, unknown>) =>
  checkReach({ modbus }).map(({ path }) => path.join('.'));

test('a slave is reached by host and port, or by a serial line', () => {
  expect(faults({ host: 'h', port: 502 })).toEqual([]);
  expect(faults({ host: 'h', port: 502, framing: 'rtu' })).toEqual([]);
  expect(faults({ serial: {} })).toEqual([]);
  expect(faults({})).toEqual(['modbus.host', 'modbus.port']);
  expect(faults({ host: 'h' })).toEqual(['modbus.port']);
  expect(faults({ host: 'h', port: 502, serial: {}, framing: 'rtu' })).toEqual([
    'modbus.host',
    'modbus.port',
    'modbus.framing',
  ]);
});

test('a serial line is 9600 8N1 unless it is said otherwise', () => {
  expect(serialLine.parse({ path: '/dev/ttyUSB0' })).toEqual({
    path: '/dev/ttyUSB0',
    baudRate: 9_600,
    parity: 'none',
    stopBits: 1,
  });
});

test.each(['/dev/ttyS0', '/dev/pts/7', '/dev/serial/by-id/usb-FTDI_1.0-port0', 'COM12'])(
  '%s may be a serial port',
  (path) => {
    expect(serialLine.safeParse({ path }).success).toBe(true);
  },
);

test.each(['', '/etc/passwd', '/dev/../etc/passwd', 'ttyS0', '/dev/', '/dev//sda', '/dev/tty S0'])(
  '%s may not',
  (path) => {
    expect(serialLine.safeParse({ path }).success).toBe(false);
  },
);
