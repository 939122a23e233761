/**
 * The line behind the journal, alone in one process: what reading, decoding, judging and storing a reading of seven values costs.
 * `node line.ts [devices] [messages]` prints CPU seconds per 100,000 messages and memory.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startDelivery } from '../../ingest/deliver.ts';
import { createPipeline } from '../../ingest/pipeline.ts';
import { openJournal } from '../../journal/file-journal.ts';
import { headOf } from '../../journal/head.ts';
import { openReader } from '../../journal/reader.ts';
import { quiet } from '../../model/context.ts';
import { mqttJson } from '../../protocols/mqtt-json/index.ts';
import type { Device, Directory } from '../../registry/registry.ts';
import { openDuckDbStore } from '../../stores/duckdb.ts';

const [devices = 500, messages = 300_000] = process.argv.slice(2).map(Number);
const startAt = Date.UTC(2026, 10, 22);

const known = new Map(
  Array.from({ length: devices }, (_, n): [string, Device] => {
    const meter = {
      id: `m${n}`,
      building: 'b1',
      medium: 'electricity',
      name: '',
      ctRatio: 1,
      ptRatio: 1,
    } as const;
    const institution = {
      id: 'hq',
      name: '',
      level: 'unit',
      parent: null,
      timeZone: 'Asia/Shanghai',
    } as const;
    return [meter.id, { type: 'meter', meter, institution }];
  }),
);
const directory = { version: 1, device: (id: string) => known.get(id) } as Directory;

const payload = (at: number, n: number) =>
  JSON.stringify({
    at,
    values: {
      energy_import_kwh: 15_000 + n / 100,
      power_kw: 12.1 + (n % 50) / 10,
      power_factor: 0.97,
      frequency_hz: 50.01,
      voltage_a_v: 229.8,
      voltage_b_v: 230.4,
      current_a_a: 18.2,
    },
  });

const folder = await mkdtemp(join(tmpdir(), 'guanjia-bench-line-'));
const journal = await openJournal(join(folder, 'journal'), { keepDays: 7, maxBytes: 8e9 }, quiet);
for (let n = 0; n < messages; ) {
  const some: Promise<void>[] = [];
  for (const end = Math.min(messages, n + 5_000); n < end; n++) {
    const device = `m${n % devices}`;
    const receivedAt = startAt + Math.floor(n / devices) * 1_000;
    const bytes = Buffer.from(payload(receivedAt, n));
    const resend = { client: device, packetId: (n % 65_535) + 1, dup: false };
    some.push(
      journal.append({ door: 'mqtt', protocol: 'mqtt-json', device, receivedAt, bytes, resend }),
    );
  }
  await Promise.all(some);
}
await journal.close();

const store = await openDuckDbStore(
  join(folder, 'telemetry.duckdb'),
  { memoryLimit: process.env['STORE_MEMORY'] ?? '128MB', threads: 1 },
  quiet,
);
const reader = openReader(join(folder, 'journal'), headOf(journal.head), quiet);
const before = process.cpuUsage();
const begin = performance.now();
let last = 0;
await new Promise<void>((resolve) => {
  void startDelivery(
    {
      head: headOf(journal.head),
      reader,
      pipeline: createPipeline({
        protocols: new Map([[mqttJson.name, mqttJson]]),
        directory: () => directory,
        newest: new Map(),
      }),
      store,
      followers: [],
      quarantine: { add() {} },
      ledger: { add() {} },
      onStored() {},
      onPassed(seq) {
        if (seq === messages && last !== seq) resolve();
        last = seq;
      },
    },
    quiet,
  );
});
const { user, system } = process.cpuUsage(before);
const perMessages = 100_000 / messages;
console.log(
  `${devices} devices: ${(((user + system) / 1e6) * perMessages).toFixed(2)} CPU s/100k (system ${((system / 1e6) * perMessages).toFixed(2)}), ` +
    `${Math.round(messages / ((performance.now() - begin) / 1000)).toLocaleString('en')} messages/s, ${Math.round(process.memoryUsage.rss() / 1e6)} MB`,
);
await store.close();
await rm(folder, { recursive: true });
process.exit(0);
