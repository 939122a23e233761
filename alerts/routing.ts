import type { Alert } from '../model/alert.ts';
import type { Routing } from '../model/entities.ts';
import { dayMs } from '../model/time.ts';
import type { AlertChange, AlertTransition } from './alerts.ts';
import { isAtLeast } from './lifecycle.ts';

/** What is told to whoever the routing names. */
const announced: ReadonlySet<AlertChange> = new Set(['opened', 'escalated', 'unshelved']);
/** What is told to those who have been told of the alert before. */
const followedUp: ReadonlySet<AlertChange> = new Set(['cleared', 'withdrawn', 'assigned']);

const covers = (kinds: readonly string[], kind: string): boolean =>
  kinds.some(
    (wanted) =>
      wanted === kind ||
      wanted === '*' ||
      (wanted.endsWith('.*') && kind.startsWith(wanted.slice(0, -1))),
  );

/** Older than 24 h when it was found: recorded, but news to nobody. */
const isOldNews = ({ raisedAt, openedAt }: Alert): boolean => raisedAt - openedAt > dayMs;

interface Surroundings {
  readonly routing: readonly Routing[];
  /** The institution and those below it. */
  within(institution: string): ReadonlySet<string>;
  /** Channels told of this alert before. */
  told(alert: string): readonly string[];
  /** Channels that hear of every change, whatever the routing says. */
  readonly feeds: readonly string[];
}

function chosen(
  { alert, change }: AlertTransition,
  { routing, within, told }: Surroundings,
): readonly string[] {
  if (alert.state === 'shelved') return [];
  if (followedUp.has(change)) return told(alert.id);
  if (!announced.has(change)) return [];
  const matching = routing.filter(
    (rule) =>
      isAtLeast(alert.severity, rule.severity) &&
      covers(rule.kinds, alert.kind) &&
      within(rule.institution).has(alert.institution),
  );
  return matching.map(({ channel }) => channel);
}

/** Ids of the channels a change goes to, each once. */
export const channelsFor = (
  transition: AlertTransition,
  surroundings: Surroundings,
): readonly string[] =>
  isOldNews(transition.alert)
    ? []
    : [...new Set([...surroundings.feeds, ...chosen(transition, surroundings)])];
