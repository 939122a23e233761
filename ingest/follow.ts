import type { Batch, Sink, Store } from '../stores/store.ts';
import { type Feed, feedFull } from './feed.ts';
import { createPacer, type Line, type Progress, setAside, shareMs } from './line.ts';
import { persevere } from './persevere.ts';

/** Journal positions a sink that fell behind reads from the store at once. */
const positionsPerCatchUp = 20_000;

export interface Following {
  readonly sink: Sink;
  readonly feed: Feed;
  readonly progress: Progress;
  /** The store, which is never overtaken. */
  readonly lead: Progress;
}

/** A sink beside the store, at its own pace: what waits for it in memory, or what the store has where it fell behind. */
export async function follow(line: Line, { sink, feed, progress, lead }: Following): Promise<void> {
  const { store, stopping, context } = line;
  const keepTrying = <T>(work: () => Promise<T>) => persevere(work, progress, stopping, context);
  const share = createPacer(shareMs.follower);
  while (!stopping.aborted) {
    if (feed.observations() < feedFull) await share();
    const batch =
      feed.take(progress.position) ?? (await keepTrying(() => catchUp(store, progress, lead)));
    if (!batch) {
      await feed.more();
      continue;
    }
    const refusals = await keepTrying(() => sink.write(batch));
    await setAside(line, refusals, keepTrying);
    progress.position = batch.upTo;
    progress.kept = await keepTrying(() => sink.position());
    progress.receivedAt = batch.observations.at(-1)?.receivedAt ?? progress.receivedAt;
    line.passed();
  }
}

async function catchUp(
  store: Store,
  progress: Progress,
  lead: Progress,
): Promise<Batch | undefined> {
  const after = progress.position;
  const upTo = Math.min(after + positionsPerCatchUp, lead.position);
  if (upTo <= after) return undefined;
  return { after, upTo, observations: await store.accepted(after, upTo) };
}
