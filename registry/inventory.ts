import { createHash } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import type { EntityKind } from '../model/entities.ts';
import type { Fault } from '../model/errors.ts';
import { isId } from '../model/ids.ts';
import { checkEntries } from './checks.ts';
import type { Knowledge } from './field-checks.ts';
import { checkLimits, type Importer } from './limits.ts';
import { type Entry, type Existing, layOver } from './overlay.ts';
import { type Fields, isFields } from './references.ts';
import { entityKinds, isEntityKind, schemas } from './schemas.ts';
import { pathText, readLines, readText } from './source.ts';
import { type Complaint, complaints, shown } from './wording.ts';

/** What the registry is to keep of an entry that has no fault. */
export interface Item {
  readonly kind: EntityKind;
  readonly id: string;
  /** Without secrets. */
  readonly body: Fields;
  /** In clear; absent: none was named. */
  readonly secret?: string;
}

export interface ReadOptions {
  readonly existing: Existing;
  readonly knowledge: Knowledge;
  /** Things that exist may keep an id that no new thing may have. */
  readonly allowReserved?: boolean;
  readonly by?: Importer;
}

/** A routing is what it is by whom it concerns, what, and where it goes: the same three are the same routing. */
function routingId({ institution, channel, kinds }: Fields): string | undefined {
  if (!Array.isArray(kinds) || !kinds.every((kind) => typeof kind === 'string')) return undefined;
  const text = JSON.stringify([institution, channel, kinds.toSorted()]);
  return `routing-${createHash('sha256').update(text).digest('hex').slice(0, 16)}`;
}

/** The id an entry has or, for a routing, gets; undefined where it is no id. */
export function idOf(kind: EntityKind, fields: Fields): string | undefined {
  const given = kind === 'calendar' ? fields['date'] : fields['id'];
  if (typeof given === 'string') return isId(given) ? given : undefined;
  return kind === 'routing' && given === undefined ? routingId(fields) : undefined;
}

function entriesOf(value: unknown): {
  readonly entries: readonly Entry[];
  readonly complaints: readonly Complaint[];
} {
  if (!isFields(value)) {
    return {
      entries: [],
      complaints: [
        { path: [], message: `got ${shown(value)}, want a mapping of ${entityKinds.join(', ')}` },
      ],
    };
  }
  const found: Complaint[] = [];
  const entries: Entry[] = [];
  for (const [section, list] of Object.entries(value)) {
    if (!isEntityKind(section))
      found.push({
        path: [section],
        message: `not a known section; want ${entityKinds.join(' | ')}`,
      });
    else if (!Array.isArray(list)) {
      if (list !== null)
        found.push({ path: [section], message: `got ${shown(list)}, want a list` });
    } else {
      list.forEach((fields: unknown, i) => {
        if (isFields(fields))
          entries.push({ kind: section, path: [section, i], fields, id: idOf(section, fields) });
        else found.push({ path: [section, i], message: `got ${shown(fields)}, want a mapping` });
      });
    }
  }
  return { entries, complaints: found };
}

/** Where the secret of a kind stands. */
function takeSecret(
  kind: EntityKind,
  { secret, password, ...rest }: Fields,
): { body: Fields; secret: unknown } {
  if (kind === 'users') return { body: rest, secret: password };
  if (!isFields(rest['mqtt'])) return { body: rest, secret };
  const { secret: ofMqtt, ...mqtt } = rest['mqtt'];
  return { body: { ...rest, mqtt }, secret: ofMqtt ?? secret };
}

const namedById: readonly EntityKind[] = ['meters', 'places', 'routes'];

function toItem(kind: EntityKind, id: string, parsed: Fields): Item {
  const { body, secret } = takeSecret(kind, parsed);
  const name = namedById.includes(kind) ? { name: id } : {};
  return {
    kind,
    id,
    body: { ...name, ...body, id },
    ...(typeof secret === 'string' ? { secret } : {}),
  };
}

/** How many entries are looked at before others have their turn. */
const atOnce = 250;

async function readShapes(
  entries: readonly Entry[],
): Promise<{ items: readonly Item[]; complaints: readonly Complaint[] }> {
  const items: Item[] = [];
  const found: Complaint[] = [];
  for (const [i, { kind, path, fields, id }] of entries.entries()) {
    if (i % atOnce === atOnce - 1) await setImmediate();
    const parsed = schemas[kind].safeParse(fields);
    if (!parsed.success) {
      for (const { path: at, message } of complaints(parsed.error.issues, fields))
        found.push({ path: [...path, ...at], message });
    } else if (id !== undefined) items.push(toItem(kind, id, parsed.data));
  }
  return { items, complaints: found };
}

/** Checks an inventory that was parsed already. */
export async function readValue(
  value: unknown,
  { existing, knowledge, allowReserved = false, by }: ReadOptions,
): Promise<{ readonly items: readonly Item[] } | { readonly complaints: readonly Complaint[] }> {
  const { entries, complaints: unreadable } = entriesOf(value);
  const { items, complaints: misshapen } = await readShapes(entries);
  const overlay = layOver(entries, existing);
  const told = new Set(misshapen.map(({ path }) => pathText(path)));
  const wrong = checkEntries(overlay, knowledge, { allowReserved }).filter(
    ({ path }) => !told.has(pathText(path)),
  );
  const forbidden = by ? checkLimits(overlay, by) : [];
  const all = [...unreadable, ...misshapen, ...wrong, ...forbidden];
  return all.length > 0 ? { complaints: all } : { items };
}

/**
 * Checks an inventory against the registry.
 * @returns what to keep, in the order of the text; or every fault, with its line
 */
export async function readInventory(
  text: string,
  options: ReadOptions,
): Promise<{ readonly items: readonly Item[] } | { readonly faults: readonly Fault[] }> {
  const source = await readText(text);
  if ('faults' in source) return source;
  const read = await readValue(source.value, options);
  if ('items' in read) return read;
  const lines = await readLines(
    text,
    read.complaints.map(({ path }) => path),
  );
  const faults = read.complaints.map(({ path, message }, i) => ({
    path: pathText(path),
    message,
    line: lines[i] ?? 1,
  }));
  return { faults: faults.sort((a, b) => a.line - b.line) };
}
