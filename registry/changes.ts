import { setImmediate } from 'node:timers/promises';
import type { EntityKind } from '../model/entities.ts';
import type { Core } from './core.ts';
import type { Item } from './inventory.ts';
import { type Fields, isFields } from './references.ts';
import type { Actor, Change } from './registry.ts';
import { hashPassword, hashSecret, verifySecret } from './secrets.ts';
import { seal, unseal } from './server-key.ts';
import type { Row } from './snapshot.ts';

/** Keys in order, at every depth. */
function ordered(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(ordered);
  if (!isFields(value)) return value;
  const keys = Object.keys(value).sort();
  return Object.fromEntries(keys.map((key) => [key, ordered(value[key])]));
}

/** A body as it is kept: the same says the same. */
const textOf = (body: Fields): string => JSON.stringify(ordered(body));

/** An item, what it changes, and what its secret is to be kept as. */
export interface Planned {
  readonly item: Item;
  readonly change: Change['change'];
  /** Absent: the secret stays. */
  readonly hash?: string;
}

/** For people always the slow hash, for devices by what the secret is; channels must have theirs in clear again. */
export function keep(kind: EntityKind, secret: string, serverKey: Uint8Array): Promise<string> {
  if (kind === 'channels') return Promise.resolve(seal(secret, serverKey));
  return kind === 'users' ? hashPassword(secret) : hashSecret(secret, serverKey);
}

/**
 * Whether the secret is kept already. An import asks whether it is the one last imported: one that was set otherwise since is not set back.
 */
async function isKept(
  { tables, serverKey }: Core,
  { kind, id, secret }: Item,
  importing: boolean,
): Promise<boolean> {
  if (secret === undefined) return true;
  const stored = tables.secret(kind, id);
  if (!stored) return false;
  if (kind === 'channels') return unseal(stored.hash, serverKey) === secret;
  const hash = importing ? (stored.importedHash ?? stored.hash) : stored.hash;
  return verifySecret(hash, secret, serverKey);
}

interface PlanOptions {
  /** The items come with an inventory. */
  readonly importing: boolean;
  /** Only tells what would change. */
  readonly dryRun: boolean;
}

async function planOne(
  core: Core,
  item: Item,
  { importing, dryRun }: PlanOptions,
): Promise<Planned> {
  const { kind, id, body, secret } = item;
  const text = core.snapshot().rows[kind].get(id)?.text ?? null;
  const isSecretKept = await isKept(core, item, importing);
  const isSame = text === textOf(body) && isSecretKept;
  const changed = text === null ? 'add' : 'update';
  const hash =
    isSecretKept || dryRun || secret === undefined
      ? undefined
      : await keep(kind, secret, core.serverKey);
  return { item, change: isSame ? 'unchanged' : changed, ...(hash === undefined ? {} : { hash }) };
}

/** How many items are looked at before others have their turn. */
const atOnce = 64;

/** What each item changes; hashes what secrets are new. */
export async function planItems(
  core: Core,
  items: readonly Item[],
  options: PlanOptions,
): Promise<readonly Planned[]> {
  const planned: Planned[] = [];
  for (let i = 0; i < items.length; i += atOnce) {
    planned.push(
      ...(await Promise.all(
        items.slice(i, i + atOnce).map((item) => planOne(core, item, options)),
      )),
    );
    await setImmediate();
  }
  return planned;
}

/** The time an entity becomes what it is now; never before it became what it was. */
const momentOf = (core: Core, row: Row | undefined): number =>
  Math.max(core.context.now(), row?.since ?? 0);

/**
 * Writes what an entity is from now on, and keeps what it was.
 * @param body null: removed
 */
export function putBody(
  core: Core,
  kind: EntityKind,
  id: string,
  body: Fields | null,
  changed: number,
): void {
  const row = core.snapshot().rows[kind].get(id);
  const now = momentOf(core, row);
  if (row && row.text !== null && row.since < now) {
    core.tables.putPast(kind, id, { from: row.since, to: now, body: row.text });
  }
  const text = body && textOf(body);
  core.tables.putEntity(
    { kind, id, version: (row?.version ?? 0) + 1, since: now, body: text },
    changed,
  );
}

const isTold = (kind: EntityKind, key: string, value: unknown): boolean =>
  !isFields(value) && !Array.isArray(value) && !(kind === 'channels' && key === 'url');

/** Fields that differ; what is long, or opens doors as the address of a webhook does, is only named. */
function difference(kind: EntityKind, before: Fields, after: Fields): Fields {
  const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  const differing = keys.filter(
    (key) => JSON.stringify(ordered(before[key])) !== JSON.stringify(ordered(after[key])),
  );
  return Object.fromEntries(
    differing.map((key) => {
      const [from, to] = [before[key] ?? null, after[key] ?? null];
      return [key, isTold(kind, key, from) && isTold(kind, key, to) ? { from, to } : 'changed'];
    }),
  );
}

const keepsSecret = (kind: EntityKind, body: Fields): boolean =>
  (kind !== 'meters' && kind !== 'vehicles') || body['mqtt'] !== undefined;

/**
 * Writes one item under the number of a change, with its line in the audit log.
 * @param importing the item came with an inventory
 */
export function writeItem(
  core: Core,
  planned: Planned,
  actor: Actor,
  changed: number,
  importing: boolean,
): void {
  const {
    item: { kind, id, body },
    change,
    hash,
  } = planned;
  if (change === 'unchanged') return;
  const { tables, context } = core;
  const before = core.existing().lookup(kind, id);
  if (core.snapshot().rows[kind].get(id)?.text !== textOf(body))
    putBody(core, kind, id, body, changed);
  if (hash !== undefined) {
    const importedHash = importing ? hash : (tables.secret(kind, id)?.importedHash ?? null);
    tables.putSecret(kind, id, hash, importedHash, changed);
  }
  if (!keepsSecret(kind, body) && tables.secret(kind, id))
    tables.putSecret(kind, id, null, null, changed);
  const detail = {
    ...(before ? { fields: difference(kind, before, body) } : {}),
    ...(hash === undefined ? {} : { secret: 'set' }),
    ...(importing ? { by: 'import' } : {}),
  };
  tables.addAudit({
    at: context.now(),
    user: actor.user,
    action: before ? 'update' : 'create',
    kind,
    id,
    detail,
  });
}
