import { createCalendar } from '../model/calendar.ts';
import type {
  CalendarDay,
  Dispatch,
  Entities,
  EntityKind,
  Gateway,
  ServiceAccount,
  Vehicle,
} from '../model/entities.ts';
import { createDevices } from './devices.ts';
import { createGateways, mappedOf } from './gateways.ts';
import { isFields, type Lookup, liesWithin, ownersOf } from './references.ts';
import type { Credential, Directory, FollowedDirectory } from './registry.ts';
import { unseal } from './server-key.ts';
import { advance, bodyOf, emptySnapshot, type Snapshot, secretKey } from './snapshot.ts';
import { openReadTables, type PastRow } from './tables.ts';
import { phoneKey } from './terminal-code.ts';
import { createTimeline } from './timeline.ts';

/** What a directory is made from. */
export interface DirectoryInput {
  readonly snapshot: Snapshot;
  readonly past: (kind: EntityKind, id: string) => readonly PastRow[];
  readonly serverKey: Uint8Array;
}

/** Computes at the first question, and once. */
function lazily<T>(compute: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => {
    made ??= { value: compute() };
    return made.value;
  };
}

type Present = <K extends EntityKind>(kind: K, id: string) => Entities[K] | undefined;
type All = <K extends EntityKind>(kind: K) => readonly Entities[K][];

const byText = (a: string, b: string): number => (a < b ? -1 : Number(a > b));

/** By the rows of a kind, which later snapshots share where nothing of the kind has changed. */
const lists = new WeakMap<object, readonly unknown[]>();
const phones = new WeakMap<object, ReadonlyMap<string, Vehicle>>();

function createAll(snapshot: Snapshot): All {
  const compute = (kind: EntityKind) =>
    [...snapshot.rows[kind].values()]
      .map((row) => bodyOf(row))
      .filter((body) => body !== undefined)
      .sort((a, b) => byText(a.id, b.id));
  return <K extends EntityKind>(kind: K) => {
    const rows = snapshot.rows[kind];
    const list = lists.get(rows) ?? compute(kind);
    lists.set(rows, list);
    return list as readonly Entities[K][];
  };
}

function createChanges(snapshot: Snapshot, past: DirectoryInput['past']): Directory['changesOf'] {
  const known = new Map<string, readonly number[]>();
  return (id) => {
    const row = snapshot.rows.meters.get(id);
    if (!row) return [];
    const changes = known.get(id) ?? [
      ...new Set([...past('meters', id).map(({ from }) => from), row.since]),
    ];
    known.set(id, changes);
    return changes;
  };
}

function createWithin(all: All): Directory['within'] {
  const below = lazily(() => Map.groupBy(all('institutions'), ({ parent }) => parent));
  const known = new Map<string | null, ReadonlySet<string>>();
  const collect = (id: string, into: Set<string>) => {
    if (into.has(id)) return;
    into.add(id);
    for (const child of below().get(id) ?? []) collect(child.id, into);
  };
  const compute = (institution: string | null): ReadonlySet<string> => {
    if (institution === null) return new Set(all('institutions').map(({ id }) => id));
    const found = new Set<string>();
    if (all('institutions').some(({ id }) => id === institution)) collect(institution, found);
    return found;
  };
  return (institution) => {
    const set = known.get(institution) ?? compute(institution);
    // What does not exist is not remembered: anybody may ask for it, under any name.
    if (set.size > 0) known.set(institution, set);
    return set;
  };
}

function createDispatches(all: All): Pick<Directory, 'dispatches' | 'dispatchesOf'> {
  const byVehicle = lazily(() =>
    Map.groupBy(
      [...all('dispatches')].sort((a, b) => a.from - b.from),
      ({ vehicle }) => vehicle,
    ),
  );
  const dispatchesOf = (vehicle: string): readonly Dispatch[] => byVehicle().get(vehicle) ?? [];
  return {
    dispatchesOf,
    dispatches: (vehicle, at) =>
      dispatchesOf(vehicle).filter(({ from, to }) => from <= at && at < to),
  };
}

function createCredentials(
  { secrets }: Snapshot,
  present: Present,
  device: Directory['device'],
): Directory['credential'] {
  const deviceCredential = (id: string): Credential | undefined => {
    const found = device(id);
    const isMeter = found?.type === 'meter';
    const sender = isMeter ? found.meter : found?.vehicle;
    const hash = secrets.get(secretKey(isMeter ? 'meters' : 'vehicles', id));
    if (!found || !sender?.mqtt || hash === undefined) return undefined;
    return {
      id,
      kind: 'device',
      hash,
      devices: [id],
      subscribe: [],
      institution: found.institution.id,
      ...mappedOf(sender, [], present),
    };
  };
  const gatewayCredential = (gateway: Gateway): Credential | undefined => {
    const { id, devices } = gateway;
    const hash = secrets.get(secretKey('gateways', id));
    const institution = devices
      .map((each) => device(each)?.institution.id)
      .find((each) => each !== undefined);
    if (hash === undefined || institution === undefined) return undefined;
    const mapped = mappedOf(gateway, devices, present);
    return { id, kind: 'gateway', hash, devices, subscribe: [], institution, ...mapped };
  };
  const serviceCredential = ({
    id,
    subscribe,
    institution,
  }: ServiceAccount): Credential | undefined => {
    const hash = secrets.get(secretKey('serviceAccounts', id));
    return hash === undefined
      ? undefined
      : { id, kind: 'service', hash, devices: [], subscribe, institution };
  };
  return (userName) => {
    const gateway = present('gateways', userName);
    if (gateway) return gatewayCredential(gateway);
    const service = present('serviceAccounts', userName);
    return service ? serviceCredential(service) : deviceCredential(userName);
  };
}

function createPhones({ rows: { vehicles } }: Snapshot, all: All): Directory['vehicleOfPhone'] {
  const compute = () =>
    new Map(
      all('vehicles').flatMap((vehicle) =>
        vehicle.jt808 ? [[phoneKey(vehicle.jt808.phone), vehicle] as const] : [],
      ),
    );
  return (phone) => {
    const byPhone = phones.get(vehicles) ?? compute();
    phones.set(vehicles, byPhone);
    return byPhone.get(phoneKey(phone));
  };
}

/** A directory of the snapshot; what is costly is computed at the first question. */
export function createDirectory({ snapshot, past, serverKey }: DirectoryInput): Directory {
  const present: Present = <K extends EntityKind>(kind: K, id: string) =>
    bodyOf<K>(snapshot.rows[kind].get(id));
  const lookup: Lookup = (kind, id) => {
    const body: unknown = present(kind, id);
    return isFields(body) ? body : undefined;
  };
  const all = createAll(snapshot);
  const timeline = createTimeline(snapshot, past);
  const { device, during } = createDevices(timeline);
  const devices = lazily(() =>
    [...all('meters'), ...all('vehicles')]
      .map(({ id }) => device(id))
      .filter((found) => found !== undefined),
  );
  const replacements = lazily(() =>
    Map.groupBy(
      [...all('replacements')].sort((a, b) => a.at - b.at),
      ({ meter }) => meter,
    ),
  );
  const calendar = lazily(() =>
    createCalendar(new Map(all('calendar').map((day): [string, CalendarDay] => [day.date, day]))),
  );
  return {
    version: snapshot.version,
    device,
    during,
    ...createGateways(timeline),
    devices,
    institution: (id) => present('institutions', id),
    within: createWithin(all),
    credential: createCredentials(snapshot, present, device),
    vehicleOfPhone: createPhones(snapshot, all),
    terminal: (vehicle) => snapshot.terminals.get(vehicle),
    day: (date) => calendar()(date),
    ...createDispatches(all),
    route: (id) => present('routes', id),
    place: (id) => present('places', id),
    changesOf: createChanges(snapshot, past),
    replacementsOf: (meter) => replacements().get(meter) ?? [],
    all,
    belongs(kind, id, institutions) {
      const body = lookup(kind, id);
      return body !== undefined && liesWithin(ownersOf(kind, body, lookup), institutions);
    },
    channelSecret(id) {
      const sealed = snapshot.secrets.get(secretKey('channels', id));
      return sealed === undefined ? undefined : unseal(sealed, serverKey);
    },
  };
}

/**
 * Follows the registry in `file` from a thread that does not write it, over a connection of its own.
 * @param file made by `openRegistry` before
 * @throws AppError `DATA_DIR_UNUSABLE`
 */
export function openDirectory(file: string, serverKey: Uint8Array): FollowedDirectory {
  const tables = openReadTables(file);
  let snapshot = advance(emptySnapshot, tables);
  let directory = createDirectory({ snapshot, past: tables.past, serverKey });
  return {
    directory: () => directory,
    reload() {
      const next = advance(snapshot, tables);
      if (next === snapshot) return;
      snapshot = next;
      directory = createDirectory({ snapshot, past: tables.past, serverKey });
    },
    close: () => tables.close(),
  };
}
