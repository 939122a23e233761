import type { MessagePort } from 'node:worker_threads';
import type { Services } from '../api/services.ts';
import type { LiveEvent } from '../ingest/ingest.ts';

/** Live events as they come from ingest. */
export const liveOf = (news: MessagePort): Services['live'] => ({
  subscribe(listener) {
    const take = (events: readonly LiveEvent[]) => events.forEach(listener);
    news.on('message', take);
    return () => news.off('message', take);
  },
});
