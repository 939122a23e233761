import { packAlarmPlace } from '../../model/alarm-place.ts';
import type { Fix, QuarantineReason, TimeSource } from '../../model/observation.ts';
import { hourMs } from '../../model/time.ts';
import { toWgs84 } from '../mqtt-json/datum.ts';
import type { Refused } from '../protocol.ts';
import { toAlarms2019 } from './alarms.ts';
import { readBody } from './body.ts';
import { readClock } from './clock.ts';
import type { Edition } from './edition.ts';
import { locationBytes } from './location.ts';
import { status as bits } from './status.ts';
import type { Quantity, VendorProfile } from './vendors/profile.ts';
import { hexByte } from './wire.ts';

/** What is known of a terminal beside what it sends. */
export interface Terminal {
  /** The vehicle's id. */
  readonly device: string;
  readonly edition: Edition;
  readonly utcOffsetMinutes: number;
  readonly datum: 'wgs84' | 'gcj02';
  readonly profile: VendorProfile | undefined;
  readonly tankL: number | undefined;
}

/** What a message has told so far, and what of it could not be understood. */
export interface Told {
  readonly observations: Fix[];
  readonly refused: Refused[];
  /** Which location of the message is being read, from 0. */
  part: number;
  /** Locations that were understood but for something in them. */
  flawed: number;
  flawsTold: FlawsTold;
}

/** When each kind of flaw was last told of the terminal, our clock, Unix ms. */
type FlawsTold = Readonly<Partial<Record<Flaw['kind'], number>>>;

/** Beside the position something is wrong. */
interface Flaw {
  readonly kind: 'cut' | 'twice' | 'heading';
  readonly detail: string;
}

/** @param flawsTold as it was after the terminal's message before */
export const nothingTold = (flawsTold: FlawsTold = {}): Told => ({
  observations: [],
  refused: [],
  part: 0,
  flawed: 0,
  flawsTold,
});

/** Notes that something of the location being read was not understood. */
export function refuse({ refused, part }: Told, reason: QuarantineReason, detail: string): void {
  refused.push({ part, reason, detail });
}

/** A terminal that writes something wrongly does so in every report, of which the rest counts: to tell it now and then is enough. */
const flawToldEveryMs = hourMs;

function noteFlaw(told: Told, receivedAt: number, { kind, detail }: Flaw): void {
  told.flawed++;
  const last = told.flawsTold[kind] ?? Number.NEGATIVE_INFINITY;
  if (Math.abs(receivedAt - last) < flawToldEveryMs) return;
  told.flawsTold = { ...told.flawsTold, [kind]: receivedAt };
  refuse(told, 'malformed', detail);
}

type Writable<T> = { -readonly [Key in keyof T]: T[Key] };

const item = {
  odometer: 0x01,
  fuel: 0x02,
  overspeedPlace: 0x11,
  crossedPlace: 0x12,
  satellites: 0x31,
} as const;
/** A number with every bit set is filled in where there is nothing to say. */
const fill = { byte: 0xff, word: 0xffff, doubleWord: 0xffff_ffff } as const;
/** Above it stands what the standard has no place for: below sea level, in two's complement or otherwise. */
const maxAltitudeM = 0x7fff;
const microdegrees = 1e6;

const word = (bytes: Uint8Array, at: number): number =>
  ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
const doubleWord = (bytes: Uint8Array, at: number): number =>
  ((word(bytes, at) << 16) | word(bytes, at + 2)) >>> 0;

/**
 * A location report (JT/T 808-2013 8.18) as a fix: read straight from the bytes, since nothing is done as often.
 * Coordinates that cannot be, without a position or with one, become 0, 0 and not fixed: ignition, odometer and alarms still count.
 *
 * @param start of the location in the bytes, without escapes; @param end behind its last item
 */
export function readFix(
  bytes: Uint8Array,
  start: number,
  end: number,
  terminal: Terminal,
  receivedAt: number,
  isResent: boolean,
  told: Told,
): void {
  if (end - start < locationBytes) {
    refuse(told, 'malformed', `got a location of ${end - start} bytes, want at least 28`);
    return;
  }
  const time = readClock(bytes, start + 22, terminal.utcOffsetMinutes);
  if (time === 'wrong' || (time === 'none' && isResent)) {
    const digits = Buffer.from(bytes.subarray(start + 22, start + locationBytes)).toString('hex');
    const wanted = isResent ? 'a time, by which alone a late report has a place' : 'YYMMDDhhmmss';
    refuse(told, 'malformed', `got time ${digits}, want ${wanted}`);
    return;
  }
  const status = doubleWord(bytes, start + 4);
  const hasTime = time !== 'none';
  const timeSource: TimeSource = hasTime ? 'device' : 'receipt';
  const isPlace = placeIn(bytes, start + 8, status, told);
  const isFixed = hasTime && isPlace && (status & bits.positioned) !== 0;
  const fix: Writable<Fix> = {
    type: 'fix',
    device: terminal.device,
    at: hasTime ? time : receivedAt,
    timeSource,
    lat: isPlace ? degrees(bytes, start + 8, status & bits.south) : 0,
    lon: isPlace ? degrees(bytes, start + 12, status & bits.west) : 0,
    fixed: isFixed,
    acc: (status & bits.acc) !== 0,
    alarms: toAlarms2019(doubleWord(bytes, start), terminal.edition),
    status,
    altitudeM: word(bytes, start + 16),
    speedKmh: word(bytes, start + 18) / 10,
    headingDeg: word(bytes, start + 20),
  };
  if (terminal.datum !== 'wgs84') Object.assign(fix, toWgs84(fix, terminal.datum));
  const flaw =
    readItems(bytes, start + locationBytes, end, terminal, fix) ??
    wrongHeading(word(bytes, start + 20));
  leaveOut(fix);
  if (flaw !== undefined) noteFlaw(told, receivedAt, flaw);
  if (isResent) fix.resent = true;
  told.observations.push(fix);
}

const maxLat = 90 * microdegrees;
const maxLon = 180 * microdegrees;

/** Whether there can be such a place. */
function placeIn(bytes: Uint8Array, at: number, status: number, told: Told): boolean {
  const lat = doubleWord(bytes, at);
  const lon = doubleWord(bytes, at + 4);
  if (lat <= maxLat && lon <= maxLon) return true;
  if (status & bits.positioned) {
    const got = `latitude ${lat / microdegrees} and longitude ${lon / microdegrees}`;
    refuse(told, 'out-of-range', `got ${got}, want at most 90 and 180`);
  }
  return false;
}

/** South and west are below zero; zero has no sign. */
function degrees(bytes: Uint8Array, at: number, isNegative: number): number {
  const raw = doubleWord(bytes, at);
  return isNegative !== 0 && raw !== 0 ? -raw / microdegrees : raw / microdegrees;
}

/** Takes away what of altitude, speed and heading is none. They are nearly always there, and a fix made with them is made faster. */
function leaveOut(fix: Writable<Fix>): void {
  const { altitudeM = 0, speedKmh = 0, headingDeg = 0 } = fix;
  if (altitudeM > maxAltitudeM) delete fix.altitudeM;
  if (speedKmh === fill.word / 10) delete fix.speedKmh;
  if (headingDeg < 360) return;
  if (headingDeg === 360) fix.headingDeg = 0;
  else delete fix.headingDeg;
}

const wrongHeading = (heading: number): Flaw | undefined =>
  heading > 360 && heading !== fill.word
    ? { kind: 'heading', detail: `got heading ${heading}, want 0 to 359` }
    : undefined;

/** By id, the number of the report in which an item was last seen: what reads thousands of reports a second cannot begin each with an empty set. */
const seenIn = new Float64Array(256);
let reports = 0;
/** No item has this id; zeros behind the last one fill up. */
const padding = 0;

/**
 * The additional items that a fix has a place for; the first one of a kind counts.
 * @returns what is wrong with them; undefined for nothing
 */
function readItems(
  bytes: Uint8Array,
  start: number,
  end: number,
  terminal: Terminal,
  fix: Writable<Fix>,
): Flaw | undefined {
  const report = ++reports;
  let again: number | undefined;
  let at = start;
  while (at + 2 <= end) {
    const id = bytes[at] ?? 0;
    const size = bytes[at + 1] ?? 0;
    const value = at + 2;
    if (value + size > end) break;
    if (seenIn[id] === report && id !== padding) again = id;
    seenIn[id] = report;
    readItem(bytes, id, size, value, fix);
    at = value + size;
  }
  if (terminal.profile) readVendorItems(bytes, start, at, terminal, terminal.profile, fix);
  if (at < end && bytes.subarray(at, end).some((byte) => byte !== 0)) {
    return { kind: 'cut', detail: `got ${end - at} bytes behind the last whole item` };
  }
  if (again === undefined) return undefined;
  return { kind: 'twice', detail: `got item 0x${hexByte(again)} twice` };
}

/** The place an alarm is about: its kind and number, of one that is crossed the direction too. An overspeed without a place has kind 0 alone. */
function readPlace(
  bytes: Uint8Array,
  id: number,
  at: number,
  size: number,
  fix: Writable<Fix>,
): void {
  const kind = bytes[at] ?? 0;
  const number = doubleWord(bytes, at + 1);
  if (kind === 0) return;
  if (id === item.overspeedPlace && size === 5) {
    fix.overspeedPlace ??= packAlarmPlace(kind, number, false);
  } else if (id === item.crossedPlace && size === 6) {
    fix.crossedPlace ??= packAlarmPlace(kind, number, bytes[at + 5] === 1);
  }
}

function readItem(
  bytes: Uint8Array,
  id: number,
  size: number,
  at: number,
  fix: Writable<Fix>,
): void {
  if (id === item.odometer && size === 4) readOdometer(fix, doubleWord(bytes, at));
  else if (id === item.fuel && size === 2) readFuel(fix, word(bytes, at));
  else if (id === item.satellites && size === 1) readSatellites(fix, bytes[at] ?? 0);
  else if (id === item.overspeedPlace || id === item.crossedPlace) {
    readPlace(bytes, id, at, size, fix);
  }
}

function readOdometer(fix: Writable<Fix>, raw: number): void {
  if (raw !== fill.doubleWord) fix.odometerKm ??= raw / 10;
}

function readFuel(fix: Writable<Fix>, raw: number): void {
  if (raw !== fill.word) fix.fuelL ??= raw / 10;
}

function readSatellites(fix: Writable<Fix>, count: number): void {
  if (count !== fill.byte) fix.satellites ??= count;
}

/** Only what the standard's own items have not said. */
function readVendorItems(
  bytes: Uint8Array,
  start: number,
  end: number,
  { edition, tankL }: Terminal,
  { items }: VendorProfile,
  fix: Writable<Fix>,
): void {
  for (let at = start; at < end; at += 2 + (bytes[at + 1] ?? 0)) {
    const size = bytes[at + 1] ?? 0;
    const known = items.find(({ id, sizes }) => id === bytes[at] && sizes.includes(size));
    const content = bytes.subarray(at + 2, at + 2 + size);
    if (!known?.quantity || content.every((byte) => byte === fill.byte)) continue;
    put(fix, known.quantity, known.is.read(readBody(content, edition)), tankL);
  }
}

function put(
  fix: Writable<Fix>,
  quantity: Quantity,
  value: number,
  tankL: number | undefined,
): void {
  if (quantity !== 'fuelPct') fix[quantity] ??= value;
  else if (tankL !== undefined && value <= 100) fix.fuelL ??= (tankL * value) / 100;
}
