import type { Batch, PackingSink, Refusal, SetAside, Sink, Stretch } from '../stores/store.ts';
import { createCatchUp } from './catch-up.ts';
import { createFeed, feedFull, type Parcel, parcelOf } from './feed.ts';
import { type Line, type Progress, perRead } from './line.ts';
import { pause, persevere } from './persevere.ts';
import { setAside } from './set-aside.ts';

/** How long a sink that catches up lets live data go first, for each part it reads from the store, where these wait: more than share a transaction. */
const yieldMs = 100;
const waitingEntries = 4 * perRead.entries;

/** A sink beside the store, at its own pace: what waits for it in memory, or what the store has where it fell behind. */
export interface Follower {
  /** What the store has taken. */
  offer(batch: Batch): void;
  /** Nothing will be offered any more. */
  end(): void;
  /** @param lead the store, which is never overtaken */
  follow(line: Line, progress: Progress, lead: Progress): Promise<void>;
}

export const createFollower = (sink: Sink | PackingSink): Follower =>
  'pack' in sink
    ? followerOf(sink, sink.pack, sink.writePacked)
    : followerOf(
        sink,
        (batch) => batch,
        (batches, aside) => sink.write(joined(batches), aside),
      );

const joined = (batches: readonly Batch[]): Batch => ({
  after: batches[0]?.after ?? 0,
  upTo: batches.at(-1)?.upTo ?? 0,
  observations: batches.flatMap(({ observations }) => observations),
});

/** @param write takes what `pack` made of batches that follow each other */
function followerOf<Content extends Stretch>(
  { position }: Pick<Sink, 'position'>,
  pack: (batch: Batch) => Content,
  write: (contents: readonly Content[], setAside: SetAside) => Promise<readonly Refusal[]>,
): Follower {
  const feed = createFeed(pack);
  return {
    offer: feed.offer,
    end: feed.end,
    async follow(line, progress, lead) {
      const { head, store, stopping, context } = line;
      const keepTrying = <T>(work: () => Promise<T>) =>
        persevere(work, progress, stopping, context);
      const catchUp = createCatchUp(store, lead);

      /** What comes next; empty where there is nothing. */
      async function next(): Promise<readonly Parcel<Content>[]> {
        const isBehind = lead.position - progress.position > feedFull;
        const waiting = feed.take(progress.position, lead.position);
        if (waiting) return waiting;
        if (isBehind && head.seq() - lead.position > waitingEntries) await pause(yieldMs, stopping);
        const batch = await keepTrying(() => catchUp.next(progress.position));
        if (batch) catchUp.ahead(batch.upTo);
        return batch ? [parcelOf(batch, pack)] : [];
      }

      /** A function of its own: a loop would keep what it had at hand while it waits for what comes next. @returns whether there was anything */
      async function turn(): Promise<boolean> {
        const parcels = await next();
        const [first, last] = [parcels[0], parcels.at(-1)];
        if (!first || !last) return false;
        const contents = parcels.map(({ content }) => content);
        progress.receivedAt = Math.max(progress.receivedAt, first.received.first);
        await keepTrying(() => write(contents, setAside(line)));
        progress.position = last.upTo;
        progress.kept = await keepTrying(position);
        progress.receivedAt = Math.max(progress.receivedAt, last.received.last);
        line.passed();
        return true;
      }

      while (!stopping.aborted) if (!(await turn())) await feed.more();
    },
  };
}
