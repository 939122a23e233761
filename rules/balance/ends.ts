import type { AlertReport } from '../../alerts/alerts.ts';
import type { Judged } from '../../model/alert.ts';
import type { Context } from '../../model/context.ts';
import type { Directory } from '../../registry/registry.ts';
import { keyOf } from '../instances.ts';
import type { ActiveOf } from './judge.ts';
import type { BalanceTables } from './tables.ts';

/** Whether the rule that found it still runs for the meter, and any meter is below it. */
function isWatched(
  { rule, kind, subject }: Judged,
  directory: Directory,
  activeOf: ActiveOf,
): boolean {
  const device = directory.device(subject.id);
  if (device?.type !== 'meter') return false;
  const active = activeOf(device).find((each) => each.kind.kind === kind);
  if (active?.key !== keyOf(rule)) return false;
  const { id, medium } = device.meter;
  return directory.all('meters').some((each) => each.parent === id && each.medium === medium);
}

/** Clears what stands where nothing is looked at any more: no further day would ever end it. A kind that starts anew does so without those days. */
export function endUnwatched(
  directory: Directory,
  alerts: AlertReport,
  tables: BalanceTables,
  activeOf: ActiveOf,
  count: Context['count'],
): void {
  for (const found of tables.open()) {
    if (isWatched(found, directory, activeOf)) continue;
    tables.end(found, () => alerts.report([{ ...found, change: 'clear' }]));
    count('findings', { kind: found.kind, change: 'clear' });
  }
}
