import { expect, test } from 'vitest';
import { onLineMs } from '../../gateway/serial-port.ts';

test('a byte is eleven bits on the line', () => {
  const line = { path: '/dev/ttyS0', baudRate: 1_100, parity: 'none', stopBits: 1 } as const;
  expect(onLineMs(line, 100)).toBe(1_000);
});
