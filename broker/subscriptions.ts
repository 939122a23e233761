import type { Client, Subscription } from 'aedes';
import { type LibraryPart, refuse } from './connection.ts';
import type { Parts } from './parts.ts';
import { isFilter } from './topics.ts';

/** What answering a SUBSCRIBE takes of its sender's share, in messages: all that is retained is looked through, and may be sent. */
const grantedCost = 50;
const refusedCost = 10;

/** Decides on a subscription, also of a session that goes on. What was granted is remembered for as long as the connection lasts. */
export function grantSubscription(parts: Parts, client: Client, { topic }: Subscription): boolean {
  const { access, lanes, limits, shares } = parts;
  const { session, share, library } = lanes.get(client.conn) ?? {};
  if (!session || !library) return false;
  const granted =
    isFilter(topic) && access.maySubscribe(session, topic) && hasRoom(library, topic, limits);
  if (granted) {
    library.filters ??= new Set();
    library.filters.add(topic);
  } else refuse(parts, 'subscribe');
  if (share) shares.charge(share, granted ? grantedCost : refusedCost, 0, performance.now());
  return granted;
}

const hasRoom = (
  { filters }: LibraryPart,
  topic: string,
  { filtersPerSession }: Parts['limits'],
): boolean => !filters || filters.has(topic) || filters.size < filtersPerSession;

export function forgetSubscriptions(
  library: LibraryPart | undefined,
  filters: readonly string[],
): void {
  for (const filter of filters) library?.filters?.delete(filter);
}
