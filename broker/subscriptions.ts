import type { Client, Subscription } from 'aedes';
import { type Link, refuse } from './connection.ts';
import type { Publishing } from './publishing.ts';

/** What answering a SUBSCRIBE takes of its sender's share, in messages: all that is retained is looked through, and may be sent. */
const grantedCost = 50;
const refusedCost = 10;

/** Decides on a subscription, also of a session that goes on. What was granted is remembered for as long as the connection lasts. */
export function grantSubscription(
  publishing: Publishing,
  client: Client,
  { topic }: Subscription,
): boolean {
  const { access, links, limits, shares } = publishing;
  const link = links.get(client);
  if (!link?.session) return false;
  const granted = access.maySubscribe(link.session, topic) && hasRoom(link, topic, limits);
  if (granted) {
    link.filters ??= new Set();
    link.filters.add(topic);
  } else refuse(publishing, 'subscribe');
  if (link.share)
    shares.charge(link.share, granted ? grantedCost : refusedCost, 0, performance.now());
  return granted;
}

const hasRoom = (
  { filters }: Link,
  topic: string,
  { filtersPerSession }: Publishing['limits'],
): boolean => !filters || filters.has(topic) || filters.size < filtersPerSession;

export function forgetSubscriptions(link: Link | undefined, filters: readonly string[]): void {
  for (const filter of filters) link?.filters?.delete(filter);
}
