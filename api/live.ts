import { randomBytes } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import type { LiveEvent } from '../ingest/ingest.ts';
import type { Context } from '../model/context.ts';
import { secondMs } from '../model/time.ts';
import type { Who } from './http.ts';
import { createRing, type Ring } from './ring.ts';

/** Server-sent events: every client reads the same ring at its own pace. */

const flushEveryMs = 100;
/** Keeps the line open, and looks whether the session still lasts. */
const beatEveryMs = 15 * secondMs;
/** A client whose connection takes nothing for so long is dropped; it comes back with the last id it saw. */
const stuckMs = 30 * secondMs;
const flushBytes = 256 * 1024;

/** One event as it goes over the wire. */
export interface LivePart {
  readonly type: 'position' | 'reading' | 'alert';
  readonly device: string;
  readonly institution: string;
  /** `event:` and `data:` lines. */
  readonly text: string;
}

export interface LiveClient {
  readonly who: Who;
  readonly lastEventId: string | undefined;
  wants(part: LivePart): boolean;
  /** The client's user as he is now; undefined ends the stream. */
  renew(): Who | undefined;
}

export interface LiveHub {
  /** Whether another stream of the user may begin. */
  hasRoom(user: string): boolean;
  /** @param response with its head written */
  attach(response: ServerResponse, client: LiveClient): void;
  stop(): void;
}

interface Connection {
  readonly response: ServerResponse;
  readonly client: LiveClient;
  who: Who;
  /** Last event looked at. */
  cursor: number;
  takenAt: number;
  renewedAt: number;
}

type LiveContext = Pick<Context, 'now' | 'count'>;

export interface LiveOptions {
  /** What an event is outside; empty for what belongs to nobody. */
  toParts(event: LiveEvent): readonly LivePart[];
  subscribe(listener: (event: LiveEvent) => void): () => void;
  /** Streams in all, and of one user. */
  readonly most: number;
  readonly perUser: number;
  /** Events kept for those who come back. */
  readonly keep?: number;
}

type Events = Ring<LiveEvent, LivePart>;

/** Writes what is new to one connection at a time. */
function createWriter(ring: Events, start: string, { now, count }: LiveContext) {
  const idOf = (n: number) => `id: ${start}-${n}\n`;

  /** What the client may see of the events from its cursor on, as far as one write goes. */
  function gather(connection: Connection): string {
    if (connection.cursor < ring.first() - 1) {
      connection.cursor = ring.last();
      count('live_reset');
      return `${idOf(connection.cursor)}event: reset\ndata: {}\n\n`;
    }
    const { scope } = connection.who;
    let text = '';
    while (connection.cursor < ring.last() && text.length < flushBytes) {
      connection.cursor++;
      const parts = ring
        .parts(connection.cursor)
        .filter((part) => (!scope || scope.has(part.institution)) && connection.client.wants(part));
      // Only the last part carries the id: a stream that breaks off in between gives all of them again.
      const last = parts.at(-1);
      for (const part of parts) {
        text += `${part === last ? idOf(connection.cursor) : ''}${part.text}\n`;
      }
    }
    return text;
  }

  return {
    greet({ response, cursor }: Connection): void {
      response.write(`retry: 3000\n${cursor < 0 ? '' : idOf(cursor)}\n`);
    },

    /** @returns false where the connection takes nothing any more */
    flush(connection: Connection): boolean {
      if (connection.response.writableNeedDrain) return now() - connection.takenAt <= stuckMs;
      connection.takenAt = now();
      const text = gather(connection);
      if (text) connection.response.write(text);
      return true;
    },

    /** Carries the last id, so that somebody who saw nothing of his own can still come back. */
    beat({ response, cursor }: Connection): void {
      response.write(`: beat\n${idOf(cursor)}\n`);
    },
  };
}

export function startLive(
  { toParts, subscribe, most, perUser, keep = 20_000 }: LiveOptions,
  context: LiveContext,
): LiveHub {
  const { now, count } = context;
  // Event numbers begin anew with every start, so ids of another start must not be taken for ours.
  const start = randomBytes(4).toString('hex');
  const ring = createRing(keep, toParts);
  const connections = new Set<Connection>();
  const writer = createWriter(ring, start, context);
  let timer: NodeJS.Timeout | undefined;

  /** A session may have ended, or the user may see less than before. */
  function renew(connection: Connection): void {
    connection.renewedAt = now();
    const who = connection.client.renew();
    if (who) {
      connection.who = who;
      writer.beat(connection);
    } else {
      connections.delete(connection);
      connection.response.end();
    }
  }

  function serve(connection: Connection): void {
    if (connection.response.destroyed) connections.delete(connection);
    else if (!writer.flush(connection)) {
      count('live_dropped');
      connections.delete(connection);
      connection.response.destroy();
    } else if (now() - connection.renewedAt >= beatEveryMs) renew(connection);
  }

  const unsubscribe = subscribe((event) => ring.push(event));

  return {
    hasRoom(user) {
      const own = [...connections].filter(({ who }) => who.user === user);
      return connections.size < most && own.length < perUser;
    },
    attach(response, client) {
      if (response.destroyed) return;
      const at = now();
      const cursor = resumeAt(client.lastEventId, start, ring.last());
      const connection = { response, client, who: client.who, cursor, takenAt: at, renewedAt: at };
      connections.add(connection);
      const forget = () => void connections.delete(connection);
      response.on('close', forget).on('error', forget);
      writer.greet(connection);
      timer ??= setInterval(() => {
        for (const each of connections) serve(each);
      }, flushEveryMs);
    },
    stop() {
      unsubscribe();
      clearInterval(timer);
      for (const { response } of connections) response.end();
      connections.clear();
    },
  };
}

/** Where a client goes on; -1 is somewhere we no longer know. */
function resumeAt(id: string | undefined, start: string, last: number): number {
  if (id === undefined) return last;
  const [ofStart, n = ''] = id.split('-');
  const known = ofStart === start && /^\d{1,15}$/.test(n) && Number(n) <= last;
  return known ? Number(n) : -1;
}
