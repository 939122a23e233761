import fc from 'fast-check';
import { expect, test } from 'vitest';
import { hearRtu, toRtuRequest } from '../../gateway/rtu-frame.ts';

/** The request and answer of an SDM meter as its manual and others print them: 123.5 kWh of unit 1. */
const block = { fc: 4, address: 0x48, count: 2 } as const;
const request = Buffer.from('010400480002f1dd', 'hex');
const answer = Buffer.from('01040442f700005e0e', 'hex');
/** Illegal data address, of the same. */
const exception = Buffer.from('018402c2c1', 'hex');

test('a request is what the manual says', () => {
  expect(Buffer.from(toRtuRequest(1, block)).toString('hex')).toBe(request.toString('hex'));
});

test('an answer is read', () => {
  expect(hearRtu(1, block, answer)).toMatchObject({
    kind: 'data',
    answer: { ...block, bytes: Buffer.from('42f70000', 'hex') },
  });
  expect(hearRtu(1, block, exception)).toMatchObject({ kind: 'exception', code: 2 });
});

test('nothing less than the whole answer is one', () => {
  for (const frame of [answer, exception])
    for (let length = 0; length < frame.length; length++)
      expect(hearRtu(1, block, frame.subarray(0, length))).toBeUndefined();
});

test('an answer with any bit turned is none', () => {
  for (const frame of [answer, exception])
    for (let bit = 0; bit < frame.length * 8; bit++) {
      const bent = Buffer.from(frame);
      bent[bit >> 3] = (bent[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect(hearRtu(1, block, bent), `bit ${bit}`).toBeUndefined();
    }
});

test('answers of others, to others and of another length are passed over', () => {
  expect(hearRtu(2, block, answer)).toBeUndefined();
  expect(hearRtu(1, { ...block, fc: 3 }, answer)).toBeUndefined();
  expect(hearRtu(1, { ...block, count: 3 }, answer)).toBeUndefined();
});

test('an answer is found behind an echo of the request, registration, heartbeat and half an answer', () => {
  const noise = Buffer.concat([request, Buffer.from('REG:8600001\r\n'), answer.subarray(0, 6)]);
  expect(hearRtu(1, block, Buffer.concat([noise, answer]))).toMatchObject({
    kind: 'data',
    answer: { bytes: Buffer.from('42f70000', 'hex') },
  });
});

test('whatever surrounds it, the answer is found or nothing is', () => {
  const bytes = fc.uint8Array({ maxLength: 60 });
  fc.assert(
    fc.property(bytes, bytes, (before, after) => {
      const heard = hearRtu(1, block, Buffer.concat([before, answer, after]));
      expect(heard).toMatchObject({ kind: 'data', answer: { bytes: answer.subarray(3, 7) } });
    }),
  );
});
