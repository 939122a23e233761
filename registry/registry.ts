import type { CalendarDay, Dispatch, Entities, EntityKind, Institution, Meter, Place, Route, Vehicle } from '../model/entities.ts';
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

/** Who did it, for the audit log. */
export interface Actor {
  /** User id, or `system` for import at start and commands. */
  readonly user: string;
}

/** Institutions, devices, people and what else exists. One thread writes. */
export interface Registry {
  get<K extends EntityKind>(kind: K, id: string): Versioned<Entities[K]> | undefined;
  /** Ascending by id. */
  list<K extends EntityKind>(kind: K, query: ListQuery): { readonly items: readonly Versioned<Entities[K]>[]; readonly next: string | null };
  /**
   * @param body as in the inventory, secrets and passwords in clear
   * @throws AppError `INPUT_INVALID` with every fault; `VERSION_CONFLICT` where the id is taken
   */
  create<K extends EntityKind>(kind: K, body: unknown, actor: Actor): Promise<Versioned<Entities[K]>>;
  /**
   * Merges `patch` into what is there.
   * @throws AppError `NOT_FOUND`, `INPUT_INVALID`, `VERSION_CONFLICT` where `version` is given and not the current one
   */
  update<K extends EntityKind>(kind: K, id: string, patch: unknown, actor: Actor, version?: number): Promise<Versioned<Entities[K]>>;
  /** History and what was measured stay. @throws AppError `NOT_FOUND`, `INPUT_INVALID` where others refer to it */
  remove(kind: EntityKind, id: string, actor: Actor): Promise<void>;
  /**
   * All or nothing: with one fault nothing changes. Adds and updates what the text names, deletes nothing, the same text twice changes nothing.
   * @param text YAML or JSON
   */
  import(text: string, actor: Actor, options?: { readonly dryRun?: boolean }): Promise<ImportResult>;
  /** The snapshot that look-ups use; a new object after every change. */
  directory(): Directory;
  /** Called after every change, with its number. @returns what stops it */
  onChange(listener: (version: number) => void): () => void;
  /** Sets or replaces a secret or password; kept only as a hash. */
  setSecret(kind: 'meters' | 'vehicles' | 'gateways' | 'serviceAccounts' | 'users', id: string, secret: string, actor: Actor): Promise<void>;
  /** @returns the user, or undefined for a wrong name or password; takes the same time for both */
  verifyPassword(user: string, password: string): Promise<Versioned<Entities['users']> | undefined>;
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
}

export type Device =
  | { readonly type: 'meter'; readonly meter: Meter; readonly institution: Institution }
  | { readonly type: 'vehicle'; readonly vehicle: Vehicle; readonly institution: Institution };

/** A snapshot of the registry in memory; every thread holds its own. */
export interface Directory {
  /** Number of the last change in it. */
  readonly version: number;
  /** As things were at `at` (Unix ms); before the first record, as first recorded; absent: as they are. */
  device(id: string, at?: number): Device | undefined;
  devices(): readonly Device[];
  institution(id: string): Institution | undefined;
  /** The institution and all below it; of null, all. */
  within(institution: string | null): ReadonlySet<string>;
  credential(userName: string): Credential | undefined;
  day(date: string): CalendarDay | undefined;
  dispatches(vehicle: string, at: number): readonly Dispatch[];
  /** Every dispatch of the vehicle, ascending by `from`. */
  dispatchesOf(vehicle: string): readonly Dispatch[];
  route(id: string): Route | undefined;
  place(id: string): Place | undefined;
  all<K extends EntityKind>(kind: K): readonly Entities[K][];
}
