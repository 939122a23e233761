import { Counter, collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import type { SinkStatus } from '../ingest/ingest.ts';
import type { JournalStatus } from '../journal/journal.ts';
import type { Counted } from './context.ts';

const process_ = new Registry();
collectDefaultMetrics({ register: process_, prefix: 'guanjia_' });

const help: Readonly<Record<string, string>> = {
  received: 'Messages that came in at a door.',
  journalled: 'Messages that are on stable storage and acknowledged.',
  stored: 'Readings and fixes that were let in and stored.',
  duplicate: 'Readings and fixes that said nothing new.',
  quarantined: 'Parts of messages that were set aside.',
};

const damageHelp: Readonly<Record<string, string>> = {
  journal_corrupt: 'Positions of the journal that cannot be read.',
  journal_corrupt_bytes: 'Bytes of the journal that cannot be read.',
};

/** Counters of the data path are there from the start, so that a rate can be taken of their first event. */
const fromStart: readonly Counted[] = Object.keys(help).flatMap((name) =>
  (['mqtt', 'modbus', 'serial', 'jt808', 'nmea'] as const).map((door) => ({
    name,
    labels: { door },
    value: 0,
    at: 0,
  })),
);
const damageFromStart: readonly Counted[] = Object.keys(damageHelp).flatMap((name) =>
  (['at-start', 'reading'] as const).map((found) => ({ name, labels: { found }, value: 0, at: 0 })),
);

/**
 * `/metrics` in the Prometheus text format.
 * @param counted counters of all threads; the same name and labels in two threads are added up
 */
export async function renderMetrics(
  counted: readonly Counted[],
  journal: JournalStatus,
  sinks: readonly SinkStatus[],
): Promise<string> {
  const register = new Registry();
  const counters = new Map<string, Counter>();
  for (const { name, labels, value } of [...fromStart, ...damageFromStart, ...counted]) {
    const full = `guanjia_${name}_total`;
    const counter =
      counters.get(full) ??
      new Counter({
        name: full,
        help: help[name] ?? damageHelp[name] ?? name,
        labelNames: Object.keys(labels),
        registers: [register],
      });
    counters.set(full, counter);
    counter.inc(labels, value);
  }
  const gauge = (
    name: string,
    text: string,
    values: readonly (readonly [Record<string, string>, number])[],
  ) => {
    const made = new Gauge({
      name: `guanjia_${name}`,
      help: text,
      labelNames: Object.keys(values[0]?.[0] ?? {}),
      registers: [register],
    });
    for (const [labels, value] of values) made.set(labels, value);
  };
  gauge('journal_head', 'Last durable position of the journal.', [[{}, journal.head]]);
  gauge('journal_bytes', 'Size of the journal on disk.', [[{}, journal.bytes]]);
  gauge('journal_segments', 'Files of the journal.', [[{}, journal.segments]]);
  gauge('journal_ok', '1 while the journal takes messages.', [
    [{}, journal.state === 'ok' ? 1 : 0],
  ]);
  gauge(
    'sink_position',
    'Journal position a sink has passed.',
    sinks.map(({ name, position }) => [{ sink: name }, position] as const),
  );
  gauge(
    'sink_lag_seconds',
    'How far a sink is behind.',
    sinks.map(({ name, lagS }) => [{ sink: name }, lagS] as const),
  );
  return Registry.merge([register, process_]).metrics();
}
