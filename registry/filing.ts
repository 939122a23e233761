import type { Fault } from '../model/errors.ts';
import { hourMs, minuteMs } from '../model/time.ts';
import { instantMs } from './fields.ts';
import type { Fields } from './references.ts';

/**
 * When an order to drive was filed, by our clock: an order given before its time says nothing; one for a time that has begun, or changed so that it
 * covers such a time, was filed when that was said. Whoever gives it cannot date it back; only an inventory brings orders with their own times.
 */

/** A slip filed later than this after the start of its trip covers nothing, so that filing anew would uncover what an order covered before. */
const coveredMs = 24 * hourMs;
/** Forms show whole minutes; a change by less says nothing. */
const graceMs = minuteMs;
/** An order may be made longer while its vehicle is on the way back. */
const overrunMs = 30 * minuteMs;

type Filing = { readonly filedAt: number | undefined } | { readonly faults: readonly Fault[] };

const keptFiling = (before: Fields | undefined): Filing => ({
  filedAt: instantMs(before?.['filedAt']),
});

/** What of the past an order covers that it did not before. @returns the field that says so */
function widened(after: Fields, before: Fields, now: number): 'from' | 'to' | undefined {
  const [from, to] = [instantMs(after['from']), instantMs(after['to'])];
  const [wasFrom, wasTo] = [instantMs(before['from']), instantMs(before['to'])];
  if (from === undefined || to === undefined || wasFrom === undefined || wasTo === undefined)
    return undefined;
  if (from < now && from < wasFrom - graceMs) return 'from';
  return to > wasTo + graceMs && wasTo + overrunMs < now ? 'to' : undefined;
}

/**
 * @param after as it is to be; what is malformed is left to others to refuse
 * @param before as it was; undefined for a new order
 */
export function filingOf(after: Fields, before: Fields | undefined, now: number): Filing {
  const said = after['filedAt'] ?? undefined;
  if (said !== undefined && (instantMs(said) ?? Number.NaN) !== instantMs(before?.['filedAt']))
    return { faults: [{ path: 'filedAt', message: 'is set by the service when it is filed' }] };
  if (!before || after['vehicle'] !== before['vehicle']) {
    const from = instantMs(after['from']);
    return { filedAt: from !== undefined && from < now ? now : undefined };
  }
  const field = widened(after, before, now);
  if (field === undefined) return keptFiling(before);
  const began = instantMs(before['from']) ?? now;
  if (before['filedAt'] === undefined && began < now - coveredMs) {
    const message =
      'it began over a day ago; want an order of its own for what was driven beside it';
    return { faults: [{ path: field, message }] };
  }
  return { filedAt: now };
}
