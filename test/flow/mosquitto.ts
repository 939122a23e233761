import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createConnection, type Socket } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { findProgram } from './servers/program.ts';

/** Debian's mosquitto clients, as somebody would use them who wrote none of our code; and bare bytes where they are too polite. */

export const hasMosquitto = (): boolean =>
  findProgram('mosquitto_pub') !== undefined && findProgram('mosquitto_sub') !== undefined;

export interface PublishOptions {
  readonly port: number;
  readonly topic: string;
  /** JSON where it is no text and no bytes. */
  readonly payload: unknown;
  readonly user?: string;
  readonly secret?: string;
  /** Without one the program sends an empty client id. */
  readonly clientId?: string;
  readonly qos?: 0 | 1 | 2;
  /** More arguments of `mosquitto_pub`. */
  readonly more?: readonly string[];
}

const giveUpMs = 8_000;

const toBytes = (payload: unknown): Buffer | string => {
  if (typeof payload === 'string') return payload;
  return payload instanceof Uint8Array ? Buffer.from(payload) : JSON.stringify(payload);
};

const credentials = (user: string | undefined, secret: string | undefined): readonly string[] =>
  user === undefined ? [] : ['-u', user, '-P', secret ?? ''];

/** @returns `ok` when the broker has acknowledged it, and what the program said otherwise */
export async function mosquittoPub(
  options: PublishOptions,
): Promise<{ ok: boolean; said: string }> {
  const { port, topic, payload, user, secret, clientId = 'pub', qos = 1, more = [] } = options;
  const child = spawn(
    'mosquitto_pub',
    [
      '-h',
      '127.0.0.1',
      '-p',
      `${port}`,
      ...credentials(user, secret),
      '-t',
      topic,
      '-q',
      `${qos}`,
      '-s',
      '-i',
      clientId,
      ...more,
    ],
    { stdio: ['pipe', 'pipe', 'pipe'] },
  );
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => {
      said += chunk;
    });
  child.stdin.on('error', () => {});
  child.stdin.end(toBytes(payload));
  const timer = setTimeout(() => child.kill(), giveUpMs);
  const [code] = (await once(child, 'close')) as [number | null];
  clearTimeout(timer);
  return { ok: code === 0 && !/refused|not authori[sz]ed/i.test(said), said };
}

export interface Subscription {
  /** Whole messages so far, `topic payload`. */
  readonly messages: readonly { readonly topic: string; readonly payload: string }[];
  readonly said: () => string;
  stop(): Promise<void>;
}

/** Starts `mosquitto_sub`, which would keep its lines to itself without `stdbuf`, and resolves when the broker has answered the subscription. */
export async function mosquittoSub(
  port: number,
  user: string,
  secret: string,
  topic: string,
): Promise<Subscription> {
  const child: ChildProcess = spawn(
    'stdbuf',
    [
      '-oL',
      'mosquitto_sub',
      '-h',
      '127.0.0.1',
      '-p',
      `${port}`,
      ...credentials(user, secret),
      '-t',
      topic,
      '-q',
      '1',
      '-d',
      '-i',
      'sub',
      '-F',
      '> %t %p',
    ],
    { stdio: ['ignore', 'pipe', 'pipe'] },
  );
  const messages: { topic: string; payload: string }[] = [];
  let said = '';
  let rest = '';
  child.stderr?.on('data', (chunk: Buffer) => {
    said += chunk;
  });
  child.stdout?.on('data', (chunk: Buffer) => {
    said += chunk;
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines.filter((each) => each.startsWith('> '))) {
      const [name = '', ...payload] = line.slice(2).split(' ');
      messages.push({ topic: name, payload: payload.join(' ') });
    }
  });
  const deadline = Date.now() + giveUpMs;
  while (!/SUBACK|Subscribed \(mid/.test(said) && child.exitCode === null && Date.now() < deadline)
    await wait(20);
  return {
    messages,
    said: () => said,
    async stop() {
      if (child.exitCode !== null) return;
      const gone = once(child, 'close');
      child.kill();
      await gone;
    },
  };
}

/** Asks again until `fits`, or says what came last. */
export async function until<T>(
  ask: () => Promise<T> | T,
  fits: (value: T) => boolean,
  timeoutMs = 15_000,
): Promise<T> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    const value = await ask();
    if (fits(value)) return value;
    if (Date.now() > deadline) throw new Error(`still not so: ${JSON.stringify(value)}`);
    await wait(60);
  }
}

const text = (value: string): Buffer => {
  const bytes = Buffer.from(value);
  return Buffer.concat([Buffer.from([bytes.length >> 8, bytes.length & 255]), bytes]);
};

function packet(first: number, ...parts: readonly Buffer[]): Buffer {
  const body = Buffer.concat(parts);
  const length: number[] = [];
  let left = body.length;
  do {
    length.push((left & 127) | (left > 127 ? 128 : 0));
    left >>= 7;
  } while (left > 0);
  return Buffer.concat([Buffer.from([first, ...length]), body]);
}

/** MQTT 3.1.1, 3.1; clean session, keep-alive 60 s. */
export const connectPacket = (
  clientId: string,
  user?: string,
  secret?: string,
  version: 4 | 5 = 4,
): Buffer => {
  const flags = 0x02 | (user === undefined ? 0 : 0x80) | (secret === undefined ? 0 : 0x40);
  const properties = version === 5 ? [Buffer.from([0])] : [];
  const named = [user, secret].filter((each) => each !== undefined).map(text);
  const head = [text('MQTT'), Buffer.from([version, flags, 0, 60]), ...properties];
  return packet(0x10, ...head, text(clientId), ...named);
};

/** MQTT 3.1.1, 3.3. */
export const publishPacket = (
  topic: string,
  payload: string | Uint8Array,
  { packetId, dup = false, qos = 1 }: { packetId: number; dup?: boolean; qos?: 1 | 2 },
): Buffer =>
  packet(
    0x30 | (dup ? 8 : 0) | (qos << 1),
    text(topic),
    Buffer.from([packetId >> 8, packetId & 255]),
    Buffer.from(payload),
  );

export interface RawClient {
  readonly socket: Socket;
  send(bytes: Buffer): void;
  /** Resolves with everything that came when it is so many bytes, or the connection was closed. */
  take(bytes: number): Promise<Buffer>;
  closed(): Promise<void>;
}

/** A connection on which any bytes may be sent. */
export async function rawClient(port: number): Promise<RawClient> {
  const socket = createConnection({ host: '127.0.0.1', port, noDelay: true });
  await once(socket, 'connect');
  let came = Buffer.alloc(0);
  let over = false;
  socket.on('data', (chunk) => {
    came = Buffer.concat([came, chunk]);
  });
  socket.on('error', () => {});
  socket.on('close', () => {
    over = true;
  });
  return {
    socket,
    send: (bytes) => void socket.write(bytes),
    async take(bytes) {
      await until(
        () => came.length,
        (length) => length >= bytes || over,
      );
      const taken = came;
      came = Buffer.alloc(0);
      return taken;
    },
    async closed() {
      await until(
        () => over,
        (is) => is,
      );
    },
  };
}
