import type { Accepted } from '../model/observation.ts';
import type { Store } from '../stores/store.ts';

const eventsPerPage = 20_000;

/**
 * Everything a device said in `from <= at <= to` at journal positions up to `upTo`, ascending by `at`. What was stored later belongs to a later batch.
 */
export async function readHistory(
  history: Store['history'],
  device: string,
  { from, to, upTo }: { readonly from: number; readonly to: number; readonly upTo: number },
): Promise<readonly Accepted[]> {
  const events: Accepted[] = [];
  let start = from;
  let limit = eventsPerPage;
  for (;;) {
    const page = await history(device, { from: start, to: to + 1, limit });
    if (page.length < limit) return [...events, ...page].filter(({ seq }) => seq <= upTo);
    const last = page.at(-1)?.at ?? to;
    if (last === start) {
      limit *= 2;
      continue;
    }
    for (const event of page) if (event.at < last) events.push(event);
    start = last;
  }
}
