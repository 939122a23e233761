import { connect, type ErrorWithReasonCode, type IClientOptions, type MqttClient } from 'mqtt';
import { AppError, messageOf } from '../model/errors.ts';

/** A device's own connection: MQTT 3.1.1, QoS 1, and what it has not been able to send yet. */

export interface DeviceLink {
  /** Queued, oldest first, and sent in arrays as the broker acknowledges. @param reading plain JSON */
  push(topic: string, reading: object): void;
  /** Resolves when everything pushed so far is acknowledged; rejects when the link is closed before. */
  drained(): Promise<void>;
  /** Nothing waits and nothing is on its way. */
  isIdle(): boolean;
  /** The connection ends without a word, as when the power goes, and what is queued is lost. */
  powerOff(): void;
  powerOn(): void;
  close(): Promise<void>;
}

export interface LinkOptions {
  readonly url: string;
  /** Client id; and the user name, where no other is given. */
  readonly id: string;
  readonly user?: string;
  readonly password: string;
  /** Messages that may be on their way, unacknowledged. Default 4. */
  readonly window?: number;
  readonly onAcknowledged?: (readings: number) => void;
  /** Ends waiting for a broker that is not there. */
  readonly signal?: AbortSignal | undefined;
}

/** Messages stay well below the 64 KiB a broker takes. */
const readingsAMessage = 200;
const bytesAMessage = 48 * 1024;
/** What a terminal can keep while there is no connection; the oldest go first. */
const memory = 20_000;
const reconnectMs = 2_000;

interface Waiting {
  readonly topic: string;
  readonly text: string;
}

interface State {
  readonly client: MqttClient;
  readonly waiting: Waiting[];
  /** Where the queue begins in `waiting`. */
  head: number;
  underWay: number;
  closed: boolean;
  settle: (() => void)[];
}

/**
 * Connects a device and keeps it connected.
 * @throws AppError `DEVICE_REFUSED` where the broker does not let it in, `PORT_UNAVAILABLE` where there is no broker; the signal's reason
 */
export async function connectDevice(options: LinkOptions): Promise<DeviceLink> {
  const client = await connectFirst(options);
  const state: State = { client, waiting: [], head: 0, underWay: 0, closed: false, settle: [] };
  const { window = 4, onAcknowledged = () => {} } = options;
  const pump = (): void => {
    while (client.connected && state.underWay < window && state.head < state.waiting.length)
      send(state, takeMessage(state), onAcknowledged, pump);
    if (state.underWay === 0 && state.head >= state.waiting.length)
      for (const settle of state.settle.splice(0)) settle();
  };
  client.on('connect', pump);
  return {
    push(topic, reading) {
      state.waiting.push({ topic, text: JSON.stringify(reading) });
      if (state.waiting.length - state.head > memory) state.head += 1;
      trim(state);
      pump();
    },
    drained: () =>
      new Promise((resolve, reject) => {
        if (state.closed) reject(new Error('the link is closed'));
        state.settle.push(() =>
          state.closed ? reject(new Error('the link is closed')) : resolve(),
        );
        pump();
      }),
    isIdle: () => state.underWay === 0 && state.head >= state.waiting.length,
    powerOff() {
      state.waiting.length = 0;
      state.head = 0;
      client.options.reconnectPeriod = 0;
      client.stream.destroy();
    },
    powerOn() {
      client.options.reconnectPeriod = reconnectMs;
      client.reconnect();
    },
    async close() {
      state.closed = true;
      for (const settle of state.settle.splice(0)) settle();
      await client.endAsync(!client.connected || state.underWay > 0);
    },
  };
}

/** Other families send each message by itself. */
const takesLists = (topic: string): boolean => topic.startsWith('v1/');

function takeMessage(state: State): { topic: string; texts: readonly string[] } {
  const { waiting } = state;
  const topic = waiting[state.head]?.topic ?? '';
  const texts: string[] = [];
  let bytes = 2;
  for (let next = waiting[state.head]; next; next = waiting[state.head]) {
    bytes += next.text.length + 1;
    const isFull = texts.length >= readingsAMessage || bytes > bytesAMessage;
    const isOver = isFull || !takesLists(topic);
    if (next.topic !== topic || (isOver && texts.length > 0)) break;
    texts.push(next.text);
    state.head += 1;
  }
  trim(state);
  return { topic, texts };
}

/** Gives back the memory of what has left the queue, not every time. */
function trim(state: State): void {
  if (state.head <= 4096) return;
  state.waiting.splice(0, state.head);
  state.head = 0;
}

function send(
  state: State,
  { topic, texts }: { topic: string; texts: readonly string[] },
  onAcknowledged: (readings: number) => void,
  pump: () => void,
): void {
  const payload = texts.length === 1 ? (texts[0] ?? '') : `[${texts.join(',')}]`;
  state.underWay += 1;
  // The library sends it again after a lost connection, so that an error here means that the link was closed.
  state.client.publish(topic, payload, { qos: 1 }, (error) => {
    state.underWay -= 1;
    if (!error) onAcknowledged(texts.length);
    if (!state.closed) pump();
  });
}

/** How long a broker may be away at the start. */
const patienceMs = 15_000;

function connectFirst({ url, id, user, password, signal }: LinkOptions): Promise<MqttClient> {
  const options: IClientOptions = {
    clientId: id,
    username: user ?? id,
    password,
    protocolVersion: 4,
    clean: true,
    keepalive: 60,
    reconnectPeriod: reconnectMs,
    connectTimeout: patienceMs,
    will: {
      topic: `v1/devices/${id}/state`,
      payload: Buffer.from('offline'),
      qos: 1,
      retain: true,
    },
  };
  return new Promise((resolve, reject) => {
    const client = connect(url, options);
    const startedAt = Date.now();
    const settle = () => {
      signal?.removeEventListener('abort', abort);
      client.removeAllListeners('error');
      // From now on the library tries again by itself.
      client.on('error', () => {});
    };
    const giveUp = (reason: unknown) => {
      settle();
      client.end(true);
      reject(reason);
    };
    const abort = () => giveUp(signal?.reason);
    signal?.addEventListener('abort', abort, { once: true });
    client.once('connect', () => {
      settle();
      resolve(client);
    });
    client.on('error', (cause: Error | ErrorWithReasonCode) => {
      if ('code' in cause && typeof cause.code === 'number') {
        const message = `the broker does not let ${id} in: ${messageOf(cause)}`;
        giveUp(new AppError('DEVICE_REFUSED', message, { cause }));
      } else if (Date.now() - startedAt > patienceMs) {
        const message = `there is no broker at ${url}: ${messageOf(cause)}`;
        giveUp(new AppError('PORT_UNAVAILABLE', message, { cause }));
      }
    });
  });
}
