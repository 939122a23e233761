import type { JournalHead, JournalReader } from '../journal/journal.ts';
import type { Context } from '../model/context.ts';
import { isAppError, messageOf } from '../model/errors.ts';
import type { Accepted } from '../model/observation.ts';
import type { Batch, Refusal, Sink, Store } from '../stores/store.ts';
import { createFeed, type Feed } from './feed.ts';
import type { Quarantine, SinkStatus } from './ingest.ts';
import type { Pipeline } from './pipeline.ts';
import { perDoor } from './pipeline.ts';

const entriesPerRead = 5_000;
const bytesPerRead = 4 * 1024 * 1024;
/** Journal positions a sink that fell behind reads from the store at once. */
const positionsPerCatchUp = 20_000;
const idleMs = 1_000;
const firstPauseMs = 200;
const longestPauseMs = 30_000;

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
  const loops = [
    runStore(parts, lead, feeds, stopping.signal, passed, context),
    ...followers.map((sink, index) => {
      const [feed, own] = [feeds[index], rest[index]];
      return feed && own
        ? follow({ sink, feed, progress: own, lead, parts, passed }, stopping.signal, context)
        : Promise.resolve();
    }),
  ];
  return {
    status: () => progress.map((sink) => statusOf(sink, head.seq(), context.now())),
    async stop() {
      stopping.abort();
      for (const feed of feeds) feed.wake();
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

/** Reads the journal, passes entries through the pipeline and keeps them, while the next ones are already being decoded. */
async function runStore(
  { head, reader, pipeline, store, quarantine, onStored }: DeliveryParts,
  progress: Progress,
  feeds: readonly Feed[],
  stopping: AbortSignal,
  passed: () => void,
  context: Context,
): Promise<void> {
  let after = progress.position;
  let writing: Promise<void> = Promise.resolve();
  while (!stopping.aborted) {
    const { entries, upTo } = await reader.read(after, {
      entries: entriesPerRead,
      bytes: bytesPerRead,
    });
    if (upTo === after) {
      await head.beyond(after, idleMs);
      continue;
    }
    const passage = await pipeline.pass(entries, () => writing);
    await writing;
    if (stopping.aborted) return;
    const batch: Batch = { after, upTo, observations: passage.accepted };
    quarantine.add(passage.quarantined);
    writing = persist(store, batch, progress, stopping, context).then((kept) => {
      if (!kept) return;
      progress.position = upTo;
      progress.receivedAt = entries.at(-1)?.receivedAt ?? progress.receivedAt;
      for (const feed of feeds) feed.offer(batch);
      onStored(batch.observations);
      passed();
      count(context, perDoor(entries, passage.accepted), passage);
    });
    after = upTo;
  }
  await writing;
}

function count(
  context: Context,
  stored: ReadonlyMap<string, number>,
  {
    duplicates,
    quarantined,
  }: { duplicates: readonly string[]; quarantined: readonly { door: string }[] },
): void {
  for (const [door, by] of stored) context.count('stored', { door }, by);
  for (const door of duplicates) context.count('duplicate', { door });
  for (const { door } of quarantined) context.count('quarantined', { door });
}

interface Following {
  readonly sink: Sink;
  readonly feed: Feed;
  readonly progress: Progress;
  readonly lead: Progress;
  readonly parts: DeliveryParts;
  readonly passed: () => void;
}

async function follow(
  following: Following,
  stopping: AbortSignal,
  context: Context,
): Promise<void> {
  const { sink, feed, progress, lead, parts, passed } = following;
  while (!stopping.aborted) {
    const batch = feed.take(progress.position) ?? (await catchUp(parts.store, progress, lead));
    if (!batch) {
      await feed.more();
      continue;
    }
    const refusals = await persist(sink, batch, progress, stopping, context);
    if (!refusals) return;
    for (const { seq, detail } of refusals) await setAside(parts, seq, detail);
    progress.position = batch.upTo;
    progress.receivedAt = batch.observations.at(-1)?.receivedAt ?? progress.receivedAt;
    passed();
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

/** A point that a store refused for good goes to quarantine with the store's words and the bytes it came from. */
async function setAside(
  { reader, quarantine }: DeliveryParts,
  seq: number,
  detail: string,
): Promise<void> {
  const { entries } = await reader.read(seq - 1, { entries: 1, bytes: bytesPerRead });
  const entry = entries.find((candidate) => candidate.seq === seq);
  if (!entry) return;
  const { door, device, receivedAt, bytes } = entry;
  quarantine.add([
    { seq, part: refusedPart, door, device, receivedAt, reason: 'refused-by-store', detail, bytes },
  ]);
}

/** Above any number a part of a message can have. */
const refusedPart = 100_000;

/** Tries until it is kept. @returns what was refused for good; undefined when stopped before */
async function persist(
  sink: Sink,
  batch: Batch,
  progress: Progress,
  stopping: AbortSignal,
  context: Context,
): Promise<readonly Refusal[] | undefined> {
  for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(pauseMs * 2, longestPauseMs)) {
    try {
      const refusals = await sink.write(batch);
      if (progress.trouble) context.log('info', 'sink recovered', { sink: sink.name });
      progress.trouble = null;
      return refusals;
    } catch (error) {
      if (!progress.trouble)
        context.log('error', 'sink in trouble', {
          sink: sink.name,
          error: messageOf(error),
          code: isAppError(error) ? error.code : 'INTERNAL',
        });
      progress.trouble = messageOf(error);
      await pause(pauseMs, stopping);
      if (stopping.aborted) return undefined;
    }
  }
}

function pause(ms: number, stopping: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(done, ms);
    function done() {
      clearTimeout(timer);
      stopping.removeEventListener('abort', done);
      resolve();
    }
    stopping.addEventListener('abort', done);
    if (stopping.aborted) done();
  });
}
