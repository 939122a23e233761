import { setTimeout as wait } from 'node:timers/promises';
import { createAccess } from '../broker/access.ts';
import type { BrokerOptions } from '../broker/broker.ts';
import { startBroker } from '../broker/mqtt.ts';
import type { Settings } from '../config.ts';
import { startPoller } from '../gateway/poller.ts';
import { openJournal } from '../journal/file-journal.ts';
import { headOf } from '../journal/head.ts';
import { cjt188 } from '../protocols/cjt188/index.ts';
import { dlt645 } from '../protocols/dlt645/index.ts';
import { loadMappings } from '../protocols/mapping.ts';
import { createModbus } from '../protocols/modbus/index.ts';
import { loadProfiles } from '../protocols/profile.ts';
import { openDirectory } from '../registry/directory.ts';
import { verifySecret } from '../registry/secrets.ts';
import { openServerKey } from '../registry/server-key.ts';
import { createContext } from './context.ts';
import { dataFolder } from './folder.ts';
import { serve } from './messages.ts';
import { connectionsWithin } from './open-files.ts';
import type { ThreadData } from './service.ts';
import { report } from './start-thread.ts';

export type Doors = Awaited<ReturnType<typeof openDoors>>;

const pollMs = 10;

/** Receive → journal. */
export const runDoors = (data: ThreadData): Promise<void> =>
  report(data, async () => {
    const doors = await openDoors(data);
    serve(data.service, doors);
    serve(data.between, { journal: doors.journal, broker: doors.broker });
  });

async function openDoors({ settings, head, kept, tls }: ThreadData) {
  const { context, counted } = createContext('doors', settings.logLevel);
  const folder = dataFolder(settings.dataDir);
  const serverKey = openServerKey(folder.serverKey);
  const registry = openDirectory(folder.registry, serverKey);

  while (headOf(kept).seq() === 0) await wait(pollMs);
  const limits = {
    maxBytes: settings.journalMaxBytes,
    keepDays: settings.journalDays,
    continueAfter: headOf(kept).seq() - 1,
    head,
  };
  const journal = await openJournal(folder.journal, limits, context);

  const verify = (hash: string, secret: string) => verifySecret(hash, secret, serverKey);
  const mappings = loadMappings();
  const topicsOf = (mapping: string) => mappings.get(mapping)?.topics ?? [];
  const access = createAccess(registry.directory(), verify, context, topicsOf);
  const broker = await startBroker(
    mqttDoor(settings, tls),
    {
      ...access,
      async authenticate(request) {
        const first = await access.authenticate(request);
        // Who was added or given another secret just now must get in at once.
        if (!('refused' in first && first.refused === 'credentials' && refresh())) return first;
        return access.authenticate(request);
      },
    },
    journal.take,
    context,
  );
  const meters = () => registry.directory().all('meters');
  const languages = { modbus: createModbus(loadProfiles()), dlt645, cjt188 };
  const poller = startPoller({}, meters, languages, journal.append, context);

  /** Takes in what changed in the registry. @returns whether anything did */
  function refresh(): boolean {
    const before = registry.directory();
    registry.reload();
    if (registry.directory() === before) return false;
    access.refresh(registry.directory());
    broker.closeStale();
    poller.refresh();
    return true;
  }

  return {
    journal: { append: journal.append, passed: journal.passed, status: journal.status },
    broker: { port: () => broker.port, publish: broker.publish, clients: broker.clients },
    gateway: { status: poller.status },
    thread: {
      refresh,
      counted,
      async stop() {
        await Promise.all([broker.stop(), poller.stop()]);
        await journal.close();
        registry.close();
      },
    },
  };
}

const mqttDoor = (settings: Settings, tls: BrokerOptions['tls'] | undefined): BrokerOptions => ({
  host: settings.bind,
  port: settings.mqttPort,
  limits: {
    connections: connectionsWithin().mqtt,
    deviceMessagesPerS: settings.mqttMessagesPerS,
    deviceBytesPerS: settings.mqttBytesPerS,
  },
  ...(tls && { tls }),
});
