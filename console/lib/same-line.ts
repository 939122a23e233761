import type { AlertView } from '../../api/contract.ts';
import { dayMs } from '../../model/time.ts';

/** A meter of the tree, as far as its place goes. */
interface Placed {
  readonly id: string;
  readonly parent?: string | undefined;
}

/** The meters that count what this one counts: those above it, and all below it. */
export function onSameLine(id: string, meters: ReadonlyMap<string, Placed>): ReadonlySet<string> {
  const isBelow = (meter: Placed, above: string): boolean => {
    const seen = new Set<string>();
    for (let at = meter.parent; at !== undefined && !seen.has(at); at = meters.get(at)?.parent) {
      if (at === above) return true;
      seen.add(at);
    }
    return false;
  };
  const own = meters.get(id);
  if (!own) return new Set();
  const related = [...meters.values()].filter(
    (meter) => meter.id !== id && (isBelow(meter, id) || isBelow(own, meter.id)),
  );
  return new Set(related.map((meter) => meter.id));
}

/** An alert that lasts may have opened so long before. */
const longestMs = 30 * dayMs;

/** Where alerts opened that may have stood at the same time, Unix ms. */
export function openedBeside(alert: AlertView, now: number) {
  const { from, to } = stretchOf(alert, now);
  return { from: from - longestMs, to: to + 1 };
}

/** From the first hour that was judged to the end of the alert; one that is still open ends now. */
const stretchOf = ({ evidence, openedAt, clearedAt }: AlertView, now: number) => ({
  from: Math.min(Date.parse(evidence.flagged[0] ?? openedAt), Date.parse(openedAt)),
  to: clearedAt === null ? now : Date.parse(clearedAt),
});

/** Alerts of the meters above and below that stood while this one did: most likely they have one cause. */
export function alertsOnSameLine(
  alert: AlertView,
  others: readonly AlertView[],
  line: ReadonlySet<string>,
  now: number,
): readonly AlertView[] {
  const own = stretchOf(alert, now);
  return others.filter((other) => {
    if (other.state === 'withdrawn' || other.subject.type !== 'meter') return false;
    const { from, to } = stretchOf(other, now);
    return line.has(other.subject.id) && from <= own.to && to >= own.from;
  });
}
