import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  decodeRecord,
  encodeRecord,
  findRecord,
  maxRecordBytes,
  recordBytes,
  sealRecord,
  validRecord,
} from '../../journal/record.ts';
import type { Envelope } from '../../model/envelope.ts';
import { envelope } from './helpers.ts';

const envelopes: fc.Arbitrary<Envelope> = fc.record(
  {
    door: fc.constantFrom('mqtt', 'modbus', 'jt808', 'serial', 'nmea'),
    protocol: fc.constantFrom(
      'mqtt-json',
      'modbus',
      'nmea',
      'jt808',
      'dlt645',
      'cjt188',
      'mqtt-mapping',
    ),
    device: fc.string({ unit: 'grapheme', maxLength: 64 }),
    receivedAt: fc.integer({ min: 0, max: 8.64e15 }),
    bytes: fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
    resend: fc.record({
      client: fc.string({ unit: 'grapheme', maxLength: 80 }),
      packetId: fc.integer({ min: 1, max: 65_535 }),
      dup: fc.boolean(),
    }),
  },
  { requiredKeys: ['door', 'protocol', 'device', 'receivedAt', 'bytes'] },
);

function encode(what: Envelope, seq: number, salt: number): Buffer {
  const bytes = recordBytes(what);
  const buffer = Buffer.alloc(bytes);
  encodeRecord(buffer, 0, bytes, seq, what);
  sealRecord(buffer, 0, salt);
  return buffer;
}

test('a record gives back the envelope it was made of', () => {
  fc.assert(
    fc.property(
      envelopes,
      fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }),
      fc.nat(),
      (what, seq, salt) => {
        const buffer = encode(what, seq, salt);
        expect(validRecord(buffer, 0, buffer.length, salt)).toBe(buffer.length);
        expect(decodeRecord(buffer, 0, buffer.length)).toEqual({ ...what, seq });
      },
    ),
  );
});

test('names that are alike are told apart, also those read before', () => {
  // Same length and same hash, the same letters in another order, bytes that are another name in Latin-1, and none.
  const alike = ['Aa', 'BB', 'AaBB', 'BBAa', '\u00e9', '\u00c3\u00a9', '', '\u8868'];
  const names = [...alike, ...alike.toReversed(), ...alike];
  const read = names.map((device, index) => {
    const client = names[(index * 3) % names.length] ?? '';
    const what = { ...envelope('x'), device, resend: { client, packetId: 1, dup: false } };
    const buffer = encode(what, 1, 7);
    const entry = decodeRecord(buffer, 0, buffer.length);
    return [entry?.device, entry?.resend?.client];
  });
  expect(read).toEqual(names.map((name, index) => [name, names[(index * 3) % names.length]]));
});

test('no part of a record and no record with a flipped bit is valid', () => {
  fc.assert(
    fc.property(envelopes, fc.nat(), fc.nat(), (what, place, bit) => {
      const buffer = encode(what, 5, 77);
      expect(validRecord(buffer, 0, place % buffer.length, 77)).toBe(0);
      const at = place % buffer.length;
      buffer[at] = buffer.readUInt8(at) ^ (1 << (bit % 8));
      expect(validRecord(buffer, 0, buffer.length, 77)).toBe(0);
    }),
  );
});

test('a record inside the payload of another does not pass for one', () => {
  const forged = encode(envelope('forged', { device: 'other' }), 6, 0);
  const outer = encode(envelope('', { bytes: forged }), 5, 0x1234);
  outer[0] = 1;
  expect(findRecord(outer, 1, 0x1234, 6, 100)).toBe(-1);
  // The salt is what keeps it out.
  expect(findRecord(outer, 1, 0, 6, 100)).toBeGreaterThan(0);
});

test('what cannot be a record is refused before it is written', () => {
  expect(() => recordBytes(envelope('', { bytes: Buffer.alloc(maxRecordBytes) }))).toThrow(
    RangeError,
  );
  expect(() => recordBytes(envelope('', { device: 'x'.repeat(65_536) }))).toThrow(RangeError);
});
