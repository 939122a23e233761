import { connect, type Socket } from 'node:net';
import { connectPacket, markResent, type Slots, slotsOf, writeMessage } from './mqtt-packets.ts';

/**
 * A meter that publishes with QoS 1 as a device does that keeps its data: what is unacknowledged when the line breaks is sent again,
 * marked as such, once it is connected again.
 */
export interface MeterClient {
  readonly id: string;
  /** Number of the message it publishes next. */
  next(): number;
  /** How many of its messages are acknowledged. */
  acknowledged(): number;
  /** How many more it may publish now; 0 while it is not connected. */
  free(): number;
  /** Publishes the next `count` messages in one write; no more than `free()`. */
  publish(count: number): void;
  /** Connects, and sends again what was unacknowledged. @throws where it is refused */
  open(port: number): Promise<void>;
  /** Breaks the connection off. */
  close(): void;
}

export interface ClientOptions {
  readonly id: string;
  readonly secret: string;
  /** Publishes that may be unacknowledged. */
  readonly window: number;
  readonly startAt: number;
  /** Called for each chunk of acknowledgements, after `onAck` for every single one. */
  readonly onAcked?: (client: MeterClient) => void;
  readonly onAck?: (n: number, tookMs: number) => void;
  /** The connection ended other than by `close`. */
  readonly onBroken?: (client: MeterClient) => void;
}

interface State {
  readonly options: ClientOptions;
  readonly slots: Slots;
  /** Free places, a stack of which `free` are valid. */
  readonly places: Int32Array;
  free: number;
  /** By place: when it was sent (performance.now(); 0 when free) and what. */
  readonly sentAt: Float64Array;
  readonly numbers: Int32Array;
  next: number;
  socket: Socket | undefined;
  /** Bytes of a packet that a chunk ended in. */
  rest: readonly number[];
}

/** Reads of all clients go through here: a chunk is dealt with before the next one is read. */
const shared = new Uint8Array(64 << 10);

export function createClient(options: ClientOptions): MeterClient {
  const { id, window, startAt, onBroken } = options;
  const state: State = {
    options,
    slots: slotsOf(`v1/meters/${id}/readings`, window, startAt),
    places: Int32Array.from({ length: window }, (_, place) => window - 1 - place),
    free: window,
    sentAt: new Float64Array(window),
    numbers: new Int32Array(window),
    next: 0,
    socket: undefined,
    rest: [],
  };
  const client: MeterClient = {
    id,
    next: () => state.next,
    acknowledged: () => state.next - (window - state.free),
    free: () => (state.socket ? state.free : 0),
    publish: (count) => publish(state, count),
    async open(port) {
      const socket = await opened(port, options, (bytes, length) =>
        acknowledge(state, client, bytes, length),
      );
      socket.on('close', () => {
        if (state.socket !== socket) return;
        state.socket = undefined;
        onBroken?.(client);
      });
      state.rest = [];
      state.socket = socket;
      resend(state);
    },
    close() {
      const { socket } = state;
      state.socket = undefined;
      socket?.destroy();
    },
  };
  return client;
}

function publish(state: State, count: number): void {
  const { slots, places, sentAt, numbers, socket } = state;
  const now = performance.now();
  socket?.cork();
  // Places next to each other go out in one write.
  let from = -1;
  let to = -1;
  for (let n = 0; n < count; n++) {
    const place = places[--state.free] ?? 0;
    sentAt[place] = now;
    numbers[place] = state.next;
    writeMessage(slots, place, state.next++);
    if (place !== to) {
      if (from >= 0) socket?.write(slots.bytes.subarray(from * slots.size, to * slots.size));
      from = place;
    }
    to = place + 1;
  }
  if (from >= 0) socket?.write(slots.bytes.subarray(from * slots.size, to * slots.size));
  socket?.uncork();
}

function resend({ slots, sentAt, numbers, socket }: State): void {
  const unacknowledged = [...sentAt.keys()].filter((place) => (sentAt[place] ?? 0) > 0);
  unacknowledged.sort((a, b) => (numbers[a] ?? 0) - (numbers[b] ?? 0));
  for (const place of unacknowledged) {
    markResent(slots, place);
    socket?.write(slots.bytes.subarray(place * slots.size, (place + 1) * slots.size));
  }
}

/** PUBACKs are four bytes long; their packet id is the place plus one. */
function acknowledge(state: State, client: MeterClient, chunk: Uint8Array, length: number): void {
  const { options, places, sentAt, numbers } = state;
  let bytes = chunk;
  let end = length;
  if (state.rest.length > 0) {
    bytes = Uint8Array.from([...state.rest, ...chunk.subarray(0, length)]);
    end = bytes.length;
  }
  const now = performance.now();
  const before = state.free;
  const whole = end - (end % 4);
  // From the last to the first, so that the first is on top of the free ones and places go out in their order.
  for (let at = whole - 4; at >= 0; at -= 4) {
    const place = ((bytes[at + 2] ?? 0) << 8) + (bytes[at + 3] ?? 0) - 1;
    const sent = sentAt[place] ?? 0;
    if (bytes[at] !== 0x40 || sent === 0) continue;
    sentAt[place] = 0;
    places[state.free++] = place;
    options.onAck?.(numbers[place] ?? 0, now - sent);
  }
  state.rest = whole === end ? [] : [...bytes.subarray(whole, end)];
  if (state.free > before) options.onAcked?.(client);
}

type OnBytes = (bytes: Uint8Array, length: number) => void;

/** Opens a connection and waits for CONNACK. */
function opened(port: number, { id, secret }: ClientOptions, onBytes: OnBytes): Promise<Socket> {
  const { promise, resolve, reject } = Promise.withResolvers<Socket>();
  let connected = false;
  const socket = connect({
    host: '127.0.0.1',
    port,
    noDelay: true,
    onread: {
      buffer: shared,
      callback(length, bytes) {
        if (connected) onBytes(bytes, length);
        else if (bytes[0] === 0x20 && bytes[3] === 0) {
          connected = true;
          resolve(socket);
        } else socket.destroy(new Error(`${id} was refused with ${bytes[3]}`));
        return true;
      },
    },
  });
  socket.on('connect', () => socket.write(connectPacket(id, secret)));
  // What broke it is told by `close`; before it is open, by the promise.
  socket.on('error', reject);
  socket.on('close', () => reject(new Error(`${id}: closed before it was connected`)));
  return promise;
}
