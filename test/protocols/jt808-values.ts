import fc from 'fast-check';
import type { Edition } from '../../protocols/jt808/edition.ts';

export const u8 = fc.nat(0xff);
export const u16 = fc.nat(0xffff);
const u32 = fc.nat(0xffff_ffff);
export const digits = (count: number) =>
  fc.array(fc.nat(9), { minLength: count, maxLength: count }).map((all) => all.join(''));
const characters = [...'鲁京测试北斗终端张三€，。 aZ09~}-_'];
const text = (maxLength = 7) =>
  fc.array(fc.constantFrom(...characters), { maxLength }).map((all) => all.join(''));
const bytes = (maxLength: number, minLength = 0) => fc.uint8Array({ minLength, maxLength });
const tenths = (most: number) => fc.nat(most).map((value) => value / 10);
export const many = <T>(of: fc.Arbitrary<T>, maxLength = 5) => fc.array(of, { maxLength });
export const nothing = fc.constant({});
const maybe = <T>(is: boolean, of: fc.Arbitrary<T>) => (is ? of : fc.constant(undefined));

const clock = fc
  .date({ min: new Date('2000-01-02'), max: new Date('2099-12-30'), noInvalidDate: true })
  .map((date) => date.toISOString().slice(2, 19).replaceAll(/\D/g, ''));
const item = fc.record({ id: u8, bytes: bytes(20) });
/** Sides of the globe as the status has them, so that what is read is what was written. */
const location = fc
  .record({
    alarms: u32,
    status: u32,
    lat: fc.nat(90_000_000),
    lon: fc.nat(180_000_000),
    altitudeM: u16,
    speedKmh: tenths(0xffff),
    headingDeg: u16,
    time: clock,
    items: many(item),
    rest: fc.constant(new Uint8Array(0)),
  })
  .map((all) => ({
    ...all,
    lat: all.lat === 0 ? 0 : (all.status & 4 ? -1 : 1) * (all.lat / 1e6),
    lon: all.lon === 0 ? 0 : (all.status & 8 ? -1 : 1) * (all.lon / 1e6),
  }));
const reply = fc.record({ serial: u16, id: u16, result: u8 });
/** Without those that have a form of their own. */
const parameters = many(
  fc.record({ id: fc.integer({ min: 0x1_0000, max: 0xffff_ffff }), bytes: bytes(30) }),
);
const resend = fc.record({ firstSerial: u16, parts: many(u16) });
const passing = fc.record({ kind: u8, data: bytes(40) });
const media = { id: u32, kind: u8, format: u8, event: u8, channel: u8 };
const file = fc.record({ name: text(), kind: u8, size: u32 });
const identity = { maker: text(2), model: text(4), terminalId: text(3) };

type OfEdition = (edition: Edition) => fc.Arbitrary<unknown>;

/** Anything each message can say. */
export const values: Readonly<Record<number, OfEdition>> = {
  1: () => reply,
  2: () => nothing,
  3: () => nothing,
  4: () => nothing,
  5: () => resend,
  256: () => fc.record({ province: u16, city: u16, ...identity, plateColour: u8, plate: text() }),
  258: (edition) =>
    edition === 2019
      ? fc.record({ code: text(), imei: digits(15), software: text(10) })
      : fc.record({ code: text() }),
  260: () => fc.record({ serial: u16, parameters }),
  263: () =>
    fc.record({
      kinds: u16,
      ...identity,
      iccid: digits(20),
      hardware: text(),
      firmware: text(),
      gnss: u8,
      networks: u8,
    }),
  512: () => location,
  513: () => fc.record({ serial: u16, location }),
  1794: (edition) =>
    edition === 2011
      ? fc.record({ driver: text(), identityCard: text(9), certificate: text(9), issuer: text() })
      : fc.record({
          status: u8,
          time: clock,
          result: u8,
          driver: text(),
          certificate: text(9),
          issuer: text(),
          expires: digits(8),
          ...(edition === 2019 && { identityCard: text(9) }),
        }),
  1796: () => fc.record({ count: u16, kind: u8, locations: many(location) }),
  1797: () =>
    fc.record({
      count: u16,
      receivedAt: digits(10),
      frames: many(fc.record({ id: u32, data: bytes(8, 8) })),
    }),
  2048: () => fc.record(media),
  2049: (edition) =>
    fc.record({
      ...media,
      ...(edition !== 2011 && { location: location.map((all) => ({ ...all, items: [] })) }),
      data: bytes(50),
    }),
  2304: () => passing,
  4099: () =>
    fc.record({
      ...{ audioCodec: u8, audioTracks: u8, audioRate: u8, audioBits: u8, audioFrame: u16 },
      ...{ speaks: u8, videoCodec: u8, audioChannels: u8, videoChannels: u8 },
    }),
  4625: () => file,
  4626: () => file,
  32769: () => reply,
  32771: () => resend,
  32772: () => fc.record({ time: clock }),
  33024: () =>
    fc.boolean().chain((isDone) =>
      fc.record({
        serial: u16,
        result: isDone ? fc.constant(0) : fc.integer({ min: 1, max: 4 }),
        code: maybe(
          isDone,
          text().filter((code) => code !== ''),
        ),
      }),
    ),
  33027: () => fc.record({ parameters }),
  33028: () => nothing,
  33029: () => fc.record({ command: u8, parameters: text() }),
  33030: () => fc.record({ ids: many(u32) }),
  33031: () => nothing,
  33281: () => nothing,
  33282: () =>
    fc.oneof(
      fc.record({ intervalS: u16, validS: u32 }),
      fc.constant({ intervalS: 0, validS: undefined }),
    ),
  33283: () => fc.record({ serial: u16, alarms: u32 }),
  33284: () => nothing,
  33536: (edition) =>
    fc.record({ flags: u8, ...(edition === 2019 && { kind: u8 }), text: text(30) }),
  34562: () => nothing,
  34816: () => fc.record({ id: u32, missing: fc.oneof(fc.constant(undefined), many(u16)) }),
  35072: () => passing,
  37394: () =>
    fc.record({
      name: text(),
      kind: u8,
      result: u8,
      missing: many(fc.record({ offset: u32, bytes: u32 })),
    }),
};
