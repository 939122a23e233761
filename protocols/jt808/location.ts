import { AppError } from '../../model/errors.ts';
import { alarmNames } from './alarms.ts';
import { type BodyReader, type BodyWriter, readBody } from './body.ts';
import { type Explained, explainNamed, type Field, type Named, type Words } from './field.ts';
import { clock, flags, scaled, u16 } from './fields.ts';
import { explainItem, type Item, readItems } from './items.ts';
import { status as bits, loadOf, statusNames } from './status.ts';

/** Body of a location report, JT/T 808-2013 8.18, as it is said: nothing is judged here. */
export interface Location {
  /** Bits in the meanings of the edition. */
  readonly alarms: number;
  readonly status: number;
  /** Degrees, in the terminal's datum; south and west, which the status says, below zero. */
  readonly lat: number;
  readonly lon: number;
  /** Unsigned; the standard has no place below sea level. */
  readonly altitudeM: number;
  readonly speedKmh: number;
  /** Clockwise from north, 0 to 359 by the standard. */
  readonly headingDeg: number;
  /** YYMMDDhhmmss of the terminal's clock. */
  readonly time: string;
  readonly items: readonly Item[];
  /** Behind the last whole item; none where the body is sound. */
  readonly rest: Uint8Array;
}

/** Without additional items. */
export const locationBytes = 28;

const microdegrees = 1e6;
const noBytes = new Uint8Array(0);

/** Zero has no sign. */
const signed = (degrees: number, isNegative: boolean): number =>
  isNegative && degrees !== 0 ? -degrees : degrees;

function read(from: BodyReader): Location {
  if (from.remaining() < locationBytes) {
    throw new AppError(
      'DECODE_TRUNCATED',
      `got a location of ${from.remaining()} bytes, want at least ${locationBytes}`,
    );
  }
  const alarms = from.u32();
  const status = from.u32();
  const fixed = {
    alarms,
    status,
    lat: signed(from.u32() / microdegrees, (status & bits.south) !== 0),
    lon: signed(from.u32() / microdegrees, (status & bits.west) !== 0),
    altitudeM: from.u16(),
    speedKmh: from.u16() / 10,
    headingDeg: from.u16(),
    time: clock.read(from),
  };
  return { ...fixed, ...readItems(from.take(from.remaining())) };
}

/** The hemisphere follows the sign; at zero it stays as the status says. */
function withHemisphere({ status, lat, lon }: Location): number {
  const south = lat === 0 ? status & bits.south : lat < 0 ? bits.south : 0;
  const west = lon === 0 ? status & bits.west : lon < 0 ? bits.west : 0;
  return ((status & ~(bits.south | bits.west)) | south | west) >>> 0;
}

function write(to: BodyWriter, value: Location): void {
  to.number(value.alarms, 4);
  to.number(withHemisphere(value), 4);
  to.number(Math.round(Math.abs(value.lat) * microdegrees), 4);
  to.number(Math.round(Math.abs(value.lon) * microdegrees), 4);
  to.number(value.altitudeM, 2);
  to.number(Math.round(value.speedKmh * 10), 2);
  to.number(value.headingDeg, 2);
  clock.write(to, value.time);
  for (const { id, bytes } of value.items) {
    to.number(id, 1);
    to.number(bytes.length, 1);
    to.bytes(bytes);
  }
  to.bytes(value.rest);
}

const statusFlags = flags(4, statusNames);
/** With what the two bits of the load say together. */
const statusWithLoad: Field<number> = {
  ...statusFlags,
  explain(from, base) {
    const offset = base + from.at();
    const bytes = from.take(4);
    const { children = [], ...content } = statusFlags.explain(
      readBody(bytes, from.edition),
      offset,
    );
    const value = loadOf(readBody(bytes, from.edition).u32());
    const load: Explained = { name: { zh: '载重', en: 'load' }, value, offset, bytes };
    return { ...content, children: [...children, load] };
  },
};

const tableOf2019 = (number: number): Words => ({
  zh: `JT/T 808-2019 表 ${number}`,
  en: `JT/T 808-2019 table ${number}`,
});

const shown: readonly Named<unknown>[] = [
  { zh: '报警标志', en: 'alarms', is: flags(4, alarmNames), clause: tableOf2019(25) },
  { zh: '状态', en: 'status', is: statusWithLoad, clause: tableOf2019(24) },
  { zh: '纬度', en: 'latitude', is: scaled(4, microdegrees, '°') },
  { zh: '经度', en: 'longitude', is: scaled(4, microdegrees, '°') },
  { zh: '高程', en: 'altitude', is: u16('m') },
  { zh: '速度', en: 'speed', is: scaled(2, 10, 'km/h') },
  { zh: '方向', en: 'heading', is: u16('°') },
  { zh: '时间 (终端时钟)', en: "time of the terminal's clock", is: clock },
];

function explain(from: BodyReader, base: number) {
  const children: Explained[] = shown.map((one) => explainNamed(one, from, base));
  while (from.remaining() > 0) children.push(explainItem(from, base));
  return { children };
}

/** A location with its additional items, up to the end of what it stands in. */
export const location: Field<Location> = { read, write, explain };

/** A location without additional items, where more follows behind it. */
export const fixedLocation: Field<Location> = {
  read: (from) => read(readBody(from.take(locationBytes), from.edition)),
  write: (to, value) => write(to, { ...value, items: [], rest: noBytes }),
  explain: (from, base) =>
    explain(readBody(from.take(locationBytes), from.edition), base + from.at() - locationBytes),
};
