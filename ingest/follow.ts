import type { Batch, Sink } from '../stores/store.ts';
import { createCatchUp } from './catch-up.ts';
import { type Feed, feedFull } from './feed.ts';
import { type Line, type Progress, perRead } from './line.ts';
import { pause, persevere } from './persevere.ts';
import { setAside } from './set-aside.ts';

/** How long a sink that catches up lets live data go first, for each part it reads from the store. */
const yieldMs = 100;

export interface Following {
  readonly sink: Sink;
  readonly feed: Feed;
  readonly progress: Progress;
  /** The store, which is never overtaken. */
  readonly lead: Progress;
}

/** A sink beside the store, at its own pace: what waits for it in memory, or what the store has where it fell behind. */
export async function follow(line: Line, { sink, feed, progress, lead }: Following): Promise<void> {
  const { head, store, stopping, context } = line;
  const keepTrying = <T>(work: () => Promise<T>) => persevere(work, progress, stopping, context);
  const catchUp = createCatchUp(store, lead);

  /** What comes next; undefined where there is nothing. */
  async function next(): Promise<Batch | undefined> {
    const isBehind = lead.position - progress.position > feedFull;
    const waiting = feed.take(progress.position);
    if (waiting) return waiting;
    if (isBehind && head.seq() - lead.position > perRead.entries) await pause(yieldMs, stopping);
    const batch = await keepTrying(() => catchUp.next(progress.position));
    if (batch) catchUp.ahead(batch.upTo);
    return batch;
  }

  while (!stopping.aborted) {
    const batch = await next();
    if (!batch) {
      await feed.more();
      continue;
    }
    progress.receivedAt = Math.max(progress.receivedAt, batch.observations[0]?.receivedAt ?? 0);
    await keepTrying(() => sink.write(batch, setAside(line, batch)));
    progress.position = batch.upTo;
    progress.kept = await keepTrying(() => sink.position());
    progress.receivedAt = Math.max(progress.receivedAt, batch.observations.at(-1)?.receivedAt ?? 0);
    line.passed();
  }
}
