import type { TestContext } from 'vitest';
import { type Delivery, startDelivery } from '../../ingest/deliver.ts';
import type { Pipeline } from '../../ingest/pipeline.ts';
import type { JournalHead, JournalReader } from '../../journal/journal.ts';
import type { Context } from '../../model/context.ts';
import type { Entry } from '../../model/envelope.ts';
import type { Accepted, Quarantined } from '../../model/observation.ts';
import { type InfluxSettings, openInfluxSink, type SavedPosition } from '../../stores/influx.ts';
import { createMemoryStore } from '../../stores/memory.ts';
import type { Store } from '../../stores/store.ts';
import { createSink, ledger } from '../ingest/deliver-kit.ts';
import { byFirstLetter, positionInMemory } from '../stores/directory.ts';
import { until } from './mosquitto.ts';

/** A line whose journal is a list, with rules that only count, and InfluxDB behind it. */

/** Long ago, so that no two instants meet. */
const start = Date.UTC(2026, 10, 1);

export const entryOf = (seq: number): Entry => ({
  seq,
  door: 'mqtt',
  protocol: 'mqtt-json',
  device: `m${seq % 50}`,
  receivedAt: start + seq,
  bytes: Uint8Array.of(seq % 256),
});

export const observationOf = ({ seq, device, receivedAt }: Entry): Accepted => ({
  type: 'sample',
  device,
  at: start + seq * 1000,
  timeSource: 'device',
  values: { power_kw: seq },
  seq,
  receivedAt,
});

const pipeline: Pipeline = {
  pass: async (entries) => ({
    accepted: entries.map(observationOf),
    duplicates: [],
    quarantined: [],
    continued: new Set(),
    serials: [],
  }),
  remember() {},
};

/** Journal positions `1…head`, each a reading of its own. */
export function createJournalOf(head = 0) {
  let last = head;
  const heads: JournalHead = {
    seq: () => last,
    beyond: (_, timeoutMs) => new Promise((done) => setTimeout(done, Math.min(timeoutMs, 20))),
  };
  const reader: JournalReader = {
    async read(after, { entries }) {
      const upTo = Math.max(after, Math.min(last, after + entries));
      return {
        entries: Array.from({ length: upTo - after }, (_, n) => entryOf(after + 1 + n)),
        upTo,
      };
    },
    async close() {},
  };
  return {
    head: heads,
    reader,
    grow(by: number) {
      last += by;
    },
  };
}

export interface Logged {
  readonly message: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

export interface LineWithInflux {
  readonly delivery: Delivery;
  readonly journal: ReturnType<typeof createJournalOf>;
  readonly judged: readonly number[];
  readonly quarantined: readonly Quarantined[];
  readonly logged: readonly Logged[];
  /** Where a sink is, and what is wrong with it. */
  status(name: 'store' | 'rules' | 'influx'): ReturnType<Delivery['status']>[number];
  stop(): Promise<void>;
}

export interface LineOptions {
  readonly settings: Partial<InfluxSettings> & Pick<InfluxSettings, 'url'>;
  readonly store?: Store;
  readonly position?: SavedPosition;
  readonly journal?: ReturnType<typeof createJournalOf>;
  /** Instead of a list. */
  readonly addToQuarantine?: (items: readonly Quarantined[]) => void;
}

export async function startLine(options: LineOptions): Promise<LineWithInflux> {
  const { store = createMemoryStore(), position = positionInMemory() } = options;
  const journal = options.journal ?? createJournalOf();
  const quarantined: Quarantined[] = [];
  const logged: Logged[] = [];
  const context: Context = {
    log: (_, message, fields = {}) => logged.push({ message, fields }),
    count() {},
    now: Date.now,
  };
  const rules = createSink('rules');
  const settings = { version: 1, database: 'guanjia', ...options.settings } as const;
  const influx = openInfluxSink(settings, () => ({ device: byFirstLetter }), position, context);
  const delivery = await startDelivery(
    {
      head: journal.head,
      reader: journal.reader,
      pipeline,
      store,
      followers: [rules.sink, influx],
      quarantine: { add: options.addToQuarantine ?? ((items) => quarantined.push(...items)) },
      ledger,
      onStored() {},
      onPassed() {},
    },
    context,
  );
  const status: LineWithInflux['status'] = (name) => {
    const found = delivery.status().find((sink) => sink.name === name);
    if (!found) throw new Error(`no sink ${name}`);
    return found;
  };
  return {
    delivery,
    journal,
    judged: rules.got,
    quarantined,
    logged,
    status,
    async stop() {
      await Promise.all([delivery.stop(), influx.close()]);
    },
  };
}

/** Ends the part with the test. */
export const held = <Part extends { stop(): Promise<void> }>(
  part: Part,
  { onTestFinished }: Pick<TestContext, 'onTestFinished'>,
): Part => {
  onTestFinished(() => part.stop());
  return part;
};

export const reached = (line: LineWithInflux, name: 'rules' | 'influx') =>
  until(
    async () => line.status(name).position,
    (position) => position === line.journal.head.seq(),
  );

/** Each position's reading, as InfluxDB should have it. */
export const expected = (head: number): Map<string, string> =>
  new Map(
    Array.from({ length: head }, (_, n) => observationOf(entryOf(n + 1))).map(
      ({ device, at, seq }) => [
        `meter_reading,building=b1,institution=hq,medium=electricity,meter=${device} ${at}000000`,
        `power_kw=${seq}`,
      ],
    ),
  );
