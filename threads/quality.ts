import { setImmediate } from 'node:timers/promises';
import { deviceIdOf, setAsideOf, toLine } from '../api/ledger-view.ts';
import type { Ledger } from '../ingest/ingest.ts';
import { dateOfDay } from '../ingest/local-day.ts';
import { pause, persevere } from '../ingest/persevere.ts';
import type { Place } from '../ingest/transitions.ts';
import type { Context } from '../model/context.ts';
import type { Entry } from '../model/envelope.ts';
import { dayMs, minuteMs, secondMs, spanOfDay } from '../model/time.ts';
import type { Device, Directory } from '../registry/registry.ts';
import type { ExternalSink, QualityPoint } from '../stores/store.ts';

/** The ledger into InfluxDB: what came of each device in a day, handed on while the day lasts and again when it changes. */

const firstAfterMs = secondMs;
const everyMs = 5 * minuteMs;
/** Local days are at most one off from those of UTC. */
const zonesDays = 1;
/** Where InfluxDB is new, at most so much of the ledger follows. */
const historyDays = 400;

export interface QualityParts {
  readonly ledger: Pick<Ledger, 'overview'>;
  readonly directory: () => Directory;
  /** The last day, since 1970-01-01, that was handed on whole. */
  readonly place: Place;
  /** Days the ledger keeps; 0 is for ever. */
  readonly keptDays: number;
  readonly write: ExternalSink['writeQuality'];
}

export interface Quality {
  /** To be told before the ledger counts them: what is read again or was waiting counts for the day on which it came. Cheap. */
  note(entries: readonly Pick<Entry, 'receivedAt'>[]): void;
  /** Hands on what may have changed; for one at a time. @throws what `write` does; the day then comes again */
  pass(signal?: AbortSignal): Promise<void>;
}

const dayOf = (at: number): number => Math.floor(at / dayMs);

export function createQuality(
  { ledger, directory, place, keptDays, write }: QualityParts,
  { now }: Pick<Context, 'now'>,
): Quality {
  let whole = place.load();
  const keep = (day: number) => {
    whole = day;
    place.save(day);
  };

  function pointsOf(day: number): readonly QualityPoint[] {
    const date = dateOfDay(day);
    const known = new Map(ledger.overview(date).map((each) => [each.device, each]));
    const about = { directory: directory(), now: now() };
    return about.directory
      .devices()
      .flatMap((device) => toPoint(device, known.get(deviceIdOf(device)), date, about) ?? []);
  }

  /** The day before the first of which the ledger may know anything. */
  function beginning(today: number): number {
    const known = ledger.overview(dateOfDay(today));
    const first = known.reduce((least, { firstAt }) => Math.min(least, dayOf(firstAt)), today);
    return Math.max(first - zonesDays, today - historyDays) - 1;
  }

  return {
    note(entries) {
      let oldest = Number.POSITIVE_INFINITY;
      for (const { receivedAt } of entries) oldest = Math.min(oldest, receivedAt);
      const before = dayOf(oldest) - zonesDays - 1;
      if (before < whole) keep(before);
    },
    async pass(signal) {
      const today = dayOf(now());
      const after = whole > 0 ? whole : beginning(today);
      const first = keptDays > 0 ? Math.max(after + 1, today - keptDays + 1) : after + 1;
      let reached = whole;
      for (let day = first; day <= today + zonesDays && !signal?.aborted; day++) {
        // The line goes on meanwhile.
        await setImmediate();
        const points = pointsOf(day);
        const isEmpty = points.every(({ received }) => received === 0);
        const isOver = points.every(({ from }) => from + dayMs <= now());
        // Days of history that was filled in later were no days of this service.
        if (reached === 0 && isEmpty && isOver) continue;
        await write(points);
        // What was noted meanwhile comes again with the next pass.
        if (day >= today - zonesDays || whole !== reached) continue;
        reached = day;
        keep(day);
      }
    },
  };
}

/** Undefined before the device was heard, when nobody waited for it; one that was never heard is waited for today. */
function toPoint(
  device: Device,
  known: ReturnType<Ledger['overview']>[number] | undefined,
  date: string,
  about: { readonly directory: Directory; readonly now: number },
): QualityPoint | undefined {
  const { from, to } = spanOfDay(date, device.institution.timeZone);
  const isOver = to <= about.now;
  if (from > about.now || (known ? known.firstAt >= to : isOver)) return undefined;
  const line = toLine(device, known, date, about);
  const { device: id, expected, received, late, duplicate } = line;
  return { device: id, from, expected, received, late, duplicate, quarantined: setAsideOf(line) };
}

/** @returns what is to be told, and what stops it */
export function startQuality(
  parts: QualityParts,
  context: Context,
): Pick<Quality, 'note'> & { stop(): Promise<void> } {
  const quality = createQuality(parts, context);
  const stopping = new AbortController();
  const worker = { name: 'completeness', trouble: null };
  async function run({ signal }: AbortController): Promise<void> {
    await pause(firstAfterMs, signal);
    while (!signal.aborted) {
      await persevere(() => quality.pass(signal), worker, signal, context);
      await pause(everyMs, signal);
    }
  }
  const running = run(stopping).catch((error: unknown) => {
    if (!stopping.signal.aborted) throw error;
  });
  return {
    note: quality.note,
    async stop() {
      stopping.abort();
      await running;
    },
  };
}
