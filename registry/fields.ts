import { z } from 'zod';
import { idPattern } from '../model/ids.ts';
import { parseInstant } from '../model/time.ts';
import { wantId } from './wording.ts';

export const id = z.string().regex(idPattern, { error: wantId });
export const text = z.string().min(1).max(200);
export const secret = z.string().min(1).max(1024).exactOptional();

export const shortestPassword = 12;
/** Long enough for any passphrase, short enough to hash. */
export const longestPassword = 1024;
export const password = z.string().min(shortestPassword).max(longestPassword);

function isZone(name: string): boolean {
  if (name !== 'UTC' && !/^[A-Za-z_]+\/[A-Za-z0-9_/+-]+$/.test(name)) return false;
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone.length > 0;
  } catch {
    return false;
  }
}

const knownZones = new Map<string, boolean>();

export const timeZone = z.string().refine(
  (name) => {
    const known = knownZones.get(name) ?? isZone(name);
    knownZones.set(name, known);
    return known;
  },
  { error: 'want an IANA time zone such as Asia/Shanghai' },
);

const isDate = (date: string): boolean =>
  /^\d{4}-\d{2}-\d{2}$/.test(date) && parseInstant(`${date}T00:00:00Z`) !== undefined;

export const date = z.string().refine(isDate, { error: 'want a day as YYYY-MM-DD' });

export const timeOfDay = z
  .string()
  .regex(/^(?:[01]\d|2[0-3]):[0-5]\d$|^24:00$/, { error: 'want a time of day such as 08:30' });

/** ISO 8601 with zone, or Unix ms as the registry gives it back. */
export const instant = z
  .unknown()
  .refine((value) => instantMs(value) !== undefined, {
    error: 'want ISO 8601 with zone, such as 2026-11-23T08:00:00+08:00',
  })
  .transform((value) => instantMs(value) ?? Number.NaN);

export function instantMs(value: unknown): number | undefined {
  if (typeof value === 'string') return parseInstant(value);
  return Number.isSafeInteger(value) && Number(value) >= 1e11 ? Number(value) : undefined;
}

export const corners = (points: readonly unknown[]): number => new Set(points.map(String)).size;

export const lonLat = z.tuple([z.number().min(-180).max(180), z.number().min(-90).max(90)]);
export const host = z
  .string()
  .regex(/^[A-Za-z0-9.:_-]{1,253}$/, { error: 'want a host name or address' });
export const port = z.number().int().min(1).max(65_535);
export const seconds = z
  .number()
  .positive()
  .max(31 * 86_400);
const ruleKindPattern = /^[a-z0-9-]+(?:\.[a-z0-9-]+)+$/;
export const ruleKind = z
  .string()
  .regex(ruleKindPattern, { error: 'want a rule kind such as vehicle.off-route' });
export const severity = z.enum(['info', 'warning', 'critical']);

function isFilter(filter: string): boolean {
  const levels = filter.split('/');
  return (
    !filter.startsWith('$') &&
    filter.length <= 512 &&
    levels.every(
      (level, i) =>
        level === '+' || (level === '#' && i === levels.length - 1) || /^[^+#\0]*$/.test(level),
    )
  );
}

export const topicFilter = z
  .string()
  .min(1)
  .refine(isFilter, { error: 'want an MQTT topic filter such as v1/alerts/lc-hq/#' });

export const webUrl = z
  .string()
  .max(2000)
  .refine((url) => /^https?:\/\//i.test(url) && URL.canParse(url), {
    error: 'want a web address, http:// or https://',
  });
