import { setImmediate } from 'node:timers/promises';
import { type MonthFigure, spanOfMonth } from '../../energy/standing/figure.ts';
import type { Context } from '../../model/context.ts';
import type { Institution } from '../../model/entities.ts';
import { messageOf } from '../../model/errors.ts';
import { hourMs, localTime, minuteMs, startOfDay } from '../../model/time.ts';
import type { Directory } from '../../registry/registry.ts';
import { monthAt } from './marks.ts';

/** The month that goes on, of every institution up to the end of its last whole day: counted every hour, and kept in memory only. */

export interface RunningParts {
  readonly directory: () => Directory;
  /** What an institution came to up to the end of a day; null where it has nothing, undefined where that is not known yet. */
  readonly soFar: (
    institution: Institution,
    span: Pick<MonthFigure, 'month' | 'from' | 'to'>,
  ) => Promise<MonthFigure | null | undefined>;
  readonly context: Context;
}

export interface Running {
  /** Counts what has not been counted lately. @returns institutions of which more is known than before */
  count(signal: AbortSignal): Promise<readonly string[]>;
  /** Undefined where nothing is known; of the month before on the first day of one. */
  figure(institution: string): MonthFigure | undefined;
  /** False shortly after a start: what stood by days of the month may not be known again yet. */
  isReady(institution: Institution): boolean;
}

/** Readings of the last evening may come so much later. */
const graceMs = 2 * hourMs;
/** What is not known yet is being worked out by others, or is still to come. */
const againMs = 3 * minuteMs;
/** So long after a start at most it is waited for. */
const patienceMs = hourMs;
/** Late data of the month is taken in by then. */
const freshMs = hourMs;

interface Known {
  readonly figure: MonthFigure | null;
  /** For which day it was asked last, and until when that will do. */
  readonly askedTo: number;
  readonly until: number;
}

/** The month that goes on, up to the end of its last whole day; undefined on its first. */
function spanAt(now: number, zone: string): Pick<MonthFigure, 'month' | 'from' | 'to'> | undefined {
  const to = startOfDay(localTime(now - graceMs, zone).date, zone);
  const span = spanOfMonth(monthAt(now - graceMs, zone), zone);
  return to > span.from ? { ...span, to } : undefined;
}

/** Those that count for themselves. */
const metered = (directory: Directory): ReadonlySet<string> =>
  new Set(directory.devices().map(({ institution }) => institution.id));

export function createRunning({ directory, soFar, context }: RunningParts): Running {
  const known = new Map<string, Known>();
  /** Those of which it was known at least once. */
  const ready = new Set<string>();
  const begunAt = context.now();

  async function countOne(institution: Institution, now: number): Promise<boolean> {
    const { id } = institution;
    const span = spanAt(now, institution.timeZone);
    const before = known.get(id);
    // The month before stands until it is counted as a whole.
    if (!span) return false;
    if (before?.askedTo === span.to && now < before.until) return false;
    const told = await soFar(institution, span);
    const figure = told === undefined ? (before?.figure ?? null) : told;
    const until = now + (told ? freshMs : againMs);
    known.set(id, { figure, askedTo: span.to, until });
    if (told !== undefined) ready.add(id);
    return JSON.stringify(before?.figure ?? null) !== JSON.stringify(figure);
  }

  return {
    async count(signal) {
      const now = context.now();
      const all = directory();
      const own = metered(all);
      const changed: string[] = [];
      for (const institution of all.all('institutions')) {
        if (signal.aborted) break;
        if (!own.has(institution.id)) continue;
        try {
          if (await countOne(institution, now)) changed.push(institution.id);
        } catch (error) {
          const detail = { institution: institution.id, error: messageOf(error) };
          context.log('warn', 'the running month could not be counted', detail);
        }
        // Readings are waiting meanwhile.
        await setImmediate();
      }
      return changed;
    },
    figure: (id) => known.get(id)?.figure ?? undefined,
    isReady({ id, timeZone }) {
      const now = context.now();
      return ready.has(id) || now - begunAt > patienceMs || spanAt(now, timeZone) === undefined;
    },
  };
}
