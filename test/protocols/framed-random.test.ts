import fc from 'fast-check';
import { expect, test } from 'vitest';
import { AppError } from '../../model/errors.ts';
import { cjt188 } from '../../protocols/cjt188/index.ts';
import { dlt645 } from '../../protocols/dlt645/index.ts';
import { aboutMeter } from './about.ts';
import { speak as speakCjt188 } from './second-cjt188.ts';
import { speak as speakDlt645, toBytes } from './second-dlt645.ts';

const hexOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
const some = fc.uint8Array({ maxLength: 60 });

/** Frames whose head and checksum are right and whose data are anything. */
const dlt645Frame = fc
  .tuple(
    fc.constantFrom('91', 'b1', '92', 'b2', 'd1'),
    fc.constantFrom('00010000', '0001ff00', '01010000', '0203ff00'),
    some,
  )
  .map(([control, item, data]) => {
    const identifier = hexOf(toBytes(item).reverse());
    return toBytes(speakDlt645('202107072529', control, identifier + hexOf(data)));
  });
const cjt188Frame = fc
  .tuple(fc.constantFrom('10', '20', '30'), fc.uint8Array({ minLength: 15, maxLength: 45 }))
  .map(([type, data]) =>
    toBytes(speakCjt188(type, '00112233445566', '81', `1f9000${hexOf(data)}`)),
  );

const cases = [
  { protocol: dlt645, frame: dlt645Frame, request: speakDlt645('202107072529', '11', '00000100') },
  {
    protocol: cjt188,
    frame: cjt188Frame,
    request: speakCjt188('10', '00112233445566', '01', '1f9000'),
  },
] as const;
const media = fc.constantFrom('electricity', 'water', 'heat', 'gas');

test.each(cases)(
  '$protocol.name: whatever comes, numbers come out or an AppError',
  ({ protocol, frame }) => {
    const poll = fc.oneof(
      some,
      fc.array(fc.oneof(frame, some), { minLength: 1, maxLength: 5 }).map(protocol.encode),
    );
    fc.assert(
      fc.property(poll, media, (bytes, medium) => {
        try {
          const { observations } = protocol.decode(
            bytes,
            aboutMeter({ medium }),
            1_795_228_800_000,
          );
          for (const one of observations) {
            expect(Number.isFinite(one.at)).toBe(true);
            const values = one.type === 'sample' ? Object.values(one.values) : [];
            expect(values.length).toBeGreaterThan(0);
            expect(values.every(Number.isFinite)).toBe(true);
          }
        } catch (error) {
          expect(error).toBeInstanceOf(AppError);
        }
      }),
      { numRuns: 500 },
    );
  },
);

test.each(cases)(
  '$protocol.name: whatever a line says, listening does not throw, and hears itself alike in pieces',
  ({ protocol, frame, request }) => {
    const asked = toBytes(request);
    const heard = fc.array(fc.oneof(frame, some), { maxLength: 4 });
    fc.assert(
      fc.property(heard, (pieces) => {
        const all = Uint8Array.from(pieces.flatMap((piece) => [...piece]));
        const whole = protocol.hear(asked, all);
        // What is not there yet cannot change what was heard: an answer stays the answer as more comes.
        const first = Array.from(all, (_, i) => protocol.hear(asked, all.subarray(0, i + 1))).find(
          ({ type }) => type !== 'wait',
        );
        expect(first ?? { type: 'wait' }).toEqual(whole);
      }),
      { numRuns: 300 },
    );
  },
);
