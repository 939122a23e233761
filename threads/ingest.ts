import { DatabaseSync } from 'node:sqlite';
import type { AlertBook } from '../alerts/alerts.ts';
import { openAlertBook } from '../alerts/book.ts';
import { createMqttTopic, createNotifier } from '../alerts/channels/index.ts';
import { startRouter } from '../alerts/router.ts';
import type { Settings } from '../config.ts';
import { startDelivery } from '../ingest/deliver.ts';
import type { LiveEvent, Revisions } from '../ingest/ingest.ts';
import { catchUpLedger } from '../ingest/ledger-catch-up.ts';
import { startLive } from '../ingest/live.ts';
import { createPipeline, type Pipeline } from '../ingest/pipeline.ts';
import { openPlaces } from '../ingest/places.ts';
import { followTransitions } from '../ingest/transitions.ts';
import { warmUp } from '../ingest/warm-up.ts';
import { headOf, publishHead } from '../journal/head.ts';
import type { JournalReader } from '../journal/journal.ts';
import { openReader } from '../journal/reader.ts';
import type { Context } from '../model/context.ts';
import type { ChannelSettings } from '../model/entities.ts';
import type { Accepted } from '../model/observation.ts';
import { createProtocols } from '../protocols/index.ts';
import { loadMappings } from '../protocols/mapping.ts';
import { loadProfiles } from '../protocols/profile.ts';
import { openDirectory } from '../registry/directory.ts';
import type { Directory, FollowedDirectory } from '../registry/registry.ts';
import { openServerKey } from '../registry/server-key.ts';
import { openRulesSink, type RulesSink } from '../rules/engine.ts';
import { ruleKinds } from '../rules/index.ts';
import { openDuckDbStore } from '../stores/duckdb.ts';
import type { ExternalSink, Sink, Store, Transition } from '../stores/store.ts';
import { openTripBook } from '../trips/book.ts';
import type { TripBook } from '../trips/trips.ts';
import { deskOf, openBooks } from './books.ts';
import { createContext } from './context.ts';
import type { Doors } from './doors.ts';
import { dataFolder } from './folder.ts';
import { influxOf, openCompleteness, openConsumption } from './influx.ts';
import { tellGone } from './journal.ts';
import { type Remote, remote, serve } from './messages.ts';
import { standBack } from './priority.ts';
import { openRevisions } from './revisions.ts';
import type { ThreadData } from './service.ts';
import { report } from './start-thread.ts';
import { followTrips } from './trips.ts';
import { startUpkeep } from './upkeep.ts';
import { openWatches, type Watches } from './watches.ts';

type DoorsAsked = Remote<Pick<Doors, 'journal' | 'broker'>>;

export type Ingest = Awaited<ReturnType<typeof openIngest>>;

/** Journal → stores, rules → alerts → people. */
export const runIngest = (data: ThreadData): Promise<void> =>
  report(data, async () => {
    const doors = remote<Pick<Doors, 'journal' | 'broker'>>(data.between);
    serve(data.service, await openIngest(data, doors));
  });

async function openIngest({ settings, head: memory, kept, news }: ThreadData, doors: DoorsAsked) {
  const { context, counted } = createContext('ingest', settings.logLevel);
  standBack(context);
  const folder = dataFolder(settings.dataDir);
  const registry = openDirectory(folder.registry, openServerKey(folder.serverKey));
  const { directory } = registry;
  const tell = (events: readonly LiveEvent[]) => news?.postMessage(events);

  const sinks = await openSinks(settings, directory, context);
  const { store, rules, influx, revisions, database, places } = sinks;
  const watches = await openWatches(sinks, directory, context);
  const judging = watches.noting(rules);
  const followers = influx ? [judging, influx] : [judging];
  publishHead(kept, 1 + (await furthest([store, ...followers])));

  const reader = openReader(folder.journal, headOf(memory), context);
  const { quarantine, ledger, completeness } = openTold(sinks, settings, directory, context);
  const pipeline = await openPipeline(reader, store, registry, doors);
  tellGone(await doors.journal.status(), await store.position(), context);
  await catchUpLedger({ reader, store, quarantine, ledger }, context);
  const live = startLive(tell, store.latestFixes, context.now);
  const rollups = await openConsumption(sinks, directory, context);
  const line = {
    head: headOf(memory),
    reader,
    pipeline,
    store,
    quarantine,
    ledger,
    followers,
    onStored: toEach(live.tell, revisions.tell, rollups.tell),
    onPassed: (seq: number) => void doors.journal.passed(seq),
  };
  const delivery = await startDelivery(line, context);

  const people = startPeople({ ...sinks, settings, directory, tell }, doors, context);
  const upkeep = startUpkeep(
    { rules, watches, store, quarantine, ledger, revisions, settings, database },
    context,
  );

  return {
    store,
    ...sinks.books,
    quarantine: deskOf({ quarantine, delivery, directory, memory }, doors),
    ledger: { read: ledger.read, overview: ledger.overview },
    ...toAsked(revisions, watches, rules),
    journal: { damage: reader.damage },
    thread: {
      counted,
      status: delivery.status,
      async stop() {
        for (const part of [upkeep, live]) part.stop();
        const workers = [delivery, ...people, watches, revisions, rollups, completeness];
        // A server that does not answer is not waited for.
        await Promise.all([...workers.map((part) => part.stop()), influx?.close()]);
        await Promise.all([store, rules, reader].map((part) => part.close()));
        for (const file of [database, quarantine, ledger, places, registry]) file.close();
      },
    },
  };
}

/** What others may ask, by message. */
const toAsked = (
  { of, recorded, months, days, kept }: Revisions,
  { figures, running }: Watches,
  { outdoor }: RulesSink,
) => ({
  revisions: { of, recorded, months, days, kept },
  standing: { figures, running },
  weather: { outdoor },
});

interface Told {
  readonly settings: Settings;
  readonly alerts: AlertBook;
  readonly trips: TripBook;
  readonly database: DatabaseSync;
  readonly directory: () => Directory;
  readonly places: Places;
  readonly influx: ExternalSink | undefined;
  readonly tell: (events: readonly LiveEvent[]) => void;
}

/** Alerts → channels, live stream and InfluxDB. @returns what stops each */
function startPeople(
  told: Told,
  doors: DoorsAsked,
  context: Context,
): readonly { stop(): Promise<void> }[] {
  const { settings, alerts, trips, database, directory, places, influx, tell } = told;
  const channels = channelsOf(settings, directory, doors, context);
  const show = (changes: readonly Transition[]) =>
    tell(changes.map(({ alert }) => ({ type: 'alert', alert })));
  const parts = [
    startRouter({ book: alerts, database, directory, ...channels, context }),
    followTransitions(alerts, places.of('live'), show, context),
  ];
  if (!influx) return parts;
  return [
    ...parts,
    followTransitions(alerts, places.of('influx-alerts'), influx.writeTransitions, context),
    followTrips({ trips, directory, influx }, places.of('influx-trips'), context),
  ];
}

const toEach =
  (...hearers: readonly ((stored: readonly Accepted[]) => void)[]) =>
  (stored: readonly Accepted[]) => {
    for (const hear of hearers) hear(stored);
  };

/** Quarantine, and the ledger, of which InfluxDB is told. */
function openTold(
  sinks: Awaited<ReturnType<typeof openSinks>>,
  settings: Settings,
  directory: () => Directory,
  context: Context,
) {
  const { quarantine, ledger } = openBooks(settings, directory, context);
  const completeness = openCompleteness({ ...sinks, ledger, settings }, directory, context);
  return { quarantine, ledger: completeness.ledger, completeness };
}

const furthest = async (sinks: readonly Sink[]): Promise<number> =>
  Math.max(...(await Promise.all(sinks.map((sink) => sink.position()))));

/** The stores and the rules; findings, alerts and the outbox share one file, so that a batch and what was found in it are kept together. */
async function openSinks(settings: Settings, directory: () => Directory, context: Context) {
  const folder = dataFolder(settings.dataDir);
  const { telemetry, findings } = folder;
  const memoryLimit = settings.storeMemory;
  const store = await openDuckDbStore(telemetry, { memoryLimit, threads: 1 }, context);
  const database = new DatabaseSync(findings);
  // One sync for a batch instead of several, which the journal would have to wait for.
  database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL');
  const alerts = openAlertBook(database, context);
  const { history } = store;
  const trips = openTripBook(database, context);
  const books = { alerts, trips };
  const rules = openRulesSink({
    database,
    kinds: ruleKinds,
    directory,
    history,
    ...books,
    context,
  });
  const places = openPlaces(folder.places);
  const influx = influxOf(settings, directory, places, context);
  const revisions = await openRevisions(folder.revisions, store, directory, context);
  return { store, rules, influx, ...books, books, revisions, database, places };
}

/** The line as it was before a restart: what is the newest of each device, and what was sent without a time just now. */
async function openPipeline(
  reader: JournalReader,
  store: Store,
  registry: FollowedDirectory,
  doors: DoorsAsked,
): Promise<Pipeline> {
  // Until the doors have recovered the journal there is nothing to read.
  await doors.journal.status();
  const directory = () => {
    registry.reload();
    return registry.directory();
  };
  const protocols = createProtocols(loadProfiles(), loadMappings());
  const pipeline = createPipeline({ protocols, directory, newest: await store.newest() });
  await warmUp(reader, pipeline, await store.position());
  return pipeline;
}

type Places = ReturnType<typeof openPlaces>;

/** How alerts get out: the channels of the registry, and the MQTT topic for every change. */
function channelsOf(
  settings: Settings,
  directory: () => Directory,
  doors: DoorsAsked,
  context: Context,
) {
  const timeZoneOf = (id: string) => directory().institution(id)?.timeZone ?? 'Asia/Shanghai';
  const world = {
    publicUrl: settings.publicUrl?.replace(/\/$/, '') ?? `http://127.0.0.1:${settings.httpPort}`,
    smtpUrl: settings.smtpUrl,
    mailFrom: settings.mailFrom,
    institution: (id: string) => directory().institution(id),
    secretOf: (channel: string) => directory().channelSecret(channel),
    now: context.now,
    log: context.log,
  };
  return {
    notifier: (channel: ChannelSettings) => createNotifier(channel, world),
    feed: createMqttTopic({
      publish: ({ topic, payload, qos, retain }) =>
        doors.broker.publish(topic, payload, { qos, retain }),
      timeZoneOf,
    }),
  };
}
