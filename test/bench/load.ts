/**
 * MQTT load from raw sockets: prebuilt QoS 1 publishes, a window of unacknowledged ones per client, and the time each PUBACK took.
 * Run as a process of its own, so that the server under test is measured apart: `node load.ts '<Load as JSON>'` prints a `LoadResult`.
 */
import { connect, type Socket } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';

export interface Load {
  readonly port: number;
  readonly clients: number;
  /** Unacknowledged publishes per client. */
  readonly window: number;
  readonly seconds: number;
  /** Messages a second over all clients; absent: as fast as they are acknowledged. */
  readonly rate?: number;
  /** Device time of the first reading, Unix ms; each client's next one is a second later. */
  readonly startAt: number;
  readonly secrets?: Readonly<Record<string, string>>;
}

export interface LoadResult {
  readonly acknowledged: number;
  readonly seconds: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

interface Client {
  readonly socket: Socket;
  readonly topic: Buffer;
  readonly sentAt: Map<number, number>;
  packetId: number;
  sent: number;
  rest: Buffer;
}

const string = (text: string): Buffer => {
  const bytes = Buffer.from(text);
  return Buffer.concat([Buffer.from([bytes.length >> 8, bytes.length & 255]), bytes]);
};

function packet(type: number, body: Buffer): Buffer {
  const length: number[] = [];
  for (let left = body.length; ; ) {
    const digit = left % 128;
    left = Math.floor(left / 128);
    length.push(left > 0 ? digit | 128 : digit);
    if (left === 0) break;
  }
  return Buffer.concat([Buffer.from([type, ...length]), body]);
}

const connectPacket = (id: string, secret: string): Buffer =>
  packet(
    0x10,
    Buffer.concat([
      string('MQTT'),
      Buffer.from([4, 0xc2, 0, 60]),
      string(id),
      string(id),
      string(secret),
    ]),
  );

/** About 200 bytes, as a three-phase meter sends. */
function payload(at: number, n: number): string {
  const values = {
    energy_import_kwh: 15_000 + n / 100,
    power_kw: 12.1 + (n % 50) / 10,
    power_factor: 0.97,
    frequency_hz: 50.01,
    voltage_a_v: 229.8,
    voltage_b_v: 230.4,
    current_a_a: 18.2,
  };
  return JSON.stringify({ at, values });
}

function publish(client: Client, startAt: number): void {
  client.packetId = (client.packetId % 65_535) + 1;
  const id = Buffer.from([client.packetId >> 8, client.packetId & 255]);
  const body = Buffer.from(payload(startAt + client.sent * 1000, client.sent));
  client.sent++;
  client.sentAt.set(client.packetId, performance.now());
  client.socket.write(packet(0x32, Buffer.concat([client.topic, id, body])));
}

interface Answers {
  /** Return code of CONNACK. */
  connected(code: number): void;
  acknowledged(packetId: number): void;
}

/** Reads CONNACK and PUBACK, which are both four bytes long. */
function take(client: Client, chunk: Buffer, answers: Answers): void {
  let bytes = client.rest.length > 0 ? Buffer.concat([client.rest, chunk]) : chunk;
  for (; bytes.length >= 4; bytes = bytes.subarray(4)) {
    if (bytes[0] === 0x20) answers.connected(bytes[3] ?? 255);
    else answers.acknowledged(bytes.readUInt16BE(2));
  }
  client.rest = bytes;
}

type OnAck = (client: Client, tookMs: number) => void;

async function open(load: Load, n: number, onAck: OnAck): Promise<Client> {
  const id = `m${n}`;
  const socket = connect(load.port, '127.0.0.1').setNoDelay(true);
  const client: Client = {
    socket,
    topic: string(`v1/meters/${id}/readings`),
    sentAt: new Map(),
    packetId: 0,
    sent: 0,
    rest: Buffer.alloc(0),
  };
  const acknowledged = (packetId: number) => {
    const sentAt = client.sentAt.get(packetId);
    client.sentAt.delete(packetId);
    if (sentAt !== undefined) onAck(client, performance.now() - sentAt);
  };
  await new Promise<void>((resolve, reject) => {
    const connected = (code: number) =>
      code === 0 ? resolve() : reject(new Error(`${id} was refused with ${code}`));
    socket.once('error', reject);
    socket.on('connect', () => socket.write(connectPacket(id, load.secrets?.[id] ?? 'secret')));
    socket.on('data', (chunk) => take(client, chunk, { connected, acknowledged }));
  });
  return client;
}

async function run(load: Load): Promise<LoadResult> {
  const took: number[] = [];
  let running = false;
  const clients: Client[] = [];
  const onAck = (client: Client, tookMs: number) => {
    if (!running) return;
    took.push(tookMs);
    if (load.rate === undefined) publish(client, load.startAt);
  };
  for (let n = 0; n < load.clients; n += 100) {
    const some = Array.from({ length: Math.min(100, load.clients - n) }, (_, index) =>
      open(load, n + index, onAck),
    );
    clients.push(...(await Promise.all(some)));
  }
  running = true;
  const begin = performance.now();
  if (load.rate === undefined) {
    for (const client of clients)
      for (let n = 0; n < load.window; n++) publish(client, load.startAt);
    await wait(load.seconds * 1000);
  } else {
    await pace(load, load.rate, clients, begin);
  }
  running = false;
  const seconds = (performance.now() - begin) / 1000;
  for (const { socket } of clients) socket.destroy();
  took.sort((a, b) => a - b);
  const quantile = (share: number) => took[Math.floor(took.length * share)] ?? Number.NaN;
  return { acknowledged: took.length, seconds, p50Ms: quantile(0.5), p99Ms: quantile(0.99) };
}

async function pace(
  load: Load,
  rate: number,
  clients: readonly Client[],
  begin: number,
): Promise<void> {
  let sent = 0;
  for (let elapsed = 0; elapsed < load.seconds * 1000; elapsed = performance.now() - begin) {
    for (; sent < (elapsed / 1000) * rate; sent++) {
      const client = clients[sent % clients.length];
      if (client) publish(client, load.startAt);
    }
    await wait(1);
  }
}

process.stdout.write(JSON.stringify(await run(JSON.parse(process.argv[2] ?? '{}') as Load)));
