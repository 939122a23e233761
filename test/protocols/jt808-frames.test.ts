import { expect, test } from 'vitest';
import type { Fix } from '../../model/observation.ts';
import { editionOf } from '../../protocols/jt808/edition.ts';
import { encodeFrame, type Frame, readFrame } from '../../protocols/jt808/frame.ts';
import { jt808 } from '../../protocols/jt808/index.ts';
import { itemIn } from '../../protocols/jt808/items.ts';
import type { Location } from '../../protocols/jt808/location.ts';
import { generalReplyOfTerminal } from '../../protocols/jt808/messages/t-0001-general-reply.ts';
import { register } from '../../protocols/jt808/messages/t-0100-register.ts';
import { authenticate } from '../../protocols/jt808/messages/t-0102-authenticate.ts';
import { parametersAnswered } from '../../protocols/jt808/messages/t-0104-parameters.ts';
import { attributes } from '../../protocols/jt808/messages/t-0107-attributes.ts';
import { locationReport } from '../../protocols/jt808/messages/t-0200-location.ts';
import { locationAsked } from '../../protocols/jt808/messages/t-0201-location-asked.ts';
import { driver } from '../../protocols/jt808/messages/t-0702-driver.ts';
import { locationBatch } from '../../protocols/jt808/messages/t-0704-batch.ts';
import { mediaData } from '../../protocols/jt808/messages/t-0801-media.ts';
import { passedUp } from '../../protocols/jt808/messages/t-0900-passed-up.ts';
import { aboutVehicle } from './about.ts';
import { dataOf, fromHex, hasFrames, skipped, toHex } from './jt808-data.ts';

/* Every frame gives the fields its source expects. */

interface Vector {
  readonly wireHex: string;
  readonly version: number | 'pre-2019';
  readonly msgId: string;
  readonly phoneRaw: string;
  readonly sn: number;
  readonly protoVer: number | null;
  readonly expected: Expected;
}
type Expected = Readonly<Record<string, unknown>>;

skipped(3);
const vectors = dataOf<readonly Vector[]>('frames.json', []);
const receivedAt = Date.UTC(2026, 10, 22);

const hexId = (id: number): string => `0x${id.toString(16).padStart(4, '0')}`;

/** What a location says, in the words of the data. */
function inTheirWords(location: Location) {
  const { items } = location;
  return {
    alarm: location.alarms,
    status: location.status,
    acc: (location.status & 1) !== 0,
    valid: (location.status & 2) !== 0,
    lat: location.lat,
    lon: location.lon,
    altitude: location.altitudeM,
    speedKmh: location.speedKmh,
    course: location.headingDeg,
    timeBcd: location.time,
    items: Object.fromEntries(
      Object.entries({
        mileageKm: itemIn(items, 'odometerKm'),
        fuelL: itemIn(items, 'fuelL'),
        recorderSpeedKmh: itemIn(items, 'recorderSpeedKmh'),
        manualAlarmEventId: itemIn(items, 'alarmEvent'),
        vehicleSignal: itemIn(items, 'signals'),
        ioStatus: itemIn(items, 'io'),
        rssi: itemIn(items, 'signalStrength'),
        satellites: itemIn(items, 'satellites'),
      }).filter(([, value]) => value !== undefined),
    ),
  };
}

/** Items that have a form of their own in the data. */
const ownForm = ['analog', 'overspeed', 'areaInOut', 'routeTime', 'tirePressure'];

function expectLocation(location: Location, expected: Expected): void {
  const { timeUtc, otherItems, items, outOfRange, trailing, flags, ...fields } = expected;
  const plain = Object.fromEntries(
    Object.entries((items ?? {}) as Expected).filter(
      ([name]) => !ownForm.includes(name) && !name.startsWith('carriageTemp'),
    ),
  );
  expect(inTheirWords(location)).toMatchObject({ ...fields, items: plain });
  const others = (otherItems ?? []) as readonly { readonly id: string; readonly raw: string }[];
  for (const { id, raw } of others) {
    const found = location.items
      .filter((item) => item.id === Number(id))
      .map((i) => toHex(i.bytes));
    expect(found).toContain(raw);
  }
  const analogue = (items as Expected | undefined)?.['analog'];
  if (analogue) expect(itemIn(location.items, 'analogue')).toMatchObject(withoutRaw(analogue));
  if (trailing) expect(toHex(location.rest)).toBe(trailing);
}

const withoutRaw = (analogue: unknown): Expected => {
  const { ad0, ad1 } = analogue as Expected;
  return { ad0, ad1 };
};

function expectFix(frame: Frame, expected: Expected): void {
  const { observations, refused } = jt808.decode(frame.bytes, aboutVehicle(), receivedAt);
  const fix = observations[0] as Fix;
  const { lat, lon, valid, timeUtc, outOfRange, items, status } = expected;
  expect(fix.at).toBe(Date.parse(String(timeUtc)));
  expect(fix).toMatchObject({ timeSource: 'device', status, acc: expected['acc'] });
  if (outOfRange) {
    // Latitudes above 90°: no such place, so that the fix says nowhere instead of a wrong one.
    expect(fix).toMatchObject({ lat: 0, lon: 0, fixed: false });
    expect(refused.some(({ reason }) => reason === 'out-of-range')).toBe(valid);
  } else expect(fix).toMatchObject({ lat, lon, fixed: valid });
  const { mileageKm, fuelL, satellites } = items as Expected;
  expect([fix.odometerKm, fix.fuelL, fix.satellites]).toEqual([mileageKm, fuelL, satellites]);
}

type Check = (frame: Frame, expected: Expected) => void;

const bodies: Readonly<Record<string, Check>> = {
  '0x0001': ({ body }, { ackSn, ackId, result }) => {
    const { serial, id, result: said } = generalReplyOfTerminal.decode(body, 2013);
    expect([serial, hexId(id), said]).toEqual([ackSn, ackId, result]);
  },
  '0x0002': ({ body }) => expect(body.length).toBe(0),
  '0x0003': ({ body }) => expect(body.length).toBe(0),
  '0x0100': (frame, { province, city, makerId, model, terminalId, plateColor, plate, layout }) => {
    const edition = editionOf(frame);
    if (layout) expect(edition).toBe(layout);
    expect(register.decode(frame.body, edition)).toEqual({
      province,
      city,
      maker: makerId,
      model,
      terminalId,
      plateColour: plateColor,
      plate,
    });
  },
  '0x0102': (frame, { auth, imei, software }) => {
    expect(authenticate.decode(frame.body, editionOf(frame))).toEqual({
      code: auth,
      ...(imei !== undefined && { imei, software }),
    });
  },
  '0x0104': (frame, { ackSn, count, params }) => {
    const { serial, parameters } = parametersAnswered.decode(frame.body, editionOf(frame));
    expect([serial, parameters.length]).toEqual([ackSn, count]);
    expect(parameters.map(({ id, bytes }) => ({ id: hexId(id), raw: toHex(bytes) }))).toMatchObject(
      (params as readonly Expected[]).map(({ id, raw }) => ({ id, raw })),
    );
  },
  '0x0107': (frame) => {
    const said = attributes.decode(frame.body, editionOf(frame));
    expect(said).toMatchObject({
      kinds: 0x7f,
      maker: 'yzh',
      model: 'www.jtt808.cn',
      hardware: 'www.jtt808.cn',
      firmware: 'www.jtt808.cn',
      gnss: 0x7f,
      networks: 0x7f,
    });
    expect(said.iccid).toBe('12345678901234567890');
  },
  '0x0200': (frame, expected) => {
    expectLocation(locationReport.decode(frame.body, editionOf(frame)), expected);
    expectFix(frame, expected);
  },
  '0x0201': (frame, { ackSn, location }) => {
    const said = locationAsked.decode(frame.body, editionOf(frame));
    expect(said.serial).toBe(ackSn);
    expectLocation(said.location, location as Expected);
  },
  '0x0702': (frame) => {
    expect(driver.decode(frame.body, editionOf(frame))).toMatchObject({
      status: 2,
      time: '200721183000',
      result: 0,
      driver: '张三',
      certificate: '1234567890123',
    });
  },
  '0x0704': (frame, { count, type, items }) => {
    const said = locationBatch.decode(frame.body, editionOf(frame));
    const wanted = items as readonly Expected[];
    expect([said.count, said.kind, said.locations.length]).toEqual([count, type, wanted.length]);
    said.locations.forEach((location, at) => {
      expectLocation(location, wanted[at] ?? {});
    });
    const { observations } = jt808.decode(frame.bytes, aboutVehicle(), receivedAt);
    expect(observations.map(({ at }) => at)).toEqual(
      wanted.map(({ timeUtc }) => Date.parse(String(timeUtc))),
    );
    for (const one of observations) expect((one as Fix).resent).toBe(type === 1 ? true : undefined);
  },
  '0x0801': (frame, expected) => {
    const said = mediaData.decode(frame.body, editionOf(frame));
    const { mediaId, mediaType, format, event, channel, dataLen, location } = expected;
    expect([said.id, said.kind, said.format, said.event, said.channel, said.data.length]).toEqual([
      mediaId,
      mediaType,
      format,
      event,
      channel,
      dataLen,
    ]);
    if (!said.location) throw new Error('there is a location');
    expectLocation(said.location, location as Expected);
  },
  '0x0900': (frame, { type, data }) => {
    const said = passedUp.decode(frame.body, editionOf(frame));
    expect([said.kind, toHex(said.data)]).toEqual([type, data]);
  },
};

test.skipIf(!hasFrames).each(vectors.map((vector) => [vector.wireHex, vector] as const))(
  '%s',
  (wireHex, { version, msgId, phoneRaw, sn, protoVer, expected }) => {
    const frame = readFrame(fromHex(wireHex));
    const { header } = frame;
    expect([hexId(header.id), header.phone, header.serial]).toEqual([msgId, phoneRaw, sn]);
    expect(header.version ?? null).toBe(protoVer);
    expect(header.part).toBeUndefined();
    expect(editionOf(frame)).toBe(version === 'pre-2019' ? 2013 : version);
    const check = bodies[msgId];
    if (!check) throw new Error(`no check of ${msgId}`);
    check(frame, expected);
  },
);

test.skipIf(!hasFrames)('every frame is written again as it came', () => {
  for (const { wireHex } of vectors) {
    const { header, body } = readFrame(fromHex(wireHex));
    // A checksum 7D must be escaped (4.4.2); one terminal of the data does not.
    expect(toHex(encodeFrame(header, body))).toBe(wireHex.replace(/([^7])7d7e$/, '$17d017e'));
  }
});

test.skipIf(!hasFrames)('every body of a location is written again as it came', () => {
  const locations = vectors.filter(({ msgId }) => msgId === '0x0200');
  expect(locations.length).toBeGreaterThan(40);
  for (const { wireHex } of locations) {
    const { body } = readFrame(fromHex(wireHex));
    expect(toHex(locationReport.encode(locationReport.decode(body, 2019), 2019))).toBe(toHex(body));
  }
});
