import { randomBytes } from 'node:crypto';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { MessageChannel, type MessagePort } from 'node:worker_threads';
import { toAlertView } from '../alerts/view.ts';
import { startApi } from '../api/server.ts';
import type { Services } from '../api/services.ts';
import { openSessions } from '../api/sessions.ts';
import { loadSettings, type Settings } from '../config.ts';
import { createHead } from '../journal/head.ts';
import type { Context } from '../model/context.ts';
import { AppError, isAppError } from '../model/errors.ts';
import { isKnownItem } from '../protocols/dlt645/items.ts';
import { vendorProfiles } from '../protocols/jt808/vendors/index.ts';
import { loadMappings } from '../protocols/mapping.ts';
import { loadProfiles } from '../protocols/profile.ts';
import type { Registry } from '../registry/registry.ts';
import { openServerKey } from '../registry/server-key.ts';
import { openRegistry } from '../registry/sqlite-registry.ts';
import { ruleKinds } from '../rules/index.ts';
import { announce } from './announce.ts';
import { createBackup } from './backup.ts';
import { openCommands } from './commands.ts';
import { ensureConsole } from './console.ts';
import { type Counted, createContext } from './context.ts';
import type { Doors } from './doors.ts';
import { type DataFolder, dataFolder, holdFolder, writePrivate } from './folder.ts';
import { type BooksOfAccount, openBooksOfAccount } from './forms.ts';
import type { Ingest } from './ingest.ts';
import { journalView } from './journal.ts';
import { collectLeftovers } from './leftovers.ts';
import { liveOf } from './live.ts';
import type { Remote } from './messages.ts';
import { renderMetrics } from './metrics.ts';
import { connectionsWithin } from './open-files.ts';
import { readinessOf } from './readiness.ts';
import { startThread } from './start-thread.ts';
import { serveRegistrar } from './terminals.ts';

/** What a thread is handed when it starts. */
export interface ThreadData {
  readonly part: 'doors' | 'ingest';
  readonly settings: Settings;
  readonly tls?: { readonly cert: string; readonly key: string };
  /** How far the journal is durable. */
  readonly head: SharedArrayBuffer;
  /** One more than the furthest position of any sink, once ingest knows it: a journal that was lost goes on from there. */
  readonly kept: SharedArrayBuffer;
  /** Calls from the service. */
  readonly service: MessagePort;
  /** Calls from ingest to the doors. */
  readonly between: MessagePort;
  /** Live events from ingest to the service. */
  readonly news?: MessagePort;
  /** Calls from the doors to the service. */
  readonly registrar?: MessagePort;
}

/** Registry and API; starts the doors and ingest, and stops everything in the order of the data path. */
export async function runService(): Promise<void> {
  try {
    stopOnSignal(await openService(loadSettings(process.env)));
  } catch (error) {
    const text = isAppError(error) ? error.message : (error as Error).stack;
    process.stderr.write(`${text}\n`);
    process.exit(isAppError(error) ? 2 : 1);
  }
}

type Stop = () => Promise<void>;

async function openService(settings: Settings): Promise<Stop> {
  // Everything the service keeps is for its owner alone.
  process.umask(0o077);
  const { context, counted } = createContext('service', settings.logLevel);
  process.on('uncaughtExceptionMonitor', (error) => {
    context.log('error', 'the service ends by a mistake of its own', { error: error.stack });
  });
  const letGo = holdFolder(settings.dataDir);
  const folder = dataFolder(settings.dataDir);

  const registry = await openRegistry(folder.registry, registryOptions(folder.serverKey), context);
  const password = await registry.ensureAdmin(settings.adminPassword);
  await importInventory(registry, settings.inventory, context);

  const tls = readTls(settings);
  const { doors, ingest, news } = await startThreads(settings, tls, registry, context);
  const unfollow = registry.onChange(() => void doors.ask.thread.refresh());

  const commands = openCommands(
    { file: folder.commands, registry, terminals: doors.ask.terminals, settings },
    context,
  );
  const accounts = openBooksOfAccount({ folder, registry, ingest: ingest.ask, settings }, context);
  const services = servicesOf(
    {
      registry,
      commands,
      doors: doors.ask,
      ingest: ingest.ask,
      news,
      folder,
      dataDir: settings.dataDir,
      accounts,
      counted,
    },
    context,
  );
  const commandToken = randomBytes(32).toString('base64url');
  const consoleDir = ensureConsole(context);
  const listen = { ...publicOf(settings), ...(tls && { tls }), consoleDir, commandToken };
  const api = await startApi(listen, services, context);
  collectLeftovers();

  const ports = { http: api.port, ...(await doors.ask.thread.ports()) };
  writePrivate(folder.token, commandToken);
  writeFileSync(folder.ports, JSON.stringify(ports));
  announce(settings, ports, password);
  return async () => {
    unfollow();
    accounts.stop();
    await api.stop();
    commands.stop();
    await doors.stop();
    await ingest.stop();
    registry.close();
    rmSync(folder.token, { force: true });
    rmSync(folder.ports, { force: true });
    letGo();
  };
}

/** The doors and ingest, which know of each other. */
async function startThreads(
  settings: Settings,
  tls: ThreadData['tls'] | undefined,
  registry: Registry,
  context: Context,
) {
  const between = new MessageChannel();
  const news = new MessageChannel();
  const registrar = new MessageChannel();
  serveRegistrar(registrar.port2, registry);
  const common = { settings, head: createHead(), kept: createHead(), ...(tls && { tls }) };
  const [doors, ingest] = await Promise.all([
    startThread<Doors>(
      { ...common, part: 'doors', between: between.port1, registrar: registrar.port1 },
      context,
    ),
    startThread<Ingest>(
      { ...common, part: 'ingest', between: between.port2, news: news.port1 },
      context,
    ),
  ]);
  return { doors, ingest, news: news.port2 };
}

function registryOptions(serverKey: string) {
  const kinds = new Map(ruleKinds.map(({ kind, params }) => [kind, params]));
  return {
    serverKey: openServerKey(serverKey),
    profiles: new Set(loadProfiles().keys()),
    mappings: loadMappings(),
    isDlt645Item: isKnownItem,
    terminalProfiles: new Set(vendorProfiles.map(({ name }) => name)),
    ruleKinds: kinds,
  };
}

/** Imports the inventory file when it has changed since the last import. @throws AppError `INVENTORY_INVALID` with every fault */
async function importInventory(
  registry: Registry,
  file: string | undefined,
  { log }: Context,
): Promise<void> {
  if (file === undefined) return;
  const text = readFileSync(file, 'utf8');
  if (registry.isImported(text)) return;
  // Each secret that somebody chose costs a slow hash: the person who waits is told for what.
  log('info', 'importing the inventory', { file });
  const result = await registry.import(text, { user: 'system' });
  if (!result.ok) {
    const lines = result.faults.map(
      ({ path, line, message }) => `  ${path}${line ? ` (line ${line})` : ''}: ${message}`,
    );
    throw new AppError(
      'INVENTORY_INVALID',
      `The inventory ${file} has faults; nothing was changed:\n${lines.join('\n')}`,
    );
  }
}

const readTls = ({ tlsCert, tlsKey }: Settings) =>
  tlsCert && tlsKey
    ? { cert: readFileSync(tlsCert, 'utf8'), key: readFileSync(tlsKey, 'utf8') }
    : undefined;

const publicOf = ({ bind, httpPort, publicUrl, mapTiles, mapDatum }: Settings) => ({
  host: bind,
  port: httpPort,
  limits: { connections: connectionsWithin().http },
  mapDatum,
  ...(publicUrl && { publicUrl }),
  ...(mapTiles && { mapTiles }),
});

interface Parts {
  readonly registry: Registry;
  readonly commands: ReturnType<typeof openCommands>;
  readonly doors: Remote<Doors>;
  readonly ingest: Remote<Ingest>;
  readonly news: MessagePort;
  readonly folder: DataFolder;
  readonly dataDir: string;
  readonly accounts: BooksOfAccount;
  counted(): readonly Counted[];
}

/** What the API answers from; whatever lives in another thread is asked by message. */
function servicesOf(
  { registry, commands, doors, ingest, news, folder, dataDir, accounts, counted }: Parts,
  context: Context,
): Services {
  const startedAt = context.now();
  const sinks = () => ingest.thread.status();
  const journal = () => doors.journal.status();
  return {
    registry,
    ruleKinds,
    alertView: toAlertView,
    sessions: openSessions(new DatabaseSync(folder.sessions), context),
    telemetry: ingest.store,
    alerts: ingest.alerts,
    trips: ingest.trips,
    ...accounts.books,
    quarantine: ingest.quarantine,
    ledger: ingest.ledger,
    revisions: ingest.revisions,
    standing: ingest.standing,
    weather: ingest.weather,
    terminals: doors.terminals,
    commands: commands.commands,
    frames: commands.frames,
    pipeline: async () => ({
      journal: journalView(await journal(), await ingest.journal.damage()),
      sinks: await sinks(),
      terminals: await doors.terminals.status(),
    }),
    live: liveOf(news),
    backup: createBackup(
      dataDir,
      {
        async freeze() {
          const position = await ingest.store.freeze();
          const positions = (await sinks()).map((sink) => sink.position);
          return { store: position, oldest: Math.min(position, ...positions) };
        },
        thaw: () => ingest.store.thaw(),
      },
      context,
    ),
    async metrics() {
      const all = await Promise.all([counted(), doors.thread.counted(), ingest.thread.counted()]);
      return renderMetrics(all.flat(), await journal(), await sinks());
    },
    readiness: async () =>
      readinessOf({
        journal: await journal(),
        sinks: await sinks(),
        heard: await doors.thread.counted(),
        devices: registry.directory().devices(),
        hasTerminal: (vehicle) => (registry.directory().terminal(vehicle)?.facts ?? null) !== null,
        isOpen: (await doors.terminals.status()).open,
        startedAt,
        now: context.now(),
      }),
  };
}

/** The first Ctrl-C or SIGTERM stops in order; a second one at once, which the journal bears as well. */
function stopOnSignal(stop: Stop): void {
  let stopping = false;
  const onSignal = async () => {
    if (stopping) process.exit(1);
    stopping = true;
    await stop();
    process.exit(0);
  };
  process.on('SIGINT', () => void onSignal());
  process.on('SIGTERM', () => void onSignal());
  // Who started the service as a child and is gone can no longer stop it.
  process.once('disconnect', () => void onSignal());
}
