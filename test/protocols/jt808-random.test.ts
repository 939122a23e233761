import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isAppError } from '../../model/errors.ts';
import type { Edition } from '../../protocols/jt808/edition.ts';
import { explain, formatExplained } from '../../protocols/jt808/explain.ts';
import {
  createFramer,
  encodeFrame,
  encodeMessage,
  type Frame,
  type Header,
  readFrame,
  readFrames,
} from '../../protocols/jt808/frame.ts';
import { jt808 } from '../../protocols/jt808/index.ts';
import { standardItems } from '../../protocols/jt808/items.ts';
import { joinFrames } from '../../protocols/jt808/join.ts';
import { messageOf, messages } from '../../protocols/jt808/messages/index.ts';
import { maxFrameBytes } from '../../protocols/jt808/wire.ts';
import { aboutVehicle } from './about.ts';
import { digits, many, nothing, u8, u16, values } from './jt808-values.ts';
import { cutsOf, flipsOf } from './spoilt.ts';

/* What we write we read again, and nothing that a line does to it does harm. */

const editions: readonly Edition[] = [2011, 2013, 2019];
const receivedAt = Date.UTC(2026, 10, 22);

const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

test('there is something to say for every message', () => {
  expect(messages.map(({ id }) => id)).toEqual(Object.keys(values).map(Number));
});

test.each(messages.flatMap((each) => editions.map((edition) => [each, edition] as const)))(
  '$name.en, $1: what is written is read again',
  (each, edition) => {
    const value = values[each.id]?.(edition) ?? nothing;
    fc.assert(
      fc.property(value, (said) => {
        const body = each.encode(said, edition);
        expect(plain(each.decode(body, edition))).toEqual(plain(said));
        expect(each.encode(each.decode(body, edition), edition)).toEqual(body);
        const described = each.describe(body, edition);
        expect(JSON.stringify(described)).not.toContain('not understood');
      }),
      { numRuns: 30 },
    );
  },
);

const header: fc.Arbitrary<Header> = fc
  .record({
    id: u16,
    serial: u16,
    encryption: fc.nat(7),
    version: fc.oneof(fc.constant(undefined), u8),
    part: fc.oneof(fc.constant(undefined), fc.record({ total: u16, index: u16 })),
    phone: digits(20),
  })
  .map(({ version, part, phone, ...all }) => ({
    ...all,
    phone: version === undefined ? phone.slice(8) : phone,
    ...(version !== undefined && { version }),
    ...(part !== undefined && { part }),
  }));
/** Full of what has to be escaped. */
const spiky = fc.array(fc.oneof(fc.constantFrom(0x7d, 0x7e, 1, 2), u8), { maxLength: 200 });

test('every header and body survives the wire, escapes and all', () => {
  fc.assert(
    fc.property(header, spiky, (head, content) => {
      const body = Uint8Array.from(content);
      const frame = encodeFrame(head, body);
      expect(frame.subarray(1, -1)).not.toContain(0x7e);
      expect(readFrame(frame)).toEqual({ header: head, body, bytes: frame });
    }),
  );
});

test('a stream of frames and noise gives its frames however it is cut', () => {
  const noise = fc.uint8Array({ maxLength: 8 }).map((all) => all.filter((byte) => byte !== 0x7e));
  const piece = fc.record({ head: header, content: spiky, noise, shares: fc.boolean() });
  fc.assert(
    fc.property(many(piece), many(fc.nat(50), 30), (pieces, sizes) => {
      const frames = pieces.map(({ head, content }) => encodeFrame(head, Uint8Array.from(content)));
      const stream = Buffer.concat(
        pieces.flatMap(({ noise: between, shares }, i) => {
          const frame = frames[i] ?? new Uint8Array(0);
          // Without noise between them, two frames may have one 7E in common.
          const isJoined = shares && i > 0 && between.length === 0;
          return [between, isJoined ? frame.subarray(1) : frame];
        }),
      );
      const framer = createFramer();
      const found: Frame[] = [];
      let at = 0;
      for (const size of [...sizes, stream.length]) {
        for (const heard of framer.push(Uint8Array.from(stream.subarray(at, at + size)))) {
          if (heard.type === 'frame') found.push(heard.frame);
        }
        at += size;
      }
      expect(found.map((frame) => frame.bytes)).toEqual(frames);
      expect(framer.pending()).toBe(0);
    }),
  );
});

test('a split message is joined again', () => {
  fc.assert(
    fc.property(
      header,
      fc.uint8Array({ maxLength: 400 }),
      fc.integer({ min: 1, max: 90 }),
      (head, body, most) => {
        const frames = encodeMessage(head, body, most);
        expect(joinFrames(Uint8Array.from(Buffer.concat(frames))).body).toEqual(body);
      },
    ),
  );
});

/** Calls, and lets through nothing but a refusal of the bytes. */
function refuses(work: () => unknown): void {
  try {
    work();
  } catch (error) {
    if (!isAppError(error) || !error.code.startsWith('DECODE_')) throw error;
  }
}

function suffer(input: Uint8Array): void {
  refuses(() => jt808.decode(input, aboutVehicle(), receivedAt));
  refuses(() => readFrames(input));
  formatExplained(explain(input));
  const edition = editions[input.length % editions.length] ?? 2013;
  for (const each of messages) refuses(() => each.decode(input, edition));
}

test('bytes of any kind are read or refused, never worse', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 120 }), (input) => suffer(input)),
    { numRuns: 60 },
  );
}, 30_000);

test('any body under any header is read or refused, and explained', () => {
  const ids = fc.constantFrom(...messages.map(({ id }) => id));
  fc.assert(
    fc.property(
      header,
      ids,
      fc.uint8Array({ maxLength: 120 }),
      ({ part: _, ...head }, id, body) => {
        const frame = encodeFrame({ ...head, id, encryption: 0 }, body);
        refuses(() => jt808.decode(frame, aboutVehicle(), receivedAt));
        formatExplained(explain(frame));
        const edition = editions[body.length % editions.length] ?? 2013;
        formatExplained(messageOf(id)?.describe(body, edition) ?? []);
      },
    ),
    { numRuns: 150 },
  );
}, 30_000);

test('a framer fed with anything holds no more than a frame', () => {
  fc.assert(
    fc.property(many(fc.uint8Array({ maxLength: 1_500 }), 10), (chunks) => {
      const framer = createFramer();
      for (const chunk of chunks) {
        for (const heard of framer.push(chunk)) {
          if (heard.type === 'bad') expect(heard.bytes.length).toBeLessThanOrEqual(maxFrameBytes);
        }
        expect(framer.pending()).toBeLessThanOrEqual(maxFrameBytes);
      }
    }),
  );
  const framer = createFramer();
  framer.push(Uint8Array.of(0x7e));
  for (let i = 0; i < 1_000; i++) framer.push(new Uint8Array(1_000).fill(1));
  expect(framer.pending()).toBeLessThanOrEqual(maxFrameBytes);
  const [heard] = framer.push(Uint8Array.of(0x7e));
  expect(heard).toMatchObject({ type: 'bad', reason: 'too-long' });
});

test('every cut and every turned bit of a report is refused or still right', () => {
  const hex =
    '7E0200002C013800138000000100000000000C0003022C495506E9CC18002301C5010E2611212215300104000003E8020201C230011F31010E477E';
  const bytesOfIt = new Uint8Array(Buffer.from(hex, 'hex'));
  const right = jt808.decode(bytesOfIt, aboutVehicle(), receivedAt);
  for (const spoilt of [...cutsOf(bytesOfIt), ...flipsOf(bytesOfIt)]) {
    refuses(() => expect(jt808.decode(spoilt, aboutVehicle(), receivedAt)).toEqual(right));
  }
});

test('every item of the standard is read and written in its unit', () => {
  for (const { id, sizes } of Object.values(standardItems)) {
    expect(id).toBeLessThan(0x40);
    expect(sizes.length).toBeGreaterThan(0);
  }
});
