import { PassThrough } from 'node:stream';
import fc from 'fast-check';
import { generate } from 'mqtt-packet';
import { expect, test } from 'vitest';
import { createPacketGuard, guardConnection } from '../../broker/packet-guard.ts';

const publish = (bytes: number) =>
  generate({
    cmd: 'publish',
    topic: 't',
    payload: Buffer.alloc(bytes, 0xff),
    qos: 0,
    retain: false,
    dup: false,
  });

const limit = 20_000;
/** Header aside, a PUBLISH to `t` has 3 bytes beside its payload. */
const largest = limit - 3;

test('packets within the limit pass, however the stream is cut', () => {
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom(0, 1, 124, 125, 126, 16_380, 16_381, largest), {
        minLength: 1,
        maxLength: 6,
      }),
      fc.array(fc.integer({ min: 1, max: 9000 }), { minLength: 1 }),
      (sizes, cuts) => {
        const stream = Buffer.concat(sizes.map(publish));
        const allows = createPacketGuard(limit);
        for (let at = 0, n = 0; at < stream.length; n++) {
          const cut = cuts[n % cuts.length] ?? 1;
          expect(allows(stream.subarray(at, at + cut))).toBe(true);
          at += cut;
        }
      },
    ),
  );
});

test('one that is too large is refused as soon as its length is known', () => {
  const stream = Buffer.concat([publish(largest), publish(largest + 1)]);
  const second = publish(largest).length;
  for (let cut = 1; cut < stream.length; cut += 97) {
    const allows = createPacketGuard(limit);
    expect(allows(stream.subarray(0, cut)) && allows(stream.subarray(cut))).toBe(false);
  }
  const allows = createPacketGuard(limit);
  expect(allows(stream.subarray(0, second + 3))).toBe(true);
  expect(allows(stream.subarray(second + 3, second + 4))).toBe(false);
});

test('a length of more than four bytes is refused', () => {
  const allows = createPacketGuard(1 << 30);
  expect(allows(Buffer.from([0x30, 0xff, 0xff, 0xff, 0x7f]))).toBe(true);
  expect(createPacketGuard(1 << 30)(Buffer.from([0x30, 0xff, 0xff, 0xff, 0xff]))).toBe(false);
});

test('a refused packet ends the connection and is not read', () => {
  const connection = new PassThrough();
  let refused = 0;
  guardConnection(connection, 10, () => refused++);
  connection.write(publish(11));
  expect(connection.read()).toBeNull();
  expect(refused).toBe(1);
  expect(connection.destroyed).toBe(true);
});
