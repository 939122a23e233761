import type { PipelineView } from '../api/pipeline-shape.ts';
import type { JournalDamage, JournalStatus } from '../journal/journal.ts';
import type { Context } from '../model/context.ts';

/** The journal as the API shows it: what its writer knows, and what its reader met. */
export function journalView(
  { head, tail, segments, bytes, state, corrupt, corruptBytes, tornBytes }: JournalStatus,
  reading: JournalDamage,
): PipelineView['journal'] {
  const atStart = { positions: corrupt, bytes: corruptBytes };
  return { head, tail, segments, bytes, state, damage: { atStart, reading, tornBytes } };
}

/**
 * The journal keeps what a sink has not passed. Where it begins behind that, somebody took files away, or put back an older store.
 * @param position where the first sink goes on
 */
export function tellGone(
  { tail, head }: JournalStatus,
  position: number,
  { log, count }: Context,
): void {
  const positions = Math.min(tail - 1, head) - position;
  if (positions <= 0) return;
  log('error', 'journal: begins behind what was stored', { from: position + 1, positions });
  count('journal_corrupt', { found: 'gone' }, positions);
}
