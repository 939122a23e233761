import type { JournalReader } from '../journal/journal.ts';
import type { Context } from '../model/context.ts';
import type { Entry } from '../model/envelope.ts';
import type { Batch, Sink, Store } from '../stores/store.ts';
import { createFollower, type Follower } from './follow.ts';
import type { SinkStatus } from './ingest.ts';
import {
  createPacer,
  type DeliveryParts,
  type Line,
  type Progress,
  perRead,
  shareMs,
} from './line.ts';
import type { Passage } from './passage.ts';
import { persevere } from './persevere.ts';
import { perDoor } from './pipeline.ts';
import { setAside } from './set-aside.ts';

const idleMs = 1_000;

export interface Delivery {
  status(): readonly SinkStatus[];
  /** Finishes the batches at hand; what is behind stays in the journal. */
  stop(): Promise<void>;
}

/**
 * Journal → store → followers. Every sink keeps its own position; trouble with one is retried with growing pauses and holds up no other.
 */
export async function startDelivery(parts: DeliveryParts, context: Context): Promise<Delivery> {
  const { head, store, followers } = parts;
  const stopping = new AbortController();
  const progress = await Promise.all([store, ...followers].map(progressOf));
  const [lead, ...rest] = progress as [Progress, ...Progress[]];
  const couriers = followers.map(createFollower);

  // InfluxDB has what it missed from the store: however long it is away, the journal does not grow for it until the doors must stop.
  const needJournal = progress.filter(({ name }) => name !== 'influx');
  const passed = () => {
    parts.onPassed(Math.min(...needJournal.map(({ kept }) => kept)));
  };
  const line: Line = {
    ...parts,
    read: inTurn(parts.reader),
    stopping: stopping.signal,
    passed,
    context,
  };
  const loops = [
    runStore(line, lead, couriers),
    ...rest.map((own, index) => couriers[index]?.follow(line, own, lead)),
  ].map((loop) => loop?.catch(unlessStopped(stopping.signal)));
  return {
    status: () => progress.map((sink) => statusOf(sink, head.seq(), context.now())),
    async stop() {
      stopping.abort();
      for (const courier of couriers) courier.end();
      await Promise.all(loops);
    },
  };
}

async function progressOf(sink: Sink): Promise<Progress> {
  const position = await sink.position();
  return { name: sink.name, position, kept: position, receivedAt: 0, trouble: null };
}

function statusOf(
  { name, position, receivedAt, trouble }: Progress,
  head: number,
  now: number,
): SinkStatus {
  const behind = position < head && receivedAt > 0 ? Math.max(0, now - receivedAt) / 1000 : 0;
  return { name, position, lagS: Math.round(behind * 10) / 10, trouble };
}

/** What was read is not kept until the next is. */
const nothing = () => {};

/** A reader reads once at a time; several may ask. */
function inTurn(reader: JournalReader): JournalReader['read'] {
  let last: Promise<unknown> = Promise.resolve();
  return (after, limit) => {
    const next = last.then(() => reader.read(after, limit));
    last = next.then(nothing, nothing);
    return next;
  };
}

/** Being told to stop is no error; anything else is our mistake and must be seen. */
const unlessStopped = (stopping: AbortSignal) => (error: unknown) => {
  if (!stopping.aborted) throw error;
};

/** Reads the journal, passes entries through the pipeline and keeps them, while the next ones are already being decoded. */
async function runStore(
  line: Line,
  progress: Progress,
  followers: readonly Follower[],
): Promise<void> {
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
    progress.receivedAt = Math.max(progress.receivedAt, entries[0]?.receivedAt ?? 0);
    await keepTrying(async () => {
      quarantine.add(passage.quarantined, entries);
      ledger.add(batch.upTo, entries, passage);
      await store.write(batch, setAside(line));
    });
    progress.position = batch.upTo;
    progress.kept = batch.upTo;
    // What is read again was received long ago.
    progress.receivedAt = Math.max(progress.receivedAt, entries.at(-1)?.receivedAt ?? 0);
    for (const follower of followers) follower.offer(batch);
    line.onStored(batch.observations);
    line.passed();
    count(context, perDoor(entries, passage.accepted), passage);
  };
  const share = createPacer(shareMs);
  /** A function of its own: a loop would keep what it had at hand while it waits for what comes next. */
  const turn = async () => {
    const { entries, upTo } = await keepTrying(() => line.read(after, perRead));
    if (upTo === after) return;
    const passage = await pipeline.pass(entries, known);
    await writing;
    writing = keep({ after, upTo, observations: passage.accepted }, entries, passage);
    // Awaited with the next batch; a failure in between must not count as unhandled.
    writing.catch(nothing);
    after = upTo;
  };
  while (!stopping.aborted) {
    const ahead = head.seq() - after;
    if (ahead === 0) await head.beyond(after, idleMs);
    else {
      if (ahead < perRead.entries) await share();
      await turn();
    }
  }
  await writing;
}

const none: ReadonlyMap<string, number> = new Map();

function count(
  context: Context,
  stored: ReadonlyMap<string, number>,
  { duplicates, quarantined, flaws = none }: Passage,
): void {
  for (const [door, by] of stored) context.count('stored', { door }, by);
  for (const { door } of duplicates) context.count('duplicate', { door });
  for (const { door } of quarantined) context.count('quarantined', { door });
  for (const [door, by] of flaws) context.count('flawed', { door }, by);
}
