import { createHash } from 'node:crypto';
import type { EntityKind } from '../../model/entities.ts';
import type { Directory } from '../../registry/registry.ts';
import type { StandingTables } from './tables.ts';

/** What of the registry changes what institutions used, or what they are held to. */

const goals: readonly EntityKind[] = ['targets', 'caps', 'corrections', 'rules', 'institutions'];

/** @returns what tells whether goals, corrections, rules or institutions are others since it was last asked; lists that did not change are the same object */
export function followGoals(directory: () => Directory): () => boolean {
  let of: Directory | undefined;
  let known: readonly unknown[] = [];
  return () => {
    const now = directory();
    if (now === of) return false;
    of = now;
    const lists = goals.map((kind) => now.all(kind));
    const isOther = lists.some((list, n) => list !== known[n]);
    known = lists;
    return isOther;
  };
}

/** What the counting of an institution rests on, as text. */
function basesOf(directory: Directory): ReadonlyMap<string, string> {
  const parts = new Map<string, unknown[]>();
  const add = (institution: string | undefined, part: unknown) => {
    if (institution === undefined) return;
    const own = parts.get(institution) ?? [];
    own.push(part);
    parts.set(institution, own);
  };
  for (const meter of directory.all('meters')) {
    const { mqtt: _, modbus: __, dlt645: ___, cjt188: ____, name: _____, ...rest } = meter;
    add(directory.device(meter.id)?.institution.id, rest);
  }
  for (const building of directory.all('buildings')) add(building.institution, building);
  for (const one of directory.all('replacements'))
    add(directory.device(one.meter)?.institution.id, one);
  for (const one of directory.all('institutions')) {
    const { timeZone, division, energyUsers, floorAreaM2 } = one;
    add(one.id, { timeZone, division, energyUsers, floorAreaM2 });
  }
  // Of years with a cap the days are counted as well.
  for (const { institution, year } of directory.all('caps')) add(institution, { cap: year });
  return new Map([...parts].map(([id, own]) => [id, JSON.stringify(own)]));
}

const digest = (text: string): string =>
  createHash('sha256').update(text).digest('base64url').slice(0, 16);

/**
 * Marks all months of institutions whose meters, replacements, buildings or size are others than when their months were counted, be it before a
 * restart.
 */
export function followMeters(
  directory: () => Directory,
  tables: StandingTables,
): (markedAt: number) => void {
  let of: Directory | undefined;
  const known = new Map(tables.bases());
  return (markedAt) => {
    const now = directory();
    if (now === of) return;
    const bases = [...basesOf(now)].map(([id, basis]) => [id, digest(basis)] as const);
    const changed = new Map(bases.filter(([id, basis]) => known.get(id) !== basis));
    if (changed.size > 0) {
      const marks = [...tables.figures()].flatMap(([institution, figures]) =>
        changed.has(institution) ? figures.map(({ month }) => ({ institution, month })) : [],
      );
      tables.rebase(changed, marks, markedAt);
      for (const [id, basis] of changed) known.set(id, basis);
    }
    of = now;
  };
}
