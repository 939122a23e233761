import { fromUnix, minuteMs, parseInstant, zoneOffsetMs } from '../../model/time.ts';

const unixPattern = /^-?\d+(?:\.\d+)?$/;
const localPattern = /^(\d{4})-(\d{2})-(\d{2})[T ](\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?$/;
/** yyyyMMddHHmmss and yyyyMMddHHmmssSSS, as gateways write local time; as Unix ms they would be beyond the year 2580. */
const compactPattern = /^(\d{4})(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})(\d{3})?$/;

/** Last instant of a Date, Unix ms. */
const lastMs = 8.64e15;

/** Whether a message leaves its time to us. */
export const isAbsent = (value: unknown): boolean =>
  value === undefined || value === null || value === '';

/**
 * ISO 8601 with zone, Unix seconds or Unix ms (numbers or strings of them), local time where the zone is known.
 * @param zone IANA name of the zone of local times
 * @returns Unix ms UTC, or why it is none
 */
export function parseAt(
  value: unknown,
  zone: string | undefined,
): number | { readonly refused: string } {
  if (typeof value === 'number') return fromNumber(value);
  if (typeof value !== 'string') return { refused: 'want text or a number' };
  const instant = parseUsual(value) ?? parseInstant(value);
  if (instant !== undefined) return inCalendar(instant);
  const local = compactPattern.exec(value) ?? localPattern.exec(value);
  if (local) return fromLocal(local, zone);
  if (unixPattern.test(value)) return fromNumber(Number(value));
  return { refused: 'want ISO 8601 with zone, or Unix seconds or ms' };
}

const fromNumber = (value: number) => inCalendar(fromUnix(value));

const inCalendar = (at: number) =>
  at >= 0 && at <= lastMs
    ? at
    : { refused: 'want a time after 1970 and before the end of calendars' };

function fromLocal(
  parts: RegExpExecArray,
  zone: string | undefined,
): number | { readonly refused: string } {
  if (zone === undefined) return { refused: 'it has no zone, and the device has no timeZone' };
  const [, year, month, day, hour, minute, second = '00', fraction = ''] = parts;
  const utc = parseInstant(
    `${year}-${month}-${day}T${hour}:${minute}:${second}.${fraction || '0'}Z`,
  );
  if (utc === undefined) return { refused: 'no such day or time' };
  const guess = utc - zoneOffsetMs(utc, zone);
  return inCalendar(utc - zoneOffsetMs(guess, zone));
}

const daysOfMonth = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** The number that the digits from `start` to before `end` write; NaN where there is anything else. */
function digits(text: string, start: number, end: number): number {
  let value = 0;
  for (let i = start; i < end; i++) {
    const digit = text.charCodeAt(i) - 48;
    if (!(digit >= 0 && digit <= 9)) return Number.NaN;
    value = value * 10 + digit;
  }
  return value;
}

/**
 * `2026-11-22T08:00:00`, perhaps with `.123`, then `Z` or `+08:00`: what nearly every device sends, read three times as fast as by
 * `parseInstant`, to which anything else is left, 29 February included.
 */
function parseUsual(text: string): number | undefined {
  const withMs = text.charCodeAt(19) === 46;
  const zoneStart = withMs ? 23 : 19;
  const offsetMs = parseOffset(text, zoneStart);
  const month = digits(text, 5, 7);
  const day = digits(text, 8, 10);
  const hour = digits(text, 11, 13);
  const minute = digits(text, 14, 16);
  const second = digits(text, 17, 19);
  const inRange =
    hour < 24 && minute < 60 && second < 60 && day > 0 && day <= (daysOfMonth[month - 1] ?? 0);
  if (!inRange || !separated(text) || (month === 2 && day === 29)) return undefined;
  const ms = withMs ? digits(text, 20, 23) : 0;
  const at = Date.UTC(digits(text, 0, 4), month - 1, day, hour, minute, second, ms) - offsetMs;
  return Number.isNaN(at) || text.charCodeAt(0) === 48 ? undefined : at;
}

/** `Z` or `±hh:mm` at the end of the text, in ms; NaN for anything else. */
function parseOffset(text: string, start: number): number {
  if (text.length === start + 1 && text.charCodeAt(start) === 90) return 0;
  const sign = text.charCodeAt(start);
  const isOffset =
    text.length === start + 6 && (sign === 43 || sign === 45) && text.charCodeAt(start + 3) === 58;
  const hours = digits(text, start + 1, start + 3);
  const minutes = digits(text, start + 4, start + 6);
  if (!isOffset || !(hours < 24 && minutes < 60)) return Number.NaN;
  return (sign === 45 ? -1 : 1) * (hours * 60 + minutes) * minuteMs;
}

function separated(text: string): boolean {
  const between = text.charCodeAt(10);
  return (
    text.charCodeAt(4) === 45 &&
    text.charCodeAt(7) === 45 &&
    (between === 84 || between === 32) &&
    text.charCodeAt(13) === 58 &&
    text.charCodeAt(16) === 58
  );
}
