import type { Channel, Unreachable } from './channel.ts';
import { createTalk, type Talk } from './talk.ts';

/** What came of a question. `silent`: no answer we can trust; `unreachable`: there is no line to ask over. */
export type LineAnswer<T> = Heard<T> | Silent | Unreachable;

interface Heard<T> {
  readonly kind: 'heard';
  readonly heard: T;
}

interface Silent {
  readonly kind: 'silent';
  readonly why: string;
}

/** What was understood, and the bytes that say it. */
export interface Understood {
  readonly frame: Uint8Array;
}

/** Looks at everything that came since the question. @returns undefined while nothing whole is in it */
type Hear<T extends Understood> = (received: Uint8Array) => T | undefined;

/** A line of bytes that several devices share, opened when needed. One question at a time. */
export interface Line {
  ask<T extends Understood>(request: Uint8Array, hear: Hear<T>): Promise<LineAnswer<T>>;
  close(): void;
}

interface LineOptions {
  open(signal: AbortSignal): Promise<Channel | Unreachable>;
  /** How long a device may take to answer, all bytes included. */
  readonly timeoutMs: number;
  /** Silence on the line before a question. */
  readonly gapMs: number;
}

interface Connection {
  readonly channel: Channel;
  isOpen: boolean;
  /** When bytes were last on the line, by the clock that does not jump. */
  busyMs: number;
  /** Begins anew with each answer. */
  talk: Talk;
  /** Whether anything came since the last question. */
  heardAny: boolean;
  /** Questions in a row after which not a single byte came. */
  unheard: number;
  take: (bytes: Uint8Array) => void;
  broke: () => void;
}

/** A question without an answer: it may still come. */
interface Owed {
  readonly hear: Hear<Understood>;
  readonly askedMs: number;
}

type Outcome<T> = LineAnswer<T> | { readonly kind: 'broken' };

/** A DTU behind a mobile network keeps bytes back, but not longer than this. */
const lateMostMs = 60_000;
const owedMost = 64;
/** A connection may be dead without having been closed: after so many questions into the void it is opened anew. */
const unheardMost = 3;

/**
 * Serial lines have no number that ties an answer to its question, and a DTU may hand over an answer long after we gave it up. Bytes that
 * come between questions are passed over. An answer that would also fit an earlier question without one may be that one's: it is dropped and the
 * question asked again; the next is then to this question, whichever time it was asked, and as many as were dropped may still come. Since
 * answers come in the order of the questions, an answer says that none to earlier ones will come.
 */
export function createLine(options: LineOptions): Line {
  const ending = new AbortController();
  let connection: Connection | undefined;
  let owed: readonly Owed[] = [];
  const attempt = async <T extends Understood>(
    request: Uint8Array,
    hear: Hear<T>,
  ): Promise<Outcome<T>> => {
    if (!connection?.isOpen) {
      if (ending.signal.aborted) return { kind: 'unreachable', why: 'closed' };
      const channel = await options.open(ending.signal);
      if ('kind' in channel) return channel;
      connection = listen(channel);
    }
    return exchange(connection, request, hear, options);
  };
  const askOnce = async <T extends Understood>(
    request: Uint8Array,
    hear: Hear<T>,
  ): Promise<LineAnswer<T>> => {
    const reused = connection?.isOpen === true;
    const first = await attempt(request, hear);
    // A DTU that closed an idle connection is no silent meter: ask once more over a new one.
    const last = first.kind === 'broken' && reused ? await attempt(request, hear) : first;
    return last.kind === 'broken' ? { kind: 'silent', why: 'the connection broke' } : last;
  };
  return {
    async ask(request, hear) {
      // Of each answer that was dropped here, when the question was asked that it may have been to.
      const dropped: number[] = [];
      for (;;) {
        const answer = await askOnce(request, hear);
        const nowMs = performance.now();
        owed = owed.filter(({ askedMs }) => nowMs - askedMs < lateMostMs);
        const again = dropped.map((askedMs) => ({ hear, askedMs }));
        if (answer.kind === 'silent')
          owed = [...owed, ...again, { hear, askedMs: nowMs }].slice(-owedMost);
        if (answer.kind !== 'heard') return answer;
        const { frame } = answer.heard;
        const late = owed.findIndex((one) => one.hear(frame) !== undefined);
        const { askedMs } = owed[late] ?? {};
        owed = late < 0 ? again : owed.slice(late + 1);
        if (askedMs === undefined) return answer;
        dropped.push(askedMs);
      }
    },
    close() {
      ending.abort();
      connection?.channel.close();
    },
  };
}

function listen(channel: Channel): Connection {
  const connection: Connection = {
    channel,
    isOpen: true,
    busyMs: performance.now(),
    talk: createTalk(),
    heardAny: false,
    unheard: 0,
    take: () => {},
    broke: () => {},
  };
  channel.onBytes((bytes) => {
    connection.busyMs = performance.now();
    connection.heardAny = true;
    if (connection.talk.isTooMuch(bytes.length)) channel.close();
    else connection.take(bytes);
  });
  channel.onClose(() => {
    connection.isOpen = false;
    connection.broke();
  });
  return connection;
}

async function exchange<T extends Understood>(
  connection: Connection,
  request: Uint8Array,
  hear: Hear<T>,
  { timeoutMs, gapMs }: LineOptions,
): Promise<Outcome<T>> {
  await quiet(connection, gapMs, timeoutMs);
  if (!connection.isOpen) return { kind: 'broken' };
  const { promise, resolve } = Promise.withResolvers<Outcome<T>>();
  let received = Buffer.alloc(0);
  const timer = setTimeout(
    () =>
      resolve({
        kind: 'silent',
        why: `no answer within ${timeoutMs} ms, got ${received.length} bytes that are none`,
      }),
    timeoutMs,
  );
  connection.heardAny = false;
  connection.broke = () => resolve({ kind: 'broken' });
  connection.take = (bytes) => {
    received = Buffer.concat([received, bytes]);
    const heard = hear(received);
    if (heard) resolve({ kind: 'heard', heard });
  };
  connection.channel.write(request);
  const outcome = await promise;
  clearTimeout(timer);
  connection.take = () => {};
  connection.broke = () => {};
  connection.busyMs = performance.now();
  if (outcome.kind === 'heard') connection.talk = createTalk();
  connection.unheard = connection.heardAny ? 0 : connection.unheard + 1;
  if (connection.unheard >= unheardMost) connection.channel.close();
  return outcome;
}

/** Waits until nothing has been on the line for the gap; not for ever: what talks may be the DTU alone. */
async function quiet(connection: Connection, gapMs: number, patienceMs: number): Promise<void> {
  const giveUpMs = performance.now() + patienceMs;
  while (connection.isOpen) {
    const nowMs = performance.now();
    const restMs = connection.busyMs + gapMs - nowMs;
    if (restMs <= 0 || nowMs >= giveUpMs) return;
    await new Promise((resolve) => setTimeout(resolve, Math.ceil(restMs)));
  }
}
