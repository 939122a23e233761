import type { TimeSource } from '../../model/observation.ts';
import { parseInstant } from '../../model/time.ts';
import { isAbsent, parseAt } from '../mqtt-json/at.ts';
import { show } from '../mqtt-json/number.ts';
import type { TimePlace } from './compile.ts';
import { valueAt } from './pointer.ts';

interface Stamp {
  readonly at: number;
  readonly timeSource: TimeSource;
}

interface Refusal {
  readonly refused: string;
}

const decimal = /^\d+(?:\.\d+)?$/;
const local = /^(?:\d{14}(?:\d{3})?|\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?)$/;
/** Last instant of a Date, Unix ms. */
const lastMs = 8.64e15;

/**
 * When a reading was taken: the first of the places that says anything decides.
 * @param zone of local times
 */
export function toStamp(
  reading: unknown,
  message: unknown,
  places: readonly TimePlace[],
  zone: string | undefined,
  receivedAt: number,
): Stamp | Refusal {
  for (const { pointer, of, format } of places) {
    const said = valueAt(of === 'message' ? message : reading, pointer);
    if (isAbsent(said)) continue;
    const at = parse(said, format, zone);
    if (typeof at === 'number') return { at, timeSource: 'device' };
    return { refused: `got the time ${show(said)}: ${at.refused}` };
  }
  return { at: receivedAt, timeSource: 'receipt' };
}

function parse(
  said: unknown,
  format: TimePlace['format'],
  zone: string | undefined,
): number | Refusal {
  if (format === 'auto') return parseAt(said, zone);
  if (typeof said !== 'string' && typeof said !== 'number')
    return { refused: 'want text or a number' };
  const text = String(said).trim();
  if (format === 'seconds' || format === 'milliseconds')
    return fromUnit(text, format === 'seconds' ? 1000 : 1);
  if (format === 'iso') return parseInstant(text) ?? { refused: 'want ISO 8601 with zone' };
  const usual = text.replaceAll('/', '-');
  return local.test(usual)
    ? parseAt(usual, zone)
    : { refused: 'want local time such as 20261122080000 or 2026-11-22 08:00:00' };
}

function fromUnit(text: string, ms: number): number | Refusal {
  const at = decimal.test(text) ? Math.round(Number(text) * ms) : Number.NaN;
  return at >= 0 && at <= lastMs
    ? at
    : { refused: `want Unix ${ms === 1 ? 'ms' : 'seconds'} after 1970` };
}
