import fc from 'fast-check';
import { generate, type Packet, parser } from 'mqtt-packet';
import { expect, test } from 'vitest';
import { createCut, cutPacket, filtersIn } from '../../broker/packets.ts';

const limit = 20_000;
const cut = createCut();

const publishes: fc.Arbitrary<Packet> = fc
  .record({
    qos: fc.constantFrom(0 as const, 1 as const, 2 as const),
    topic: fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 }),
    bytes: fc.uint8Array({ maxLength: 400 }),
    messageId: fc.integer({ min: 1, max: 65_535 }),
    retain: fc.boolean(),
    dup: fc.boolean(),
  })
  .map(({ qos, bytes, messageId, ...more }) => ({
    cmd: 'publish' as const,
    qos,
    payload: Buffer.from(bytes),
    ...(qos > 0 && { messageId }),
    ...more,
  }));
const others: fc.Arbitrary<Packet> = fc.constantFrom<Packet>(
  { cmd: 'pingreq' },
  { cmd: 'disconnect' },
  { cmd: 'pubrel', messageId: 3 },
  { cmd: 'subscribe', messageId: 9, subscriptions: [{ topic: 'a/+/b', qos: 1 }] },
);

/** What the library's parser makes of it. */
function parsed(bytes: Buffer): readonly Packet[] {
  const packets: Packet[] = [];
  const library = parser({ protocolVersion: 4 });
  library.on('packet', (packet) => packets.push(packet));
  library.on('error', () => packets.push({ cmd: 'auth' } as Packet));
  library.parse(bytes);
  return packets;
}

/** Cuts what can be cut. @returns the kind and what is in it of every packet, and how many bytes are left */
function cutAll(bytes: Buffer): { found: readonly object[]; left: number } {
  const found: object[] = [];
  let at = 0;
  while (at < bytes.length) {
    const kind = cutPacket(bytes, at, limit, cut);
    if (kind === 'partial') break;
    found.push(kind === 'publish' ? publishAt(bytes) : { kind });
    at = cut.end;
  }
  return { found, left: bytes.length - at };
}

const publishAt = (bytes: Buffer) => ({
  kind: 'publish',
  topic: bytes.toString('utf8', cut.topicAt, cut.topicEnd),
  payload: bytes.toString('hex', cut.payloadAt, cut.end),
  qos: cut.qos,
  dup: cut.dup,
  retain: cut.retain,
  messageId: cut.packetId,
});

const expectedOf = (packet: Packet): object => {
  if (packet.cmd !== 'publish' || packet.qos === 2) return { kind: 'other' };
  const { topic, qos, dup, retain, messageId = 0 } = packet;
  const payload = Buffer.from(packet.payload).toString('hex');
  return { kind: 'publish', topic, payload, qos, dup, retain, messageId };
};

test('the same packets as by the parser of the library, however the stream is cut', () => {
  fc.assert(
    fc.property(
      fc.array(fc.oneof(publishes, others), { minLength: 1, maxLength: 8 }),
      fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 20 }),
      (packets, cuts) => {
        const stream = Buffer.concat(packets.map((packet) => generate(packet)));
        const found: object[] = [];
        let bytes = Buffer.alloc(0);
        for (let at = 0, round = 0; at < stream.length; round++) {
          const next = at + (cuts[round % cuts.length] ?? 1);
          bytes = Buffer.concat([bytes, stream.subarray(at, next)]);
          const step = cutAll(bytes);
          found.push(...step.found);
          bytes = bytes.subarray(bytes.length - step.left);
          at = next;
        }
        expect(found).toEqual(parsed(stream).map(expectedOf));
        expect(bytes).toHaveLength(0);
      },
    ),
  );
});

test('a packet that has begun tells how much of it has to come, never too much', () => {
  fc.assert(
    fc.property(fc.oneof(publishes, others), fc.nat(), (packet, place) => {
      const whole = generate(packet);
      const bytes = whole.subarray(0, 1 + (place % whole.length));
      const kind = cutPacket(bytes, 0, limit, cut);
      if (bytes.length === whole.length) expect(kind).not.toBe('partial');
      else expect(kind).toBe('partial');
      expect(cut.end).toBeLessThanOrEqual(whole.length);
    }),
  );
});

test('a PUBLISH whose lengths do not fit is left to the library, which calls it malformed', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 12 }), fc.constantFrom(0x30, 0x32), (body, header) => {
      const packet = Buffer.from([header, body.length, ...body]);
      const kind = cutPacket(packet, 0, limit, cut);
      const [library] = parsed(packet);
      if (kind === 'publish') expect(library).toMatchObject({ cmd: 'publish' });
      else expect(kind).toBe('other');
      expect(cut.end).toBe(packet.length);
    }),
  );
});

test('random bytes never throw and always get on', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 1, maxLength: 200 }), (random) => {
      const bytes = Buffer.from(random);
      for (let at = 0; at < bytes.length; at = cut.end) {
        const kind = cutPacket(bytes, at, limit, cut);
        if (kind === 'refused' || kind === 'partial') break;
        expect(cut.end).toBeGreaterThan(at + 1);
      }
    }),
  );
});

const header = (length: number) =>
  generate({
    cmd: 'publish',
    topic: 't',
    payload: Buffer.alloc(length - 3),
    qos: 0,
    retain: false,
    dup: false,
  }).subarray(0, 5);

test('what is too large is refused as soon as its length is known, and so is a length of five bytes', () => {
  expect(cutPacket(header(limit), 0, limit, cut)).toBe('partial');
  expect(cut.end).toBe(limit + 4);
  expect(cutPacket(header(limit + 1), 0, limit, cut)).toBe('refused');
  expect(cutPacket(header(limit + 1).subarray(0, 3), 0, limit, cut)).toBe('partial');
  const endless = Buffer.from([0x30, 0xff, 0xff, 0xff, 0xff]);
  expect(cutPacket(endless.subarray(0, 4), 0, 1 << 30, cut)).toBe('partial');
  expect(cutPacket(endless, 0, 1 << 30, cut)).toBe('refused');
});

test('filters are counted without reading them, and a broken length ends the count', () => {
  const topics = Array.from({ length: 70 }, (_, n) => 'x'.repeat(n));
  const packets: [Packet, number | undefined][] = [
    [
      {
        cmd: 'subscribe',
        messageId: 1,
        subscriptions: topics.slice(1).map((topic) => ({ topic, qos: 1 })),
      },
      69,
    ],
    [{ cmd: 'unsubscribe', messageId: 1, unsubscriptions: topics.slice(1) }, 69],
    [{ cmd: 'pubrel', messageId: 3 }, undefined],
  ];
  for (const [packet, count] of packets) {
    const bytes = generate(packet);
    expect(cutPacket(bytes, 0, limit, cut)).toBe('other');
    expect(filtersIn(bytes, bytes[0] ?? 0, cut)).toBe(count);
  }
  const broken = Buffer.from([0x82, 7, 0, 1, 0xff, 0xff, 0x61, 0x61, 0]);
  expect(cutPacket(broken, 0, limit, cut)).toBe('other');
  expect(filtersIn(broken, 0x82, cut)).toBe(1);
});
