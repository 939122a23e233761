import { setTimeout as wait } from 'node:timers/promises';
import { createAccess } from '../broker/access.ts';
import type { BrokerAccess, BrokerOptions } from '../broker/broker.ts';
import { createPlaces, openListener, type Places } from '../broker/listener.ts';
import { startBroker } from '../broker/mqtt.ts';
import type { Settings } from '../config.ts';
import { startDialIns } from '../gateway/dial-in.ts';
import { type NmeaParts, startNmeaDoor } from '../gateway/nmea/door.ts';
import { startPoller } from '../gateway/poller.ts';
import { openJournal } from '../journal/file-journal.ts';
import { headOf } from '../journal/head.ts';
import type { Context } from '../model/context.ts';
import { cjt188 } from '../protocols/cjt188/index.ts';
import { dlt645 } from '../protocols/dlt645/index.ts';
import { loadMappings } from '../protocols/mapping.ts';
import { createModbus } from '../protocols/modbus/index.ts';
import { loadProfiles } from '../protocols/profile.ts';
import { openDirectory } from '../registry/directory.ts';
import type { FollowedDirectory } from '../registry/registry.ts';
import { verifySecret } from '../registry/secrets.ts';
import { openServerKey } from '../registry/server-key.ts';
import { createContext } from './context.ts';
import { dataFolder } from './folder.ts';
import { serve } from './messages.ts';
import { connectionsWithin } from './open-files.ts';
import type { ThreadData } from './service.ts';
import { report } from './start-thread.ts';
import { openTerminals, viewsOf } from './terminals.ts';

export type Doors = Awaited<ReturnType<typeof openDoors>>;

const pollMs = 10;

/** Receive → journal. */
export const runDoors = (data: ThreadData): Promise<void> =>
  report(data, async () => {
    const doors = await openDoors(data);
    serve(data.service, doors);
    serve(data.between, { journal: doors.journal, broker: doors.broker });
  });

async function openDoors({ settings, head, kept, tls, registrar }: ThreadData) {
  const { context, counted } = createContext('doors', settings.logLevel);
  const folder = dataFolder(settings.dataDir);
  const serverKey = openServerKey(folder.serverKey);
  const registry = openDirectory(folder.registry, serverKey);

  while (headOf(kept).seq() === 0) await wait(pollMs);
  const journal = await openJournal(folder.journal, journalLimits(settings, head, kept), context);

  const changes = followChanges(registry);
  const verify = (hash: string, secret: string) => verifySecret(hash, secret, serverKey);
  const mappings = loadMappings();
  const topicsOf = (mapping: string) => mappings.get(mapping)?.topics ?? [];
  const known = createAccess(registry.directory(), verify, context, topicsOf);
  changes.follow(() => known.refresh(registry.directory()));
  const access = admitting(known, changes.refresh);
  const places = createPlaces(connectionsWithin().devices);
  const mqtt = mqttDoor(settings, tls, places);
  const broker = await startBroker(mqtt, access, journal.take, context);
  changes.follow(broker.closeStale);
  const door = { settings, tls, places, states: broker.states, take: journal.take };
  const { directory } = registry;
  const terminals = await openTerminals(
    { ...door, serverKey, registrar, directory, refresh: changes.refresh },
    context,
  );
  changes.follow(terminals.refresh);
  const nmea = await nmeaDoor({ ...door, access }, context);
  changes.follow(() => nmea?.closeStale());
  const meters = () => directory().all('meters');
  const languages = { modbus: createModbus(loadProfiles()), dlt645, cjt188 };
  const dialIns = await dtuDoor(settings, context);
  const poller = startPoller({}, meters, languages, journal.append, context, dialIns);
  changes.follow(poller.refresh);

  return {
    journal: { append: journal.append, passed: journal.passed, status: journal.status },
    broker: { port: () => broker.port, publish: broker.publish, clients: broker.clients },
    gateway: { status: poller.status },
    terminals: viewsOf(terminals),
    thread: {
      ports: () => ({
        mqtt: broker.port,
        jt808: terminals.port,
        ...(nmea && { nmea: nmea.port }),
        ...(dialIns && { dtu: dialIns.port }),
      }),
      refresh: changes.refresh,
      counted,
      async stop() {
        const doors = [broker, terminals, nmea, poller, dialIns];
        await Promise.all(doors.map((door) => door?.stop()));
        await journal.close();
        registry.close();
      },
    },
  };
}

const journalLimits = (
  { journalMaxBytes, journalDays }: Settings,
  head: ThreadData['head'],
  kept: ThreadData['kept'],
) => ({
  maxBytes: journalMaxBytes,
  keepDays: journalDays,
  continueAfter: headOf(kept).seq() - 1,
  head,
});

/** Tells the doors, each once it is open, that something in the registry has changed. */
function followChanges(registry: Pick<FollowedDirectory, 'directory' | 'reload'>) {
  const followers: (() => void)[] = [];
  return {
    follow(tell: () => void): void {
      followers.push(tell);
    },
    /** Takes in what changed. @returns whether anything did */
    refresh(): boolean {
      const before = registry.directory();
      registry.reload();
      if (registry.directory() === before) return false;
      for (const tell of followers) tell();
      return true;
    },
  };
}

/** Who was added or given another secret just now must get in at once. */
const admitting = (access: BrokerAccess, refresh: () => boolean): BrokerAccess => ({
  ...access,
  async authenticate(request) {
    const first = await access.authenticate(request);
    if (!('refused' in first && first.refused === 'credentials' && refresh())) return first;
    return access.authenticate(request);
  },
});

async function nmeaDoor(
  {
    settings,
    tls,
    places,
    ...parts
  }: Omit<NmeaParts, 'listen'> & {
    readonly settings: Settings;
    readonly tls: BrokerOptions['tls'] | undefined;
    readonly places: Places;
  },
  context: Context,
) {
  const { bind, nmeaPort } = settings;
  if (nmeaPort === undefined) return undefined;
  const where = { host: bind, port: nmeaPort, ...(tls && { tls }) };
  const listen: NmeaParts['listen'] = (connections, callers) =>
    openListener('NMEA', { ...where, connections, places }, callers);
  return startNmeaDoor({ connections: nmeaLinksMost }, { ...parts, listen }, context);
}

const nmeaLinksMost = 2_000;
const dtusMost = 1_000;

async function dtuDoor({ bind, dtuPort }: Settings, context: Context) {
  if (dtuPort === undefined) return undefined;
  // These come out of the files that are kept free for the service itself.
  const connections = Math.min(dtusMost, Math.ceil(connectionsWithin().devices / 8));
  return startDialIns({ host: bind, port: dtuPort, connections }, context);
}

const mqttDoor = (
  settings: Settings,
  tls: BrokerOptions['tls'] | undefined,
  places: Places,
): BrokerOptions => ({
  host: settings.bind,
  port: settings.mqttPort,
  limits: {
    deviceMessagesPerS: settings.mqttMessagesPerS,
    deviceBytesPerS: settings.mqttBytesPerS,
  },
  places,
  ...(tls && { tls }),
});
