/** The live stream of the service, shared by every screen. */

export type LiveEvent = 'position' | 'reading' | 'alert';
export type LiveStatus = 'connecting' | 'open' | 'lost';

/** What of `EventSource` is used; tests hand in their own. */
export interface Stream {
  onopen: (() => void) | null;
  onerror: (() => void) | null;
  readonly readyState: number;
  addEventListener(type: string, listener: (event: { readonly data: string }) => void): void;
  close(): void;
}

export interface Live {
  start(): void;
  stop(): void;
  status(): LiveStatus;
  /** @returns what stops it */
  onStatus(listener: () => void): () => void;
  /** Called with the data of each event of the type. @returns what stops it */
  on(type: LiveEvent, listener: (data: unknown) => void): () => void;
  /** Called when events may have been missed (the stream was lost, or the service says so): load again. @returns what stops it */
  onResume(listener: () => void): () => void;
}

const closed = 2;
const firstRetryMs = 1_000;
const lastRetryMs = 30_000;

function add<T>(set: Set<T>, item: T): () => void {
  set.add(item);
  return () => set.delete(item);
}

/**
 * @param open opens the stream; the browser reconnects it by itself with `Last-Event-ID` after a cut,
 * and we open another where it gives up (the service answered with an error)
 * @param later runs something after so many ms, and returns what cancels it
 */
export function createLive(
  open: () => Stream,
  later: (run: () => void, ms: number) => () => void,
): Live {
  const listeners = {
    position: new Set<(data: unknown) => void>(),
    reading: new Set<(data: unknown) => void>(),
    alert: new Set<(data: unknown) => void>(),
  };
  const statusListeners = new Set<() => void>();
  const resumeListeners = new Set<() => void>();
  let stream: Stream | undefined;
  let status: LiveStatus = 'connecting';
  let retryMs = firstRetryMs;
  let cancelRetry: (() => void) | undefined;

  const resume = () => {
    for (const listener of resumeListeners) listener();
  };
  const become = (next: LiveStatus) => {
    if (next === status) return;
    const resumed = status === 'lost' && next === 'open';
    status = next;
    for (const listener of statusListeners) listener();
    if (resumed) resume();
  };
  const receive = (type: LiveEvent, text: string) => {
    let data: unknown;
    try {
      data = JSON.parse(text);
    } catch {
      return;
    }
    for (const listener of listeners[type]) listener(data);
  };
  const connect = () => {
    const opened = open();
    stream = opened;
    opened.onopen = () => {
      retryMs = firstRetryMs;
      become('open');
    };
    opened.onerror = () => {
      become('lost');
      if (opened.readyState !== closed || stream !== opened) return;
      cancelRetry = later(connect, retryMs);
      retryMs = Math.min(retryMs * 2, lastRetryMs);
    };
    for (const type of ['position', 'reading', 'alert'] as const) {
      opened.addEventListener(type, (event) => receive(type, event.data));
    }
    opened.addEventListener('reset', resume);
  };

  return {
    start: () => {
      if (!stream) connect();
    },
    stop: () => {
      cancelRetry?.();
      stream?.close();
      stream = undefined;
      status = 'connecting';
    },
    status: () => status,
    onStatus: (listener) => add(statusListeners, listener),
    on: (type, listener) => add(listeners[type], listener),
    onResume: (listener) => add(resumeListeners, listener),
  };
}
