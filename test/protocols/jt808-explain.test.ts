import fc from 'fast-check';
import { expect, test } from 'vitest';
import { explainStream } from '../../protocols/jt808/explain-stream.ts';
import { encodeFrame, encodeMessage } from '../../protocols/jt808/frame.ts';
import { inspectFrame } from '../../protocols/jt808/mend.ts';

const header = { id: 0x0900, phone: '013800138000', serial: 1, encryption: 0 };
const body = fc.uint8Array({ minLength: 1, maxLength: 60 });
const toFrame = (bytes: Uint8Array, serial = 1) => encodeFrame({ ...header, serial }, bytes);
const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');

test('a sound frame has no fault and is itself', () => {
  fc.assert(
    fc.property(body, (bytes) => {
      const frame = toFrame(bytes);
      expect(inspectFrame(frame)).toEqual({ faults: [], frame });
    }),
  );
});

test('a frame with another checksum is mended to what it was', () => {
  fc.assert(
    fc.property(body, fc.integer({ min: 1, max: 0x1f }), (bytes, change) => {
      const frame = toFrame(bytes.map((byte) => byte & 0x3f));
      const broken = frame.slice();
      const at = broken.length - 2;
      broken[at] = ((broken[at] ?? 0) & 0x3f) ^ change;
      fc.pre(frame.length === 15 + bytes.length && broken[at] !== frame[at]);
      const inspected = inspectFrame(broken);
      expect(inspected.faults).toHaveLength(1);
      expect(hex(inspected.frame ?? new Uint8Array())).toBe(hex(frame));
    }),
  );
});

test('bytes of any kind have a place each, and never do worse than a fault', () => {
  fc.assert(
    fc.property(
      fc.array(
        fc.oneof(
          body,
          body.map((bytes) => toFrame(bytes)),
        ),
        { maxLength: 6 },
      ),
      (some) => {
        const bytes = new Uint8Array(Buffer.concat(some));
        const pieces = explainStream(bytes);
        const offsets = pieces.map(({ offset }) => offset);
        expect(offsets).toEqual(offsets.toSorted((a, b) => a - b));
        for (const { offset } of pieces) expect(offset).toBeLessThan(bytes.length);
        expect(pieces.length > 0).toBe(bytes.some((byte) => byte !== 0x7e));
      },
    ),
  );
});

test('frames that share their 7E, and packets with other frames between them, are told apart', () => {
  const [one, two] = [toFrame(Uint8Array.of(1)), toFrame(Uint8Array.of(2), 2)];
  const shared = explainStream(new Uint8Array(Buffer.concat([one, two.subarray(1)])));
  expect(shared.map(({ faults, offset }) => [faults.length, offset])).toEqual([
    [0, 0],
    [0, one.length - 1],
  ]);
  const [first, second] = encodeMessage({ ...header, serial: 8 }, new Uint8Array(20), 12);
  const bytes = Buffer.concat([first ?? one, two, second ?? one]);
  const pieces = explainStream(new Uint8Array(bytes));
  expect(pieces.map(({ offset }) => offset)).toEqual([0, first?.length]);
  expect(pieces.every(({ faults }) => faults.length === 0)).toBe(true);
});
