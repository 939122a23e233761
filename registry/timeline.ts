import type { Entities, EntityKind } from '../model/entities.ts';
import type { Span } from './registry.ts';
import { bodyOf, type Snapshot } from './snapshot.ts';
import type { PastRow } from './tables.ts';

/** The stretch of the row with index `i`; the first one reaches back for ever. */
const pastSpan = <K extends EntityKind>(
  rows: readonly PastRow[],
  i: number,
): Span<Entities[K]> | undefined => {
  const row = rows[i];
  return (
    row && {
      value: JSON.parse(row.body),
      from: i === 0 ? Number.NEGATIVE_INFINITY : row.from,
      to: row.to,
    }
  );
};

/** Index of the last row that began at or before `at`; 0 where none did. */
function indexAt(rows: readonly PastRow[], at: number): number {
  let low = 0;
  let high = rows.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((rows[middle]?.from ?? Number.POSITIVE_INFINITY) <= at) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** Look-ups of what entities were at an instant. */
export type Timeline = <K extends EntityKind>(
  kind: K,
  id: string,
  at: number,
) => Span<Entities[K]> | undefined;

/** @param past what an entity was before; asked once for an id, and only when something older than its present state is wanted */
export function createTimeline(
  snapshot: Snapshot,
  past: (kind: EntityKind, id: string) => readonly PastRow[],
): Timeline {
  const known = new Map<string, readonly PastRow[]>();
  const pastOf = (kind: EntityKind, id: string) => {
    const key = `${kind}/${id}`;
    const rows = known.get(key) ?? past(kind, id);
    known.set(key, rows);
    return rows;
  };
  return <K extends EntityKind>(kind: K, id: string, at: number): Span<Entities[K]> | undefined => {
    const row = snapshot.rows[kind].get(id);
    if (!row) return undefined;
    const present = bodyOf<K>(row);
    if (at >= row.since)
      return present && { value: present, from: row.since, to: Number.POSITIVE_INFINITY };
    const rows = pastOf(kind, id);
    if (rows.length === 0) {
      return (
        present && { value: present, from: Number.NEGATIVE_INFINITY, to: Number.POSITIVE_INFINITY }
      );
    }
    const span = pastSpan<K>(rows, indexAt(rows, at));
    return span && at < span.to ? span : undefined;
  };
}
