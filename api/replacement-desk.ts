import { createHash } from 'node:crypto';
import type { CounterBreak } from '../energy/replacement.ts';
import { AppError, type Fault } from '../model/errors.ts';
import { counterOf, type Metric } from '../model/metrics.ts';
import { dayMs, hourMs, minuteMs } from '../model/time.ts';
import type { Versioned } from '../registry/registry.ts';
import { defined } from './defined.ts';
import type { ApiRoom, Who } from './http.ts';
import {
  covers,
  listProposals,
  type Proposal,
  type ProposalQuery,
  proposalKind,
  proposalOf,
  type ReplacementRecord,
  seenProposal,
  stateOf,
  toView,
} from './replacement-proposals.ts';
import type { ProposalView, ReplacementFacts } from './replacement-shape.ts';
import { changeable, seenDevice } from './scope.ts';

/** Clocks of people and of meters differ. */
const clockMs = 10 * minuteMs;
/** Readings that come so shortly around a replacement must fit it. */
const nearMs = 2 * hourMs;
const readingsNear = 10_000;
const longestGapMs = 40 * dayMs;

function orThrow(faults: readonly (Fault | false)[]): void {
  const found = faults.filter((fault) => fault !== false);
  if (found.length === 0) return;
  const detail = found.map(({ path, message }) => `${path}: ${message}`).join('; ');
  throw new AppError('INPUT_INVALID', detail, { faults: found });
}

/** A counter never shows less than before, nor a new one more than after. */
function checkReadings(
  { finalReading, firstReading }: ReplacementFacts,
  before: number | undefined,
  after: number | undefined,
): readonly (Fault | false)[] {
  return [
    before !== undefined &&
      finalReading < before && {
        path: 'finalReading',
        message: `got ${finalReading}, but the old meter showed ${before} before`,
      },
    after !== undefined &&
      firstReading > after && {
        path: 'firstReading',
        message: `got ${firstReading}, but the new meter showed ${after} afterwards`,
      },
  ];
}

function checkAgainstProposal(found: CounterBreak, facts: ReplacementFacts): void {
  const [from, to] = [found.before.at, found.after.at].map((at) => new Date(at).toISOString());
  orThrow([
    !covers(facts, found) && {
      path: 'at',
      message: `want a time between the last reading before (${from}) and the first after (${to})`,
    },
    ...checkReadings(facts, found.before.value, found.after.value),
  ]);
}

async function checkAgainstStore(
  { telemetry }: ApiRoom['services'],
  meter: string,
  metric: Metric,
  facts: ReplacementFacts,
): Promise<void> {
  const { at } = facts;
  const range = { from: at - nearMs, to: at, limit: readingsNear };
  const before = (await telemetry.readings(meter, metric, range)).at(-1);
  const [after] = await telemetry.readings(meter, metric, { from: at, to: at + nearMs, limit: 1 });
  orThrow(checkReadings(facts, before?.value, after?.value));
}

function checkOpen(proposal: Proposal, version: number | undefined): void {
  const state = stateOf(proposal);
  if (state !== 'open') throw new AppError('VERSION_CONFLICT', `The proposal is ${state} already.`);
  const current = proposal.alert.version;
  if (version === undefined || version === current) return;
  throw new AppError('VERSION_CONFLICT', `The proposal is at version ${current}, not ${version}.`);
}

/** The same meter at the same instant is the same replacement. */
const idFor = (meter: string, at: number): string =>
  `swap-${createHash('sha256').update(`${meter} ${at}`).digest('hex').slice(0, 16)}`;

/** What had been told of the days around it is amended, as far as a gap may reach. */
const tellRevisions = (
  { revisions }: ApiRoom['services'],
  { meter, at }: ReplacementRecord,
): Promise<void> => revisions.recorded(meter, at - longestGapMs, at + longestGapMs);

/** @throws AppError `INPUT_INVALID`, `VERSION_CONFLICT` where it is on record already */
async function record(
  { services, context }: ApiRoom,
  who: Who,
  meter: string,
  facts: ReplacementFacts,
): Promise<Versioned<ReplacementRecord>> {
  const { registry } = services;
  const now = context.now();
  orThrow([
    facts.at > now + clockMs && { path: 'at', message: 'is in the future' },
    (facts.ratioBefore === undefined) !== (facts.ratioAfter === undefined) && {
      path: 'ratioAfter',
      message: 'want both ratios or none',
    },
  ]);
  const id = idFor(meter, facts.at);
  const body = defined({ id, meter, ...facts, confirmedBy: who.user, confirmedAt: now });
  const made = await registry.create('replacements', body, { user: who.user });
  const detail = { replacement: id, ...defined(facts) };
  registry.note({ user: who.user, action: 'replace', kind: 'meters', id: meter, detail });
  await tellRevisions(services, made);
  return made;
}

/** The alert says what became of it, and stands no longer. */
async function settle(
  { alerts }: ApiRoom['services'],
  { alert: { id } }: Proposal,
  user: string,
  verdict: 'confirmed' | 'false-alarm',
  reason: string,
): Promise<void> {
  await alerts.act(id, { do: 'verdict', verdict, reason, user });
  await alerts.act(id, { do: 'clear', user });
}

async function viewOf(services: ApiRoom['services'], who: Who, id: string): Promise<ProposalView> {
  return toView(await seenProposal(services, who, id), services.registry.directory());
}

/** Proposals that a report has answered. */
async function answeredBy(
  { registry, alerts }: ApiRoom['services'],
  meter: string,
  facts: ReplacementFacts,
): Promise<readonly Proposal[]> {
  const page = await alerts.list({ kind: proposalKind, subject: meter, limit: 1_000 });
  return page.items
    .map((alert) => proposalOf(alert, registry.directory()))
    .filter((proposal) => proposal !== undefined)
    .filter(({ alert, found }) => alert.verdict === null && covers(facts, found));
}

async function report(
  room: ApiRoom,
  who: Who,
  meterId: string,
  facts: ReplacementFacts,
): Promise<Versioned<ReplacementRecord>> {
  const { services } = room;
  const { meter } = seenDevice(who, services.registry.directory(), 'meter', meterId);
  const counter = counterOf[meter.medium];
  if (counter === null || meter.virtual)
    throw new AppError('INPUT_INVALID', `meter: ${meterId} counts nothing itself`);
  await checkAgainstStore(services, meterId, counter, facts);
  const made = await record(room, who, meterId, facts);
  for (const proposal of await answeredBy(services, meterId, facts))
    await settle(services, proposal, who.user, 'confirmed', facts.reason);
  return made;
}

/** What people do about replacements: their word makes a record of the registry, with its line in the audit log. */
export function createReplacementDesk(room: ApiRoom) {
  const { services } = room;
  return {
    list: (who: Who, query: ProposalQuery) => listProposals(services, who, query),

    /** @throws AppError `NOT_FOUND`, `VERSION_CONFLICT`, `INPUT_INVALID` */
    async confirm(who: Who, id: string, version: number | undefined, facts: ReplacementFacts) {
      const proposal = await seenProposal(services, who, id);
      checkOpen(proposal, version);
      checkAgainstProposal(proposal.found, facts);
      await record(room, who, proposal.alert.subject.id, facts);
      await settle(services, proposal, who.user, 'confirmed', facts.reason);
      return viewOf(services, who, id);
    },

    /** @throws AppError `NOT_FOUND`, `VERSION_CONFLICT` */
    async dismiss(who: Who, id: string, version: number | undefined, reason: string) {
      const proposal = await seenProposal(services, who, id);
      checkOpen(proposal, version);
      await settle(services, proposal, who.user, 'false-alarm', reason);
      services.registry.note({
        user: who.user,
        action: 'dismiss-replacement',
        kind: 'meters',
        id: proposal.alert.subject.id,
        detail: { proposal: id, reason },
      });
      return viewOf(services, who, id);
    },

    /** Before it was found, or without it ever being found. @throws AppError `NOT_FOUND`, `VERSION_CONFLICT`, `INPUT_INVALID` */
    report: (who: Who, meter: string, facts: ReplacementFacts) => report(room, who, meter, facts),

    /** As if nobody had confirmed it. @throws AppError `NOT_FOUND` */
    async takeBack(who: Who, id: string): Promise<void> {
      const taken = changeable(who, services.registry, 'replacements', id);
      await services.registry.remove('replacements', id, { user: who.user });
      await tellRevisions(services, taken);
    },
  };
}
