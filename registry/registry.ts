import type {
  CalendarDay,
  Dispatch,
  Entities,
  EntityKind,
  Gateway,
  Institution,
  Meter,
  Place,
  Replacement,
  Role,
  Route,
  Vehicle,
} from '../model/entities.ts';
import type { Fault } from '../model/errors.ts';

/** An entity with its version for optimistic locking. Secrets are never in it. */
export type Versioned<T> = T & { readonly version: number };

export interface Change {
  readonly kind: EntityKind;
  readonly id: string;
  readonly change: 'add' | 'update' | 'unchanged';
}

export type ImportResult =
  | { readonly ok: true; readonly changes: readonly Change[] }
  | { readonly ok: false; readonly faults: readonly Fault[] };

export interface ListQuery {
  readonly limit: number;
  /** Id to continue behind. */
  readonly cursor?: string;
  /** Only what belongs to these institutions; absent is all. */
  readonly institutions?: ReadonlySet<string>;
  readonly search?: string;
}

export interface ImportOptions {
  /** Checks and tells the changes, and changes nothing. */
  readonly dryRun?: boolean;
  /**
   * Who imports, where that limits what may be imported: what lies outside the institution is a fault, before or after the import;
   * users, channels and what concerns everyone are for an admin over everything. Absent: no limit.
   */
  readonly by?: { readonly role: Role; readonly institution: string | null };
}

/** Who did it, for the audit log. */
export interface Actor {
  /** User id, or `system` for import at start and commands. */
  readonly user: string;
}

/** Institutions, devices, people and what else exists. One thread writes. */
export interface Registry {
  get<K extends EntityKind>(kind: K, id: string): Versioned<Entities[K]> | undefined;
  /** Ascending by id. */
  list<K extends EntityKind>(
    kind: K,
    query: ListQuery,
  ): { readonly items: readonly Versioned<Entities[K]>[]; readonly next: string | null };
  /**
   * An order to drive for a time that has begun gets the time of its filing, and cannot say it.
   * @param body as in the inventory, secrets and passwords in clear
   * @throws AppError `INPUT_INVALID` with every fault; `VERSION_CONFLICT` where the id is taken
   */
  create<K extends EntityKind>(
    kind: K,
    body: unknown,
    actor: Actor,
  ): Promise<Versioned<Entities[K]>>;
  /**
   * Puts each field of `patch` in the place of the one that is there, as a whole; null takes an optional field away.
   * @throws AppError `NOT_FOUND`, `INPUT_INVALID`, `VERSION_CONFLICT` where `version` is given and not the current one
   */
  update<K extends EntityKind>(
    kind: K,
    id: string,
    patch: unknown,
    actor: Actor,
    version?: number,
  ): Promise<Versioned<Entities[K]>>;
  /** History and what was measured stay. @throws AppError `NOT_FOUND`, `INPUT_INVALID` where others refer to it */
  remove(kind: EntityKind, id: string, actor: Actor): Promise<void>;
  /**
   * All or nothing: with one fault nothing changes. Adds and updates what the text names, deletes nothing, the same text twice changes nothing.
   * What the text names becomes as the text says: fields it leaves out return to their defaults. A secret it leaves out stays, and so does one
   * that was changed since it was last imported with the same secret.
   * @param text YAML or JSON
   */
  import(text: string, actor: Actor, options?: ImportOptions): Promise<ImportResult>;
  /** Whether this very text was the last one imported. */
  isImported(text: string): boolean;
  /** The snapshot that look-ups use; a new object after every change. */
  directory(): Directory;
  /** Called after every change, with its number. @returns what stops it */
  onChange(listener: (version: number) => void): () => void;
  /**
   * Sets or replaces a secret or password; kept only as a hash. A device that had no `mqtt` gets it.
   * @throws AppError `NOT_FOUND`, `INPUT_INVALID` for a password that is too short
   */
  setSecret(
    kind: 'meters' | 'vehicles' | 'gateways' | 'serviceAccounts' | 'users',
    id: string,
    secret: string,
    actor: Actor,
  ): Promise<void>;
  /** @returns the user, or undefined for a wrong name or password; takes the same time for both */
  verifyPassword(user: string, password: string): Promise<Versioned<Entities['users']> | undefined>;
  /**
   * First start: makes the user `admin` over everything, unless there was one before.
   * @returns the password made for it, when none was given
   * @throws AppError `SETTINGS_INVALID` for a password that is too short
   */
  ensureAdmin(password?: string): Promise<string | undefined>;
  /**
   * A token by which the user sets a password without having one, once, within 72 hours; replaces an earlier one.
   * @throws AppError `NOT_FOUND`
   */
  oneTimeToken(user: string, actor: Actor): string;
  /**
   * Sets the password of the token's user; the token is then spent.
   * @throws AppError `NOT_AUTHENTICATED` for an unknown, spent or expired token, `INPUT_INVALID` for a password that is too short
   */
  redeem(token: string, password: string): Promise<Versioned<Entities['users']>>;
  /**
   * A terminal asks for the place of the vehicle of its phone.
   * @returns what it is answered; with 0 what was kept of it
   */
  registerTerminal(request: RegistrationRequest): Promise<RegistrationVerdict>;
  /**
   * The place of the vehicle's terminal is free again, for another or the same; the code that was given does not get in any more.
   * @returns false where no terminal had registered
   * @throws AppError `NOT_FOUND`
   */
  resetTerminal(vehicle: string, actor: Actor): Promise<boolean>;
  /** Newest first. */
  audit(query: { readonly limit: number; readonly before?: number }): readonly AuditEntry[];
  /** Adds a line for an act outside the registry, such as on an alert. */
  note(entry: Omit<AuditEntry, 'n' | 'at'>): void;
  close(): void;
}

export interface AuditEntry {
  readonly n: number;
  readonly at: number;
  readonly user: string;
  /** `create`, `update`, `remove`, `import`, `sign-in`, `acknowledge`, … */
  readonly action: string;
  readonly kind: string;
  readonly id: string;
  readonly detail: Readonly<Record<string, unknown>>;
}

/** What a JT/T 808 terminal said of itself when it registered; texts without their padding. */
export interface TerminalFacts {
  readonly maker: string;
  readonly model: string;
  /** Number its maker gave it. */
  readonly terminal: string;
  readonly plate: string;
  /** JT/T 415 or JT/T 697.7; 0 where `plate` is a chassis number. */
  readonly plateColour: number;
  readonly edition: 2011 | 2013 | 2019;
}

export interface RegistrationRequest {
  /** As it stands in the message, padded. */
  readonly phone: string;
  readonly facts: TerminalFacts;
  /** Whoever names the phone of a vehicle gets its place. */
  readonly open?: boolean;
}

/** Results as JT/T 808 numbers them: 1 the vehicle has another terminal, 2 not the plate of the vehicle, 3 the terminal has another vehicle, 4 no vehicle has this phone. */
export type RegistrationVerdict =
  | { readonly result: 0; readonly registration: Registration }
  | { readonly result: 1 | 2 | 3 | 4 };

/** The place of a vehicle's terminal. */
export interface Registration {
  readonly vehicle: string;
  /** Grows when the place is made free: codes of before do not get in any more. */
  readonly epoch: number;
  /** Null where the place is free. */
  readonly facts: TerminalFacts | null;
  /** Our clock, Unix ms UTC. */
  readonly registeredAt: number;
}

/** How somebody proves who they are at a door. */
export interface Credential {
  readonly id: string;
  readonly kind: 'device' | 'gateway' | 'service';
  /** `hmac:…` or `argon2id:…`; see `registry/secrets.ts`. */
  readonly hash: string;
  /** Devices it may speak for: itself, or those of the gateway. */
  readonly devices: readonly string[];
  /** Topic filters it may subscribe to beyond its own topics. */
  readonly subscribe: readonly string[];
  readonly institution: string;
  /** Whose messages are read by a mapping: its own first, then those of its devices. */
  readonly mapped?: readonly Mapped[];
}

/** A sender or one of its devices, and how topics and payloads speak of it. */
export interface Mapped {
  readonly device: string;
  /** Name of the mapping. */
  readonly mapping: string;
  /** What stands for it in topics. */
  readonly name: string;
}

export type Device =
  | { readonly type: 'meter'; readonly meter: Meter; readonly institution: Institution }
  | { readonly type: 'vehicle'; readonly vehicle: Vehicle; readonly institution: Institution };

/** A gateway whose messages say themselves which meter they are about. */
export interface GatewayDevice {
  readonly type: 'gateway';
  readonly gateway: Gateway;
  /** Its meter of that name (`mqtt.id`, else the id); undefined where it speaks for none or for several of that name. */
  meter(name: string): Meter | undefined;
}

/** What an entity was, and from when to when, Unix ms UTC, `to` exclusive. */
export interface Span<T> {
  readonly value: T;
  readonly from: number;
  readonly to: number;
}

/** A snapshot of the registry in memory; every thread holds its own. */
export interface Directory {
  /** Number of the last change in it. */
  readonly version: number;
  /** As things were at `at` (Unix ms); before the first record, as first recorded; absent: as they are. */
  device(id: string, at?: number): Device | undefined;
  /** The device as it was from `from` to `to` (Unix ms), stretch by stretch, ascending; up to where it was not registered. */
  during(id: string, from: number, to: number): readonly Span<Device>[];
  /** In the manner of `device`. */
  gateway(id: string, at?: number): GatewayDevice | undefined;
  devices(): readonly Device[];
  institution(id: string): Institution | undefined;
  /** The institution and all below it; of null, all. */
  within(institution: string | null): ReadonlySet<string>;
  credential(userName: string): Credential | undefined;
  /** The vehicle whose terminal has this phone, with leading zeros or without. */
  vehicleOfPhone(phone: string): Vehicle | undefined;
  /** Undefined where none has ever registered for the vehicle. */
  terminal(vehicle: string): Registration | undefined;
  day(date: string): CalendarDay | undefined;
  dispatches(vehicle: string, at: number): readonly Dispatch[];
  /** Every dispatch of the vehicle, ascending by `from`. */
  dispatchesOf(vehicle: string): readonly Dispatch[];
  route(id: string): Route | undefined;
  place(id: string): Place | undefined;
  /** Instants at which what is recorded of the meter changed, Unix ms, ascending. */
  changesOf(meter: string): readonly number[];
  /** Confirmed replacements of the meter, ascending by `at`. */
  replacementsOf(meter: string): readonly Replacement[];
  /** Ascending by id. */
  all<K extends EntityKind>(kind: K): readonly Entities[K][];
  /**
   * Whether the thing belongs to these institutions: lies in one of them, or, for a gateway, has all its devices there.
   * The calendar belongs to everyone; channels, and rules and users over everything, to none. False for what does not exist.
   */
  belongs(kind: EntityKind, id: string, institutions: ReadonlySet<string>): boolean;
  /** In clear, to sign messages with; undefined where the channel has none. */
  channelSecret(id: string): string | undefined;
}

/** A directory that follows the registry from another thread. */
export interface FollowedDirectory {
  /** As it was at the last `reload`. */
  directory(): Directory;
  /** Takes in what changed since; cheap when nothing did. */
  reload(): void;
  close(): void;
}
