/** Clocks and days. Inside everything is Unix ms UTC; days belong to a zone. */

export const secondMs = 1_000;
export const minuteMs = 60_000;
export const hourMs = 3_600_000;
export const dayMs = 86_400_000;

const isoPattern =
  /^(\d{4})-(\d{2})-(\d{2})[T ](\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?(Z|[+-]\d{2}:?\d{2})$/;

/**
 * ISO 8601 with zone → Unix ms UTC; undefined where the text is anything else or no real instant.
 * Fractions of a second beyond ms are cut off.
 */
export function parseInstant(text: string): number | undefined {
  const match = isoPattern.exec(text);
  if (!match) return undefined;
  const [, year, month, day, hour, minute, second = '00', fraction = '', zone = 'Z'] = match;
  const offset = zone === 'Z' || zone.includes(':') ? zone : `${zone.slice(0, 3)}:${zone.slice(3)}`;
  const milliseconds = fraction.slice(0, 3).padEnd(3, '0');
  const at = Date.parse(
    `${year}-${month}-${day}T${hour}:${minute}:${second}.${milliseconds}${offset}`,
  );
  if (Number.isNaN(at)) return undefined;
  const daysOfMonth = new Date(Date.UTC(Number(year), Number(month), 0)).getUTCDate();
  return Number(day) <= daysOfMonth ? at : undefined;
}

/** Unix seconds or Unix ms → Unix ms. Seconds up to the year 5138, ms from 1973-03-03 on. */
export const fromUnix = (value: number): number =>
  Math.abs(value) < 1e11 ? Math.round(value * 1000) : Math.round(value);

const formatters = new Map<string, Intl.DateTimeFormat>();

function formatter(zone: string): Intl.DateTimeFormat {
  const known = formatters.get(zone);
  if (known) return known;
  const made = new Intl.DateTimeFormat('en-CA', {
    timeZone: zone,
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
  });
  formatters.set(zone, made);
  return made;
}

/** How far the zone's clocks are ahead of UTC at an instant, in ms. Asia/Shanghai has had no summer time since 1991. */
export function zoneOffsetMs(at: number, zone: string): number {
  if (zone === 'Asia/Shanghai' && at > 684_900_000_000) return 8 * hourMs;
  if (zone === 'UTC') return 0;
  const part: Record<string, string> = {};
  for (const { type, value } of formatter(zone).formatToParts(at)) part[type] = value;
  const local = Date.UTC(
    Number(part['year']),
    Number(part['month']) - 1,
    Number(part['day']),
    Number(part['hour']),
    Number(part['minute']),
    Number(part['second']),
  );
  return local - Math.floor(at / secondMs) * secondMs;
}

export interface LocalTime {
  /** YYYY-MM-DD. */
  readonly date: string;
  readonly hour: number;
  readonly minute: number;
  /** 1 Monday … 7 Sunday. */
  readonly weekday: number;
}

/** The day asked for last: rules ask for every reading, and readings come day by day. */
let known = { day: 0, date: '1970-01-01' };

function dateOf(day: number): string {
  if (day !== known.day) known = { day, date: new Date(day * dayMs).toISOString().slice(0, 10) };
  return known.date;
}

/** The answer given last: several rules ask it of each reading. */
let told: { readonly at: number; readonly zone: string; readonly time: LocalTime } | undefined;

/** What clocks and calendars of the zone show at an instant. */
export function localTime(at: number, zone: string): LocalTime {
  if (told?.at === at && told.zone === zone) return told.time;
  const local = at + zoneOffsetMs(at, zone);
  const day = Math.floor(local / dayMs);
  const inDay = local - day * dayMs;
  const time = {
    date: dateOf(day),
    hour: Math.floor(inDay / hourMs),
    minute: Math.floor((inDay % hourMs) / minuteMs),
    weekday: ((((day + 3) % 7) + 7) % 7) + 1,
  };
  told = { at, zone, time };
  return time;
}

/** Start of the zone's day `YYYY-MM-DD`, Unix ms UTC. */
export function startOfDay(date: string, zone: string): number {
  const guess = Date.parse(`${date}T00:00:00Z`);
  const first = guess - zoneOffsetMs(guess, zone);
  return guess - zoneOffsetMs(first, zone);
}

/** YYYY-MM-DD so many days on. */
export const shiftDay = (date: string, days: number): string =>
  new Date(Date.parse(`${date}T00:00:00Z`) + days * dayMs).toISOString().slice(0, 10);

/** The zone's day `YYYY-MM-DD`, Unix ms UTC: `from` inclusive, `to` exclusive. */
export const spanOfDay = (date: string, zone: string) => ({
  from: startOfDay(date, zone),
  to: startOfDay(shiftDay(date, 1), zone),
});

/** ISO 8601 in the zone, with its offset: `2026-11-22T08:00:00+08:00`; ms only where they are not zero. */
export function isoInZone(at: number, zone: string): string {
  const offset = zoneOffsetMs(at, zone);
  const text = new Date(at + offset).toISOString();
  const sign = offset < 0 ? '-' : '+';
  const minutes = Math.abs(offset) / minuteMs;
  const pad = (value: number) => String(Math.floor(value)).padStart(2, '0');
  const body = text.endsWith('.000Z') ? text.slice(0, 19) : text.slice(0, 23);
  return `${body}${sign}${pad(minutes / 60)}:${pad(minutes % 60)}`;
}
