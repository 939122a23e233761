import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { Context } from '../../model/context.ts';
import { openRegistry } from '../../registry/sqlite-registry.ts';
import { openRulesSink, type RulesSink } from '../../rules/engine.ts';
import { ruleKinds } from '../../rules/index.ts';
import type { RuleKind } from '../../rules/rule.ts';
import { openTripBook } from '../../trips/book.ts';
import { aBook } from '../rules/world.ts';

interface OpenRules {
  readonly database: DatabaseSync;
  readonly sink: RulesSink;
}

export interface RulesPlace {
  readonly book: ReturnType<typeof aBook>;
  /** The rules with their states as they stand on disk. */
  open(kinds?: readonly RuleKind[]): OpenRules;
}

/** The registry of an inventory and, on disk, the states of the rules; nothing of it is left afterwards. */
export async function withRules<T>(
  inventory: object,
  context: Context,
  run: (place: RulesPlace) => Promise<T>,
): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'guanjia-rules-'));
  const registry = openRegistry(
    join(folder, 'registry.db'),
    {
      serverKey: Buffer.alloc(32, 7),
      profiles: new Set(),
      mappings: new Map(),
      ruleKinds: new Map(ruleKinds.map(({ kind, params }) => [kind, params])),
    },
    context,
  );
  try {
    const taken = await registry.import(JSON.stringify(inventory), { user: 'system' });
    if (!taken.ok) throw new Error(JSON.stringify(taken.faults.slice(0, 5)));
    const book = aBook();
    const open = (kinds: readonly RuleKind[] = ruleKinds): OpenRules => {
      const database = new DatabaseSync(join(folder, 'rules.db'));
      database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL');
      const trips = openTripBook(database, context);
      const { directory } = registry;
      const around = { database, kinds, directory, history: async () => [], trips, context };
      return { database, sink: openRulesSink({ ...around, alerts: book.report }) };
    };
    return await run({ book, open });
  } finally {
    registry.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Of the states of devices. */
export function sizesOf(database: DatabaseSync) {
  const row = database
    .prepare('SELECT avg(length(slots)) mean, max(length(slots)) most FROM rules_subject')
    .get();
  return { meanBytes: Number(row?.['mean']), mostBytes: Number(row?.['most']) };
}
