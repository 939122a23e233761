import type { JournalHead, JournalReader } from '../journal/journal.ts';
import type { Context } from '../model/context.ts';
import type { Entry } from '../model/envelope.ts';
import type { Accepted } from '../model/observation.ts';
import type { Batch, Refusal, Sink, Store } from '../stores/store.ts';
import { createFeed, type Feed, feedFull } from './feed.ts';
import type { Ledger, Quarantine, SinkStatus } from './ingest.ts';
import { tally } from './ledger.ts';
import type { Passage } from './passage.ts';
import { persevere } from './persevere.ts';
import type { Pipeline } from './pipeline.ts';
import { perDoor } from './pipeline.ts';

const perRead = { entries: 5_000, bytes: 4 * 1024 * 1024 };
/** Journal positions a sink that fell behind reads from the store at once. */
const positionsPerCatchUp = 20_000;
const idleMs = 1_000;
/** A transaction costs the same for one message as for a thousand: what comes within this time shares one. What comes after a rest goes at once. */
const shareMs = { store: 50, follower: 250 };

export interface Delivery {
  status(): readonly SinkStatus[];
  /** Finishes the batches at hand; what is behind stays in the journal. */
  stop(): Promise<void>;
}

export interface DeliveryParts {
  readonly head: JournalHead;
  readonly reader: JournalReader;
  readonly pipeline: Pipeline;
  readonly store: Store;
  /** Sinks beside the store, each at its own pace; they follow the store, which settles what is a duplicate. */
  readonly followers: readonly Sink[];
  readonly quarantine: Quarantine;
  readonly ledger: Ledger;
  /** Day of the device's institution, YYYY-MM-DD. */
  readonly dateOf: (device: string, at: number) => string;
  /** Called when observations are in the store. */
  readonly onStored: (observations: readonly Accepted[]) => void;
  /** Called when every sink has passed a position. */
  readonly onPassed: (seq: number) => void;
}

interface Progress {
  readonly name: SinkStatus['name'];
  position: number;
  /** Our clock when what it has passed last was received. */
  receivedAt: number;
  trouble: string | null;
}

/**
 * Journal → store → followers. Every sink keeps its own position; trouble with one is retried with growing pauses and holds up no other.
 */
export async function startDelivery(parts: DeliveryParts, context: Context): Promise<Delivery> {
  const { head, store, followers } = parts;
  const stopping = new AbortController();
  const progress = await Promise.all([store, ...followers].map(progressOf));
  const [lead, ...rest] = progress as [Progress, ...Progress[]];
  const feeds = followers.map(createFeed);

  const passed = () => {
    parts.onPassed(Math.min(...progress.map(({ position }) => position)));
  };
  const line: Line = {
    ...parts,
    read: inTurn(parts.reader),
    stopping: stopping.signal,
    passed,
    context,
  };
  const loops = [
    runStore(line, lead, feeds),
    ...followers.map((sink, index) => {
      const [feed, own] = [feeds[index], rest[index]];
      return feed && own ? follow(line, { sink, feed, progress: own, lead }) : undefined;
    }),
  ].map((loop) => loop?.catch(unlessStopped(stopping.signal)));
  return {
    status: () => progress.map((sink) => statusOf(sink, head.seq(), context.now())),
    async stop() {
      stopping.abort();
      for (const feed of feeds) feed.end();
      await Promise.all(loops);
    },
  };
}

async function progressOf(sink: Sink): Promise<Progress> {
  return { name: sink.name, position: await sink.position(), receivedAt: 0, trouble: null };
}

function statusOf(
  { name, position, receivedAt, trouble }: Progress,
  head: number,
  now: number,
): SinkStatus {
  const behind = position < head && receivedAt > 0 ? Math.max(0, now - receivedAt) / 1000 : 0;
  return { name, position, lagS: Math.round(behind * 10) / 10, trouble };
}

/** @returns what waits until the given time has passed since it last let go */
function createPacer(everyMs: number): () => Promise<void> {
  let last = 0;
  return async () => {
    const left = last + everyMs - performance.now();
    if (left > 0) await new Promise((resolve) => setTimeout(resolve, left));
    last = performance.now();
  };
}

/** What every loop works with. */
interface Line extends DeliveryParts {
  readonly read: JournalReader['read'];
  readonly stopping: AbortSignal;
  /** A sink has moved on. */
  readonly passed: () => void;
  readonly context: Context;
}

/** A reader reads once at a time; several may ask. */
function inTurn(reader: JournalReader): JournalReader['read'] {
  let last: Promise<unknown> = Promise.resolve();
  return (after, limit) => {
    const next = last.then(() => reader.read(after, limit));
    last = next.catch(() => {});
    return next;
  };
}

/** Being told to stop is no error; anything else is our mistake and must be seen. */
const unlessStopped = (stopping: AbortSignal) => (error: unknown) => {
  if (!stopping.aborted) throw error;
};

/** Reads the journal, passes entries through the pipeline and keeps them, while the next ones are already being decoded. */
async function runStore(line: Line, progress: Progress, feeds: readonly Feed[]): Promise<void> {
  const { head, pipeline, store, quarantine, ledger, stopping, context } = line;
  const keepTrying = <T>(work: () => Promise<T>) => persevere(work, progress, stopping, context);
  let after = progress.position;
  let writing: Promise<void> = Promise.resolve();
  /** Late data is judged against all that went before it. */
  const known: Store['known'] = async (asked) => {
    await writing;
    return keepTrying(() => store.known(asked));
  };
  const keep = async (batch: Batch, entries: readonly Entry[], passage: Passage) => {
    const refusals = await keepTrying(async () => {
      quarantine.add(passage.quarantined);
      ledger.add(batch.upTo, tally(entries, passage, ledger.position(), line.dateOf));
      return store.write(batch);
    });
    await setAside(line, refusals, keepTrying);
    progress.position = batch.upTo;
    progress.receivedAt = entries.at(-1)?.receivedAt ?? progress.receivedAt;
    for (const feed of feeds) feed.offer(batch);
    line.onStored(batch.observations);
    line.passed();
    count(context, perDoor(entries, passage.accepted), passage);
  };
  const share = createPacer(shareMs.store);
  while (!stopping.aborted) {
    if (head.seq() === after) {
      await head.beyond(after, idleMs);
      continue;
    }
    if (head.seq() - after < perRead.entries) await share();
    const { entries, upTo } = await keepTrying(() => line.read(after, perRead));
    if (upTo === after) continue;
    const passage = await pipeline.pass(entries, known);
    await writing;
    writing = keep({ after, upTo, observations: passage.accepted }, entries, passage);
    // Awaited with the next batch; a failure in between must not count as unhandled.
    writing.catch(() => {});
    after = upTo;
  }
  await writing;
}

function count(
  context: Context,
  stored: ReadonlyMap<string, number>,
  { duplicates, quarantined }: Passage,
): void {
  for (const [door, by] of stored) context.count('stored', { door }, by);
  for (const { door } of duplicates) context.count('duplicate', { door });
  for (const { door } of quarantined) context.count('quarantined', { door });
}

interface Following {
  readonly sink: Sink;
  readonly feed: Feed;
  readonly progress: Progress;
  /** The store, which is never overtaken. */
  readonly lead: Progress;
}

async function follow(line: Line, { sink, feed, progress, lead }: Following): Promise<void> {
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

/** Points that a sink refused for good go to quarantine with its words and the bytes they came from. */
async function setAside(
  { read, quarantine }: Line,
  refusals: readonly Refusal[],
  keepTrying: <T>(work: () => Promise<T>) => Promise<T>,
): Promise<void> {
  for (const { seq, detail } of refusals) {
    await keepTrying(async () => {
      const { entries } = await read(seq - 1, { ...perRead, entries: 1 });
      const entry = entries.find((candidate) => candidate.seq === seq);
      if (!entry) return;
      const { door, device, receivedAt, bytes } = entry;
      const reason = 'refused-by-store';
      quarantine.add([{ seq, part: refusedPart, door, device, receivedAt, reason, detail, bytes }]);
    });
  }
}

/** Above any number a part of a message can have. */
const refusedPart = 100_000;
