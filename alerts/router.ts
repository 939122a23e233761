import type { DatabaseSync } from 'node:sqlite';
import { setTimeout as wait } from 'node:timers/promises';
import type { Context } from '../model/context.ts';
import type { ChannelSettings } from '../model/entities.ts';
import { isAppError, messageOf } from '../model/errors.ts';
import { dayMs, hourMs, minuteMs, secondMs } from '../model/time.ts';
import type { Directory } from '../registry/registry.ts';
import type { AlertBook, AlertTransition, Notifier } from './alerts.ts';
import { settled } from './database.ts';
import type { Message, Outbox } from './outbox.ts';
import { createOutbox } from './outbox.ts';
import { channelsFor } from './routing.ts';

/** Name in the outbox of the channel that hears of every change; no channel of the registry can have it. */
const feedChannel = 'system';

const firstRetryMs = 5 * secondMs;
const longestRetryMs = 15 * minuteMs;
/** After this a message is given up. */
const giveUpMs = dayMs;
const batchSize = 500;

export interface RouterOptions {
  readonly book: Pick<AlertBook, 'transitions' | 'endShelves'>;
  /** The database of the book. */
  readonly database: DatabaseSync;
  /** The registry as it is now: channels, routing and which institutions are below which. */
  directory(): Pick<Directory, 'all' | 'within'>;
  notifier(channel: ChannelSettings): Notifier;
  /** Told of every change, whatever the routing says: the MQTT topic. */
  readonly feed?: Notifier;
  readonly context: Context;
  /** 0 ≤ n < 1, for the jitter of retries. */
  readonly random?: () => number;
}

/** When to try again, in ms: 5 s doubling up to a quarter of an hour, of which at most half is taken off so that channels do not retry in step. */
export const backOffMs = (attempts: number, random: number): number =>
  Math.min(longestRetryMs, firstRetryMs * 2 ** Math.min(attempts - 1, 20)) * (1 - random / 2);

/** @returns the notifier of a channel, made anew when its settings change */
function createNotifiers({ directory, notifier, feed }: RouterOptions) {
  const made = new Map<string, { readonly settings: string; readonly notifier: Notifier }>();
  return (id: string): Notifier | undefined => {
    if (id === feedChannel) return feed;
    const channel = directory()
      .all('channels')
      .find((candidate) => candidate.id === id);
    if (!channel) return undefined;
    const settings = JSON.stringify(channel);
    const known = made.get(id);
    if (known?.settings === settings) return known.notifier;
    const fresh = notifier(channel);
    made.set(id, { settings, notifier: fresh });
    return fresh;
  };
}

interface Failure {
  readonly text: string;
  readonly retryable: boolean;
}

async function trySend(
  notifierOf: (channel: string) => Notifier | undefined,
  { channel, alert, change }: Message,
): Promise<Failure | undefined> {
  try {
    const notifier = notifierOf(channel);
    if (!notifier) return { text: 'The channel is not in the registry.', retryable: true };
    await notifier.send(alert, change, `${alert.id}-${alert.version}`);
    return undefined;
  } catch (error) {
    return { text: messageOf(error), retryable: !isAppError(error) || error.retryable };
  }
}

/** Says what came of an attempt, and logs when a channel goes down or comes back. */
function createRecorder({ context, random = Math.random }: RouterOptions, outbox: Outbox) {
  const { now, log, count } = context;
  const down = new Set<string>();
  const tell = (channel: string, result: string) => count('notified', { channel, result });
  return (message: Message, failure: Failure | undefined): void => {
    const { channel, attempts, createdAt, alert } = message;
    if (!failure) {
      outbox.sent(message, now());
      tell(channel, 'sent');
      if (down.delete(channel)) log('info', 'channel takes alerts again', { channel });
      return;
    }
    const nextAt = now() + backOffMs(attempts, random());
    if (failure.retryable && nextAt <= createdAt + giveUpMs) {
      outbox.postponed(message, Math.round(nextAt), failure.text);
      tell(channel, 'postponed');
      if (down.has(channel)) return;
      down.add(channel);
      log('warn', 'channel does not take alerts', { channel, error: failure.text });
      return;
    }
    outbox.failed(message, now(), failure.text);
    tell(channel, 'failed');
    log('error', 'alert could not be sent', { channel, alert: alert.id, error: failure.text });
  };
}

/** @returns what moves new changes into the outbox */
function createRoute({ book, database, directory, feed, context }: RouterOptions, outbox: Outbox) {
  const channelsOf = (transition: AlertTransition): readonly string[] => {
    const snapshot = directory();
    return channelsFor(transition, {
      routing: snapshot.all('routing'),
      within: (institution) => snapshot.within(institution),
      told: (alert) => outbox.told(alert).filter((channel) => channel !== feedChannel),
      feeds: feed ? [feedChannel] : [],
    });
  };
  return async (): Promise<void> => {
    await book.endShelves();
    for (;;) {
      const transitions = await book.transitions(outbox.position(), batchSize);
      await settled(database);
      outbox.post(transitions, context.now(), channelsOf);
      if (transitions.length < batchSize) return;
    }
  };
}

/**
 * From changes of alerts to people, in this order: shelved and old ones go nowhere, the routing picks channels, what was withdrawn before it was told
 * is not told, send, retry, record. One message at a time and channel, channels beside each other. Works only when asked to; `startRouter` asks.
 */
export function createRouter(options: RouterOptions) {
  const { database, context } = options;
  const { now, log } = context;
  const outbox = createOutbox(database);
  const notifierOf = createNotifiers(options);
  const record = createRecorder(options, outbox);
  const route = createRoute(options, outbox);
  const busy = new Map<string, Promise<void>>();
  let routing: Promise<void> | undefined;
  let ending = false;
  let over = false;

  const guarded = async (work: () => Promise<void>): Promise<void> => {
    try {
      await work();
    } catch (error) {
      log('error', 'outbox cannot be worked on', { error: messageOf(error) });
    }
  };

  async function deliver(channel: string): Promise<void> {
    while (!ending) {
      await settled(database);
      const message = outbox.take(channel, now(), now() + firstRetryMs);
      if (!message) return;
      const failure = await trySend(notifierOf, message);
      if (over) return;
      await settled(database);
      record(message, failure);
    }
  }

  async function once(): Promise<void> {
    await route();
    for (const channel of ending ? [] : outbox.channels()) {
      if (busy.has(channel)) continue;
      const work = guarded(() => deliver(channel)).finally(() => busy.delete(channel));
      busy.set(channel, work);
    }
  }

  return {
    /** Routes what is new and begins to send what is due; resolves when all is under way. Never throws. */
    work: async (): Promise<void> => {
      if (ending) return;
      routing ??= guarded(once).finally(() => {
        routing = undefined;
      });
      await routing;
    },
    /** Resolves when nothing is being sent. */
    idle: async (): Promise<void> => {
      await Promise.all(busy.values());
    },
    /** Forgets what was dealt with long ago. Never throws. */
    prune: (): Promise<void> =>
      guarded(async () => {
        await settled(database);
        if (!ending) outbox.prune(now());
      }),
    /** What is on its way may end within the grace; later it counts as perhaps sent and goes again at the next start, under the same key. */
    end: async (graceMs: number): Promise<void> => {
      ending = true;
      await routing;
      await Promise.race([Promise.all(busy.values()), wait(graceMs, undefined, { ref: false })]);
      over = true;
    },
  };
}

export interface RunningRouter {
  /** Something has changed: looks at once instead of within a second. */
  kick(): void;
  stop(): Promise<void>;
}

/** Starts to send; the outbox outlives a restart. `kick` after a report or an action. */
export function startRouter(options: RouterOptions): RunningRouter {
  const router = createRouter(options);
  const kick = () => void router.work();
  const poll = setInterval(kick, secondMs);
  const upkeep = setInterval(() => void router.prune(), 6 * hourMs);
  kick();
  return {
    kick,
    stop: async () => {
      clearInterval(poll);
      clearInterval(upkeep);
      await router.end(3 * secondMs);
    },
  };
}
