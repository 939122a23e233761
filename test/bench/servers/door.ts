/** Our MQTT door with its journal and nothing behind it: acknowledges what is on disk. Prints its port. */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BrokerAccess } from '../../../broker/broker.ts';
import { startBroker } from '../../../broker/mqtt.ts';
import { openJournal } from '../../../journal/file-journal.ts';
import { quiet } from '../../../model/context.ts';

const folder = mkdtempSync(join(process.env['BENCH_FOLDER'] ?? tmpdir(), 'guanjia-bench-door-'));
const journal = await openJournal(
  join(folder, 'journal'),
  { maxBytes: 8 * 1024 ** 3, keepDays: 0 },
  quiet,
);

/** Who connects is who the user name says. */
const access: BrokerAccess = {
  authenticate: async ({ username = '' }) => ({ user: username, speaksFor: [username] }),
  mayPublish: ({ user }, topic) =>
    topic === `v1/meters/${user}/readings`
      ? { to: 'journal', device: user, protocol: 'mqtt-json', retain: false }
      : undefined,
  maySubscribe: () => true,
  mayWill: () => undefined,
  isCurrent: () => true,
};
const broker = await startBroker({ host: '127.0.0.1', port: 0 }, access, journal.take, quiet);
process.stdout.write(`${broker.port}\n`);
