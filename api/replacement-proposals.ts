import { type CounterBreak, fromObserved } from '../energy/replacement.ts';
import type { Alert } from '../model/alert.ts';
import type { Entities } from '../model/entities.ts';
import { counterOf, metrics } from '../model/metrics.ts';
import { isoInZone } from '../model/time.ts';
import type { Directory } from '../registry/registry.ts';
import { defined } from './defined.ts';
import type { ApiRoom, Who } from './http.ts';
import type { ProposalView } from './replacement-shape.ts';
import { notFound, scopeOf, zoneOf } from './scope.ts';

/** Replacements that alerts propose: such alerts survive restarts, are withdrawn by late data and never come twice. */

export const proposalKind = 'meter.counter-drop';

export type ReplacementRecord = Entities['replacements'];

export interface Proposal {
  readonly alert: Alert;
  readonly found: CounterBreak;
  /** What is on record of it. */
  readonly record: ReplacementRecord | undefined;
}

export const covers = ({ at }: Pick<ReplacementRecord, 'at'>, found: CounterBreak): boolean =>
  at >= found.before.at && at <= found.after.at;

const recordsOf = (directory: Directory, meter: string): readonly ReplacementRecord[] =>
  directory.all('replacements').filter((record) => record.meter === meter);

/** Undefined where the alert proposes nothing, or nothing any more. */
export function proposalOf(alert: Alert, directory: Directory): Proposal | undefined {
  const { observed } = alert.evidence;
  const found = fromObserved(observed);
  if (!found || alert.kind !== proposalKind || alert.state === 'withdrawn') return undefined;
  if (observed['undone'] === true) return undefined;
  const record = recordsOf(directory, alert.subject.id).find((each) => covers(each, found));
  return { alert, found, record };
}

/** What is on record counts, whoever put it there; what was taken back is open again. */
export function stateOf({ alert, record }: Proposal): ProposalView['state'] {
  if (record) return 'confirmed';
  const verdict = alert.verdict?.verdict;
  return verdict === 'false-alarm' || verdict === 'explained' ? 'dismissed' : 'open';
}

function decisionOf(proposal: Proposal, zone: string): ProposalView['decision'] {
  const {
    record,
    alert: { verdict },
  } = proposal;
  if (record) {
    const { confirmedBy, confirmedAt, reason } = record;
    return { by: confirmedBy, at: isoInZone(confirmedAt, zone), reason };
  }
  if (stateOf(proposal) === 'open' || !verdict) return null;
  return { by: verdict.user, at: isoInZone(verdict.at, zone), reason: verdict.reason ?? null };
}

function unitOf(directory: Directory, meter: string): string {
  const device = directory.device(meter);
  const counter = device?.type === 'meter' ? counterOf[device.meter.medium] : null;
  return counter === null ? '' : metrics[counter].unit;
}

export function toView(proposal: Proposal, directory: Directory): ProposalView {
  const { alert, found, record } = proposal;
  const { id, institution, subject, version } = alert;
  const zone = zoneOf(directory, institution);
  const { cause, before, after, ratioBefore, ratioAfter } = found;
  return {
    id,
    meter: subject.id,
    institution,
    unit: unitOf(directory, subject.id),
    cause,
    before: { ...before, at: isoInZone(before.at, zone) },
    after: { ...after, at: isoInZone(after.at, zone) },
    ...defined({ ratioBefore, ratioAfter }),
    state: stateOf(proposal),
    decision: decisionOf(proposal, zone),
    record: record?.id ?? null,
    version,
  };
}

/** @throws AppError `NOT_FOUND` */
export async function seenProposal(
  { registry, alerts }: ApiRoom['services'],
  who: Who,
  id: string,
): Promise<Proposal> {
  const alert = await alerts.get(id);
  const isSeen = alert && (!who.scope || who.scope.has(alert.institution));
  const proposal = isSeen ? proposalOf(alert, registry.directory()) : undefined;
  if (!proposal) throw notFound('replacement proposal', id);
  return proposal;
}

export interface ProposalQuery {
  readonly limit: number;
  readonly cursor?: string | undefined;
  readonly institution?: string | undefined;
  readonly meter?: string | undefined;
  readonly state?: ProposalView['state'] | undefined;
}

/** Newest first; a page is filled although what is left out leaves holes in the book's pages. */
export async function listProposals(
  { registry, alerts }: ApiRoom['services'],
  who: Who,
  { limit, cursor, institution, meter, state }: ProposalQuery,
) {
  const directory = registry.directory();
  const scope = scopeOf(who, directory, institution);
  const narrowed = defined({ institutions: scope && [...scope], subject: meter });
  const items: ProposalView[] = [];
  let next: string | null = cursor ?? null;
  do {
    const place = next === null ? {} : { cursor: next };
    const asked = { kind: proposalKind, limit: limit - items.length, ...narrowed, ...place };
    const page = await alerts.list(asked);
    const wanted = page.items
      .map((alert) => proposalOf(alert, directory))
      .filter((proposal) => proposal !== undefined)
      .filter((proposal) => state === undefined || stateOf(proposal) === state);
    items.push(...wanted.map((proposal) => toView(proposal, directory)));
    next = page.next;
  } while (next !== null && items.length < limit);
  return { items, next };
}
