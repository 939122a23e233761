import type { AlertView, ExpectedView } from '../../api/contract.ts';
import type { Hour } from './series.ts';

/** A meter's hours as the chart of hours wants them. */

export const loadHours = ({ items }: ExpectedView): Hour[] =>
  items.map(({ from, value, quality, expected, low, high }) => ({
    at: Date.parse(from),
    value,
    quality,
    ...(expected === null ? {} : { expected }),
    ...(low === null ? {} : { low }),
    ...(high === null ? {} : { high }),
  }));

/** Hours that an alert of the meter's use holds to be wrong, Unix ms ascending; withdrawn ones hold nothing. */
export function flaggedIn(alerts: readonly AlertView[], hours: readonly Hour[]): number[] {
  const flagged = new Set(
    alerts
      .filter(({ kind, state }) => /^(energy|water)\./.test(kind) && state !== 'withdrawn')
      .flatMap(({ evidence }) => evidence.flagged.map((at) => Date.parse(at))),
  );
  return hours.flatMap(({ at }) => (flagged.has(at) ? [at] : []));
}
