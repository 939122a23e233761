import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { openAlertBook } from '../../alerts/book.ts';
import { toAlertView } from '../../alerts/view.ts';
import type { Api, ApiOptions } from '../../api/http.ts';
import { createApi } from '../../api/server.ts';
import type { Services, TerminalLink } from '../../api/services.ts';
import { openSessions } from '../../api/sessions.ts';
import { openCommandBook } from '../../commands/book.ts';
import { createCommandDesk } from '../../commands/desk.ts';
import { loadFactorSets } from '../../energy/factor-set.ts';
import { createFactorBook } from '../../energy/factors.ts';
import { loadForm } from '../../energy/form/definition.ts';
import type { MonthFigure } from '../../energy/standing/figure.ts';
import { openExpenseBook } from '../../expenses/book.ts';
import { openFormBook } from '../../forms/book.ts';
import { createFormDesk } from '../../forms/desk.ts';
import type { ExplainedFrame } from '../../gateway/jt808/seen.ts';
import type { Amendment, KeptAside, LiveEvent } from '../../ingest/ingest.ts';
import type { Judged } from '../../model/alert.ts';
import type { Context } from '../../model/context.ts';
import { AppError } from '../../model/errors.ts';
import type { Accepted, Observation } from '../../model/observation.ts';
import { hourMs } from '../../model/time.ts';
import { openRegistry } from '../../registry/sqlite-registry.ts';
import { ruleKinds } from '../../rules/index.ts';
import { createMemoryStore } from '../../stores/memory.ts';
import { openTripBook } from '../../trips/book.ts';
import { createBooks } from './ledger-day.ts';
import { memoryRevisions } from './memory-revisions.ts';
import { inventory, password } from './towns.ts';

/** 2026-11-23 08:00 in Shanghai, a Monday. */
export const morning = Date.UTC(2026, 10, 23);

export { password };

export const judged = (town: string, over: Partial<Judged> = {}): Judged => ({
  change: 'open',
  subject: { type: 'vehicle', id: `${town}-v` },
  at: morning,
  openedAt: morning,
  severity: 'warning',
  summary: { zh: '偏离路线 320 米', en: 'Off route by 320 m' },
  evidence: {
    from: morning - hourMs,
    to: morning,
    flagged: [morning],
    observed: { distanceM: 320 },
    expected: { widthM: 150 },
    method: { zh: '到路线的距离', en: 'Distance to the route' },
    context: {},
    quality: {},
  },
  rule: { id: 'off-route', version: 1, params: {} },
  kind: 'vehicle.off-route',
  institution: town,
  ...over,
});

/** An observation with what a test wants of its receipt. */
export type Kept = Observation & Partial<Pick<Accepted, 'receivedAt'>>;

export type World = Awaited<ReturnType<typeof openWorld>>;

/** The API over a real registry and alert book; telemetry is in memory, and time stands until it is moved. */
export async function openWorld(options: Partial<ApiOptions> = {}) {
  const clock = { at: morning };
  const log: string[] = [];
  const counted: string[] = [];
  const context: Context = {
    log: (level, message) => log.push(`${level} ${message}`),
    count: (name) => counted.push(name),
    now: () => clock.at,
  };
  const folder = mkdtempSync(join(tmpdir(), 'guanjia-api-'));
  const kinds = new Map(ruleKinds.map(({ kind, params }) => [kind, params]));
  const registry = openRegistry(
    join(folder, 'registry.db'),
    { serverKey: Buffer.alloc(32, 7), profiles: new Set(), mappings: new Map(), ruleKinds: kinds },
    context,
  );
  const imported = await registry.import(JSON.stringify(inventory), { user: 'system' });
  if (!imported.ok) throw new Error(JSON.stringify(imported.faults));

  const store = createMemoryStore();
  const book = openAlertBook(new DatabaseSync(':memory:'), context);
  const trips = openTripBook(new DatabaseSync(':memory:'), context);
  const sessions = openSessions(new DatabaseSync(':memory:'), context);
  const listeners = new Set<(event: LiveEvent) => void>();
  const quarantined: KeptAside[] = [];
  const asked: unknown[] = [];
  const commandBook = openCommandBook(':memory:');
  const links = new Map<string, TerminalLink>();
  const frames = new Map<string, readonly ExplainedFrame[]>();
  const amended = new Map<string, readonly Amendment[]>();
  const figures = new Map<string, readonly MonthFigure[]>();
  const running = new Map<string, MonthFigure>();
  const outdoor = new Map<string, readonly (readonly [day: number, celsius: number])[]>();
  const expenses = openExpenseBook(new DatabaseSync(':memory:'), context);
  const revisions = memoryRevisions(registry, store, amended, () => clock.at);
  const services: Services = {
    standing: {
      figures: async (asked) => new Map(asked.map((id) => [id, figures.get(id) ?? []])),
      running: async (asked) => new Map([...running].filter(([id]) => asked.includes(id))),
    },
    weather: {
      outdoor: async (id, from, to) =>
        (outdoor.get(id) ?? []).filter(([day]) => day >= from && day < to),
    },
    registry,
    sessions,
    telemetry: store,
    alerts: book,
    trips,
    expenses,
    alertView: toAlertView,
    ...createBooks(quarantined, asked),
    revisions,
    forms: createFormDesk({
      book: openFormBook(new DatabaseSync(':memory:'), context),
      definition: loadForm(),
      factors: createFactorBook(loadFactorSets()),
      kgPerL: { gasoline: 0.73, diesel: 0.84, kerosene: 0.8 },
      directory: () => registry.directory(),
      readings: store.readings,
      months: revisions.months,
      expenses,
      now: () => clock.at,
    }),
    pipeline: async () => ({
      journal: {
        head: 7,
        tail: 1,
        segments: 1,
        bytes: 900,
        state: 'ok',
        damage: {
          atStart: { positions: 0, bytes: 0 },
          reading: { positions: 2, bytes: 120 },
          tornBytes: 0,
        },
      },
      sinks: [{ name: 'store', position: 7, lagS: 0, trouble: null }],
      terminals: { open: false, online: 0, strangers: 0, refused: {} },
    }),
    terminals: {
      links: async () => [],
      link: async (vehicle) => links.get(vehicle),
      isOnline: async () => false,
      send: async () => Promise.reject(new AppError('DEVICE_OFFLINE', 'it is not connected')),
      frames: async () => [],
    },
    commands: createCommandDesk({
      book: commandBook,
      terminalOf: (vehicle) => {
        const device = registry.directory().device(vehicle);
        const isOne = device?.type === 'vehicle' && device.vehicle.jt808;
        return isOne ? { edition: 2013, utcOffsetMinutes: 480, datum: 'wgs84' } : undefined;
      },
      institutionOf: (vehicle) => registry.directory().device(vehicle)?.institution.id,
      silenceS: 180,
      now: () => clock.at,
      asked() {},
    }),
    frames: async (vehicle, most) => (frames.get(vehicle) ?? []).slice(0, most),
    live: {
      subscribe: (listener) => {
        listeners.add(listener);
        return () => listeners.delete(listener);
      },
    },
    ruleKinds,
    metrics: async () => 'guanjia_received_total{door="mqtt"} 7\n',
    readiness: async () => ({ ready: true, checks: [{ name: 'journal', ok: true, detail: '' }] }),
  };
  const full = { host: '127.0.0.1', port: 0, ...options };
  const api = await createApi(full, services, context);
  const caller = createCaller(api, (user) => sessions.start(user).token);
  let seq = 0;

  return {
    api,
    book,
    trips,
    commandBook,
    links,
    frames,
    clock,
    context,
    counted,
    log,
    quarantined,
    asked,
    amended,
    figures,
    outdoor,
    running,
    registry,
    services,
    sessions,
    store,
    options: full,
    ...caller,
    /** Into the store, as if it had come in just now. */
    keep: async (...observations: readonly Kept[]) => {
      const after = seq;
      const accepted = observations.map(
        (one) => ({ receivedAt: clock.at, ...one, seq: ++seq }) as Accepted,
      );
      await store.write({ after, upTo: seq, observations: accepted });
      return accepted;
    },
    emit: (event: LiveEvent) => {
      for (const listener of listeners) listener(event);
    },
    close: async () => {
      await api.close();
      registry.close();
      rmSync(folder, { recursive: true });
    },
  };
}

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every shape
  readonly body: any;
  readonly text: string;
}

export interface Call {
  readonly body?: unknown;
  readonly headers?: Record<string, string>;
}

type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

function createCaller(api: Api, tokenFor: (user: string) => string) {
  const tokens = new Map<string, string>();

  async function call(user: string | null, method: Method, url: string, { body, headers }: Call) {
    if (user !== null && !tokens.has(user)) tokens.set(user, tokenFor(user));
    const authorization = user === null ? {} : { authorization: `Bearer ${tokens.get(user)}` };
    const response = await api.inject({
      method,
      url: url.startsWith('/v1') ? `/api${url}` : url,
      headers: { ...authorization, ...headers },
      ...(body === undefined ? {} : { payload: body as object }),
    });
    const isJson = String(response.headers['content-type']).includes('json');
    const answer: Answer = {
      status: response.statusCode,
      headers: response.headers,
      body: isJson && response.body ? response.json() : undefined,
      text: response.body,
    };
    return answer;
  }

  return {
    as: (user: string | null) => ({
      get: (url: string, options: Call = {}) => call(user, 'GET', url, options),
      post: (url: string, body?: unknown, options: Call = {}) =>
        call(user, 'POST', url, { ...options, body }),
      put: (url: string, body?: unknown, options: Call = {}) =>
        call(user, 'PUT', url, { ...options, body }),
      patch: (url: string, body?: unknown, options: Call = {}) =>
        call(user, 'PATCH', url, { ...options, body }),
      remove: (url: string, options: Call = {}) => call(user, 'DELETE', url, options),
    }),
  };
}
