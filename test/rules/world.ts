import { DatabaseSync } from 'node:sqlite';
import type { AlertReport } from '../../alerts/alerts.ts';
import type { Judged, Opinion } from '../../model/alert.ts';
import type { Context } from '../../model/context.ts';
import type {
  Building,
  Dispatch,
  Gateway,
  Institution,
  Meter,
  Place,
  Route,
  RuleInstance,
  Vehicle,
} from '../../model/entities.ts';
import type { Accepted, Observation } from '../../model/observation.ts';
import type { Tariff } from '../../model/tariff.ts';
import type { WeatherMonth } from '../../model/weather.ts';
import type { Device, Directory } from '../../registry/registry.ts';
import { openRulesSink, type RulesSink } from '../../rules/engine.ts';
import { ruleKinds } from '../../rules/index.ts';
import type { RuleKind } from '../../rules/rule.ts';
import type { Range } from '../../stores/store.ts';
import { openTripBook } from '../../trips/book.ts';
import type { TripBook } from '../../trips/trips.ts';

/** A small world to run rules in: a directory, a store that knows everything, a book of alerts. */

export const institution: Institution = {
  id: 'hq',
  name: '机关事务管理局',
  level: 'municipal',
  parent: null,
  timeZone: 'Asia/Shanghai',
};

export const aMeter = (id: string, more: Partial<Meter> = {}): Meter => ({
  id,
  building: 'b1',
  medium: 'electricity',
  name: '总表',
  ctRatio: 1,
  ptRatio: 1,
  everyS: 900,
  ...more,
});

export const aVehicle = (id: string, more: Partial<Vehicle> = {}): Vehicle => ({
  id,
  institution: 'hq',
  plate: '鲁P12345',
  class: 'general',
  fuel: 'gasoline',
  everyS: 10,
  exempt: [],
  sealed: [],
  ...more,
});

export interface Things {
  readonly institutions?: readonly Institution[];
  readonly meters?: readonly Meter[];
  readonly vehicles?: readonly Vehicle[];
  readonly routes?: readonly Route[];
  readonly places?: readonly Place[];
  readonly dispatches?: readonly Dispatch[];
  readonly rules?: readonly RuleInstance[];
  readonly gateways?: readonly Gateway[];
  readonly tariffs?: readonly Tariff[];
  readonly buildings?: readonly Building[];
  readonly weather?: readonly WeatherMonth[];
  readonly day?: Directory['day'];
}

export function aDirectory(things: Things): Directory {
  const institutions = things.institutions ?? [institution];
  const home = (id: string) => institutions.find((each) => each.id === id) ?? institution;
  const devices = new Map<string, Device>();
  // A building that is called as an institution is its own, the others are of the first.
  const owner = (building: string) =>
    institutions.find(({ id }) => id === building) ?? home(institutions[0]?.id ?? '');
  for (const meter of things.meters ?? [])
    devices.set(meter.id, { type: 'meter', meter, institution: owner(meter.building) });
  for (const vehicle of things.vehicles ?? [])
    devices.set(vehicle.id, { type: 'vehicle', vehicle, institution: home(vehicle.institution) });
  const dispatchesOf = (vehicle: string) =>
    (things.dispatches ?? []).filter((each) => each.vehicle === vehicle);
  const directory = {
    version: 1,
    device: (id: string) => devices.get(id),
    devices: () => [...devices.values()],
    replacementsOf: () => [],
    institution: (id: string) => institutions.find((each) => each.id === id),
    within: () => new Set(institutions.map(({ id }) => id)),
    credential: () => undefined,
    day: things.day ?? (() => undefined),
    dispatches: (vehicle: string, at: number) =>
      dispatchesOf(vehicle).filter(({ from, to }) => from <= at && at < to),
    dispatchesOf,
    route: (id: string) => things.routes?.find((each) => each.id === id),
    place: (id: string) => things.places?.find((each) => each.id === id),
    all: (kind: string) => {
      const { rules = [], gateways = [], meters = [], vehicles = [] } = things;
      const { dispatches = [], places = [], tariffs = [], buildings = [], weather = [] } = things;
      const devices = { meters, vehicles, gateways };
      const known = { ...devices, rules, dispatches, places, tariffs, buildings, weather };
      return (known as Record<string, unknown>)[kind] ?? [];
    },
    belongs: () => true,
    channelSecret: () => undefined,
  };
  return directory as unknown as Directory;
}

export interface Noted {
  readonly rule: string;
  readonly subject: string;
  readonly openedAt: number;
  clearedAt: number | null;
  withdrawn: boolean;
  last: Judged;
}

/** Alerts as the book keeps them, without people. */
export function aBook() {
  const notes = new Map<string, Noted>();
  const opinions: (Opinion & { readonly kind: string; readonly subject: string })[] = [];
  const keyOf = (rule: string, subject: string, openedAt: number) =>
    `${rule} ${subject} ${openedAt}`;
  const take = (finding: Judged) => {
    const key = keyOf(finding.rule.id, finding.subject.id, finding.openedAt);
    const known = notes.get(key);
    const note: Noted = known ?? {
      rule: finding.rule.id,
      subject: finding.subject.id,
      openedAt: finding.openedAt,
      clearedAt: null,
      withdrawn: false,
      last: finding,
    };
    note.withdrawn = false;
    if (finding.change !== 'clear') note.last = finding;
    note.clearedAt = finding.change === 'clear' ? finding.at : null;
    notes.set(key, note);
  };
  const report: AlertReport = {
    report(judged) {
      for (const finding of judged) take(finding);
      return [];
    },
    rejudge(rule, subject, from, judged) {
      for (const note of notes.values())
        if (note.rule === rule && note.subject === subject && note.openedAt >= from)
          note.withdrawn = true;
      for (const finding of judged) take(finding);
      return [];
    },
    opinions: (kind, subject, from) =>
      opinions.filter((each) => each.kind === kind && each.subject === subject && each.to > from),
    episodes: (kind, subject, from) =>
      standing().filter(
        ({ last, ...each }) =>
          last.kind === kind && each.subject === subject && each.openedAt >= from,
      ),
  };
  const standing = () =>
    [...notes.values()]
      .filter(({ withdrawn }) => !withdrawn)
      .sort((a, b) => a.openedAt - b.openedAt);
  return { report, standing, all: () => [...notes.values()], opinions };
}

export interface World {
  readonly sink: () => RulesSink;
  readonly book: ReturnType<typeof aBook>;
  readonly trips: TripBook;
  readonly database: DatabaseSync;
  /** What the store has. */
  readonly stored: Accepted[];
  readonly counts: Map<string, number>;
  readonly logs: string[];
  clockMs: number;
  /** How long after their receipt batches are judged. */
  lagMs: number;
  /** Told of every look back. */
  onHistory: (range: Range) => void;
  /** One batch. */
  give(observations: readonly (Observation & { readonly receivedAt?: number })[]): Promise<void>;
  /** As after a kill: what was not on disk comes again with the next batch. */
  restart(): void;
  /** Brings the states to disk. */
  keep(): void;
  change(things: Things): void;
}

export function aWorld(
  things: Things,
  kinds: readonly RuleKind[] = ruleKinds,
  reports = (report: AlertReport) => report,
): World {
  const database = new DatabaseSync(':memory:');
  const book = aBook();
  const stored: Accepted[] = [];
  const counts = new Map<string, number>();
  const logs: string[] = [];
  let directory = aDirectory(things);
  let seq = 0;
  const context: Context = {
    log: (level, message) => logs.push(`${level} ${message}`),
    count: (name, _labels, by = 1) => counts.set(name, (counts.get(name) ?? 0) + by),
    now: () => world.clockMs,
  };
  const trips = openTripBook(database, context);
  const open = () =>
    openRulesSink({
      database,
      kinds,
      directory: () => directory,
      alerts: reports(book.report),
      trips,
      context,
      history: async (device, { from, to, limit }) => {
        world.onHistory({ from, to, limit });
        return stored
          .filter((each) => each.device === device && each.at >= from && each.at < to)
          .sort((a, b) => a.at - b.at)
          .slice(0, limit);
      },
    });
  let isBehind = false;
  /** After a restart what comes behind the sink's position comes again. */
  async function goOn(): Promise<void> {
    if (!isBehind) return;
    isBehind = false;
    const after = await sink.position();
    const observations = stored.filter((each) => each.seq > after);
    await sink.write({ after, upTo: seq, observations });
  }
  const world: World = {
    sink: () => sink,
    book,
    trips,
    database,
    stored,
    counts,
    logs,
    clockMs: 0,
    lagMs: 0,
    onHistory: () => {},
    async give(observations) {
      await goOn();
      const after = seq;
      const accepted = observations.map((each): Accepted => {
        seq += 1;
        return { ...each, seq, receivedAt: each.receivedAt ?? each.at };
      });
      stored.push(...accepted);
      world.clockMs = Math.max(0, ...accepted.map(({ receivedAt }) => receivedAt)) + world.lagMs;
      await sink.write({ after, upTo: seq, observations: accepted });
    },
    restart() {
      sink = open();
      isBehind = true;
    },
    keep: () => void sink.close(),
    change(next) {
      directory = aDirectory(next);
    },
  };
  let sink = open();
  return world;
}

export const aFix = (
  device: string,
  at: number,
  lat: number,
  lon: number,
  more: object = {},
): Observation => ({
  type: 'fix',
  device,
  at,
  timeSource: 'device',
  lat,
  lon,
  fixed: true,
  ...more,
});

export const aSample = (device: string, at: number, energy: number): Observation => ({
  type: 'sample',
  device,
  at,
  timeSource: 'device',
  values: { energy_import_kwh: energy },
});
